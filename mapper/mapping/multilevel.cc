#include "mapper/mapping/multilevel.h"

#include <algorithm>
#include <numeric>
#include <span>
#include <utility>

namespace spikefab {
namespace {

// Vertices that are left to begin with, for each core; more if there are only two.
constexpr u32 vertices_per_core = 16;
constexpr u32 fewest_vertices = 60;
// Halvings of few vertices that are tried, as far as they are cheap.
constexpr u64 pins_to_try = 60000;
constexpr u64 most_tries = 8;

u64 weight_of(const Hypergraph& graph) {
  return std::accumulate(graph.weight.begin(), graph.weight.end(), u64{0});
}

double mean_net(const Hypergraph& graph) {
  const i64 sum = std::accumulate(graph.net_weight.begin(), graph.net_weight.end(), i64{0});
  return double(sum) / std::max(1u, graph.nets());
}

class Multilevel {
 public:
  Multilevel(const MultilevelOptions& options, u32 whole_vertices)
      : options_(options), whole_vertices_(whole_vertices), seed_(options.seed) {}

  // `start`: the core of each vertex, from the cycle before, or nothing.
  std::vector<u32> partition(const Hypergraph& graph, const std::vector<CoreRoom>& rooms,
                             const std::vector<u32>& start = {}) {
    const Clustering clusters = joined(graph, static_cast<u32>(rooms.size()), start);
    if (clusters.count < graph.vertices) {
      const Hypergraph coarse = contracted(graph, clusters.vertex_of, clusters.count);
      std::vector<u32> coarse_start(start.empty() ? 0 : coarse.vertices);
      for (u32 v = 0; v < start.size(); ++v) coarse_start[clusters.vertex_of[v]] = start[v];
      const std::vector<u32> coarse_core = partition(coarse, rooms, coarse_start);
      std::vector<u32> core(graph.vertices);
      for (u32 v = 0; v < graph.vertices; ++v) core[v] = coarse_core[clusters.vertex_of[v]];
      return refined(graph, std::move(core), rooms);
    }
    if (!start.empty()) return refined(graph, start, rooms);
    if (rooms.size() <= 2) return halved(graph, rooms);
    return refined(graph, split(graph, rooms), rooms);
  }

 private:
  // As many clusters as vertices if there are few, or if no more can be joined.
  Clustering joined(const Hypergraph& graph, u32 cores, const std::vector<u32>& start) {
    const u32 wanted = std::max(fewest_vertices, cores * vertices_per_core);
    Clustering none;
    none.count = graph.vertices;
    if (graph.vertices <= wanted + wanted / 8) return none;
    const u64 most_weight = std::max<u64>(1, weight_of(graph) * 3 / (u64{wanted} * 2));
    // Not too much at once, or clusters are poor.
    const u32 next = std::max(wanted, static_cast<u32>(u64{graph.vertices} * 2 / 5));
    Clustering clusters = clusters_of(graph, next, most_weight, ++seed_, start);
    return clusters.count < graph.vertices - graph.vertices / 50 ? clusters : none;
  }

  std::vector<u32> refined(const Hypergraph& graph, std::vector<u32> core,
                           const std::vector<CoreRoom>& rooms) {
    CoreSets sets(graph, std::move(core), static_cast<u32>(rooms.size()));
    CoreRefiner refiner(graph, sets, rooms, ++seed_);
    refiner.relieve();
    // Heat pays where vertices are few, and for more than two cores.
    const bool is_whole = graph.vertices == whole_vertices_;
    if (options_.heat > 0 && rooms.size() > 2 && !is_whole) {
      refiner.anneal(options_.heat * mean_net(graph), options_.passes);
    } else {
      refiner.descend(options_.passes);
    }
    return sets.cores_of_vertices();
  }

  // Halves again and again.
  std::vector<u32> split(const Hypergraph& graph, const std::vector<CoreRoom>& rooms) {
    if (rooms.size() == 1 || graph.vertices == 0) return std::vector<u32>(graph.vertices);
    const auto middle = rooms.begin() + static_cast<i64>(rooms.size() / 2);
    const std::vector<CoreRoom> sides[] = {{rooms.begin(), middle}, {middle, rooms.end()}};
    const std::vector<u32> side = partition(graph, halves(graph, rooms));
    const std::vector<u8> side_of(side.begin(), side.end());
    std::vector<u32> core(graph.vertices);
    for (const u8 s : {u8{0}, u8{1}}) {
      std::vector<u32> vertex_in_whole;
      const Hypergraph part = restricted(graph, side_of, s, vertex_in_whole);
      const std::vector<u32> part_core = split(part, sides[s]);
      const u32 first = s == 0 ? 0 : static_cast<u32>(sides[0].size());
      for (u32 v = 0; v < part.vertices; ++v) core[vertex_in_whole[v]] = first + part_core[v];
    }
    return core;
  }

  // Room for either half: in proportion, with a fair share of what is spare for the halves to come.
  static std::vector<CoreRoom> halves(const Hypergraph& graph, const std::vector<CoreRoom>& rooms) {
    const double total = double(weight_of(graph));
    double room = 0;
    for (const CoreRoom& core : rooms) room += double(core.neurons);
    u32 steps = 1;
    while ((1u << steps) < rooms.size()) ++steps;
    const double spare = std::max(0.0, room / total - 1) / steps;
    std::vector<CoreRoom> halves(2, CoreRoom{0, ~u64{0}});
    for (std::size_t c = 0; c < rooms.size(); ++c) {
      halves[c < rooms.size() / 2 ? 0 : 1].neurons += rooms[c].neurons;
    }
    for (CoreRoom& half : halves) {
      const double share = total * double(half.neurons) / room;
      half.neurons = std::min(half.neurons, static_cast<u64>(share * (1 + spare)) + 1);
    }
    return halves;
  }

  // Few vertices: grown from one of them, some times over; the best.
  std::vector<u32> halved(const Hypergraph& graph, const std::vector<CoreRoom>& rooms) {
    std::vector<u32> best(graph.vertices);
    if (rooms.size() < 2 || graph.vertices < 2) return best;
    i64 best_cost = std::numeric_limits<i64>::max();
    FastRandom random(++seed_);
    const u64 tries =
        std::clamp<u64>(pins_to_try / std::max<u64>(1, graph.target.size()), 1, most_tries);
    const u32 passes = tries > 1 ? 12 : 4;
    for (u64 i = 0; i < tries; ++i) {
      CoreSets sets(graph, grown(graph, rooms, random.below(graph.vertices)), 2);
      CoreRefiner refiner(graph, sets, rooms, ++seed_);
      refiner.relieve();
      refiner.anneal(mean_net(graph), passes);
      if (sets.cost() >= best_cost) continue;
      best_cost = sets.cost();
      best = sets.cores_of_vertices();
    }
    return best;
  }

  static std::vector<u32> grown(const Hypergraph& graph, const std::vector<CoreRoom>& rooms,
                                u32 seed) {
    const u64 total = weight_of(graph);
    const u64 wanted = static_cast<u64>(double(total) * double(rooms[0].neurons) /
                                        double(rooms[0].neurons + rooms[1].neurons));
    CoreSets sets(graph, std::vector<u32>(graph.vertices, 1), 2);
    sets.move(seed, 0);
    // The best few of each round while that saves something, else the best.
    const std::size_t at_once = 1 + graph.vertices / 16;
    std::vector<std::pair<i64, u32>> by_gain;
    bool has_grown = true;
    while (sets.weight(0) < wanted && std::exchange(has_grown, false)) {
      by_gain.clear();
      for (const u32 vertex : sets.members(1))
        by_gain.push_back({-sets.choice(vertex, 0).gain, vertex});
      std::sort(by_gain.begin(), by_gain.end());
      std::size_t moved = 0;
      for (const auto& [loss, vertex] : by_gain) {
        if (sets.weight(0) + graph.weight[vertex] > rooms[0].neurons) continue;
        sets.move(vertex, 0);
        has_grown = true;
        if (++moved == at_once || loss >= 0 || sets.weight(0) >= wanted) break;
      }
    }
    return sets.cores_of_vertices();
  }

  const MultilevelOptions options_;
  const u32 whole_vertices_;
  u64 seed_;
};

}  // namespace

std::vector<u32> partition_into(const Hypergraph& graph, const std::vector<CoreRoom>& rooms,
                                const MultilevelOptions& options) {
  Multilevel multilevel(options, graph.vertices);
  std::vector<u32> core = multilevel.partition(graph, rooms);
  for (u32 i = 0; i < options.cycles; ++i) core = multilevel.partition(graph, rooms, core);
  return core;
}

}  // namespace spikefab
