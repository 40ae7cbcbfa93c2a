// All connections of a network, with the linear maps between neurons multiplied out: what a mapper
// places onto cores.
#pragma once

#include <functional>
#include <vector>

#include "mapper/network.h"

namespace spikefab {

// From a neuron (or an element of an Input) to a neuron (or an element of an Output). There is one
// for each pair and delay: parallel ways are added up.
struct Connection {
  u32 source_node = 0;
  u32 source = 0;  // neuron
  u32 target_node = 0;
  u32 target = 0;
  float weight = 0;
  double delay_seconds = 0;  // by Delay nodes on the way
};

// Visits the connections that leave a population or Input, by source neuron, then target node,
// target neuron and delay; those of weight 0 are left out. Takes memory for those of one neuron.
void for_each_connection(const Network& network, u32 source_node,
                         const std::function<void(const Connection&)>& visit);

// What each neuron of a population (or element of an Output) gets in every step by biases on the
// way, whatever spikes.
std::vector<float> constant_input(const Network& network, u32 target_node);

}  // namespace spikefab
