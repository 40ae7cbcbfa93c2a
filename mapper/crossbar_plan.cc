#include "mapper/crossbar_plan.h"

#include "base/error.h"
#include "base/memory.h"
#include "base/suggest.h"

namespace spikefab {
namespace {

u64 positions(const CrossbarLayer& layer) { return u64{layer.side_rows} * layer.side_columns; }

class Planner {
 public:
  explicit Planner(const CrossbarNetwork& network) : network_(network) {
    plan_.layers.resize(network.layers.size());
  }

  CrossbarPlan plan() {
    check_least_size();
    for (u64 l = network_.layers.size(); l-- > 0;) {
      count_neurons(l);
      pack(l);
    }
    check_cores(planned_cores_, "");
    for (CrossbarPlan::Layer& layer : plan_.layers) {
      layer.first_core = plan_.cores;
      plan_.cores += static_cast<u32>(layer.first_feature.size());
    }
    return std::move(plan_);
  }

 private:
  std::string model() const { return network_.path + ": model '" + printable(network_.name) + "'"; }

  // One place of the mesh is the bus's.
  u64 cores_on_chip() const { return u64{network_.chip.mesh.size()} - 1; }

  // With one neuron for each feature. Bounds time and memory of what follows; the limits of the
  // schema keep the numbers in 64 bits.
  void check_least_size() const {
    u64 cores = 0;
    u64 neurons = 0;
    for (const CrossbarLayer& layer : network_.layers) {
      const u64 parts = positions(layer) * layer.groups;
      cores += parts * divide_up(layer.features / layer.groups, network_.chip.neurons);
      neurons += positions(layer) * layer.features;
    }
    check_cores(cores, "at least ");
    constexpr u64 neuron_bytes = 32;  // parameters, state and target
    constexpr u64 axon_bytes = 8;     // connections to at most a word of neurons
    check_available_memory(network_.networks.size() *
                               (neurons * neuron_bytes + cores * network_.chip.axons * axon_bytes),
                           model());
  }

  void check_cores(u64 of_network, const std::string& bound) const {
    const u64 networks = network_.networks.size();
    const u64 need = networks * of_network;
    if (need <= cores_on_chip()) return;
    const Mesh& mesh = network_.chip.mesh;
    throw FitError(model() + " needs " + bound + std::to_string(need) + " cores" +
                   (networks == 1 ? ""
                                  : ", " + std::to_string(of_network) + " for each of " +
                                        std::to_string(networks) + " networks") +
                   "; chip '" + printable(network_.chip.name) + "' has " +
                   std::to_string(cores_on_chip()) + " (a mesh of " + std::to_string(mesh.width) +
                   " x " + std::to_string(mesh.height) +
                   ", less one for the output bus; make chip.mesh larger)");
  }

  // A neuron for each axon that a feature goes to; all channels of a group go to the same cores.
  void count_neurons(u64 l) {
    CrossbarPlan::Layer& layer = plan_.layers[l];
    if (l + 1 == plan_.layers.size()) {
      layer.neurons.assign(positions(network_.layers[l]), 1);
      return;
    }
    const CrossbarLayer& next = network_.layers[l + 1];
    const std::vector<u64>& next_begin = plan_.layers[l + 1].part_begin;
    const CrossbarLayer& shape = network_.layers[l];
    layer.neurons.assign(positions(shape) * next.groups, 0);
    u64* of_position = layer.neurons.data();
    for (u32 row = 0; row < shape.side_rows; ++row) {
      for (u32 column = 0; column < shape.side_columns; ++column) {
        for_each_window(next, row, column, [&](u32 position, u32, u32) {
          for (u32 group = 0; group < next.groups; ++group) {
            const u64 part = u64{position} * next.groups + group;
            of_position[group] += (next_begin[part + 1] - next_begin[part]) * next.copies;
          }
        });
        of_position += next.groups;
      }
    }
  }

  // Fills core after core with the features of each position and group.
  void pack(u64 l) {
    const CrossbarLayer& shape = network_.layers[l];
    CrossbarPlan::Layer& layer = plan_.layers[l];
    const u32 in_group = shape.features / shape.groups;
    layer.part_begin = {0};
    for (u32 position = 0; position < positions(shape); ++position) {
      for (u32 group = 0; group < shape.groups; ++group) {
        pack_part(l, position, group * in_group, (group + 1) * in_group);
        layer.part_begin.push_back(layer.first_feature.size());
      }
    }
    planned_cores_ += layer.first_feature.size();
  }

  void pack_part(u64 l, u32 position, u32 first, u32 last) {
    CrossbarPlan::Layer& layer = plan_.layers[l];
    const u32 next_groups = l + 1 < plan_.layers.size() ? network_.layers[l + 1].groups : 1;
    u64 room = 0;
    for (u32 feature = first; feature < last; ++feature) {
      const u64 need = layer.neurons[u64{position} * next_groups + feature % next_groups];
      if (need > network_.chip.neurons) throw_too_many_targets(l, position, feature, need);
      if (feature == first || need > room) {
        layer.first_feature.push_back(feature);
        room = network_.chip.neurons;
      }
      room -= need;
      plan_.neurons += need;
    }
  }

  [[noreturn]] void throw_too_many_targets(u64 l, u32 position, u32 feature, u64 need) const {
    const u32 columns = network_.layers[l].side_columns;
    throw FitError(
        model() + ": layers[" + std::to_string(l) + "], feature " + std::to_string(feature) +
        " at position (row " + std::to_string(position / columns) + ", column " +
        std::to_string(position % columns) + ") goes to " + std::to_string(need) +
        " axons and needs a neuron for each; a core has " + std::to_string(network_.chip.neurons) +
        " (larger strides, fewer copies or fewer features for each group of layers[" +
        std::to_string(l + 1) + "] need fewer)");
  }

  const CrossbarNetwork& network_;
  CrossbarPlan plan_;
  u64 planned_cores_ = 0;  // of the layers that are planned
};

}  // namespace

CrossbarPlan plan_cores(const CrossbarNetwork& network) { return Planner(network).plan(); }

}  // namespace spikefab
