#include "tests/support/command_files.h"

#include "arch/program_file.h"
#include "mapper/importers/ranc.h"
#include "tests/support/ranc_network.h"
#include "tests/support/vmm.h"

namespace spikefab::test {
namespace {

RancNetwork relay(int neuron_trace) {
  RancNetwork network;
  network.width = 2;
  network.num_axons = 4;
  network.num_neurons = 4;
  network.num_weights = 2;
  network.neuron_trace = neuron_trace;
  network.bus_x = 1;
  network.num_outputs = 3;
  RancNeuron neuron;
  neuron.weights = {1, 0};
  neuron.dx = 1;
  neuron.target_axon = 1;
  RancCore core;
  core.axon_types = {0, 0, 0, 0};
  core.connections = {{1, 0, 0, 0}, {0, 0, 0, 0}, {0, 0, 0, 0}, {0, 0, 0, 0}};
  core.neurons = {neuron};
  network.cores = {core};
  network.packets = {{{{0, 0, 0, 0}}, {}, {{0, 0, 0, 0}}}};
  return network;
}

}  // namespace

RancFiles write_ranc_files(const TempFolder& folder, int neuron_trace) {
  const RancNetwork network = relay(neuron_trace);
  return {folder.write("config.json", config_json(network)),
          folder.write("input.json", input_json(network, network.packets[0]))};
}

ProgramFiles write_program_files(const TempFolder& folder) {
  const RancFiles ranc = write_ranc_files(folder);
  const Imported input = load_ranc_input(ranc.input, load_ranc_config(ranc.config).chip);
  const ProgramFiles files = {folder.file("net.sfab"), folder.file("net.stimulus.sfab")};
  save_program(input.program, files.program);
  save_stimulus(input.stimulus, files.stimulus);
  return files;
}

ProgramFiles write_vmm_files(const TempFolder& folder) {
  const VmmNetwork network = vmm_network(random_vmm(8, 4, 1));
  const ProgramFiles files = {folder.file("vmm.sfab"), folder.file("vmm.stimulus.sfab")};
  save_program(network.program, files.program);
  save_stimulus(network.stimulus, files.stimulus);
  return files;
}

}  // namespace spikefab::test
