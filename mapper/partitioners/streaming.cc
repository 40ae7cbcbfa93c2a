// Neurons come one after the other, layer by layer, and go to the core with most of those that they
// talk to, less what is full already (linear deterministic greedy [Stanton, Kliot 2012], as EdgeMap
// does): one pass over the synapses.
#include <algorithm>
#include <utility>

#include "mapper/mapping/core_groups.h"
#include "mapper/mapping/layer_order.h"

namespace spikefab {
namespace {

constexpr u32 none = 0xffffffff;

class Stream {
 public:
  Stream(const SpikeGraph& graph, u32 cores, u32 neurons_per_core)
      : graph_(graph),
        room_(neurons_per_core),
        core_of_(graph.neurons, none),
        size_(cores),
        talk_(cores) {}

  void add(u32 neuron) {
    touched_.clear();
    const float own_rate = graph_.rate[graph_.inputs + neuron];
    for (const u32 target : graph_.targets_of(graph_.inputs + neuron)) count(target, own_rate);
    for (const u32 source : graph_.sources_of(neuron)) {
      if (source >= graph_.inputs) count(source - graph_.inputs, graph_.rate[source]);
    }
    const u32 core = best_core();
    core_of_[neuron] = core;
    ++size_[core];
  }

  std::vector<u32> take() { return std::move(core_of_); }

 private:
  void count(u32 other, float rate) {
    const u32 core = core_of_[other];
    if (core == none) return;
    if (talk_[core] == 0) touched_.push_back(core);
    talk_[core] += rate;
  }

  u32 best_core() {
    u32 best = none;
    double best_score = 0;
    for (const u32 core : touched_) {
      const double score = std::exchange(talk_[core], 0) * (room_ - size_[core]);
      if (score < best_score || score == 0 || (score == best_score && core > best)) continue;
      best = core;
      best_score = score;
    }
    if (best != none) return best;
    while (size_[first_free_] == room_) ++first_free_;
    return first_free_;
  }

  const SpikeGraph& graph_;
  const u32 room_;
  std::vector<u32> core_of_;  // [neuron]
  std::vector<u32> size_;     // [core]
  std::vector<double> talk_;  // [core] with the neuron that comes
  std::vector<u32> touched_;
  u32 first_free_ = 0;
};

class Streaming : public Partitioner {
 public:
  std::vector<ParamSpec> params() const override {
    return {{"slack", 0, 0, 90, "%", "of the neurons of a core that may stay free"}};
  }

  NeuronGroups group(const PartitionProblem& problem, std::span<const i32> params) const override {
    const u32 cores = cores_for(problem, params[0]);
    Stream stream(problem.graph, cores, problem.limits.neurons);
    for (const GraphLayer& layer : problem.graph.layers) {
      const auto order = ordered(layer, LayerOrder::by_position, problem.limits.neurons);
      for (const u32 neuron : order) stream.add(neuron);
    }
    return groups_of(stream.take(), cores);
  }
};

SPIKEFAB_REGISTER(Partitioner, "streaming", Streaming,
                  "one pass: each neuron to the core that it talks to most");

}  // namespace
}  // namespace spikefab
