// A RANC network as plain data for tests, and the JSON text that a RANC user would have of it.
// The oracle (oracle.h) runs it; the importer under test reads the text.
#pragma once

#include <optional>
#include <random>
#include <string>
#include <vector>

#include "base/hd.h"

namespace spikefab::test {

struct RancNeuron {
  std::vector<i32> weights;  // may be shorter than num_weights: the rest is 0
  i32 leak = 0;
  i32 positive_threshold = 1;
  i32 negative_threshold = 0;
  i32 reset_potential = 0;
  i32 potential = 0;
  int reset_mode = 0;
  int dx = 0;
  int dy = 0;
  int target_axon = 0;
  int target_delay = 0;
};

struct RancCore {
  int x = 0;
  int y = 0;
  std::vector<int> axon_types;                // may be shorter than num_axons: the rest is type 0
  std::vector<std::vector<int>> connections;  // [neuron][axon], rows may be short, never too few
  std::vector<RancNeuron> neurons;            // may be fewer than num_neurons: the rest is inert
};

struct RancPacket {
  int x = 0;
  int y = 0;
  int axon = 0;
  int delay = 0;
};

using RancPackets = std::vector<std::vector<RancPacket>>;  // [tick]

struct RancNetwork {
  int width = 1;
  int height = 1;
  int num_neurons = 1;
  int num_axons = 1;
  int num_weights = 1;
  int slots = 16;  // RANC's max_tick_offset
  int reset_type = 0;
  int neuron_trace = 0;
  int controller_trace = 0;
  int scheduler_trace = 0;
  int bus_x = 0;
  int bus_y = 0;
  int num_outputs = 1;
  std::vector<RancCore> cores;
  std::vector<RancPackets> packets;  // [replica]
};

std::string config_json(const RancNetwork& network);

// One replica's input.json. With a generator, members come in random order, with members that RANC
// does not know in between.
std::string input_json(const RancNetwork& network, const RancPackets& packets,
                       std::mt19937_64* shuffle = nullptr);

}  // namespace spikefab::test
