#include "mapper/described/random_synapses.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "base/error.h"
#include "base/memory.h"

namespace spikefab {
namespace {

using Eighths = std::array<i32, 8>;

const Eighths& eighths_of(WeightSet set) {
  static constexpr Eighths mixed = {-3, -2, -1, 1, 2, 3, 4, 4};
  static constexpr Eighths excitatory = {1, 1, 2, 2, 2, 2, 3, 3};
  static constexpr Eighths inhibitory = {-4, -4, -8, -8, -8, -8, -12, -12};
  static constexpr Eighths ones = {8, 8, 8, 8, 8, 8, 8, 8};
  switch (set) {
    case WeightSet::mixed:
      return mixed;
    case WeightSet::excitatory:
      return excitatory;
    case WeightSet::inhibitory:
      return inhibitory;
    case WeightSet::ones:
      break;
  }
  return ones;
}

void reserve(Sparse& sparse, u64 sources, u64 synapses) {
  check_available_memory(checked_product({synapses, 2 * sizeof(u32)}),
                         "a list of " + std::to_string(synapses) + " random synapses");
  sparse.target.reserve(synapses);
  sparse.begin.reserve(sources + 1);
  sparse.begin.push_back(0);
}

// Fills `targets` with `count` different numbers from draw(), ascending.
template <class Draw>
void draw_different(std::vector<u32>& targets, u32 count, const Draw& draw) {
  targets.clear();
  while (targets.size() < count) {
    while (targets.size() < count) targets.push_back(draw());
    std::sort(targets.begin(), targets.end());
    targets.erase(std::unique(targets.begin(), targets.end()), targets.end());
  }
}

// draw(source) gives a target, perhaps the source itself.
template <class Draw>
Sparse draw_synapses(u32 neurons, u32 fan_out, FastRandom& random, const Draw& draw) {
  Sparse sparse;
  reserve(sparse, neurons, u64{neurons} * fan_out);
  std::vector<u32> targets;
  for (u32 n = 0; n < neurons; ++n) {
    draw_different(targets, fan_out, [&] {
      u32 target = n;
      while (target == n) target = draw(n);
      return target;
    });
    sparse.target.insert(sparse.target.end(), targets.begin(), targets.end());
    sparse.begin.push_back(sparse.target.size());
  }
  sparse.weight = random_weights(sparse.target.size(), WeightSet::mixed, random);
  return sparse;
}

// Nearly normal with mean 0, rounded: the sum of twelve uniform numbers has variance 1 [Irwin,
// Hall 1927], and needs no function that differs between mathematical libraries.
i64 gaussian_steps(double sigma, FastRandom& random) {
  i64 sum = -6 * 65535;
  for (int word = 0; word < 3; ++word) {
    for (u64 bits = random.next(), i = 0; i < 4; ++i, bits >>= 16) sum += bits & 0xffff;
  }
  return static_cast<i64>(std::floor(static_cast<double>(sum) * sigma / 65536 + 0.5));
}

u32 wrapped(i64 position, u32 size) {
  const i64 rest = position % size;
  return static_cast<u32>(rest < 0 ? rest + size : rest);
}

}  // namespace

double mean_weight(WeightSet set) {
  i32 sum = 0;
  for (const i32 eighths : eighths_of(set)) sum += eighths;
  return sum / 64.0;
}

std::vector<float> random_weights(u64 count, WeightSet set, FastRandom& random) {
  check_available_memory(checked_product({count, sizeof(float)}),
                         "a list of " + std::to_string(count) + " random weights");
  std::array<float, 8> weights{};
  for (u32 i = 0; i < 8; ++i) weights[i] = static_cast<float>(eighths_of(set)[i]) / 8;
  std::vector<float> values(count);
  for (float& value : values) value = weights[random.next() >> 61];
  return values;
}

std::vector<float> random_drive(u64 count, double limit, FastRandom& random) {
  const u32 values = std::max(static_cast<u32>(limit * 8), 1u) + 1;
  std::vector<float> drive(count);
  for (float& value : drive) value = static_cast<float>(random.below(values)) / 8;
  return drive;
}

Parameter random_delays(u64 count, u32 longest, FastRandom& random) {
  check_available_memory(checked_product({count, sizeof(double)}),
                         "a list of " + std::to_string(count) + " random delays");
  Parameter ticks;
  ticks.values.resize(count);
  for (double& value : ticks.values) value = random.below(longest + 1);
  return ticks;
}

Sparse random_targets(u32 neurons, u32 fan_out, FastRandom& random) {
  SPIKEFAB_ASSERT(fan_out <= neurons / 2);
  return draw_synapses(neurons, fan_out, random, [&](u32) { return random.below(neurons); });
}

u64 Sheet::most_targets() const {
  const u64 reach = static_cast<u64>(3 * sigma);
  return std::min<u64>(reach, height) * std::min<u64>(reach, width) / 4;
}

Sparse sheet_targets(const Sheet& sheet, FastRandom& random) {
  SPIKEFAB_ASSERT(sheet.fan_out <= sheet.most_targets());
  return draw_synapses(sheet.height * sheet.width, sheet.fan_out, random, [&](u32 source) {
    const i64 y = source / sheet.width + gaussian_steps(sheet.sigma, random);
    const i64 x = source % sheet.width + gaussian_steps(sheet.sigma, random);
    return wrapped(y, sheet.height) * sheet.width + wrapped(x, sheet.width);
  });
}

Sparse random_pairs(const Pairs& pairs, FastRandom& random) {
  constexpr double two_to_32 = 4294967296.0;
  const u64 limit = static_cast<u64>(pairs.probability * two_to_32);
  const double expected = pairs.probability * static_cast<double>(u64{pairs.from} * pairs.to);
  Sparse sparse;
  reserve(sparse, pairs.from, static_cast<u64>(expected * 1.02) + 64);
  for (u32 source = 0; source < pairs.from; ++source) {
    for (u32 target = 0; target < pairs.to; ++target) {
      const bool chosen = random.next() >> 32 < limit;
      if (chosen && !(pairs.same && source == target)) sparse.target.push_back(target);
    }
    sparse.begin.push_back(sparse.target.size());
  }
  sparse.weight = random_weights(sparse.target.size(), pairs.weights, random);
  return sparse;
}

}  // namespace spikefab
