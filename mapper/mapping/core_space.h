// What one core has room for, as far as a mapper may put neurons on it: filled neuron by neuron.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "mapper/mapping/spike_graph.h"

namespace spikefab {

// A limit that a neuron would break.
struct BrokenLimit {
  const char* resource = "";  // "input axons"
  u64 have = 0;
  u64 need = 0;
  const char* help = "";  // what makes it need less
};

class CoreSpace {
 public:
  virtual ~CoreSpace() = default;

  // Adds the neuron, or tells what keeps it out and changes nothing. `reached`: output axons that
  // it takes, as far as is known: cores that it reaches, and lines of the output bus.
  virtual std::optional<BrokenLimit> try_add(u32 neuron, u32 reached) = 0;
  virtual void clear() = 0;
};

inline constexpr u32 no_limit = 0xffffffff;

// Makes empty cores, all alike. The numbers are what planning needs; what holds is what the cores
// that it makes say.
struct CoreSpaceMaker {
  std::string name;        // of the chip, for messages
  u32 neurons = no_limit;  // that a core has room for at most
  u32 axons = no_limit;    // distinct sources that it can hear at most
  u32 output_axons = no_limit;
  std::function<std::unique_ptr<CoreSpace>()> make;
};

// Cores that are limited by nothing but the number of neurons and of distinct sources.
CoreSpaceMaker plain_cores(const SpikeGraph& graph, u32 neurons, u32 axons = no_limit);

}  // namespace spikefab
