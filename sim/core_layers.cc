#include "sim/core_layers.h"

#include <algorithm>

#include "neuron_models.h"

namespace spikefab::sim {
namespace {

// [neuron of the core] 1 if any axon is connected to it.
std::vector<u8> connected_neurons(const Program& p, u32 core, u64 crossbar_begin) {
  const u32 words = p.neuron_words(core);
  std::vector<u64> any(words, 0);
  for (u32 a = 0; a < p.chip.axons; ++a) {
    for (u32 w = 0; w < words; ++w) any[w] |= p.crossbar[crossbar_begin + u64{a} * words + w];
  }
  std::vector<u8> connected(p.core_neurons(core));
  for (u32 n = 0; n < connected.size(); ++n) {
    connected[n] = any[n / word_bits] >> (n % word_bits) & 1;
  }
  return connected;
}

// A step without input fires nothing and changes nothing, hence no later one does.
template <class Model>
bool rests(const Program& p, u64 n) {
  i32 params[Model::params.size()];
  i32 state[Model::state_words];
  for (u32 k = 0; k < Model::params.size(); ++k) params[k] = p.neuron_param[k * p.neurons() + n];
  for (u32 k = 0; k < Model::state_words; ++k) state[k] = p.neuron_state[k * p.neurons() + n];
  if (Model::step(params, state, 0)) return false;
  for (u32 k = 0; k < Model::state_words; ++k) {
    if (state[k] != p.neuron_state[k * p.neurons() + n]) return false;
  }
  return true;
}

// [core] the cores that its spikes reach, each once.
std::vector<std::vector<u32>> core_graph(const Program& p) {
  const std::vector<u64> crossbar_begin = p.crossbar_begin();
  std::vector<std::vector<u32>> targets(p.cores());
  NeuronModels::at(p.chip.neuron_model, [&](auto model) {
    for (u32 c = 0; c < p.cores(); ++c) {
      const std::vector<u8> connected = connected_neurons(p, c, crossbar_begin[c]);
      for (u32 n = 0; n < connected.size(); ++n) {
        const u64 index = p.neuron_begin[c] + n;
        if (p.target_core[index] == output_bus) continue;
        if (!connected[n] && rests<decltype(model)>(p, index)) continue;
        targets[c].push_back(p.target_core[index]);
      }
      std::sort(targets[c].begin(), targets[c].end());
      targets[c].erase(std::unique(targets[c].begin(), targets[c].end()), targets[c].end());
    }
  });
  return targets;
}

}  // namespace

std::vector<u32> core_layers(const Program& program) {
  const std::vector<std::vector<u32>> targets = core_graph(program);
  std::vector<u32> sources(program.cores(), 0);  // [core] those whose layer is not known yet
  for (const auto& of_core : targets) {
    for (const u32 target : of_core) ++sources[target];
  }
  std::vector<u32> ready;
  for (u32 c = 0; c < program.cores(); ++c) {
    if (sources[c] == 0) ready.push_back(c);
  }
  std::vector<u32> layer(program.cores(), 0);
  for (u64 i = 0; i < ready.size(); ++i) {
    for (const u32 target : targets[ready[i]]) {
      layer[target] = std::max(layer[target], layer[ready[i]] + 1);
      if (--sources[target] == 0) ready.push_back(target);
    }
  }
  if (ready.size() < program.cores()) layer.assign(program.cores(), 0);
  return layer;
}

}  // namespace spikefab::sim
