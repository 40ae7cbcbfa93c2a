#include "cli/network_model.h"

#include "base/suggest.h"
#include "cli/files.h"
#include "cli/log.h"
#include "cli/network_outcome.h"
#include "mapper/described/described_network.h"
#include "mapper/netx/quantised.h"
#include "mapper/nir/nir.h"

namespace spikefab::cli {
namespace {

const Node& only_input(const Network& network) {
  const std::vector<u32> inputs = network.inputs();
  if (inputs.size() != 1) {
    throw InputError(network.path, "has " + std::to_string(inputs.size()) + " Inputs",
                     "a network for recordings of events must have one");
  }
  return network.nodes[inputs[0]];
}

NetworkModel load_nir_model(const NetworkRequest& request) {
  NirNetwork nir = load_nir(request.network);
  for (const std::string& note : nir.notes) log_warning("{}", note);
  std::vector<std::string> notes;
  FloatModel model = {std::move(nir.network), {}};
  model.semantics = choose_semantics(request.semantics, model.network, notes);
  for (const std::string& note : notes) log_info("{}", note);
  const Node& input = only_input(model.network);
  return {.network = model,
          .semantics = text_of(model.semantics),
          .input_shape = input.output_shape,
          .input_place = input.place,
          .populations = population_names(model.network),
          .rate_of_population = {}};
}

void refuse_float_options(const NetworkRequest& request) {
  const std::string has_integers = " is for networks in float, and NetX files hold integers";
  if (request.in_float) throw UsageError("--precision float or both" + has_integers);
  if (!request.semantics.empty()) throw UsageError("--semantics" + has_integers);
  if (!request.quantiser_options.empty()) {
    throw UsageError("--" + request.quantiser_options[0] + has_integers);
  }
}

NetworkModel load_netx_model(const NetworkRequest& request) {
  refuse_float_options(request);
  NetxNetwork netx = load_netx(request.network);
  for (const std::string& note : netx.notes) log_warning("{}", note);
  NetworkModel model = {.network = {},
                        .semantics = "Loihi's integers",
                        .input_shape = netx_input_shape(netx),
                        .input_place = netx.layers[0].place,
                        .populations = netx_population_names(netx),
                        .rate_of_population = {}};
  model.network = std::move(netx);
  return model;
}

NetworkModel load_described_model(const NetworkRequest& request) {
  DescribedNetwork described = load_described_network(request.network);
  const std::string semantics = request.semantics.empty() ? "custom,dt=1" : request.semantics;
  FloatModel model = {std::move(described.network), parse_semantics(semantics)};
  NetworkModel out;
  out.semantics = text_of(model.semantics);
  out.populations = population_names(model.network);
  out.rate_of_population = std::move(described.rate_of_population);
  if (const auto inputs = model.network.inputs(); inputs.size() == 1) {
    out.input_shape = model.network.nodes[inputs[0]].output_shape;
    out.input_place = model.network.nodes[inputs[0]].place;
  }
  out.network = std::move(model);
  return out;
}

}  // namespace

QuantisedNetwork NetworkModel::quantised(const Chip& chip, const QuantiserOptions& options) const {
  if (const auto* netx = std::get_if<NetxNetwork>(&network)) return quantised_netx(*netx, chip);
  const auto& model = std::get<FloatModel>(network);
  return quantise(model.network, model.semantics, chip, options);
}

NetworkModel load_network_model(const NetworkRequest& request) {
  switch (kind_of(request.network)) {
    case FileKind::nir:
      return load_nir_model(request);
    case FileKind::netx:
      return load_netx_model(request);
    case FileKind::described_network:
      return load_described_model(request);
    default:
      throw InputError(request.network, "is no network that can be mapped",
                       "networks end in .nir, .net, or .yaml (docs/formats.md)");
  }
}

}  // namespace spikefab::cli
