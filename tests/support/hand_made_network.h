// Networks of a few nodes, by hand.
#pragma once

#include <string>
#include <vector>

#include "mapper/network.h"

namespace spikefab::test {

Node node(const std::string& name, NodeKind kind, Shape in, Shape out);
Node input_of(u32 count);   // "in"
Node output_of(u32 count);  // "out"
Dense dense(u32 outputs, u32 inputs, std::vector<float> weight);

// r = 1, v_threshold = 1, v_leak = 0, tau = tau_syn = 0.01, w_in = 1; as far as the type has them.
Neurons neurons_of(NeuronType type);
Node population(const std::string& name, const Neurons& neurons, u32 count);

// With edges from each to the next.
Network chain(std::vector<Node> nodes);

}  // namespace spikefab::test
