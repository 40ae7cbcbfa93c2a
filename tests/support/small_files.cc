#include "tests/support/small_files.h"

#include <fstream>

#include "arch/program_file.h"
#include "base/registry.h"
#include "mapper/importers/ranc.h"
#include "sim/checkpoint.h"
#include "sim/engine.h"
#include "tests/support/ranc_network.h"

namespace spikefab::test {
namespace {

// Both cores send to each other and to the bus, so that spikes wait and potentials move.
RancNetwork small_network() {
  RancNetwork network;
  network.width = 2;
  network.height = 2;
  network.num_axons = 4;
  network.num_neurons = 3;
  network.num_weights = 2;
  network.slots = 4;
  network.reset_type = 1;
  network.bus_x = 1;
  network.bus_y = 1;
  network.num_outputs = 3;

  RancNeuron onward;
  onward.weights = {2, -1};
  onward.positive_threshold = 2;
  onward.negative_threshold = -3;
  onward.dx = 1;
  onward.target_axon = 1;
  onward.target_delay = 1;
  RancNeuron up = onward;
  up.dx = 0;
  up.dy = 1;
  up.leak = -1;
  up.reset_mode = 1;
  RancCore first = {0, 0, {0, 1, 0, 1}, {{1, 0, 1, 0}, {1, 1, 0, 0}, {0, 0, 0, 0}}, {onward, up}};
  RancNeuron to_bus = onward;
  to_bus.dx = 0;
  to_bus.dy = 1;
  to_bus.target_delay = 0;
  RancNeuron back = onward;
  back.dx = -1;
  back.target_axon = 2;
  RancCore second = {
      1, 0, {0, 0, 1, 1}, {{0, 1, 0, 0}, {0, 1, 0, 1}, {0, 0, 0, 0}}, {to_bus, back}};

  network.cores = {first, second};
  network.packets = {{{{0, 0, 0, 0}, {0, 0, 2, 1}}, {{1, 0, 1, 0}}, {{0, 0, 0, 0}}}};
  return network;
}

constexpr const char* chip_text = R"(name: small
mesh:
  width: 2
  height: 2
  routing: xy
core:
  crossbar: {axons: 4, neurons: 3, weights: 2, slots: 4}
  neuron:
    model: ranc
    params: {reset_type: 1}
)";

void write_text(const std::string& path, const std::string& text) {
  std::ofstream(path, std::ios::binary) << text;
}

}  // namespace

SmallFiles write_small_files(const std::string& folder) {
  const auto file = [&folder](const char* name) { return folder + "/" + name; };
  const SmallFiles files = {file("ranc_config.json"), file("ranc_input.json"),
                            file("chip.yaml"),        file("program.sfab"),
                            file("stimulus.sfab"),    file("checkpoint.sfab")};
  const RancNetwork network = small_network();
  write_text(files.ranc_config, config_json(network));
  write_text(files.ranc_input, input_json(network, network.packets[0]));
  write_text(files.chip, chip_text);

  const Imported input =
      load_ranc_input(files.ranc_input, load_ranc_config(files.ranc_config).chip);
  save_program(input.program, files.program);
  save_stimulus(input.stimulus, files.stimulus);
  const auto engine = Registry<sim::Engine>::make("serial");
  sim::Recording recording;
  engine->load(input.program, input.stimulus);
  engine->advance(2, {}, recording);
  sim::save_checkpoint(engine->state(), input.program, files.checkpoint);
  return files;
}

}  // namespace spikefab::test
