// Builds a Network layer by layer; each reads the one before. Who calls checks that layers fit.
#pragma once

#include <string>
#include <vector>

#include "mapper/described/described_network.h"
#include "mapper/described/random_synapses.h"

namespace spikefab {

// What all kinds of layers have.
struct LayerPlan {
  std::string name;  // of its neurons; those of its other nodes begin with it
  std::string place;
  float rate = 1;
  double threshold = 0;  // 0: by the number of synapses
  u32 longest_delay = 0;
  u64 seed = 1;
};

struct WindowPlan {
  Window window;
  u32 far_padding = 0;
  u32 channels = 0;  // 0: as many as are read, each for itself
  WeightSet weights = WeightSet::mixed;
};

struct PopulationPlan {
  std::string name;
  std::string place;
  u32 neurons = 0;
  float rate = 1;
  WeightSet weights = WeightSet::excitatory;
  std::vector<double> from;  // probabilities
};

class NetworkDraft {
 public:
  NetworkDraft(std::string path, NeuronType type) : type_(type) { network_.path = std::move(path); }

  u64 nodes() const { return network_.nodes.size(); }
  const Shape& shape() const { return shape_; }  // of what the next layer reads; {}: nothing

  void add_input(const LayerPlan& plan, const Shape& shape);
  void add_relay(const LayerPlan& plan);
  void add_dense(const LayerPlan& plan, u32 neurons);
  void add_recurrent_dense(const LayerPlan& plan, u32 neurons);
  void add_windows(const LayerPlan& plan, const WindowPlan& windows);
  // Neurons that nothing feeds but each other and a constant input, random for each.
  void add_sheet(const LayerPlan& plan, const Sheet& sheet);
  void add_random(const LayerPlan& plan, u32 neurons, u32 fan_out);
  void add_populations(const LayerPlan& plan, const std::vector<PopulationPlan>& populations);

  // With an Output behind the last layer. Throws InputError as check_network() does.
  DescribedNetwork finish();

 private:
  u32 add_node(const LayerPlan& plan, const std::string& suffix, NodeKind kind, const Shape& in,
               const Shape& out);
  u32 add_neurons(const LayerPlan& plan, const Shape& shape, double usual_threshold);
  u32 add_delay(const LayerPlan& plan, u32 node, FastRandom& random);
  u32 add_matrix(const LayerPlan& plan, const std::string& suffix, u32 from, u32 neurons,
                 FastRandom& random);
  void add_loop(const LayerPlan& plan, const Shape& shape, u32 fan_out, Sparse sparse,
                FastRandom& random);
  void connect(u32 from, u32 to) { network_.edges.push_back({from, to}); }
  double threshold(const LayerPlan& plan, double usual) const;
  std::vector<float> drive(u32 population, FastRandom& random) const;

  NeuronType type_;
  Network network_;
  std::vector<float> rates_;
  u32 last_ = 0;  // node that the next layer reads
  Shape shape_;
};

}  // namespace spikefab
