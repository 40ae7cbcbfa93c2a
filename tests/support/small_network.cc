#include "tests/support/small_network.h"

#include <algorithm>

#include "base/random.h"
#include "sim/engine.h"

namespace spikefab::test {

u32 NetworkBuilder::add(Node node) {
  network_.nodes.push_back(std::move(node));
  return static_cast<u32>(network_.nodes.size() - 1);
}

namespace {

Node make_node(const std::string& name, NodeKind kind, Shape from, Shape to,
               std::vector<float> bias = {}) {
  Node node;
  node.name = name;
  node.kind = std::move(kind);
  node.input_shape = std::move(from);
  node.output_shape = std::move(to);
  node.bias = std::move(bias);
  return node;
}

}  // namespace

u32 NetworkBuilder::input(const std::string& name, Shape shape) {
  return add(make_node(name, Input{}, shape, shape));
}

u32 NetworkBuilder::output(const std::string& name, Shape shape) {
  return add(make_node(name, Output{}, shape, shape));
}

u32 NetworkBuilder::neurons(const std::string& name, Shape shape, Neurons neurons) {
  return add(make_node(name, std::move(neurons), shape, shape));
}

u32 NetworkBuilder::dense(const std::string& name, u32 outputs, u32 inputs,
                          std::vector<float> weight, std::vector<float> bias) {
  Dense dense;
  dense.outputs = outputs;
  dense.inputs = inputs;
  dense.weight = std::move(weight);
  return add(make_node(name, std::move(dense), {inputs}, {outputs}, std::move(bias)));
}

u32 NetworkBuilder::convolution(const std::string& name, Shape from, Shape to,
                                Convolution convolution) {
  return add(make_node(name, std::move(convolution), std::move(from), std::move(to)));
}

u32 NetworkBuilder::delay(const std::string& name, Shape shape, double seconds) {
  Delay delay;
  delay.seconds.values = {seconds};
  return add(make_node(name, std::move(delay), shape, shape));
}

NetworkBuilder& NetworkBuilder::edge(u32 from, u32 to) {
  network_.edges.push_back({from, to});
  return *this;
}

NetworkBuilder& NetworkBuilder::chain(const std::vector<u32>& nodes) {
  for (std::size_t i = 1; i < nodes.size(); ++i) edge(nodes[i - 1], nodes[i]);
  return *this;
}

Network NetworkBuilder::build() const {
  check_network(network_);
  return network_;
}

Neurons integrate_and_fire(double threshold) {
  Neurons neurons;
  neurons.type = NeuronType::integrate_and_fire;
  neurons.r.values = {1};
  neurons.v_threshold.values = {threshold};
  return neurons;
}

Neurons leaky_fire(double tau, double threshold) {
  Neurons neurons = integrate_and_fire(threshold);
  neurons.type = NeuronType::leaky_fire;
  neurons.tau.values = {tau};
  neurons.v_leak.values = {0};
  return neurons;
}

Neurons cuba_fire(double tau, double tau_syn, double threshold) {
  Neurons neurons = leaky_fire(tau, threshold);
  neurons.type = NeuronType::cuba_fire;
  neurons.tau_syn.values = {tau_syn};
  neurons.w_in.values = {1};
  return neurons;
}

Network one_layer(u32 inputs, Neurons neurons, std::vector<float> weight, std::vector<float> bias) {
  const u32 count = static_cast<u32>(weight.size()) / inputs;
  NetworkBuilder b;
  const u32 in = b.input("in", {inputs});
  const u32 weights = b.dense("weights", count, inputs, std::move(weight), std::move(bias));
  const u32 population = b.neurons("neurons", {count}, std::move(neurons));
  const u32 out = b.output("out", {count});
  return b.chain({in, weights, population, out}).build();
}

Chip large_chip(const std::string& model) {
  Chip chip;
  chip.name = "large";
  chip.mesh.width = 64;
  chip.mesh.height = 64;
  chip.organisation = Organisation::synaptic_memory;
  chip.axons = 1 << 20;
  chip.neurons = 8192;
  chip.weights = 0;
  chip.slots = 0;
  chip.limits = {.output_axons = 1 << 20,
                 .accumulators = 1 << 20,
                 .max_delay = 62,
                 .words = 0,
                 .weight_formats = 0,
                 .neuron_profiles = 0,
                 .threshold_profiles = 0,
                 .storage = SynapseStorage::packed};
  const std::vector<std::string> models = neuron_model_names(chip.organisation);
  const auto found = std::find(models.begin(), models.end(), model);
  SPIKEFAB_ASSERT(found != models.end());
  chip.neuron_model = static_cast<u32>(found - models.begin());
  chip.neuron_params = default_neuron_params(chip.neuron_model, chip.organisation);
  return chip;
}

LayerSpikes run_in_float(const Network& network, const Semantics& semantics, const Steps& steps) {
  FloatSimulation simulation(network, semantics);
  const std::vector<u32> inputs = network.inputs();
  LayerSpikes all;
  for (const auto& step : steps) {
    std::vector<std::vector<InputElement>> elements(inputs.size());
    for (const auto& event : step) {
      elements[event.input].push_back({event.index, static_cast<float>(event.count)});
    }
    for (u32 i = 0; i < inputs.size(); ++i) simulation.set_input(inputs[i], elements[i]);
    simulation.step();
    for (const u32 node : network.populations()) {
      if (!spikes(network.nodes[node].as<Neurons>()->type)) continue;
      auto& of_step = all[network.nodes[node].name].emplace_back();
      for (const u32 i : simulation.active(node)) {
        of_step.emplace_back(i, static_cast<i32>(simulation.output(node)[i]));
      }
    }
  }
  return all;
}

LayerSpikes run_on_chip(const MappedNetwork& network, const Steps& steps,
                        const std::string& engine_name) {
  StepStimulus builder(network);
  for (const auto& step : steps) {
    builder.begin_step();
    for (const auto& event : step) builder.add(event.input, event.index, event.count);
  }
  const Stimulus stimulus = builder.build();
  check_stimulus(stimulus, network.program, "this test");
  const auto engine = sim::make_engine(engine_name);
  engine->load(network.program, stimulus);
  sim::RecordPlan plan;
  plan.spikes = sim::Selection{};
  sim::Recording recording;
  engine->advance(stimulus.ticks, plan, recording);

  std::map<std::pair<u32, u32>, std::pair<u32, u32>> neuron_at;  // position, neuron: layer, neuron
  LayerSpikes all;
  for (u32 l = 0; l < network.layers.size(); ++l) {
    const MappedLayer& layer = network.layers[l];
    all[layer.name].resize(steps.size());
    for (u32 i = 0; i < layer.position.size(); ++i) {
      neuron_at[{layer.position[i], layer.neuron[i]}] = {l, i};
    }
  }
  for (const sim::Spike& spike : recording.spikes) {
    const auto [l, i] = neuron_at.at({spike.position, spike.neuron});
    const MappedLayer& layer = network.layers[l];
    if (spike.tick < layer.level || spike.tick - layer.level >= steps.size()) continue;
    all[layer.name][spike.tick - layer.level].emplace_back(i, spike.payload);
  }
  for (auto& [name, of_layer] : all) {
    for (auto& of_step : of_layer) std::sort(of_step.begin(), of_step.end());
  }
  return all;
}

Steps random_steps(const Network& network, u64 seed, u32 steps, double probability) {
  RandomStream random(seed, 1);
  const std::vector<u32> inputs = network.inputs();
  Steps all(steps);
  for (auto& step : all) {
    for (u32 input = 0; input < inputs.size(); ++input) {
      for (u32 i = 0; i < network.nodes[inputs[input]].outputs(); ++i) {
        if (random.next() < probability * 0x1p32) step.push_back({input, i, 1});
      }
    }
  }
  return all;
}

namespace {

class RandomNetwork {
 public:
  explicit RandomNetwork(u64 seed) : random_(seed, 0) {}

  Network make() {
    const u32 inputs = between(1, 2);
    for (u32 i = 0; i < inputs; ++i) {
      const std::string name = "in" + std::to_string(i);
      if (one_in(2)) {
        const u32 count = between(2, 12);
        sources_.push_back({b_.input(name, {count}), count, {}});
      } else {
        const Shape shape = {between(1, 2), between(4, 7), between(4, 7)};
        sources_.push_back({b_.input(name, shape), static_cast<u32>(size_of(shape)), shape});
      }
    }
    const u32 layers = between(2, 5);
    for (u32 l = 0; l < layers; ++l) add_layer("layer" + std::to_string(l), l);
    const Source last = sources_.back();
    b_.edge(last.node, b_.output("out", last.map.empty() ? Shape{last.size} : last.map));
    return b_.build();
  }

 private:
  struct Source {
    u32 node = 0;
    u32 size = 0;
    Shape map;  // or empty
  };

  u32 between(u32 low, u32 high) {
    return static_cast<u32>(random_.between(static_cast<i32>(low), static_cast<i32>(high)));
  }
  bool one_in(u32 n) { return between(1, n) == 1; }
  float sixteenths(i32 low, i32 high) {
    return static_cast<float>(random_.between(low, high)) / 16.0f;
  }
  std::vector<float> weights(u64 count) {
    std::vector<float> values(count);
    for (float& value : values) value = one_in(4) ? 0.0f : sixteenths(-14, 20);
    values[0] = 1.0f / 16;  // else there may be a coarser step
    return values;
  }

  void add_layer(const std::string& name, u32 l) {
    const Source before = sources_.back();
    const double threshold = sixteenths(12, 40);
    if (!before.map.empty() && one_in(2)) return add_map(name, before, threshold);
    const u32 count = between(3, 20);
    const u32 population = b_.neurons(name, {count}, integrate_and_fire(threshold));
    connect(name + "_from" + std::to_string(l), before, population, count);
    if (one_in(2)) {  // skips layers, or reads another input
      connect(name + "_skip", sources_[between(0, static_cast<u32>(sources_.size()) - 1)],
              population, count);
    }
    if (one_in(3)) connect(name + "_back", {population, count, {}}, population, count);
    sources_.push_back({population, count, {}});
  }

  void connect(const std::string& name, const Source& from, u32 to, u32 count) {
    const u32 inputs = from.size;
    const bool is_late = one_in(3);
    std::vector<float> bias;
    if (!is_late && one_in(2)) {
      for (u32 i = 0; i < count; ++i) bias.push_back(one_in(2) ? 0.0f : sixteenths(-2, 4));
    }
    u32 first = 0;
    if (from.map.empty()) {
      first = b_.dense(name, count, inputs, weights(u64{inputs} * count), std::move(bias));
      b_.edge(from.node, first);
    } else {
      Node flat;
      flat.name = name + "_flat";
      flat.kind = Reshape{};
      flat.input_shape = from.map;
      flat.output_shape = {inputs};
      const u32 reshape = b_.add(flat);
      first = b_.dense(name, count, inputs, weights(u64{inputs} * count), std::move(bias));
      b_.chain({from.node, reshape, first});
    }
    if (is_late) {
      const u32 late = b_.delay(name + "_delay", {count}, between(1, 5));
      b_.chain({first, late, to});
    } else {
      b_.edge(first, to);
    }
  }

  void add_map(const std::string& name, const Source& before, double threshold) {
    Convolution convolution;
    convolution.window.kernel = {3, 3};
    convolution.window.padding = {1, 1};
    const u32 channels = between(1, 4);
    convolution.weight = weights(u64{channels} * before.map[0] * 9);
    const Shape to = {channels, before.map[1], before.map[2]};
    const u32 node = b_.convolution(name + "_kernel", before.map, to, std::move(convolution));
    const u32 population = b_.neurons(name, to, integrate_and_fire(threshold));
    b_.chain({before.node, node, population});
    sources_.push_back({population, static_cast<u32>(size_of(to)), to});
  }

  RandomStream random_;
  NetworkBuilder b_;
  std::vector<Source> sources_;
};

}  // namespace

Network random_network_of_sixteenths(u64 seed) { return RandomNetwork(seed).make(); }

}  // namespace spikefab::test
