#include "mapper/mapping/core_space.h"

namespace spikefab {
namespace {

class PlainCore : public CoreSpace {
 public:
  PlainCore(const SpikeGraph& graph, u32 neurons, u32 axons)
      : graph_(graph), max_neurons_(neurons), max_axons_(axons), heard_(graph.sources()) {}

  std::optional<BrokenLimit> try_add(u32 neuron, u32) override {
    if (neurons_ >= max_neurons_) {
      return BrokenLimit{"neurons", max_neurons_, u64{neurons_} + 1, ""};
    }
    const std::size_t before = sources_.size();
    for (const u32 source : graph_.sources_of(neuron)) {
      if (heard_[source]) continue;
      heard_[source] = true;
      sources_.push_back(source);
    }
    if (sources_.size() > max_axons_) {
      const u64 need = sources_.size();
      forget(before);
      return BrokenLimit{"input axons", max_axons_, need, "fewer inputs per neuron"};
    }
    ++neurons_;
    return {};
  }

  void clear() override {
    forget(0);
    neurons_ = 0;
  }

 private:
  void forget(std::size_t from) {
    for (std::size_t i = from; i < sources_.size(); ++i) heard_[sources_[i]] = false;
    sources_.resize(from);
  }

  const SpikeGraph& graph_;
  u32 max_neurons_;
  u32 max_axons_;
  u32 neurons_ = 0;
  std::vector<u32> sources_;
  std::vector<bool> heard_;  // [source]
};

}  // namespace

CoreSpaceMaker plain_cores(const SpikeGraph& graph, u32 neurons, u32 axons) {
  CoreSpaceMaker maker;
  maker.name = "plain cores";
  maker.neurons = neurons;
  maker.axons = axons;
  maker.make = [&graph, neurons, axons] {
    return std::make_unique<PlainCore>(graph, neurons, axons);
  };
  return maker;
}

}  // namespace spikefab
