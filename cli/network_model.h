// A network as `run` has it, whichever importer read it.
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "cli/network_request.h"
#include "mapper/netx/netx.h"
#include "mapper/semantics.h"

namespace spikefab::cli {

struct FloatModel {
  Network network;
  Semantics semantics;
};

struct NetworkModel {
  std::variant<FloatModel, NetxNetwork> network;
  std::string semantics;  // in words
  Shape input_shape;      // of its only Input
  std::string input_place;
  std::vector<std::string> populations;   // that spike
  std::vector<float> rate_of_population;  // spikes per tick, of all; empty: not known

  // In the numbers of a chip; a network that has integers keeps them.
  QuantisedNetwork quantised(const Chip& chip, const QuantiserOptions& options) const;
};

// From a NIR, NetX or described file. Logs what was put right. Throws InputError; UsageError for
// options that the network has no use for.
NetworkModel load_network_model(const NetworkRequest& request);

}  // namespace spikefab::cli
