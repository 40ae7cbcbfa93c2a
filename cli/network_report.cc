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

Json margin(double times) { return times > 1e6 ? Json("no limit") : Json(times); }

Json mapping_summary(const MappedNetwork& mapped) {
  const Program& program = mapped.program;
  u64 words = 0;
  for (const MappedCore& core : mapped.cores) words += core.use.words;
  return {{"chip", printable(program.chip.name, 256)},
          {"cores", mapped.cores.size()},
          {"cores_of_the_chip", program.chip.mesh.size() - (program.output_lines > 0 ? 1 : 0)},
          {"neurons", program.neurons()},
          {"synapses", program.connections()},
          {"synapse_words", words},
          {"latency_ticks", mapped.latency}};
}

// The fullest core of each resource.
Json resource_rows(const MappedNetwork& mapped) {
  const Chip& chip = mapped.program.chip;
  Json rows = Json::array();
  const auto add = [&](const char* resource, u64 limit, const auto& use_of) {
    u64 most = 0;
    for (const MappedCore& core : mapped.cores) most = std::max<u64>(most, use_of(core.use));
    Json row = {{"resource_of_a_core", resource}, {"most_used", most}};
    row["limit"] = limit == 0 ? Json("none") : Json(limit);
    rows.push_back(std::move(row));
  };
  add("neurons", chip.neurons, [](const CoreUse& use) { return use.neurons; });
  add("input axons", chip.axons, [](const CoreUse& use) { return use.axons; });
  add("output axons", chip.limits.output_axons,
      [](const CoreUse& use) { return use.output_axons; });
  add("synapse words", chip.limits.words, [](const CoreUse& use) { return use.words; });
  return rows;
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
                {"clipped_percent",
                 layer.synapses == 0 ? 0 : 100 * clipped / static_cast<double>(layer.synapses)},
                {"weight_error_percent", 100 * error},
                {"threshold_error_percent", 100 * layer.threshold_error},
                {"decay_error_percent", 100 * layer.decay_error},
                {"bias_error_percent", 100 * layer.bias_error},
                {"input_margin", margin(layer.input_margin)},
                {"potential_margin", margin(layer.potential_margin)}};
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
                      {"clipped_percent", 100 * projection.clipped_share},
                      {"weight_error_percent", 100 * projection.weight_error},
                      {"lost", projection.lost}});
    }
  }
  return rows;
}

}  // namespace

Json mapping_report(const QuantiserReport& report, const MappedNetwork& mapped) {
  constexpr u64 cores_shown = 20;
  return {{"mapping", mapping_summary(mapped)},
          {"resources", resource_rows(mapped)},
          {"core_list", core_rows(mapped, cores_shown)},
          {"quantised_layers", quantiser_rows(report)},
          {"quantised_projections", projection_rows(report)}};
}

}  // namespace spikefab::cli
