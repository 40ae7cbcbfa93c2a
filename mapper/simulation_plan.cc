#include "mapper/simulation_plan.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "base/error.h"

namespace spikefab {
namespace {

using Sources = std::vector<u32>;  // Inputs and populations, ascending

Sources intersection(const Sources& a, const Sources& b) {
  Sources both;
  std::set_intersection(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(both));
  return both;
}

class Planner {
 public:
  Planner(const Network& network, const Semantics& semantics)
      : network_(network),
        semantics_(semantics),
        reads_(edges_into(network)),
        linear_order_(linear_order(network)) {
    find_sources();
    find_cycles();
  }

  SimulationPlan make() {
    plan_.entries.resize(network_.nodes.size());
    for (u32 node = 0; node < network_.nodes.size(); ++node) {
      if (is_reader(node)) add_entries(node);
    }
    find_order();
    return std::move(plan_);
  }

 private:
  bool is_linear(u32 node) const { return network_.nodes[node].is_linear(); }
  bool is_population(u32 node) const { return network_.nodes[node].as<Neurons>() != nullptr; }
  bool is_reader(u32 node) const {
    return is_population(node) || network_.nodes[node].as<Output>();
  }

  // Of what a node gives: a source itself, or all sources of a linear node.
  Sources sources_of(u32 node) const { return is_linear(node) ? sources_[node] : Sources{node}; }

  void find_sources() {
    sources_.resize(network_.nodes.size());
    for (const u32 node : linear_order_) {
      std::set<u32> all;
      for (const u32 from : reads_[node]) {
        const Sources sources = sources_of(from);
        all.insert(sources.begin(), sources.end());
      }
      sources_[node].assign(all.begin(), all.end());
    }
  }

  // A depth-first walk over populations from the Inputs: what leads back to one that the walk has
  // not left yet closes a cycle.
  void find_cycles() {
    std::vector<std::set<u32>> targets(network_.nodes.size());
    for (u32 node = 0; node < network_.nodes.size(); ++node) {
      if (!is_population(node)) continue;
      for (const u32 from : reads_[node]) {
        for (const u32 source : sources_of(from)) targets[source].insert(node);
      }
    }
    enum class Mark : u8 { unseen, on_the_way, left };
    std::vector<Mark> mark(network_.nodes.size(), Mark::unseen);
    std::vector<std::pair<u32, std::set<u32>::const_iterator>> way;
    const auto walk = [&](u32 start) {
      if (mark[start] != Mark::unseen) return;
      mark[start] = Mark::on_the_way;
      way.emplace_back(start, targets[start].begin());
      while (!way.empty()) {
        auto& [node, next] = way.back();
        if (next == targets[node].end()) {
          mark[node] = Mark::left;
          way.pop_back();
          continue;
        }
        const u32 target = *next++;
        if (mark[target] == Mark::on_the_way) closing_.insert({node, target});
        if (mark[target] != Mark::unseen) continue;
        mark[target] = Mark::on_the_way;
        way.emplace_back(target, targets[target].begin());
      }
    };
    for (const u32 input : network_.inputs()) walk(input);
    for (const u32 population : network_.populations()) walk(population);
  }

  struct Lateness {
    bool closes_cycle = false;
    u32 delay = 0;
    auto operator<=>(const Lateness&) const = default;
  };

  Lateness lateness(u32 source, u32 reader) const {
    const Semantics& s = semantics_;
    if (!is_population(source)) return {false, s.input_delay};
    if (closing_.contains({source, reader})) return {true, s.recurrent_delay};
    return {false, s.output_delay + (is_population(reader) ? s.forward_delay : 0)};
  }

  void add_entries(u32 reader) {
    for (const u32 from : reads_[reader]) {
      std::map<Lateness, Sources> groups;
      for (const u32 source : sources_of(from)) groups[lateness(source, reader)].push_back(source);
      if (groups.empty()) groups[{}] = {};  // nothing but a bias
      bool with_bias = true;                // of the first group, which comes earliest
      for (const auto& [late, sources] : groups) {
        const u32 signal = is_linear(from) ? signal_of(from, sources, with_bias) : from;
        const bool silent = late.closes_cycle && !semantics_.recurrent_bias_at_start;
        plan_.entries[reader].push_back({signal, late.delay, silent});
        with_bias = false;
      }
    }
  }

  // The signal of a linear node with these sources; makes what it needs.
  u32 signal_of(u32 node, const Sources& sources, bool with_bias) {
    std::vector<bool> needed(network_.nodes.size());
    needed[node] = true;
    for (auto at = linear_order_.rbegin(); at != linear_order_.rend(); ++at) {
      if (!needed[*at]) continue;
      for (const u32 from : reads_[*at]) needed[from] = true;
    }
    for (const u32 each : linear_order_) {
      if (needed[each]) make_linear(each, intersection(sources, sources_[each]), with_bias);
    }
    return made_.at({node, intersection(sources, sources_[node]), with_bias});
  }

  void make_linear(u32 node, const Sources& sources, bool with_bias) {
    const Key key = {node, sources, with_bias};
    if (made_.contains(key)) return;
    SimulationPlan::Linear linear = {node, {}, with_bias};
    for (const u32 from : reads_[node]) {
      if (is_linear(from)) {
        const Sources common = intersection(sources, sources_[from]);
        if (common.empty() && !with_bias) continue;
        linear.reads.push_back(made_.at({from, common, with_bias}));
      } else if (std::binary_search(sources.begin(), sources.end(), from)) {
        linear.reads.push_back(from);
      }
    }
    made_[key] = static_cast<u32>(network_.nodes.size() + plan_.linears.size());
    plan_.linears.push_back(std::move(linear));
  }

  void find_order() {
    const u64 nodes = network_.nodes.size();
    const u64 count = nodes + plan_.linears.size();
    plan_.depth.assign(count, 0);
    std::vector<std::vector<u32>> readers(count);
    std::vector<u32> waits_for(count);
    const auto add = [&](u32 from, u32 to) {
      readers[from].push_back(to);
      ++waits_for[to];
    };
    for (u32 i = 0; i < plan_.linears.size(); ++i) {
      for (const u32 from : plan_.linears[i].reads) add(from, static_cast<u32>(nodes + i));
    }
    for (u32 node = 0; node < nodes; ++node) {
      for (const SimulationPlan::Entry& entry : plan_.entries[node]) {
        plan_.depth[entry.signal] = std::max(plan_.depth[entry.signal], entry.delay);
        if (entry.delay == 0) add(entry.signal, node);
      }
    }
    const auto is_signal = [&](u32 i) { return i >= nodes || !is_linear(i); };
    for (u32 i = 0; i < count; ++i) {
      if (waits_for[i] == 0 && is_signal(i)) plan_.order.push_back(i);
    }
    for (std::size_t next = 0; next < plan_.order.size(); ++next) {
      for (const u32 reader : readers[plan_.order[next]]) {
        if (--waits_for[reader] == 0) plan_.order.push_back(reader);
      }
    }
    const u64 signals = count - linear_order_.size();
    SPIKEFAB_ASSERT(plan_.order.size() == signals);
  }

  using Key = std::tuple<u32, Sources, bool>;

  const Network& network_;
  const Semantics& semantics_;
  std::vector<std::vector<u32>> reads_;
  std::vector<u32> linear_order_;
  std::vector<Sources> sources_;           // [linear node]
  std::set<std::pair<u32, u32>> closing_;  // from population to population
  std::map<Key, u32> made_;
  SimulationPlan plan_;
};

}  // namespace

SimulationPlan make_simulation_plan(const Network& network, const Semantics& semantics) {
  return Planner(network, semantics).make();
}

}  // namespace spikefab
