#include "mapper/connections.h"

#include <algorithm>
#include <map>
#include <memory>
#include <tuple>
#include <utility>

#include "base/error.h"
#include "mapper/linear_ops.h"

namespace spikefab {
namespace {

// An element of a node that a unit impulse reaches, so late and with such a weight.
struct Reached {
  u32 index = 0;
  double delay = 0;
  float weight = 0;
};

// Sorts by index and delay, adds up what is equal, drops zeros.
void merge(std::vector<Reached>& list) {
  const auto key = [](const Reached& r) { return std::tuple(r.index, r.delay); };
  std::stable_sort(list.begin(), list.end(),
                   [&](const Reached& a, const Reached& b) { return key(a) < key(b); });
  std::size_t kept = 0;
  for (std::size_t i = 0; i < list.size(); ++i) {
    if (kept > 0 && key(list[kept - 1]) == key(list[i])) {
      list[kept - 1].weight += list[i].weight;
    } else {
      list[kept++] = list[i];
    }
  }
  list.resize(kept);
  std::erase_if(list, [](const Reached& r) { return r.weight == 0; });
}

// The linear nodes behind one source, in order, and where they lead.
class Impulses {
 public:
  Impulses(const Network& network, u32 source_node)
      : network_(network), targets_(edges_out_of(network)), reached_(network.nodes.size()) {
    std::vector<bool> behind(network.nodes.size());
    behind[source_node] = true;
    // linear_order() ascends, so that one pass finds all.
    for (const u32 target : targets_[source_node]) behind[target] = true;
    for (const u32 node : linear_order(network)) {
      if (!behind[node]) continue;
      order_.push_back(node);
      for (const u32 target : targets_[node]) behind[target] = true;
    }
    for (const u32 node : order_) {
      maps_.emplace(node, std::make_unique<LinearMap>(network.nodes[node]));
    }
    for (u32 node = 0; node < network.nodes.size(); ++node) {
      if (behind[node] && !network.nodes[node].is_linear()) ends_.push_back(node);
    }
  }

  void send(u32 source_node, u32 source, const std::function<void(const Connection&)>& visit) {
    pass_on(source_node, {{source, 0, 1}});
    for (const u32 node : order_) {
      merge(reached_[node]);
      pass_on(node, apply(node, std::exchange(reached_[node], {})));
    }
    for (const u32 node : ends_) {
      std::vector<Reached> list = std::exchange(reached_[node], {});
      merge(list);
      for (const Reached& r : list) {
        visit({source_node, source, node, r.index, r.weight, r.delay});
      }
    }
  }

 private:
  void pass_on(u32 node, const std::vector<Reached>& list) {
    for (const u32 target : targets_[node]) {
      reached_[target].insert(reached_[target].end(), list.begin(), list.end());
    }
  }

  std::vector<Reached> apply(u32 node, const std::vector<Reached>& list) {
    const Delay* delay = network_.nodes[node].as<Delay>();
    std::vector<Reached> out;
    for (const Reached& r : list) {
      const double later = r.delay + (delay ? delay->seconds.at(r.index) : 0);
      maps_.at(node)->scatter(r.index, [&](u32 output, float weight) {
        out.push_back({output, later, r.weight * weight});
      });
    }
    return out;
  }

  const Network& network_;
  std::vector<std::vector<u32>> targets_;
  std::vector<u32> order_;  // linear nodes
  std::vector<u32> ends_;   // neurons and Outputs
  std::map<u32, std::unique_ptr<LinearMap>> maps_;
  std::vector<std::vector<Reached>> reached_;  // by node
};

std::vector<u32> non_zero(const std::vector<float>& values) {
  std::vector<u32> indices;
  for (u32 i = 0; i < values.size(); ++i) {
    if (values[i] != 0) indices.push_back(i);
  }
  return indices;
}

}  // namespace

void for_each_connection(const Network& network, u32 source_node,
                         const std::function<void(const Connection&)>& visit) {
  SPIKEFAB_ASSERT(!network.nodes.at(source_node).is_linear());
  Impulses impulses(network, source_node);
  const u64 count = network.nodes[source_node].outputs();
  for (u64 i = 0; i < count; ++i) impulses.send(source_node, static_cast<u32>(i), visit);
}

std::vector<float> constant_input(const Network& network, u32 target_node) {
  const auto sources = edges_into(network);
  std::map<u32, std::vector<float>> value;  // of linear nodes that give any
  const auto add_inputs = [&](u32 node, const auto& take) {
    for (const u32 source : sources[node]) {
      if (const auto found = value.find(source); found != value.end()) take(found->second);
    }
  };
  for (const u32 index : linear_order(network)) {
    const Node& node = network.nodes[index];
    std::vector<float> sum;
    for (u64 i = 0; !node.bias.empty() && i < node.outputs(); ++i) sum.push_back(node.bias_at(i));
    add_inputs(index, [&](const std::vector<float>& input) {
      sum.resize(node.outputs());
      LinearMap(node).add_products(non_zero(input), input, sum);
    });
    if (!sum.empty()) value[index] = std::move(sum);
  }
  std::vector<float> total(network.nodes.at(target_node).inputs());
  add_inputs(target_node, [&](const std::vector<float>& input) {
    for (u64 i = 0; i < total.size(); ++i) total[i] += input[i];
  });
  return total;
}

}  // namespace spikefab
