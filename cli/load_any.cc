#include "cli/load_any.h"

#include "arch/program_file.h"
#include "base/suggest.h"
#include "cli/describe.h"
#include "cli/image_models.h"
#include "cli/log.h"
#include "cli/network_facts.h"
#include "cli/numbers.h"
#include "sim/checkpoint.h"

namespace spikefab::cli {
namespace {

std::string one_line(const Chip& chip) {
  return fmt::format("{}x{} cores of {} axons and {} neurons", chip.mesh.width, chip.mesh.height,
                     chip.axons, chip.neurons);
}

std::string one_line(const Program& program) {
  return fmt::format("{} cores, {} neurons", grouped(program.cores()), grouped(program.neurons()));
}

std::string one_line(const Stimulus& stimulus) {
  return fmt::format("{} replicas, {} ticks, {} events", grouped(stimulus.replicas),
                     grouped(stimulus.ticks), grouped(stimulus.events.size()));
}

LoadedFile of_program(FileKind kind, Program program) {
  Json facts = describe(program);
  facts["content_hash"] = content_hash(program);
  return {kind, one_line(program), std::move(facts), std::move(program)};
}

LoadedFile of_stimulus(const Stimulus& stimulus) {
  return {FileKind::stimulus, one_line(stimulus), describe(stimulus), std::nullopt};
}

LoadedFile of_crossbar_network(const std::string& path) {
  const CrossbarNetwork network = load_network(path);
  LoadedFile file = of_program(FileKind::crossbar_network, assemble(network).program);
  file.facts["networks"] = network.networks.size();
  file.facts["layers"] = Json::array();
  for (const CrossbarLayer& layer : network.layers) {
    file.facts["layers"].push_back({{"layer", file.facts["layers"].size() + 1},
                                    {"positions", u64{layer.side_rows} * layer.side_columns},
                                    {"window", layer.window},
                                    {"stride", layer.stride},
                                    {"groups", layer.groups},
                                    {"features", layer.features},
                                    {"axons", layer.axons()}});
  }
  file.facts["encoder"] = network.encoding.encoder;
  file.facts["ticks_per_image"] = network.encoding.ticks;
  file.facts["decoder"] = network.decoder;
  if (network.card.images > 0) {
    file.facts["test_images"] = network.card.images;
    file.facts["correct"] = network.card.correct;
    file.facts["ties"] = network.card.ties;
  }
  if (!network.card.trained.empty()) file.facts["trained"] = printable(network.card.trained, 1024);
  return file;
}

LoadedFile of_ranc_input(const std::string& path, const std::string& config) {
  if (config.empty()) {
    throw InputError(path, "is a RANC input, which cannot be read without its config",
                     "give it by --config FILE");
  }
  Imported input = load_ranc_input(path, load_chip_or_ranc_config(config));
  for (const std::string& note : input.notes) log_warning("{}", note);
  LoadedFile file = of_program(FileKind::ranc_input, std::move(input.program));
  file.one_line += ", " + one_line(input.stimulus);
  file.facts.update(describe(input.stimulus));
  return file;
}

// Checked in itself; the rest takes its program.
LoadedFile of_checkpoint(const std::string& path) {
  const sim::Checkpoint checkpoint = sim::read_checkpoint(path);
  const Json facts = {{"tick", checkpoint.state.tick},
                      {"replicas", checkpoint.state.replicas},
                      {"program_hash", printable(checkpoint.program_hash, 64)},
                      {"stimulus_hash", printable(checkpoint.stimulus_hash, 64)}};
  const std::string text =
      fmt::format("{} replicas before tick {}", grouped(checkpoint.state.replicas),
                  grouped(checkpoint.state.tick));
  return {FileKind::checkpoint, text, facts, std::nullopt};
}

LoadedFile of_chip(FileKind kind, const Chip& chip) {
  return {kind, one_line(chip), describe(chip), std::nullopt};
}

}  // namespace

LoadedFile load_any(const std::string& path, const std::string& config) {
  const FileKind kind = kind_of(path);
  switch (kind) {
    case FileKind::program:
      return of_program(kind, load_program(path));
    case FileKind::stimulus:
      return of_stimulus(load_stimulus(path));
    case FileKind::checkpoint:
      return of_checkpoint(path);
    case FileKind::chip:
      return of_chip(kind, load_chip(path));
    case FileKind::crossbar_network:
      return of_crossbar_network(path);
    case FileKind::ranc_config:
      return of_chip(kind, load_ranc_config(path).chip);
    case FileKind::nir:
    case FileKind::netx:
    case FileKind::described_network:
    case FileKind::recording: {
      OutsideFile file = describe_outside_file(kind, path);
      return {kind, std::move(file.one_line), std::move(file.facts), std::nullopt};
    }
    case FileKind::ranc_input:
      break;
  }
  return of_ranc_input(path, config);
}

}  // namespace spikefab::cli
