#include "mapper/described/network_draft.h"

#include <algorithm>
#include <utility>

#include "base/memory.h"

namespace spikefab {
namespace {

u32 side_after(u32 side, u32 padding, u32 kernel, u32 stride) {
  return (side + padding - kernel) / stride + 1;
}

}  // namespace

u32 NetworkDraft::add_node(const LayerPlan& plan, const std::string& suffix, NodeKind kind,
                           const Shape& in, const Shape& out) {
  network_.nodes.push_back({plan.name + suffix, std::move(kind), in, out, {}, plan.place});
  return static_cast<u32>(network_.nodes.size() - 1);
}

// Neurons without memory spike by what they hear in one tick, so they need less of it.
double NetworkDraft::threshold(const LayerPlan& plan, double usual) const {
  if (plan.threshold > 0) return plan.threshold;
  return type_ == NeuronType::threshold ? usual / 4 : usual;
}

u32 NetworkDraft::add_neurons(const LayerPlan& plan, const Shape& shape, double usual_threshold) {
  Neurons neurons;
  neurons.type = type_;
  neurons.v_threshold.values = {threshold(plan, usual_threshold)};
  if (has_membrane(type_)) {
    neurons.r.values = {1};
    neurons.v_reset.values = {0};
  }
  rates_.push_back(plan.rate);
  return add_node(plan, "", std::move(neurons), shape, shape);
}

// The node itself if there is no delay.
u32 NetworkDraft::add_delay(const LayerPlan& plan, u32 node, FastRandom& random) {
  if (plan.longest_delay == 0) return node;
  const Shape shape = network_.nodes[node].output_shape;
  Delay delay{random_delays(size_of(shape), plan.longest_delay, random)};
  const u32 delayed =
      add_node(plan, "." + network_.nodes[node].name + ".delay", std::move(delay), shape, shape);
  connect(node, delayed);
  return delayed;
}

u32 NetworkDraft::add_matrix(const LayerPlan& plan, const std::string& suffix, u32 from,
                             u32 neurons, FastRandom& random) {
  const u32 read = static_cast<u32>(network_.nodes[from].outputs());
  Dense dense;
  dense.outputs = neurons;
  dense.inputs = read;
  dense.weight = random_weights(u64{neurons} * read, WeightSet::mixed, random);
  const u32 delayed = add_delay(plan, from, random);
  const u32 matrix = add_node(plan, suffix, std::move(dense), {read}, {neurons});
  connect(delayed, matrix);
  return matrix;
}

void NetworkDraft::add_input(const LayerPlan& plan, const Shape& shape) {
  last_ = add_node(plan, "", Input{}, shape, shape);
  shape_ = shape;
}

void NetworkDraft::add_relay(const LayerPlan& plan) {
  FastRandom random(plan.seed);
  const u32 read = add_delay(plan, last_, random);
  last_ = add_neurons(plan, shape_, 0.5);
  connect(read, last_);
}

void NetworkDraft::add_dense(const LayerPlan& plan, u32 neurons) {
  FastRandom random(plan.seed);
  const double usual = static_cast<double>(size_of(shape_)) * mean_weight(WeightSet::mixed);
  const u32 matrix = add_matrix(plan, ".weights", last_, neurons, random);
  shape_ = {neurons};
  last_ = add_neurons(plan, shape_, usual);
  connect(matrix, last_);
}

// What they hear of each other counts twice in the threshold, so that spikes die out.
void NetworkDraft::add_recurrent_dense(const LayerPlan& plan, u32 neurons) {
  FastRandom random(plan.seed);
  const double synapses = static_cast<double>(size_of(shape_) + 2 * u64{neurons});
  const u32 matrix = add_matrix(plan, ".weights", last_, neurons, random);
  shape_ = {neurons};
  last_ = add_neurons(plan, shape_, synapses * mean_weight(WeightSet::mixed));
  connect(matrix, last_);
  connect(add_matrix(plan, ".recurrent", last_, neurons, random), last_);
}

void NetworkDraft::add_windows(const LayerPlan& plan, const WindowPlan& windows) {
  FastRandom random(plan.seed);
  const Window& window = windows.window;
  const u32 channels_in = shape_[0];
  Convolution convolution;
  convolution.window = window;
  convolution.groups = windows.channels == 0 ? channels_in : 1;
  const u32 channels = windows.channels == 0 ? channels_in : windows.channels;
  const u64 synapses = u64{channels_in / convolution.groups} * window.kernel.y * window.kernel.x;
  convolution.weight =
      random_weights(checked_product({channels, synapses}), windows.weights, random);
  const u32 read = add_delay(plan, last_, random);
  const u32 padding = 2 * window.padding.y + windows.far_padding;
  const Shape out = {channels, side_after(shape_[1], padding, window.kernel.y, window.stride.y),
                     side_after(shape_[2], padding, window.kernel.x, window.stride.x)};
  const u32 linear = add_node(plan, ".weights", std::move(convolution), shape_, out);
  connect(read, linear);
  shape_ = out;
  last_ = add_neurons(plan, out, static_cast<double>(synapses) * mean_weight(windows.weights));
  connect(linear, last_);
}

void NetworkDraft::add_sheet(const LayerPlan& plan, const Sheet& sheet) {
  FastRandom random(plan.seed);
  Sparse sparse = sheet_targets(sheet, random);
  add_loop(plan, {sheet.height, sheet.width}, sheet.fan_out, std::move(sparse), random);
}

void NetworkDraft::add_random(const LayerPlan& plan, u32 neurons, u32 fan_out) {
  FastRandom random(plan.seed);
  Sparse sparse = random_targets(neurons, fan_out, random);
  add_loop(plan, {neurons}, fan_out, std::move(sparse), random);
}

void NetworkDraft::add_loop(const LayerPlan& plan, const Shape& shape, u32 fan_out, Sparse sparse,
                            FastRandom& random) {
  shape_ = shape;
  last_ = add_neurons(plan, shape, 2 * fan_out * mean_weight(WeightSet::mixed));
  const u32 read = add_delay(plan, last_, random);
  const u32 linear = add_node(plan, ".synapses", std::move(sparse), shape, shape);
  network_.nodes[linear].bias = drive(last_, random);
  connect(read, linear);
  connect(linear, last_);
}

// Without what they hear of each other, neurons spike every 16 ticks or less often.
std::vector<float> NetworkDraft::drive(u32 population, FastRandom& random) const {
  const Node& node = network_.nodes[population];
  const double threshold = node.as<Neurons>()->v_threshold.values[0];
  const double limit = type_ == NeuronType::threshold ? 2 * threshold : threshold / 8;
  return random_drive(node.outputs(), limit, random);
}

void NetworkDraft::add_populations(const LayerPlan& plan,
                                   const std::vector<PopulationPlan>& populations) {
  FastRandom random(plan.seed);
  const u32 count = static_cast<u32>(populations.size());
  std::vector<LayerPlan> plans(count, plan);
  std::vector<u32> node(count);
  std::vector<u32> read(count);
  for (u32 p = 0; p < count; ++p) {
    plans[p].name = populations[p].name;
    plans[p].place = populations[p].place;
    plans[p].rate = populations[p].rate;
    double heard = 0;  // by a neuron, on average
    for (u32 s = 0; s < count; ++s) heard += populations[p].from[s] * populations[s].neurons;
    const double usual = std::max(1.0, heard) * mean_weight(WeightSet::excitatory);
    node[p] = add_neurons(plans[p], {populations[p].neurons}, usual);
  }
  for (u32 p = 0; p < count; ++p) read[p] = add_delay(plans[p], node[p], random);
  for (u32 to = 0; to < count; ++to) {
    bool driven = false;
    for (u32 from = 0; from < count; ++from) {
      const Pairs pairs = {populations[from].neurons, populations[to].neurons, from == to,
                           populations[to].from[from], populations[from].weights};
      if (driven && pairs.probability == 0) continue;
      const u32 linear = add_node(plans[to], ".from." + populations[from].name,
                                  random_pairs(pairs, random), {pairs.from}, {pairs.to});
      if (!driven) network_.nodes[linear].bias = drive(node[to], random);
      driven = true;
      connect(read[from], linear);
      connect(linear, node[to]);
    }
  }
  shape_ = {};  // several layers cannot be read as one
}

DescribedNetwork NetworkDraft::finish() {
  if (!shape_.empty()) {
    const u32 end = add_node({"output", "", 1, 0, 0, 1}, "", Output{}, shape_, shape_);
    connect(last_, end);
  }
  check_network(network_);
  return {"", std::move(network_), std::move(rates_)};
}

}  // namespace spikefab
