#include "tests/support/sample_files.h"

#include <fstream>

#include "arch/program_file.h"
#include "base/registry.h"
#include "mapper/importers/ranc.h"
#include "sim/checkpoint.h"
#include "sim/engine.h"
#include "tests/support/ranc_network.h"

namespace spikefab::test {
namespace {

constexpr const char* chip_yaml = R"(# A chip.
name: small
mesh: {width: 2, height: 2, routing: xy}
core:
  crossbar:
    axons: 4
    neurons: 3
    weights: 2
    slots: 4
  neuron:
    model: ranc
    params: {leak: -1, positive_threshold: 10, reset_type: 1}
)";

RancNetwork small_network() {
  RancNetwork n;
  n.width = 2;
  n.height = 2;
  n.num_neurons = 3;
  n.num_axons = 4;
  n.num_weights = 2;
  n.slots = 4;
  n.bus_x = 1;
  n.bus_y = 1;
  n.num_outputs = 2;
  RancCore core{.x = 0,
                .y = 0,
                .axon_types = {0, 1, 1},
                .connections = {{1, 0, 1, 1}, {0, 1}},
                .neurons = {}};
  core.neurons = {{.weights = {2, -1}, .leak = 1, .dx = 1, .dy = 1, .target_axon = 1},
                  {.weights = {1}, .positive_threshold = 2, .reset_mode = 1, .dy = 1}};
  n.cores = {core};
  n.packets = {{{{0, 0, 0, 0}, {0, 0, 1, 2}}, {}, {{1, 0, 3, 2}, {1, 1, 1, 0}}}};
  return n;
}

}  // namespace

SampleFiles write_sample_files(const std::string& folder) {
  const SampleFiles files = {folder + "/config.json",   folder + "/input.json",
                             folder + "/chip.yaml",     folder + "/program.sfab",
                             folder + "/stimulus.sfab", folder + "/checkpoint.sfab"};
  const RancNetwork network = small_network();
  std::ofstream(files.ranc_config) << config_json(network);
  std::ofstream(files.ranc_input) << input_json(network, network.packets[0]);
  std::ofstream(files.chip) << chip_yaml;

  const Chip chip = load_ranc_config(files.ranc_config).chip;
  const Imported input = load_ranc_input(files.ranc_input, chip);
  save_program(input.program, files.program);
  save_stimulus(input.stimulus, files.stimulus);
  const auto engine = Registry<sim::Engine>::make("serial");
  sim::Recording ignored;
  engine->load(input.program, input.stimulus);
  engine->advance(2, {}, ignored);
  sim::save_checkpoint(engine->state(), content_hash(input.program), content_hash(input.stimulus),
                       files.checkpoint);
  return files;
}

}  // namespace spikefab::test
