// The numbers of a population's step, from its parameters and the choices of mapper/semantics.h.
#pragma once

#include <vector>

#include "mapper/network.h"
#include "mapper/semantics.h"

namespace spikefab {

// How a value y (v or I) takes in x, one number per neuron each. The two forms say the same, but
// tools compute one or the other, and floats tell them apart.
struct LeakyStep {
  enum class Form {
    sum,    // y = decay y + gain x + constant
    relax,  // y = y + decay ((constant - y) + gain x): `decay` is what is lost
  };
  Form form = Form::sum;
  std::vector<double> decay;
  std::vector<double> gain;
  std::vector<double> constant;
};

struct NeuronCoefficients {
  LeakyStep membrane;             // empty if it has none
  LeakyStep synapse;              // likewise
  std::vector<double> threshold;  // empty if it does not spike
  std::vector<double> reset;      // what v becomes
};

NeuronCoefficients neuron_coefficients(const Node& node, const Semantics& semantics);

// With all steps as sums.
NeuronCoefficients summed(NeuronCoefficients coefficients);

}  // namespace spikefab
