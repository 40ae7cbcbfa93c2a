#include "cli/network_report.h"

#include <algorithm>

#include "base/suggest.h"

namespace spikefab::cli {
namespace {

std::string shown_name(const std::string& name) { return printable(name, 64); }

std::string joined_names(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : ", ") + shown_name(name);
  return text;
}

std::string_view name_of(SignMode mode) {
  switch (mode) {
    case SignMode::mixed:
      return "mixed";
    case SignMode::excitatory:
      return "excitatory";
    case SignMode::inhibitory:
      return "inhibitory";
  }
  return "";
}

// "12 of 100", or "12" where there is no limit.
std::string of_limit(u64 have, u64 limit) {
  std::string text = std::to_string(have);
  return limit == 0 ? text : text + " of " + std::to_string(limit);
}

template <class Count>
u64 fullest(const MappedNetwork& mapped, Count&& count) {
  u64 most = 0;
  for (const MappedCore& core : mapped.cores) most = std::max<u64>(most, count(core.use));
  return most;
}

Json margin(double times) { return times > 1e6 ? Json("no limit") : Json(times); }

}  // namespace

Json mapping_summary(const MappedNetwork& mapped) {
  const Chip& chip = mapped.program.chip;
  const SynapticLimits& limits = chip.limits;
  u64 words = 0;
  for (const MappedCore& core : mapped.cores) words += core.use.words;
  return {{"chip", printable(chip.name, 256)},
          {"cores", of_limit(mapped.cores.size(), chip.mesh.size())},
          {"neurons", mapped.program.neurons()},
          {"synapses", mapped.program.connections()},
          {"synapse_words", words},
          {"latency_ticks", mapped.latency},
          {"most_neurons_per_core",
           of_limit(fullest(mapped, [](const CoreUse& u) { return u.neurons; }), chip.neurons)},
          {"most_axons_per_core",
           of_limit(fullest(mapped, [](const CoreUse& u) { return u.axons; }), chip.axons)},
          {"most_output_axons_per_core",
           of_limit(fullest(mapped, [](const CoreUse& u) { return u.output_axons; }),
                    limits.output_axons)},
          {"most_synapse_words_per_core",
           of_limit(fullest(mapped, [](const CoreUse& u) { return u.words; }), limits.words)}};
}

Json core_rows(const MappedNetwork& mapped, u64 max_rows) {
  Json rows = Json::array();
  for (const MappedCore& core : mapped.cores) {
    if (rows.size() == max_rows) break;
    rows.push_back({{"core", core.position},
                    {"layers", joined_names(core.layers)},
                    {"neurons", core.use.neurons},
                    {"axons", core.use.axons},
                    {"output_axons", core.use.output_axons},
                    {"synapses", core.use.synapses},
                    {"words", core.use.words},
                    {"slots", core.use.slots}});
  }
  return rows;
}

Json quantiser_rows(const QuantiserReport& report) {
  Json rows = Json::array();
  for (const LayerReport& layer : report.layers) {
    double clipped = 0;
    double error = 0;
    for (const ProjectionReport& projection : layer.projections) {
      clipped += projection.clipped_share * static_cast<double>(projection.synapses);
      error = std::max(error, projection.weight_error);
    }
    Json row = {{"layer", shown_name(layer.name)},
                {"type", layer.type},
                {"neurons", layer.neurons},
                {"synapses", layer.synapses},
                {"scale", layer.scale},
                {"clipping", layer.clipping},
                {"clipped_%",
                 layer.synapses == 0 ? 0 : 100 * clipped / static_cast<double>(layer.synapses)},
                {"weight_error_%", 100 * error},
                {"threshold_error_%", 100 * layer.threshold_error},
                {"decay_error_%", 100 * layer.decay_error},
                {"bias_error_%", 100 * layer.bias_error},
                {"input_margin", margin(layer.input_margin)}};
    rows.push_back(std::move(row));
  }
  return rows;
}

Json projection_rows(const QuantiserReport& report) {
  Json rows = Json::array();
  for (const LayerReport& layer : report.layers) {
    for (const ProjectionReport& projection : layer.projections) {
      rows.push_back({{"from", shown_name(projection.from)},
                      {"to", shown_name(layer.name)},
                      {"synapses", projection.synapses},
                      {"bits", projection.format.bits},
                      {"signs", name_of(projection.format.mode)},
                      {"exponent", projection.format.exponent},
                      {"longest_delay", projection.longest_delay},
                      {"clipped_%", 100 * projection.clipped_share},
                      {"weight_error_%", 100 * projection.weight_error},
                      {"lost", projection.lost}});
    }
  }
  return rows;
}

}  // namespace spikefab::cli
