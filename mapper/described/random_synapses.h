// Weights and targets of described networks, by random numbers that are the same on every machine.
// Weights are eighths, few of them: sums of them are exact in floats, and chips hold them exactly.
#pragma once

#include <vector>

#include "mapper/mapping/fast_random.h"
#include "mapper/network.h"

namespace spikefab {

enum class WeightSet {
  mixed,       // -3/8 .. 4/8
  excitatory,  // 1/8 .. 3/8
  inhibitory,  // four times that, below zero
  ones,
};

double mean_weight(WeightSet set);  // mixed: 1/8, so that layers pass on what they hear

std::vector<float> random_weights(u64 count, WeightSet set, FastRandom& random);

// Uniform eighths in 0 .. limit, but at least up to 1/8.
std::vector<float> random_drive(u64 count, double limit, FastRandom& random);

// Whole ticks, uniform in 0 .. longest.
Parameter random_delays(u64 count, u32 longest, FastRandom& random);

// Each neuron reaches `fan_out` different others, at most half of all.
Sparse random_targets(u32 neurons, u32 fan_out, FastRandom& random);

// On a torus; neurons are numbered row by row.
struct Sheet {
  u32 height = 1;
  u32 width = 1;
  u32 fan_out = 1;
  double sigma = 1;

  u64 most_targets() const;  // fan_out can be so large: a quarter of the neurons within 1.5 sigma
};

// Each neuron reaches `fan_out` different others, at Gaussian distances on both axes.
Sparse sheet_targets(const Sheet& sheet, FastRandom& random);

struct Pairs {
  u32 from = 0;  // neurons
  u32 to = 0;
  bool same = false;  // population; then no neuron reaches itself
  double probability = 0;
  WeightSet weights = WeightSet::excitatory;
};

// Each pair with the probability, for itself.
Sparse random_pairs(const Pairs& pairs, FastRandom& random);

}  // namespace spikefab
