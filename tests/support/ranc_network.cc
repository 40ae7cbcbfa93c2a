// RANC's JSON files as text; see ranc_network.h.
#include "tests/support/ranc_network.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

namespace spikefab::test {
namespace {

using Json = nlohmann::ordered_json;
using Members = std::vector<std::pair<std::string, Json>>;

// An object of these members; shuffled and padded with unknown ones if there is a generator.
Json object(Members members, std::mt19937_64* shuffle) {
  if (shuffle != nullptr) {
    if ((*shuffle)() % 4 == 0) {
      members.emplace_back("comment", "not of RANC: \"packets\": [");
      members.emplace_back("extra", Json{{"neurons", {1, -2.5e3, nullptr, true, {{"axons", 3}}}}});
    }
    std::shuffle(members.begin(), members.end(), *shuffle);
  }
  Json out = Json::object();
  for (auto& [name, value] : members) out[name] = std::move(value);
  return out;
}

Json of_neuron(const RancNeuron& n, std::mt19937_64* shuffle) {
  return object({{"weights", n.weights},
                 {"leak", n.leak},
                 {"positive_threshold", n.positive_threshold},
                 {"negative_threshold", n.negative_threshold},
                 {"reset_potential", n.reset_potential},
                 {"current_potential", n.potential},
                 {"reset_mode", n.reset_mode},
                 {"destination_core_offset", {n.dx, n.dy}},
                 {"destination_axon", n.target_axon},
                 {"destination_tick", n.target_delay}},
                shuffle);
}

Json of_core(const RancCore& core, std::mt19937_64* shuffle) {
  Json neurons = Json::array();
  for (const RancNeuron& n : core.neurons) neurons.push_back(of_neuron(n, shuffle));
  return object({{"coordinates", {core.x, core.y}},
                 {"axons", core.axon_types},
                 {"connections", core.connections},
                 {"neurons", neurons}},
                shuffle);
}

Json of_packets(const RancPackets& ticks, std::mt19937_64* shuffle) {
  Json out = Json::array();
  for (const auto& tick : ticks) {
    Json packets = Json::array();
    for (const RancPacket& p : tick) {
      packets.push_back(object({{"destination_core", {p.x, p.y}},
                                {"destination_axon", p.axon},
                                {"destination_tick", p.delay}},
                               shuffle));
    }
    out.push_back(packets);
  }
  return out;
}

}  // namespace

std::string config_json(const RancNetwork& network) {
  return Json{{"num_neurons", network.num_neurons},
              {"num_axons", network.num_axons},
              {"num_cores_x", network.width},
              {"num_cores_y", network.height},
              {"num_weights", network.num_weights},
              {"max_tick_offset", network.slots},
              {"neuron_reset_type", network.reset_type},
              {"neuron_block_trace_verbosity", network.neuron_trace},
              {"core_controller_trace_verbosity", network.controller_trace},
              {"scheduler_trace_verbosity", network.scheduler_trace}}
      .dump(2);
}

std::string input_json(const RancNetwork& network, const RancPackets& packets,
                       std::mt19937_64* shuffle) {
  Json cores = Json::array();
  for (const RancCore& core : network.cores) cores.push_back(of_core(core, shuffle));
  const Json bus = object(
      {{"coordinates", {network.bus_x, network.bus_y}}, {"num_outputs", network.num_outputs}},
      shuffle);
  return object({{"packets", of_packets(packets, shuffle)}, {"output_bus", bus}, {"cores", cores}},
                shuffle)
      .dump();
}

}  // namespace spikefab::test
