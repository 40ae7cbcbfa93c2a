#include "cli/sparse_chip.h"

#include <algorithm>
#include <array>

#include "base/memory.h"
#include "base/mix.h"
#include "base/random.h"
#include "compartment_models.h"

namespace spikefab::cli {
namespace {

using compartments::LoihiLif;

constexpr i32 threshold = 20'000;
constexpr u32 bias_exponent = 7;  // biases are multiples of 128
constexpr i32 no_memory = 4095;   // decay_u: the current is what arrives

template <class Model>
u32 index_of_model() {
  u32 index = 0;
  u32 found = CompartmentModels::size;
  CompartmentModels::for_each([&](auto model) {
    if (decltype(model)::name == Model::name) found = index;
    ++index;
  });
  SPIKEFAB_ASSERT(found < CompartmentModels::size);
  return found;
}

// Synapses are drawn twice, to count them and to write them, as there is no memory for lists of
// them.
class Maker {
 public:
  explicit Maker(const SparseChip& chip)
      : chip_(chip),
        cores_(static_cast<u32>(divide_up(chip.neurons, chip.core_neurons))),
        drawn_(chip.synapses),
        in_core_(cores_) {}

  Program make() {
    make_chip();
    make_neurons();
    count_synapses();
    for (u32 n = 0; n < chip_.neurons; ++n) connect(n);
    return std::move(p_);
  }

 private:
  struct Drawn {
    u32 core;
    u32 synapse;
  };
  struct Cursor {
    u64 axons = 0;     // counted, later written
    u64 synapses = 0;  // likewise
  };

  void make_chip() {
    p_.chip.name = "sparse";
    Mesh& mesh = p_.chip.mesh;
    while (mesh.size() < cores_) (mesh.width > mesh.height ? mesh.height : mesh.width) += 1;
    p_.chip.organisation = Organisation::synaptic_memory;
    p_.chip.axons = max_synaptic_axons;
    p_.chip.neurons = chip_.core_neurons;
    p_.chip.neuron_model = index_of_model<LoihiLif>();
    p_.chip.limits = {.output_axons = 0,
                      .accumulators = chip_.core_neurons * (chip_.longest_delay + 2),
                      .max_delay = chip_.longest_delay,
                      .words = 0,
                      .weight_formats = 0,
                      .neuron_profiles = 0,
                      .threshold_profiles = 0,
                      .storage = SynapseStorage::packed};
    for (const ParamSpec& spec : LoihiLif::params) p_.chip.neuron_params.push_back(spec.value);
    p_.slots = chip_.longest_delay + 2;
    p_.neuron_begin = {0};
    for (u32 c = 0; c < cores_; ++c) {
      p_.position.push_back(c);
      p_.neuron_begin.push_back(std::min(u64{c + 1} * chip_.core_neurons, u64{chip_.neurons}));
    }
  }

  void make_neurons() {
    std::array<i32, LoihiLif::params.size()> values = {};
    std::copy(p_.chip.neuron_params.begin(), p_.chip.neuron_params.end(), values.begin());
    values[LoihiLif::decay_u] = no_memory;
    values[LoihiLif::bias_exponent] = bias_exponent;
    values[LoihiLif::threshold] = threshold;
    for (const i32 value : values)
      p_.neuron_param.insert(p_.neuron_param.end(), chip_.neurons, value);
    p_.neuron_state.assign(u64{chip_.neurons} * LoihiLif::state_words, 0);
    RandomStream random(chip_.seed);
    const i32 usual = 64 * 100 / static_cast<i32>(chip_.percent) - 32;  // ticks / 64 to a spike
    for (u32 n = 0; n < chip_.neurons; ++n) {
      const i32 ticks = random.between(usual * 4 / 5, usual * 6 / 5);
      p_.neuron_param[u64{LoihiLif::bias_mantissa} * chip_.neurons + n] =
          threshold * 64 / (1 << bias_exponent) * 64 / ticks;
      p_.neuron_state[n] = random.between(0, threshold * 64);
    }
  }

  // The synapses of one neuron into drawn_, and how many of them each core has into in_core_.
  void draw(u32 neuron) {
    std::fill(in_core_.begin(), in_core_.end(), u32{0});
    const u64 key = mix64(chip_.seed ^ u64{neuron} << 32);
    for (u32 i = 0; i < chip_.synapses; ++i) {
      const u64 bits = mix64(key + i);
      const auto target = static_cast<u32>((bits >> 32) * chip_.neurons >> 32);
      const u32 core = target / chip_.core_neurons;
      const StoredSynapse synapse = {
          .accumulator = target % chip_.core_neurons,
          .delay = static_cast<u32>((bits >> 8 & 0xffff) * (chip_.longest_delay + 1) >> 16),
          .mantissa = 2 * static_cast<i32>(bits & 0xff) - 255};
      drawn_[i] = {core, packed(synapse)};
      ++in_core_[core];
    }
  }

  // Lengths of all arrays, and where each core begins in them.
  void count_synapses() {
    std::vector<Cursor> count(cores_);
    memory_.target_begin.reserve(u64{chip_.neurons} + 1);
    u64 targets = 0;
    for (u32 n = 0; n < chip_.neurons; ++n) {
      draw(n);
      for (u32 c = 0; c < cores_; ++c) {
        const u32 reached = in_core_[c] != 0;
        targets += reached;
        count[c].axons += reached;
        count[c].synapses += in_core_[c];
      }
      memory_.target_begin.push_back(targets);
    }
    Cursor begin;
    for (const Cursor& core : count) {
      next_.push_back(begin);
      begin.axons += core.axons;
      begin.synapses += core.synapses;
      memory_.axon_begin.push_back(begin.axons);
    }
    check_available_memory((begin.axons + begin.synapses + 2 * targets) * sizeof(u32),
                           "a sparse chip");
    memory_.row_begin.resize(begin.axons + 1);
    memory_.row_begin.back() = static_cast<u32>(begin.synapses);
    memory_.synapse.resize(begin.synapses);
    memory_.target_core.reserve(targets);
    memory_.target_axon.reserve(targets);
  }

  void connect(u32 neuron) {
    draw(neuron);
    for (u32 c = 0; c < cores_; ++c) {
      if (in_core_[c] == 0) continue;
      memory_.target_core.push_back(c);
      memory_.target_axon.push_back(static_cast<u32>(next_[c].axons - memory_.axon_begin[c]));
      memory_.row_begin[next_[c].axons++] = static_cast<u32>(next_[c].synapses);
    }
    for (const Drawn& drawn : drawn_) memory_.synapse[next_[drawn.core].synapses++] = drawn.synapse;
  }

  SparseChip chip_;
  u32 cores_;
  std::vector<Drawn> drawn_;  // [synapse of a neuron]
  std::vector<u32> in_core_;  // [core]
  std::vector<Cursor> next_;  // [core] to be written
  Program p_;
  SynapticMemory& memory_ = p_.memory.edit();
};

}  // namespace

Program make_sparse_chip(const SparseChip& chip) { return Maker(chip).make(); }

}  // namespace spikefab::cli
