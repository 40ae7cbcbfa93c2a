// What `compare` maps: a network, the cores that it is to fit, and where they can lie.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "cli/arguments.h"
#include "mapper/mapping/core_space.h"
#include "mapper/mapping/spike_graph.h"
#include "mapper/mapping/tiles.h"
#include "mapper/quantise/quantiser.h"

namespace spikefab::cli {

struct MappingRequest {
  std::string network;
  std::optional<std::string> chip;  // else plain cores of the next two
  u32 neurons_per_core = 0;         // 0: those of the chip, or 256
  u32 axons_per_core = 0;           // 0: not limited
  std::optional<Tiles> mesh;        // else the chip's, or the smallest square
  std::string semantics;
};

class MappingSubject {
 public:
  // Throws InputError, UsageError, FitError by whose fault it is.
  explicit MappingSubject(const MappingRequest& request);
  MappingSubject(const MappingSubject&) = delete;

  const SpikeGraph& graph() const { return graph_; }
  const CoreSpaceMaker& limits() const { return limits_; }
  const std::vector<u8>& lines() const { return lines_; }  // of the output bus, or empty
  Tiles tiles(u32 cores) const;

 private:
  MappingRequest request_;
  std::optional<QuantisedNetwork> quantised_;
  SpikeGraph graph_;
  CoreSpaceMaker limits_;
  std::vector<u8> lines_;
};

}  // namespace spikefab::cli
