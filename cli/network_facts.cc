#include "cli/network_facts.h"

#include <algorithm>

#include "base/suggest.h"
#include "cli/log.h"
#include "cli/numbers.h"
#include "mapper/described/described_network.h"
#include "mapper/events/recording.h"
#include "mapper/netx/netx.h"
#include "mapper/nir/nir.h"
#include "mapper/semantics.h"

namespace spikefab::cli {
namespace {

// What a node is, as NIR calls it.
struct KindName {
  std::string_view operator()(const Input&) const { return "Input"; }
  std::string_view operator()(const Output&) const { return "Output"; }
  std::string_view operator()(const Neurons& neurons) const { return name_of(neurons.type); }
  std::string_view operator()(const Dense&) const { return "dense"; }
  std::string_view operator()(const Sparse&) const { return "sparse"; }
  std::string_view operator()(const Convolution&) const { return "convolution"; }
  std::string_view operator()(const Pooling& pooling) const {
    return pooling.mean ? "mean pooling" : "sum pooling";
  }
  std::string_view operator()(const Scale&) const { return "scale"; }
  std::string_view operator()(const Delay&) const { return "delay"; }
  std::string_view operator()(const Reshape&) const { return "reshape"; }
};

std::string targets_of(const Network& network, u32 node) {
  std::string names;
  for (const Edge& edge : network.edges) {
    if (edge.from != node) continue;
    names += (names.empty() ? "" : ", ") + printable(network.nodes[edge.to].name, 64);
  }
  return names;
}

OutsideFile of_nir(const std::string& path) {
  const NirNetwork nir = load_nir(path);
  for (const std::string& note : nir.notes) log_warning("{}", note);
  const Network& network = nir.network;
  Json nodes = Json::array();
  for (u32 i = 0; i < network.nodes.size(); ++i) {
    const Node& node = network.nodes[i];
    nodes.push_back({{"node", printable(node.name, 64)},
                     {"kind", std::visit(KindName{}, node.kind)},
                     {"input", shape_text(node.input_shape)},
                     {"output", shape_text(node.output_shape)},
                     {"to", targets_of(network, i)}});
  }
  std::vector<std::string> notes;
  Json facts = {{"version", printable(nir.version, 64)},
                {"nodes", network.nodes.size()},
                {"edges", network.edges.size()},
                {"populations", network.populations().size()},
                {"neurons", network.neuron_count()}};
  try {
    facts["semantics"] = text_of(choose_semantics("", network, notes));
  } catch (const UsageError& unknown) {
    facts["semantics"] = unknown.what();
  }
  for (const std::string& note : notes) log_info("{}", note);
  facts["node_list"] = std::move(nodes);
  return {fmt::format("{} nodes, {} neurons", grouped(network.nodes.size()),
                      grouped(network.neuron_count())),
          std::move(facts)};
}

OutsideFile of_netx(const std::string& path) {
  const NetxNetwork network = load_netx(path);
  for (const std::string& note : network.notes) log_warning("{}", note);
  Json layers = Json::array();
  u64 neurons = 0;
  u64 weights = 0;
  for (const NetxLayer& layer : network.layers) {
    neurons += layer.neuron_count();
    weights += layer.weight.size() + layer.recurrent_weight.size();
    layers.push_back({{"layer", layers.size()},
                      {"type", name_of(layer.type)},
                      {"shape", shape_text(layer.shape)},
                      {"weights", layer.weight.size() + layer.recurrent_weight.size()},
                      {"neurons", layer.neurons ? printable(layer.neurons->type, 16) : "none"}});
  }
  return {fmt::format("{} layers, {} neurons", network.layers.size(), grouped(neurons)),
          {{"layers", network.layers.size()},
           {"neurons", neurons},
           {"weights", weights},
           {"layer_list", std::move(layers)}}};
}

OutsideFile of_described_network(const std::string& path) {
  const DescribedNetwork described = load_described_network(path);
  const Network& network = described.network;
  Json layers = Json::array();
  for (const u32 node : network.populations()) {
    layers.push_back({{"layer", printable(network.nodes[node].name, 64)},
                      {"shape", shape_text(network.nodes[node].output_shape)},
                      {"spikes_per_tick", described.rate_of_population[layers.size()]}});
  }
  return {fmt::format("{} populations, {} neurons", layers.size(), grouped(network.neuron_count())),
          {{"populations", layers.size()},
           {"neurons", network.neuron_count()},
           {"layer_list", std::move(layers)}}};
}

OutsideFile of_recording(const std::string& path) {
  const EventRecording recording = load_events(path);
  for (const std::string& note : recording.notes) log_warning("{}", note);
  const SensorSize size = sensor_size(recording);
  const u64 first = recording.events.empty() ? 0 : recording.events.front().time_us;
  const u64 last = recording.events.empty() ? 0 : recording.events.back().time_us;
  const auto on = std::count_if(recording.events.begin(), recording.events.end(),
                                [](const Event& event) { return event.polarity != 0; });
  return {
      fmt::format("{} events in {} us", grouped(recording.events.size()), grouped(last - first)),
      {{"events", recording.events.size()},
       {"first_us", first},
       {"last_us", last},
       {"width", size.width},
       {"height", size.height},
       {"size_is_said", recording.width != 0},
       {"brighter", on},
       {"darker", static_cast<i64>(recording.events.size()) - on}}};
}

}  // namespace

OutsideFile describe_outside_file(FileKind kind, const std::string& path) {
  if (kind == FileKind::nir) return of_nir(path);
  if (kind == FileKind::netx) return of_netx(path);
  if (kind == FileKind::described_network) return of_described_network(path);
  SPIKEFAB_ASSERT(kind == FileKind::recording);
  return of_recording(path);
}

}  // namespace spikefab::cli
