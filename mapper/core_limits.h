// What a core with synaptic memory has room for: fills a core neuron by neuron and says which limit
// of the chip the next one would break.
#pragma once

#include <optional>
#include <set>
#include <vector>

#include "mapper/chip_neurons.h"
#include "mapper/loihi_storage.h"
#include "mapper/mapping/core_space.h"
#include "mapper/quantise/quantiser.h"

namespace spikefab {

// What a core holds, in the terms of the chip's limits.
struct CoreUse {
  u32 neurons = 0;
  u32 axons = 0;         // distinct sources
  u32 output_axons = 0;  // distinct (core, axon) and output lines that its neurons reach
  u64 synapses = 0;
  u64 words = 0;  // of synaptic memory
  u32 longest_delay = 0;
  u32 slots = 2;         // a power of two that is at least the longest delay + 2
  u32 accumulators = 0;  // neurons times slots
  u32 weight_formats = 0;
  u32 neuron_profiles = 0;
  u32 threshold_profiles = 0;
};

class CoreBuilder : public CoreSpace {
 public:
  // The network must outlive it. neurons_per_core: fewer than the chip's, or 0.
  explicit CoreBuilder(const QuantisedNetwork& network, u32 neurons_per_core = 0);

  std::optional<BrokenLimit> try_add(u32 neuron, u32 output_axons) override;
  void clear() override;

  CoreUse use() const;
  // Of a core with these neurons, which must fit, but for its output axons. Clears before.
  CoreUse use_of(const std::vector<u32>& neurons);

 private:
  // The synapses of a neuron, pushed onto the axons.
  struct Added {
    std::size_t axons_before = 0;
    u64 words_before = 0;
    u32 longest_before = 0;
  };
  Added push_synapses(u32 neuron);
  void pop_synapses(u32 neuron, const Added& added);
  u32 axon_of(u32 source);
  std::vector<i32> values(u32 neuron, const std::vector<u32>& params) const;
  std::vector<u32> new_formats(u32 neuron) const;
  std::optional<BrokenLimit> broken_by_neuron(u32 neuron, u32 output_axons) const;
  std::optional<BrokenLimit> broken_by_synapses() const;
  u64 words() const;
  u32 slots() const;
  u64 accumulators() const;

  const QuantisedNetwork& network_;
  const ParamRoles roles_;
  const u32 max_neurons_;
  const u32 inputs_;  // accumulators of a neuron
  std::vector<u32>
      format_id_;  // [source layer][target layer] equal formats, delay bits too, have equal ids
  std::vector<u32> layer_of_source_;
  std::vector<u32> axon_of_source_;  // or none

  std::vector<u32> neurons_;
  std::vector<u32> sources_;
  std::vector<LoihiAxon> axons_;  // storage loihi
  u64 synapses_ = 0;
  u64 axon_words_ = 0;    // storage loihi
  u64 longest_axon_ = 0;  // in words, after the last neuron
  u32 longest_delay_ = 0;
  u32 output_axons_ = 0;
  std::set<u32> formats_;
  std::set<std::vector<i32>> profiles_;
  std::set<std::vector<i32>> thresholds_;
};

// Cores of the network's chip; the network must outlive it. neurons_per_core: as CoreBuilder.
CoreSpaceMaker chip_cores(const QuantisedNetwork& network, u32 neurons_per_core = 0);

}  // namespace spikefab
