#include "mapper/mapping/map_graph.h"

#include <algorithm>

#include "base/error.h"
#include "base/suggest.h"
#include "mapper/mapping/strategy.h"

namespace spikefab {
namespace {

// "'conv1' 96, 'fc' 3", the largest layers first.
std::string by_layer(const SpikeGraph& graph, const FilledCores& filled) {
  std::vector<u64> cores(graph.layers.size());
  for (const std::vector<u32>& neurons : filled.neurons) ++cores[graph.layer_of(neurons.front())];
  std::vector<u32> order(cores.size());
  for (u32 l = 0; l < order.size(); ++l) order[l] = l;
  std::stable_sort(order.begin(), order.end(), [&](u32 a, u32 b) { return cores[a] > cores[b]; });
  constexpr std::size_t shown = 5;
  std::vector<std::string> parts;
  for (const u32 l : order) {
    if (cores[l] == 0 || parts.size() == shown) break;
    parts.push_back("'" + printable(graph.layers[l].name) + "' " + std::to_string(cores[l]));
  }
  return join(parts, ", ");
}

std::string why_full(const FilledCores& filled) {
  const auto most = std::max_element(
      filled.full_by.begin(), filled.full_by.end(),
      [](const auto& a, const auto& b) { return a.second.cores < b.second.cores; });
  if (most == filled.full_by.end()) return "";
  const auto& [resource, full] = *most;
  return std::to_string(full.cores) + " cores are full by their " + resource +
         (full.help.empty() ? "; " : " (what helps: " + full.help + "); ");
}

std::string text_of(const Tiles& tiles) {
  std::string text = std::to_string(tiles.width) + " x " + std::to_string(tiles.height);
  if (tiles.depth > 1) text += " x " + std::to_string(tiles.depth);
  const u64 taken = tiles.size() - tiles.usable.size();
  if (taken == 0) return text;
  return text + ", less " + std::to_string(taken) + " " + tiles.taken_by;
}

}  // namespace

FilledCores cores_by(const std::string& partitioner, const SpikeGraph& graph,
                     const CoreSpaceMaker& limits, u64 seed, const std::vector<u8>& lines) {
  return fill_cores(
      graph, limits,
      group_by(partitioner,
               {.graph = graph, .limits = limits, .seed = seed, .start = {}, .path = ""}),
      lines);
}

void check_tiles(const SpikeGraph& graph, const CoreSpaceMaker& limits, const FilledCores& cores,
                 const Tiles& tiles) {
  if (cores.neurons.size() <= tiles.usable.size()) return;
  throw FitError(graph.name + ": needs " + std::to_string(cores.neurons.size()) + " cores (" +
                 by_layer(graph, cores) + "); " + limits.name + " has " +
                 std::to_string(tiles.usable.size()) + " (a mesh of " + text_of(tiles) + "); " +
                 why_full(cores) + "a larger mesh, or a chip with larger cores, has room");
}

Mapping map_graph(const SpikeGraph& graph, const CoreSpaceMaker& limits, const Tiles& tiles,
                  const MappingChoice& choice, const std::vector<u8>& lines) {
  Mapping mapping;
  mapping.cores = cores_by(choice.partitioner, graph, limits, choice.seed, lines);
  check_tiles(graph, limits, mapping.cores, tiles);
  mapping.partition = partition_of(mapping.cores, graph.neurons);
  mapping.traffic = traffic_of(graph, mapping.partition);
  mapping.flows = flows_of(mapping.traffic);
  mapping.tile_of_core = place_by(choice.placer, {.traffic = mapping.traffic,
                                                  .flows = mapping.flows,
                                                  .tiles = tiles,
                                                  .seed = choice.seed,
                                                  .start = {},
                                                  .path = ""});
  return mapping;
}

}  // namespace spikefab
