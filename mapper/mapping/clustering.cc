// Clusters of vertices that share nets, level by level: how the multilevel partitioner coarsens.
#include <algorithm>
#include <numeric>
#include <utility>

#include "mapper/mapping/multilevel.h"

namespace spikefab {
namespace {

constexpr u32 none = 0xffffffff;
// Nets with more targets say little about who belongs together.
constexpr std::size_t most_targets = 1000;

// First choice: each vertex joins the cluster that it shares most with.
class Joiner {
 public:
  Joiner(const Hypergraph& graph, u32 wanted, u64 most_weight, u64 seed,
         const std::vector<u32>& core_of)
      : graph_(graph),
        wanted_(wanted),
        most_weight_(most_weight),
        core_of_(core_of),
        random_(seed),
        cluster_(graph.vertices),
        weight_(graph.weight.begin(), graph.weight.end()),
        is_joined_(graph.vertices),
        rating_(graph.vertices),
        left_(graph.vertices) {
    std::iota(cluster_.begin(), cluster_.end(), 0);
  }

  Clustering join() {
    std::vector<u32> order(graph_.vertices);
    std::iota(order.begin(), order.end(), 0);
    random_.shuffle(order);
    for (const u32 vertex : order) {
      if (left_ <= wanted_) break;
      if (!is_joined_[vertex]) join(vertex);
    }
    return numbered();
  }

 private:
  void join(u32 vertex) {
    rate(vertex);
    u32 best = none;
    double best_rating = 0;
    for (const u32 cluster : rated_) {
      const double rating = std::exchange(rating_[cluster], 0) / double(weight_[cluster]);
      const bool is_better =
          rating > best_rating || (rating == best_rating && best != none && cluster < best);
      if (!is_better || weight_[cluster] + weight_[vertex] > most_weight_) continue;
      best = cluster;
      best_rating = rating;
    }
    rated_.clear();
    if (best == none) return;
    cluster_[vertex] = best;
    weight_[best] += weight_[vertex];
    is_joined_[vertex] = is_joined_[best] = true;
    --left_;
  }

  void add(u32 vertex, u32 other, double rating) {
    const u32 cluster = cluster_[other];
    if (other == vertex || cluster == vertex) return;
    if (!core_of_.empty() && core_of_[other] != core_of_[vertex]) return;
    if (rating_[cluster] == 0) rated_.push_back(cluster);
    rating_[cluster] += rating;
  }

  void rate(u32 vertex) {
    for (const u32 net : graph_.heard_by(vertex)) {
      const auto targets = graph_.targets_of(net);
      if (targets.size() > most_targets) continue;
      const double rating = double(graph_.net_weight[net]) / double(targets.size());
      for (const u32 target : targets) add(vertex, target, rating);
      for (const auto& source : graph_.sources_of(net)) {
        add(vertex, source.vertex_or_net, double(source.weight) / double(targets.size()));
      }
    }
    for (const auto& sent : graph_.sent_by(vertex)) {
      const auto targets = graph_.targets_of(sent.vertex_or_net);
      if (targets.size() > most_targets) continue;
      for (const u32 target : targets) {
        add(vertex, target, double(sent.weight) / double(targets.size()));
      }
    }
  }

  Clustering numbered() const {
    Clustering out;
    std::vector<u32> number(graph_.vertices, none);
    out.vertex_of.reserve(graph_.vertices);
    for (u32 v = 0; v < graph_.vertices; ++v) {
      u32& found = number[cluster_[v]];
      if (found == none) found = out.count++;
      out.vertex_of.push_back(found);
    }
    return out;
  }

  const Hypergraph& graph_;
  const u32 wanted_;
  const u64 most_weight_;
  const std::vector<u32>& core_of_;
  FastRandom random_;
  std::vector<u32> cluster_;  // [vertex] a vertex that stays in its own
  std::vector<u64> weight_;   // [cluster]
  std::vector<bool> is_joined_;
  std::vector<double> rating_;  // [cluster]
  std::vector<u32> rated_;
  u32 left_;
};

}  // namespace

Clustering clusters_of(const Hypergraph& graph, u32 wanted, u64 most_weight, u64 seed,
                       const std::vector<u32>& core_of) {
  return Joiner(graph, wanted, most_weight, seed, core_of).join();
}

}  // namespace spikefab
