// Grows one core at a time: next comes the neuron that shares most of what it hears with those that
// are there (greedy fan-in overlap, as [Lin 2018] and [Ronzani 2026]), while all limits hold.
#include <algorithm>
#include <cmath>
#include <memory>
#include <queue>
#include <utility>

#include "mapper/mapping/layer_order.h"
#include "mapper/mapping/partitioner.h"
#include "mapper/mapping/reach_counter.h"

namespace spikefab {
namespace {

constexpr u32 none = 0xffffffff;
// A source that more hear tells nothing about who belongs together, and costs the most time.
constexpr u64 most_targets = 20000;
// A core is full if so many neurons in a row have no room on it.
constexpr u32 most_rejected = 64;

class Grower {
 public:
  explicit Grower(const PartitionProblem& problem)
      : graph_(problem.graph),
        max_neurons_(problem.limits.neurons),
        from_the_last_(problem.limits.output_axons != no_limit),
        space_(problem.limits.make()),
        reach_(graph_),
        is_placed_(graph_.neurons),
        core_of_score_(graph_.neurons, none),
        score_(graph_.neurons),
        core_of_axon_(graph_.sources(), none) {
    const std::size_t layers = graph_.layers.size();
    for (std::size_t i = 0; i < layers; ++i) {
      const GraphLayer& layer = graph_.layers[from_the_last_ ? layers - 1 - i : i];
      const std::vector<u32> neurons = ordered(layer, LayerOrder::by_position, max_neurons_);
      seeds_.insert(seeds_.end(), neurons.begin(), neurons.end());
    }
  }

  NeuronGroups grow() {
    NeuronGroups cores;
    for (u32 seed = next_seed(); seed != none; seed = next_seed()) {
      grow_core(seed, static_cast<u32>(cores.size()));
      reach_.add_core(neurons_);
      cores.push_back(std::exchange(neurons_, {}));
    }
    if (from_the_last_) std::reverse(cores.begin(), cores.end());
    return cores;
  }

 private:
  using Candidate = std::pair<double, u32>;  // overlap, neuron

  u32 next_seed() {
    while (next_seed_ < seeds_.size() && is_placed_[seeds_[next_seed_]]) ++next_seed_;
    return next_seed_ < seeds_.size() ? seeds_[next_seed_] : none;
  }

  void grow_core(u32 seed, u32 core) {
    space_->clear();
    candidates_ = {};
    // One that no core has room for is reported when cores are filled.
    space_->try_add(seed, reach_.reached(seed));
    place(seed, core);
    while (neurons_.size() < max_neurons_ && add_best(core)) {
    }
  }

  bool add_best(u32 core) {
    u32 rejected = 0;
    while (!candidates_.empty()) {
      const auto [overlap, neuron] = candidates_.top();
      candidates_.pop();
      if (is_placed_[neuron] || overlap != overlap_of(neuron)) continue;  // there is a newer entry
      if (try_place(neuron, core)) return true;
      if (++rejected == most_rejected) return false;
    }
    const u32 seed = next_seed();
    return seed != none && try_place(seed, core);
  }

  bool try_place(u32 neuron, u32 core) {
    if (space_->try_add(neuron, reach_.reached(neuron))) return false;
    place(neuron, core);
    return true;
  }

  void place(u32 neuron, u32 core) {
    is_placed_[neuron] = true;
    neurons_.push_back(neuron);
    for (const u32 source : graph_.sources_of(neuron)) {
      if (std::exchange(core_of_axon_[source], core) == core) continue;
      const auto targets = graph_.targets_of(source);
      if (targets.size() > most_targets) continue;
      for (const u32 target : targets) {
        if (!is_placed_[target]) raise(target, core, graph_.rate[source]);
      }
    }
  }

  void raise(u32 neuron, u32 core, double rate) {
    if (std::exchange(core_of_score_[neuron], core) != core) score_[neuron] = 0;
    score_[neuron] += rate;
    candidates_.push({overlap_of(neuron), neuron});
  }

  // Neurons that hear much else are worth less.
  double overlap_of(u32 neuron) const {
    return score_[neuron] / std::sqrt(double(graph_.sources_of(neuron).size()));
  }

  const SpikeGraph& graph_;
  const u32 max_neurons_;
  const bool from_the_last_;  // layer: then it is known how many cores a neuron reaches
  std::unique_ptr<CoreSpace> space_;
  ReachCounter reach_;
  std::vector<u32> seeds_;
  std::size_t next_seed_ = 0;
  std::vector<u32> neurons_;  // of the core that grows
  std::vector<bool> is_placed_;
  std::vector<u32> core_of_score_;  // [neuron] that its score is about
  std::vector<double> score_;       // [neuron] spikes that it hears and the core hears already
  std::vector<u32> core_of_axon_;   // [source] the last one that hears it
  std::priority_queue<Candidate> candidates_;
};

class Overlap : public Partitioner {
 public:
  NeuronGroups group(const PartitionProblem& problem, std::span<const i32>) const override {
    return Grower(problem).grow();
  }
};

SPIKEFAB_REGISTER(Partitioner, "overlap", Overlap,
                  "grows cores by neurons that hear the same; the fewest input axons");

}  // namespace
}  // namespace spikefab
