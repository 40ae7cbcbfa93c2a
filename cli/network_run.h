// `spikefab run` of a network: read, quantised, mapped, shown its recordings, compared.
#pragma once

#include "cli/network_request.h"
#include "cli/result.h"

namespace spikefab::cli {

struct NetworkRun {
  Json result;
  bool interrupted = false;
};

// Throws InputError, FitError or UsageError by whose fault it is.
NetworkRun run_network(const NetworkRequest& request);

}  // namespace spikefab::cli
