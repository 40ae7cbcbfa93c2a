#include "mapper/mapping/strategy.h"

#include <algorithm>
#include <memory>

#include "base/error.h"
#include "base/specification.h"
#include "base/text.h"

namespace spikefab {
namespace {

template <class Strategy>
struct Link {
  std::unique_ptr<Strategy> strategy;
  std::vector<i32> values;  // of its parameters
  std::string path;
};

template <class Strategy>
Link<Strategy> parse_link(const std::string& text, bool is_first) {
  const std::string name = name_in(text);
  const std::string who = std::string(Strategy::kind) + " " + name;
  Link<Strategy> link = {Registry<Strategy>::make(name), {}, ""};
  if (is_first && link.strategy->improves()) {
    throw UsageError(who + " improves on what another found", "put one before it: OTHER+" + text);
  }
  if (!is_first && !link.strategy->improves()) {
    throw UsageError(who + " begins anew: it cannot follow another");
  }
  if (!link.strategy->takes_file()) {
    link.values = values_in(text, Strategy::kind, link.strategy->params());
    return link;
  }
  if (text.size() <= name.size() + 1) throw UsageError(who + " needs a file", name + ":FILE");
  link.path = text.substr(name.size() + 1);
  return link;
}

template <class Strategy>
std::vector<Link<Strategy>> parse(const std::string& chain) {
  std::vector<Link<Strategy>> links;
  for (const std::string& text : split_list(chain, '+')) {
    links.push_back(parse_link<Strategy>(text, links.empty()));
  }
  return links;
}

void check(const NeuronGroups& groups, const SpikeGraph& graph) {
  std::vector<bool> seen(graph.neurons);
  u64 count = 0;
  for (const std::vector<u32>& group : groups) {
    for (const u32 neuron : group) {
      SPIKEFAB_ASSERT(neuron < graph.neurons && !seen[neuron]);
      seen[neuron] = true;
      ++count;
    }
  }
  SPIKEFAB_ASSERT(count == graph.neurons);
}

void check(const TileOfCore& tile_of_core, const PlacementProblem& problem) {
  SPIKEFAB_ASSERT(tile_of_core.size() == problem.traffic.cores);
  std::vector<bool> is_free(problem.tiles.size());
  for (const u32 tile : problem.tiles.usable) is_free[tile] = true;
  for (const u32 tile : tile_of_core) {
    SPIKEFAB_ASSERT(tile < is_free.size() && is_free[tile]);
    is_free[tile] = false;
  }
}

}  // namespace

void check_partitioner(const std::string& chain) { parse<Partitioner>(chain); }
void check_placer(const std::string& chain) { parse<Placer>(chain); }

NeuronGroups group_by(const std::string& chain, PartitionProblem problem) {
  for (const Link<Partitioner>& link : parse<Partitioner>(chain)) {
    problem.path = link.path;
    problem.start = link.strategy->group(problem, link.values);
    check(problem.start, problem.graph);
  }
  return std::move(problem.start);
}

TileOfCore place_by(const std::string& chain, PlacementProblem problem) {
  const u64 have = problem.tiles.usable.size();
  if (problem.traffic.cores > have) {
    throw FitError("needs " + std::to_string(problem.traffic.cores) + " cores; the mesh has " +
                   std::to_string(have) + " usable tiles");
  }
  for (const Link<Placer>& link : parse<Placer>(chain)) {
    problem.path = link.path;
    problem.start = link.strategy->place(problem, link.values);
    check(problem.start, problem);
  }
  return std::move(problem.start);
}

}  // namespace spikefab
