// Networks built by hand or at random, and runs of them in floats and on a chip, step by step.
#pragma once

#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "mapper/assemble_network.h"
#include "mapper/float_simulation.h"

namespace spikefab::test {

class NetworkBuilder {
 public:
  NetworkBuilder() { network_.path = "test.nir"; }

  u32 input(const std::string& name, Shape shape);
  u32 output(const std::string& name, Shape shape);
  u32 neurons(const std::string& name, Shape shape, Neurons neurons);
  // weight: [output][input]
  u32 dense(const std::string& name, u32 outputs, u32 inputs, std::vector<float> weight,
            std::vector<float> bias = {});
  u32 convolution(const std::string& name, Shape from, Shape to, Convolution convolution);
  u32 delay(const std::string& name, Shape shape, double seconds);
  u32 add(Node node);
  NetworkBuilder& edge(u32 from, u32 to);
  NetworkBuilder& chain(const std::vector<u32>& nodes);  // edges from each to the next

  Network build() const;

 private:
  Network network_;
};

Neurons integrate_and_fire(double threshold = 1);
Neurons leaky_fire(double tau, double threshold = 1);
Neurons cuba_fire(double tau, double tau_syn, double threshold = 1);

// An input of `inputs`, dense weights, neurons, an output: "in", "weights", "neurons", "out".
Network one_layer(u32 inputs, Neurons neurons, std::vector<float> weight,
                  std::vector<float> bias = {});

// A chip with cores as large as the schema allows and nothing limited; 64 x 64 cores.
Chip large_chip(const std::string& model);

using Steps = std::vector<std::vector<CalibrationRun::Event>>;

// Of each population, by name: [step] neurons that spiked, and how often.
using LayerSpikes = std::map<std::string, std::vector<std::vector<std::pair<u32, i32>>>>;

LayerSpikes run_in_float(const Network& network, const Semantics& semantics, const Steps& steps);
// Steps are those of the network: ticks less the layer's level.
LayerSpikes run_on_chip(const MappedNetwork& network, const Steps& steps,
                        const std::string& engine = "serial");

// Each element of each input with a probability, in each step.
Steps random_steps(const Network& network, u64 seed, u32 steps, double probability);

// Layers, convolutions, recurrence, skipping layers, delays, biases; weights, biases and
// thresholds are multiples of 1/16, so that 8 bits hold them exactly.
Network random_network_of_sixteenths(u64 seed);

}  // namespace spikefab::test
