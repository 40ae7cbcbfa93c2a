#include "tests/support/loaded_network.h"

#include <algorithm>

#include "tests/support/temp_folder.h"

namespace spikefab::test {
namespace {

Imported load(const RancNetwork& network, const RancPackets& packets, IdleCores idle,
              std::mt19937_64* shuffle) {
  const TempFolder folder;
  const std::string config = folder.write("config.json", config_json(network));
  const std::string input = folder.write("input.json", input_json(network, packets, shuffle));
  return load_ranc_input(input, load_ranc_config(config).chip, idle);
}

// The events of `ticks` ticks from `first` on.
Stimulus slice(const Stimulus& whole, u64 first, u64 ticks) {
  Stimulus part;
  part.ticks = ticks;
  for (u64 t = first; t < first + ticks; ++t) {
    const auto [begin, end] = whole.range(0, t);
    for (u64 i = begin; i < end; ++i) part.events.push_back(whole.events[i]);
    part.begin.push_back(part.events.size());
  }
  return part;
}

}  // namespace

Imported load_network(const RancNetwork& network, IdleCores idle, std::mt19937_64* shuffle) {
  std::size_t ticks = 0;
  for (const RancPackets& packets : network.packets) ticks = std::max(ticks, packets.size());
  RancPackets in_a_row;
  for (RancPackets packets : network.packets) {
    packets.resize(ticks);
    in_a_row.insert(in_a_row.end(), packets.begin(), packets.end());
  }
  Imported input = load(network, in_a_row, idle, shuffle);
  if (network.packets.size() == 1) return input;
  std::vector<Stimulus> parts;
  for (std::size_t r = 0; r < network.packets.size(); ++r) {
    parts.push_back(slice(input.stimulus, r * ticks, ticks));
  }
  input.stimulus = batch(parts);
  return input;
}

Imported load_replica(const RancNetwork& network, u32 replica) {
  return load(network, network.packets.at(replica), IdleCores::left_out, nullptr);
}

}  // namespace spikefab::test
