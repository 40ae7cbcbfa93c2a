#include "mapper/mapping/hmetis.h"

#include <algorithm>

#include "base/files.h"
#include "mapper/mapping/hypergraph.h"

namespace spikefab {
namespace {

constexpr std::size_t block_bytes = 1 << 20;

// The source among its targets, ascending.
void find_pins(const SpikeGraph& graph, u32 source, std::vector<u32>& pins) {
  const auto targets = graph.targets_of(source);
  pins.assign(targets.begin(), targets.end());
  if (source < graph.inputs) return;
  const u32 own = source - graph.inputs;
  const auto place = std::lower_bound(pins.begin(), pins.end(), own);
  if (place == pins.end() || *place != own) pins.insert(place, own);
}

}  // namespace

void write_hmetis(const SpikeGraph& graph, const std::string& path) {
  const std::vector<u32> rates = integer_rates(graph);
  std::vector<u32> pins;
  u64 edges = 0;
  for (u32 source = 0; source < graph.sources(); ++source) {
    find_pins(graph, source, pins);
    edges += pins.size() > 1;
  }
  AtomicFile file(path);
  constexpr const char* with_edge_weights = "1";
  std::string text =
      std::to_string(edges) + " " + std::to_string(graph.neurons) + " " + with_edge_weights + "\n";
  for (u32 source = 0; source < graph.sources(); ++source) {
    find_pins(graph, source, pins);
    if (pins.size() < 2) continue;
    text += std::to_string(rates[source]);
    for (const u32 pin : pins) text += ' ' + std::to_string(pin + 1);
    text += '\n';
    if (text.size() < block_bytes) continue;
    file.write(text);
    text.clear();
  }
  file.write(text);
  file.commit();
}

}  // namespace spikefab
