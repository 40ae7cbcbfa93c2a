#include "mapper/quantise/connections.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "base/error.h"
#include "base/memory.h"
#include "base/suggest.h"
#include "mapper/connections.h"
#include "mapper/quantise/levels.h"
#include "mapper/semantics_text.h"

namespace spikefab {
namespace {

constexpr u32 none = 0xffffffff;
constexpr double max_steps = 65535;  // of a Delay, as in the float simulation

std::string quoted(const Node& node) { return "'" + printable(node.name) + "'"; }

std::string place_of(const Network& network, const Node& node) {
  return node.place.empty() ? network.path + ": node " + quoted(node) : node.place;
}

class Expander {
 public:
  Expander(const Network& network, const Semantics& semantics, const Chip& chip)
      : network_(network),
        semantics_(semantics),
        chip_(chip),
        plan_(make_simulation_plan(network, semantics)),
        timing_(network, plan_),
        layer_of_node_(network.nodes.size(), none) {
    for (const Node& node : network.nodes) has_delays_ |= node.as<Delay>() != nullptr;
  }

  ChipConnections expand() {
    list_layers();
    for (const QuantisedLayer& layer : result_.inputs) collect_from(layer);
    for (const QuantisedLayer& layer : result_.layers) collect_from(layer);
    timing_.find_levels();
    for (QuantisedLayer& layer : result_.layers) layer.level = timing_.level(layer.node);
    sort_by_target();
    set_outputs();
    set_constants();
    return std::move(result_);
  }

 private:
  const Node& node(const QuantisedLayer& layer) const { return network_.nodes[layer.node]; }

  QuantisedLayer layer_of(u32 index, u64 first) const {
    const Node& node = network_.nodes[index];
    return {.node = index,
            .name = node.name,
            .shape = node.output_shape,
            .first = first,
            .size = node.outputs()};
  }

  void list_layers() {
    for (const u32 node : network_.inputs()) {
      layer_of_node_[node] = static_cast<u32>(result_.inputs.size());
      result_.inputs.push_back(layer_of(node, result_.input_elements));
      result_.input_elements += network_.nodes[node].outputs();
    }
    for (const u32 node : populations_in_order(network_)) {
      layer_of_node_[node] = static_cast<u32>(result_.layers.size());
      result_.layers.push_back(layer_of(node, result_.neurons));
      result_.neurons += network_.nodes[node].outputs();
    }
    if (result_.input_elements + result_.neurons >= none) {
      throw FitError(network_.path + ": more than 2^32 neurons and inputs");
    }
  }

  // By source, as the connections come.
  struct Found {
    std::vector<u64> begin = {0};  // [source + 1]
    std::vector<u32> target;
    std::vector<float> weight;
    std::vector<u16> later;  // steps by Delay nodes; empty if there is no such node
  };

  void collect_from(const QuantisedLayer& layer) {
    const u64 first = found_.begin.size() - 1;  // source
    for_each_connection(network_, layer.node, [&](const Connection& c) {
      const u32 later = steps_of(c);
      if (network_.nodes[c.target_node].as<Output>()) return read_out(layer, c, later);
      check_spikes(layer, c);
      while (found_.begin.size() <= first + c.source) found_.begin.push_back(found_.target.size());
      grow();
      const u64 target = result_.layers[layer_of_node_[c.target_node]].first + c.target;
      found_.target.push_back(static_cast<u32>(target));
      found_.weight.push_back(c.weight);
      if (has_delays_) found_.later.push_back(static_cast<u16>(later));
      if (has_delays_ || c.target_node != last_way_.second || layer.node != last_way_.first) {
        timing_.add_way(layer.node, c.target_node, later);
        last_way_ = {layer.node, c.target_node};
      }
    });
    while (found_.begin.size() <= first + layer.size) found_.begin.push_back(found_.target.size());
  }

  // By Delay nodes.
  u32 steps_of(const Connection& c) const {
    const double steps = std::round(c.delay_seconds / semantics_.dt);
    if (steps <= max_steps) return static_cast<u32>(steps);
    throw InputError(place_of(network_, network_.nodes[c.target_node]),
                     "gets spikes after " + number_text(steps) + " steps",
                     "at most 65535; is dt in the same unit?");
  }

  // Asks for memory each time that the lists double.
  void grow() const {
    if (found_.target.size() < found_.target.capacity()) return;
    constexpr u64 bytes = 2 * (sizeof(u32) + sizeof(float)) + sizeof(u8);
    check_available_memory(checked_product({2 * found_.target.capacity() + 1024, bytes}),
                           network_.path + ": its synapses");
  }

  void check_spikes(const QuantisedLayer& layer, const Connection& c) const {
    const Neurons* neurons = node(layer).as<Neurons>();
    if (!neurons || spikes(neurons->type)) return;
    throw InputError(place_of(network_, node(layer)),
                     std::string(name_of(neurons->type)) + " gives values, which " +
                         quoted(network_.nodes[c.target_node]) + " reads",
                     "on a chip, neurons get spikes; only an Output can read values");
  }

  void read_out(const QuantisedLayer& layer, const Connection& c, u32 later) {
    if (node(layer).as<Input>()) {
      if (!noted_.insert({layer.node, c.target_node}).second) return;
      result_.notes.push_back("output " + quoted(network_.nodes[c.target_node]) + " reads input " +
                              quoted(node(layer)) +
                              " itself; that does not pass through the chip and is left out");
      return;
    }
    const QuantisedTerm term = {.neuron = static_cast<u32>(layer.first + c.source),
                                .is_potential = !spikes(node(layer).as<Neurons>()->type),
                                .weight = c.weight,
                                .delay = timing_.steps(layer.node, c.target_node) + later};
    readings_.push_back({c.target_node, c.target, term});
  }

  // Ticks that a synapse adds to the one that every spike takes.
  u8 delay_of(u32 source, u32 reader, u32 later) {
    const i64 ticks = timing_.ticks(source, reader, later);
    if (ticks < 0) {
      note_slower(source, reader, i64{timing_.steps(source, reader)} + later, -ticks);
      return 0;
    }
    if (ticks > i64{chip_.limits.max_delay}) reject_ticks(source, reader, ticks, later);
    return static_cast<u8>(ticks);
  }

  void note_slower(u32 source, u32 reader, i64 steps, i64 more) {
    if (!noted_.insert({source, reader}).second) return;
    result_.notes.push_back(
        "spikes from " + quoted(network_.nodes[source]) + " to " + quoted(network_.nodes[reader]) +
        " close a cycle and take " + std::to_string(steps + more) + " steps instead of " +
        std::to_string(steps) +
        ", since a chip needs a tick from each population to the next (forward_delay=1 makes the "
        "float simulation do so, too)");
  }

  [[noreturn]] void reject_ticks(u32 source, u32 reader, i64 ticks, u32 later) const {
    const std::string why = later > 0
                                ? "delays of the network"
                                : "layers on other ways between them, or delays of the semantics";
    throw FitError(network_.path + ": synapses from " + quoted(network_.nodes[source]) + " to " +
                   quoted(network_.nodes[reader]) + " need a delay of " + std::to_string(ticks) +
                   " ticks, by " + why + "; chip '" + printable(chip_.name) + "' has up to " +
                   std::to_string(chip_.limits.max_delay) +
                   " (core.synaptic_memory.max_delay; a longer dt makes delays fewer ticks)");
  }

  void sort_by_target() {
    const u64 count = found_.target.size();
    std::vector<u64>& begin = result_.begin;
    begin.assign(result_.neurons + 1, 0);
    for (const u32 target : found_.target) ++begin[target + 1];
    for (u64 n = 0; n < result_.neurons; ++n) begin[n + 1] += begin[n];
    result_.source.resize(count);
    result_.weight.resize(count);
    result_.delay.resize(count);
    std::vector<u64> next(begin.begin(), begin.end() - 1);
    u64 source = 0;
    const auto move = [&](const QuantisedLayer& layer) {
      for (u64 i = 0; i < layer.size; ++i) move_source(layer, source++, next);
    };
    for (const QuantisedLayer& layer : result_.inputs) move(layer);
    for (const QuantisedLayer& layer : result_.layers) move(layer);
    found_ = {};
  }

  void move_source(const QuantisedLayer& layer, u64 source, std::vector<u64>& next) {
    u32 known = none;  // layer of the target
    u8 delay = 0;
    for (u64 i = found_.begin[source]; i < found_.begin[source + 1]; ++i) {
      const u32 target = found_.target[i];
      if (known == none || has_delays_ || target < result_.layers[known].first ||
          target >= result_.layers[known].first + result_.layers[known].size) {
        known = layer_of_neuron(target);
        delay =
            delay_of(layer.node, result_.layers[known].node, has_delays_ ? found_.later[i] : 0u);
      }
      const u64 at = next[target]++;
      result_.source[at] = static_cast<u32>(source);
      result_.weight[at] = found_.weight[i];
      result_.delay[at] = delay;
    }
  }

  u32 layer_of_neuron(u64 neuron) const {
    const auto after =
        std::upper_bound(result_.layers.begin(), result_.layers.end(), neuron,
                         [](u64 n, const QuantisedLayer& layer) { return n < layer.first; });
    return static_cast<u32>(after - result_.layers.begin() - 1);
  }

  void set_outputs() {
    std::stable_sort(readings_.begin(), readings_.end(), [](const Reading& a, const Reading& b) {
      return std::pair(a.output_node, a.element) < std::pair(b.output_node, b.element);
    });
    std::size_t next = 0;
    for (const u32 node : network_.outputs()) {
      QuantisedOutput output;
      output.layer = layer_of(node, 0);
      for (u64 element = 0; element < output.layer.size; ++element) {
        for (; next < readings_.size() && readings_[next].output_node == node &&
               readings_[next].element == element;
             ++next) {
          output.terms.push_back(readings_[next].term);
        }
        output.term_begin.push_back(output.terms.size());
      }
      const std::vector<float> constant = constant_input(network_, node);
      output.constant.assign(constant.begin(), constant.end());
      result_.outputs.push_back(std::move(output));
    }
  }

  void set_constants() {
    for (const QuantisedLayer& layer : result_.layers) {
      const std::vector<float> constant = constant_input(network_, layer.node);
      result_.constant.insert(result_.constant.end(), constant.begin(), constant.end());
      const std::vector<float> late = late_constant(layer.node);
      result_.late_constant.insert(result_.late_constant.end(), late.begin(), late.end());
    }
  }

  // What biases of branches give that begin with their first spikes only.
  std::vector<float> late_constant(u32 reader) {
    std::set<u32> late;  // nodes that the reader reads
    for (const SimulationPlan::Entry& entry : plan_.entries[reader]) {
      if (!entry.silent_at_start || entry.signal < network_.nodes.size()) continue;
      const SimulationPlan::Linear& linear = plan_.linears[entry.signal - network_.nodes.size()];
      if (!linear.with_bias) continue;
      late.insert(linear.node);
      result_.late_steps = std::max(result_.late_steps, entry.delay);
    }
    if (late.empty()) return std::vector<float>(network_.nodes[reader].inputs());
    Network only_late = network_;
    std::erase_if(only_late.edges,
                  [&](const Edge& edge) { return edge.to == reader && !late.contains(edge.from); });
    return constant_input(only_late, reader);
  }

  struct Reading {
    u32 output_node = 0;
    u32 element = 0;
    QuantisedTerm term;
  };

  const Network& network_;
  const Semantics& semantics_;
  const Chip& chip_;
  const SimulationPlan plan_;
  StepTiming timing_;
  std::vector<u32> layer_of_node_;  // of Inputs and populations, each counted for itself
  bool has_delays_ = false;
  Found found_;
  std::pair<u32, u32> last_way_ = {none, none};
  std::vector<Reading> readings_;
  std::set<std::pair<u32, u32>> noted_;  // nodes
  ChipConnections result_;
};

}  // namespace

ChipConnections expand_connections(const Network& network, const Semantics& semantics,
                                   const Chip& chip) {
  return Expander(network, semantics, chip).expand();
}

}  // namespace spikefab
