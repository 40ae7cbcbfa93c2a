#include "mapper/netx/netx.h"

#include "base/suggest.h"
#include "mapper/netx/fields.h"
#include "mapper/netx/layer.h"

namespace spikefab {
namespace {

// Outputs along one side, or 0 if the window is larger than what it slides over.
u64 windows_in(u64 side, const NetxWindow& window) {
  const u64 padded = side + u64{2} * window.padding;
  const u64 extent = u64{window.dilation} * (window.kernel - 1) + 1;
  return padded < extent ? 0 : (padded - extent) / window.stride + 1;
}

// Each layer reads what the one before gives. Only of layers without other problems.
class ChainCheck {
 public:
  explicit ChainCheck(Problems& problems) : problems_(problems) {}

  void check(const NetxLayer& before, const NetxLayer& layer) {
    if (layer.type == NetxType::input) add(layer, "type", "input is only the first layer");
    if (is_dense(layer.type)) expect(layer, "weight", layer.weight_shape[1], before);
    if (layer.type == NetxType::flatten) expect(layer, "shape", layer.neuron_count(), before);
    if (has_window(layer.type)) check_window(before, layer);
  }

 private:
  void expect(const NetxLayer& layer, const std::string& name, u64 inputs,
              const NetxLayer& before) {
    if (inputs == before.neuron_count()) return;
    add(layer, name,
        "is for " + std::to_string(inputs) + " inputs, but the layer before has " +
            std::to_string(before.neuron_count()) + " outputs");
  }

  void check_window(const NetxLayer& before, const NetxLayer& layer) {
    if (before.shape.size() != 3) {
      return add(layer, "shape", "needs channels, height and width of the layer before");
    }
    const u64 channels = layer.type == NetxType::pooling
                             ? u64{layer.shape[0]}
                             : u64{layer.weight_shape[1]} * layer.groups;
    if (channels != before.shape[0]) {
      add(layer, "weight",
          "is for " + std::to_string(channels) + " channels, but the layer before has " +
              std::to_string(before.shape[0]));
    }
    const u64 height = windows_in(before.shape[1], layer.rows);
    const u64 width = windows_in(before.shape[2], layer.columns);
    if (layer.shape[1] == height && layer.shape[2] == width) return;
    add(layer, "shape",
        "is " + netx_sides(layer.shape) + ", but its windows over " + netx_sides(before.shape) +
            " give " + std::to_string(height) + " x " + std::to_string(width));
  }

  void add(const NetxLayer& layer, const std::string& name, const std::string& what) {
    problems_.add({layer.place + "/" + name, what, ""});
  }

  Problems& problems_;
};

// Layers have the names 0, 1, 2, ...
std::vector<const Hdf5Group*> layers_in_order(const Hdf5Group& all, Problems& problems) {
  std::vector<const Hdf5Group*> layers;
  for (u64 i = 0; i < all.groups.size(); ++i) {
    const auto found = all.groups.find(std::to_string(i));
    if (found == all.groups.end()) {
      problems.add({all.place, "has no layer " + std::to_string(i),
                    std::to_string(all.groups.size()) + " layers are named from 0 on"});
      return {};
    }
    layers.push_back(&found->second);
  }
  if (layers.empty()) problems.add({all.place, "has no layers", ""});
  return layers;
}

void read_simulation(const Hdf5Group& root, NetxNetwork& network, Problems& problems) {
  for (const auto& [name, group] : root.groups) {
    if (name == "layer" || name == "simulation") continue;
    network.notes.push_back("ignored: group " + printable(name) + ", which is no part of NetX");
  }
  const auto simulation = root.groups.find("simulation");
  if (simulation == root.groups.end()) return;
  NetxFields fields(simulation->second, problems);
  if (fields.has("tSample")) {
    network.sample_ticks = static_cast<u32>(fields.integer("tSample", 1, max_netx_side));
  }
}

}  // namespace

NetxNetwork load_netx(const std::string& path) {
  const Hdf5Group root = read_hdf5(path);
  NetxNetwork network;
  network.path = path;
  network.notes = root.notes;
  const auto all = root.groups.find("layer");
  if (all == root.groups.end()) {
    const bool is_nir = root.groups.count("node") + root.groups.count("nodes") > 0;
    throw InputError(root.place, "has no group layer, so it is no NetX file",
                     is_nir ? "it is a NIR file" : "export it with lava-dl's export_hdf5");
  }
  Problems problems;
  for (const Hdf5Group* group : layers_in_order(all->second, problems)) {
    network.layers.push_back(read_netx_layer(*group, problems));
  }
  read_simulation(root, network, problems);
  problems.throw_if_any();
  ChainCheck chain(problems);
  for (u64 i = 1; i < network.layers.size(); ++i) {
    chain.check(network.layers[i - 1], network.layers[i]);
  }
  problems.throw_if_any();
  return network;
}

}  // namespace spikefab
