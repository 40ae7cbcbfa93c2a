// One population: its limits, its scale, its integers. Used by quantise().
#pragma once

#include <string>
#include <vector>

#include "mapper/quantise/neurons.h"
#include "mapper/quantise/scale.h"

namespace spikefab {

class LayerQuantiser {
 public:
  // All must outlive it, at the same place. The layer's weights become relative ones.
  LayerQuantiser(QuantisedNetwork& network, u32 layer, const LayerDrive& drive,
                 const ChipNeuronRange& range, const QuantiserOptions& options,
                 ChipConnections& connections);

  // Those that are possible, the best first; none if there is none.
  std::vector<LayerScale> scales(bool per_neuron);
  void explain_no_scale(const std::string& place, Problems& problems) const;

  // Appends its synapses to those of the layers before, and sets its neurons.
  LayerReport write(const LayerScale& scale, const ChipNeurons& model, const std::string& place,
                    Problems& problems);

  // Least bits of the chip's potential per unit of the network's.
  double units_per_potential(const LayerScale& scale, u64 neuron) const;

 private:
  // The largest sums of a neuron's inputs in a tick, of both signs.
  struct Sums {
    double positive = 0;
    double negative = 0;
    double worst() const { return positive > negative ? positive : negative; }
  };

  // How many times the worst case of a neuron would fit.
  struct Margins {
    double input = 0;
    double current = 0;
    double potential = 0;
    double sums() const { return input < current ? input : current; }
  };

  const QuantisedLayer& layer() const { return network_->layers[index_]; }
  bool is_input(u32 projection) const { return projection < network_->inputs.size(); }
  void find_runs();
  void find_norms();
  void make_relative();
  void find_limits();
  template <class ValueOf>
  Sums sums_of(u64 neuron, const ValueOf& value_of) const;
  Sums relative_sums(u64 neuron) const;
  ScaleLimit limit_of(u64 neuron) const;
  Sums chip_sums(const LayerScale& scale, u64 neuron) const;
  Margins margins(const LayerScale& scale, u64 neuron) const;
  bool fits(const LayerScale& scale) const;
  const ScaleLimit& tightest_limit() const;
  void report_margins(const LayerScale& scale, LayerReport& report) const;
  void write_neurons(const LayerScale& scale, const ChipNeurons& model, LayerReport& report);
  ChipNeuron chip_neuron(const LayerScale& scale, u64 neuron, bool& starts_otherwise) const;
  void note_lost_bits(const LayerScale& scale);
  void note_potential_limit(const LayerReport& report);
  i64 first_current(double wanted, u64 neuron, u32 ticks) const;

  QuantisedNetwork* network_;
  u32 index_;
  const LayerDrive* drive_;
  const ChipNeuronRange* range_;
  const QuantiserOptions* options_;
  ChipConnections* connections_;
  RelativeWeights weights_;
  std::vector<double> norm_;  // [neuron] potential of the network that is 1 in relative weights
  std::vector<ScaleLimit> limits_;
};

}  // namespace spikefab
