#include "mapper/mapping/hypergraph.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <unordered_map>
#include <utility>

#include "base/mix.h"

namespace spikefab {
namespace {

constexpr u32 none = 0xffffffff;

// Collects nets, those with the same targets as one.
class NetCollector {
 public:
  NetCollector(Hypergraph& out, u64 expected_nets) : out_(out) {
    first_with_hash_.reserve(expected_nets);
  }

  // `targets` ascending, not empty. Sources may stand twice.
  void add(std::span<const u32> targets, i64 weight, u32 number_of_sources,
           std::span<const Hypergraph::Source> sources) {
    const u32 net = net_of(targets);
    out_.net_weight[net] += weight;
    out_.net_sources[net] += number_of_sources;
    for (const auto& source : sources) source_of_.push_back({net, source});
  }

  void finish(u32 vertices) {
    out_.vertices = vertices;
    sort_sources();
    transpose(vertices);
  }

 private:
  u32 net_of(std::span<const u32> targets) {
    u64 hash = targets.size();
    for (const u32 target : targets) hash = mix64(hash ^ target);
    const auto [found, is_new] = first_with_hash_.try_emplace(hash, out_.nets());
    if (!is_new) {
      for (u32 net = found->second; net != none; net = next_with_hash_[net]) {
        if (std::ranges::equal(out_.targets_of(net), targets)) return net;
      }
    }
    const u32 net = out_.nets();
    next_with_hash_.push_back(is_new ? none : std::exchange(found->second, net));
    out_.net_weight.push_back(0);
    out_.net_sources.push_back(0);
    out_.target.insert(out_.target.end(), targets.begin(), targets.end());
    out_.target_begin.push_back(out_.target.size());
    return net;
  }

  // By net, then vertex; those that stand twice as one.
  void sort_sources() {
    std::vector<std::pair<u32, Hypergraph::Source>>& all = source_of_;
    std::stable_sort(all.begin(), all.end(), [](const auto& a, const auto& b) {
      return std::pair(a.first, a.second.vertex_or_net) <
             std::pair(b.first, b.second.vertex_or_net);
    });
    std::size_t i = 0;
    for (u32 net = 0; net < out_.nets(); ++net) {
      for (; i < all.size() && all[i].first == net; ++i) {
        const bool again = out_.source.size() > out_.source_begin.back() &&
                           out_.source.back().vertex_or_net == all[i].second.vertex_or_net;
        if (again) {
          out_.source.back().weight += all[i].second.weight;
        } else {
          out_.source.push_back(all[i].second);
        }
      }
      out_.source_begin.push_back(out_.source.size());
    }
    all = {};
  }

  void transpose(u32 vertices) {
    out_.heard_begin.assign(u64{vertices} + 1, 0);
    out_.sent_begin.assign(u64{vertices} + 1, 0);
    for (const u32 vertex : out_.target) ++out_.heard_begin[vertex + 1];
    for (const auto& source : out_.source) ++out_.sent_begin[source.vertex_or_net + 1];
    for (u32 v = 0; v < vertices; ++v) {
      out_.heard_begin[v + 1] += out_.heard_begin[v];
      out_.sent_begin[v + 1] += out_.sent_begin[v];
    }
    out_.heard.resize(out_.target.size());
    out_.sent.resize(out_.source.size());
    std::vector<u64> next_heard(out_.heard_begin.begin(), out_.heard_begin.end() - 1);
    std::vector<u64> next_sent(out_.sent_begin.begin(), out_.sent_begin.end() - 1);
    for (u32 net = 0; net < out_.nets(); ++net) {
      for (const u32 vertex : out_.targets_of(net)) out_.heard[next_heard[vertex]++] = net;
      for (const auto& source : out_.sources_of(net)) {
        out_.sent[next_sent[source.vertex_or_net]++] = {net, source.weight};
      }
    }
  }

  Hypergraph& out_;
  std::unordered_map<u64, u32> first_with_hash_;
  std::vector<u32> next_with_hash_;                            // [net]
  std::vector<std::pair<u32, Hypergraph::Source>> source_of_;  // net, vertex
};

}  // namespace

std::vector<u32> integer_rates(const SpikeGraph& graph) {
  float largest = 0;
  bool all_whole = true;
  for (const float rate : graph.rate) {
    largest = std::max(largest, rate);
    all_whole &= rate == std::floor(rate);
  }
  const int shift = all_whole && largest < 65536 ? 0 : 15 - std::ilogb(largest);
  std::vector<u32> rates;
  rates.reserve(graph.rate.size());
  for (const float rate : graph.rate) {
    rates.push_back(std::max(1u, static_cast<u32>(std::lround(std::ldexp(rate, shift)))));
  }
  return rates;
}

Hypergraph hypergraph_of(const SpikeGraph& graph, const std::vector<u32>& rates) {
  Hypergraph out;
  out.weight.assign(graph.neurons, 1);
  NetCollector nets(out, graph.sources());
  for (u32 source = 0; source < graph.sources(); ++source) {
    const auto targets = graph.targets_of(source);
    if (targets.empty()) continue;
    const Hypergraph::Source own = {source - graph.inputs, rates[source]};
    const bool is_neuron = source >= graph.inputs;
    nets.add(targets, rates[source], 1, {&own, is_neuron ? 1u : 0u});
  }
  nets.finish(graph.neurons);
  return out;
}

Hypergraph contracted(const Hypergraph& graph, const std::vector<u32>& vertex_of, u32 count) {
  Hypergraph out;
  out.weight.assign(count, 0);
  for (u32 v = 0; v < graph.vertices; ++v) out.weight[vertex_of[v]] += graph.weight[v];
  NetCollector nets(out, graph.nets());
  std::vector<u32> last_net(count, none);
  std::vector<u32> targets;
  std::vector<Hypergraph::Source> sources;
  for (u32 net = 0; net < graph.nets(); ++net) {
    targets.clear();
    sources.clear();
    for (const u32 vertex : graph.targets_of(net)) {
      const u32 coarse = vertex_of[vertex];
      if (std::exchange(last_net[coarse], net) != net) targets.push_back(coarse);
    }
    i64 inside = 0;
    for (const auto& source : graph.sources_of(net)) {
      const u32 coarse = vertex_of[source.vertex_or_net];
      sources.push_back({coarse, source.weight});
      if (coarse == targets.front()) inside += source.weight;
    }
    if (targets.size() == 1 && inside == graph.net_weight[net]) continue;
    std::sort(targets.begin(), targets.end());
    nets.add(targets, graph.net_weight[net], graph.net_sources[net], sources);
  }
  nets.finish(count);
  return out;
}

Hypergraph restricted(const Hypergraph& graph, const std::vector<u8>& side_of, u8 side,
                      std::vector<u32>& vertex_in_whole) {
  Hypergraph out;
  std::vector<u32> vertex_of(graph.vertices, none);
  vertex_in_whole.clear();
  for (u32 v = 0; v < graph.vertices; ++v) {
    if (side_of[v] != side) continue;
    vertex_of[v] = static_cast<u32>(vertex_in_whole.size());
    vertex_in_whole.push_back(v);
    out.weight.push_back(graph.weight[v]);
  }
  NetCollector nets(out, graph.nets());
  std::vector<u32> targets;
  std::vector<Hypergraph::Source> sources;
  for (u32 net = 0; net < graph.nets(); ++net) {
    targets.clear();
    sources.clear();
    for (const u32 vertex : graph.targets_of(net)) {
      if (side_of[vertex] == side) targets.push_back(vertex_of[vertex]);
    }
    for (const auto& source : graph.sources_of(net)) {
      const u32 vertex = vertex_of[source.vertex_or_net];
      if (vertex != none) sources.push_back({vertex, source.weight});
    }
    // A single target with no source beside it costs the same wherever it is.
    if (targets.empty() || (targets.size() == 1 && sources.empty())) continue;
    nets.add(targets, graph.net_weight[net], graph.net_sources[net], sources);
  }
  nets.finish(static_cast<u32>(vertex_in_whole.size()));
  return out;
}

}  // namespace spikefab
