#include "mapper/quantise/synapses.h"

#include <algorithm>
#include <bit>
#include <cmath>

#include "arch/synapse.h"
#include "base/suggest.h"

namespace spikefab {
namespace {

// The fewest bits, among those that can be stored, that hold steps low..high.
u32 bits_for(SignMode mode, i32 low, i32 high) {
  u32 bits = mode == SignMode::mixed ? 2 : 1;
  const auto fits = [&] {
    if (mode == SignMode::mixed) return -(1 << (bits - 1)) <= low && high < (1 << (bits - 1));
    return std::max(high, -low) < (1 << bits);
  };
  while (!fits()) ++bits;
  return bits == 7 ? 8 : bits;  // Loihi does not have 7
}

class Writer {
 public:
  Writer(const RelativeWeights& weights, const LayerScale& scale,
         const std::vector<double>& weight_unit, const ChipConnections& connections, u32 layer,
         QuantisedNetwork& network)
      : weights_(weights),
        scale_(scale),
        weight_unit_(weight_unit),
        connections_(connections),
        layer_(layer),
        network_(network),
        tallies_(network.source_layers()),
        first_synapse_(network.source.size()) {}

  void write(LayerReport& report, const std::string& place, Problems& problems) {
    for (u64 i = 0; i < weights_.neurons(); ++i) {
      weights_.for_each_run(i, [&](u32 from, u64 first, std::span<const float> run) {
        add_run(i, from, first, run);
      });
      network_.synapse_begin.push_back(network_.source.size());
    }
    for (u32 from = 0; from < tallies_.size(); ++from) {
      if (tallies_[from].count == 0) continue;
      if (tallies_[from].bits == 0) {
        problems.add({place,
                      "all " + std::to_string(tallies_[from].count) + " weights from '" +
                          printable(name(from)) + "' would be rounded to 0",
                      "they are too small beside the threshold or beside weights from elsewhere; "
                      "choose more weight_bits"});
        continue;
      }
      set_format(from);
      report.projections.push_back(report_of(from));
    }
    make_mantissas();
  }

 private:
  // What is written of a projection, in steps at first.
  struct Tally {
    u64 count = 0;
    u64 clipped = 0;
    u64 lost = 0;
    double error = 0;  // sums of squares
    double square = 0;
    double largest = 0;
    u32 longest_delay = 0;
    i32 low = 0;
    i32 high = 0;
    u32 bits = 0;   // of all magnitudes, or-ed
    u32 right = 0;  // steps become mantissas by shifts to the right, then left
    u32 left = 0;
  };

  std::string name(u32 from) const {
    return from < network_.inputs.size() ? network_.inputs[from].name
                                         : network_.layers[from - network_.inputs.size()].name;
  }

  void add_run(u64 neuron, u32 from, u64 first, std::span<const float> run) {
    Tally& tally = tallies_[from];
    const WeightSteps& steps = scale_.steps[from];
    const double to_steps = std::ldexp(double(scale_.threshold_of(neuron)), -scale_.shift[from]);
    const u64 base = connections_.begin[network_.layers[layer_].first];
    for (u64 k = 0; k < run.size(); ++k) {
      const double weight = run[k];
      const i32 step = scale_.step_of(run[k], neuron, from);
      const double error = step / to_steps - weight;
      const double exact = weight * to_steps;
      ++tally.count;
      tally.clipped += exact > steps.high + 0.5 || exact < steps.low - 0.5;
      tally.lost += step == 0;
      tally.error += error * error;
      tally.square += weight * weight;
      tally.largest = std::max(tally.largest, std::abs(weight * weight_unit_[neuron]));
      if (step != 0) add_synapse(tally, base + first + k, step);
    }
  }

  void add_synapse(Tally& tally, u64 connection, i32 step) {
    tally.low = std::min(tally.low, step);
    tally.high = std::max(tally.high, step);
    tally.bits |= static_cast<u32>(std::abs(step));
    tally.longest_delay = std::max<u32>(tally.longest_delay, connections_.delay[connection]);
    network_.source.push_back(connections_.source[connection]);
    network_.mantissa.push_back(static_cast<i16>(step));
    network_.delay.push_back(connections_.delay[connection]);
  }

  // Zeros at the end of all steps are the exponent's.
  void set_format(u32 from) {
    Tally& tally = tallies_[from];
    WeightFormat& format = network_.formats[u64{from} * network_.layers.size() + layer_];
    tally.right = static_cast<u32>(std::countr_zero(tally.bits));
    format.mode = scale_.steps[from].mode;
    format.bits = bits_for(format.mode, tally.low >> tally.right, tally.high >> tally.right);
    tally.left = format.bits > 8 ? 0 : lost_bits(format.mode, format.bits);
    format.exponent =
        scale_.shift[from] + static_cast<i32>(tally.right) - static_cast<i32>(tally.left);
    if (format.exponent > max_exponent) {  // where 7 bits are stored as 8, of which one is spare
      ++tally.left;
      --format.exponent;
    }
    format.delay_bits = static_cast<u32>(std::bit_width(tally.longest_delay));
    SPIKEFAB_ASSERT(format.exponent >= min_exponent && format.exponent <= max_exponent);
  }

  ProjectionReport report_of(u32 from) const {
    const Tally& tally = tallies_[from];
    return {.from = name(from),
            .synapses = tally.count,
            .format = network_.format(from, layer_),
            .largest_weight = tally.largest,
            .clipped_share = double(tally.clipped) / double(tally.count),
            .weight_error = tally.square > 0 ? std::sqrt(tally.error / tally.square) : 0,
            .lost = tally.lost,
            .longest_delay = tally.longest_delay};
  }

  void make_mantissas() {
    for (u64 s = first_synapse_; s < network_.source.size(); ++s) {
      const Tally& tally = tallies_[network_.layer_of_source(network_.source[s])];
      network_.mantissa[s] =
          static_cast<i16>((network_.mantissa[s] >> tally.right) * (1 << tally.left));
    }
  }

  const RelativeWeights& weights_;
  const LayerScale& scale_;
  const std::vector<double>& weight_unit_;
  const ChipConnections& connections_;
  const u32 layer_;
  QuantisedNetwork& network_;
  std::vector<Tally> tallies_;  // [source layer]
  const u64 first_synapse_;
};

}  // namespace

void write_synapses(const RelativeWeights& weights, const LayerScale& scale,
                    const std::vector<double>& weight_unit, const ChipConnections& connections,
                    u32 layer, QuantisedNetwork& network, LayerReport& report,
                    const std::string& place, Problems& problems) {
  Writer(weights, scale, weight_unit, connections, layer, network).write(report, place, problems);
}

}  // namespace spikefab
