#include "sim/cpu/layout.h"

#include <array>
#include <bit>
#include <limits>

#include "base/error.h"
#include "base/memory.h"

namespace spikefab::sim::cpu {
namespace {

u32 param_count(const Program& program) {
  return static_cast<u32>(default_neuron_params(program.chip.neuron_model).size());
}

u64 sum(u64 a, u64 b) { return a + b < a ? ~u64{0} : a + b; }

const Program& with_memory_for_order(const Program& program) {
  const u64 places = (program.chip.axon_words() + program.chip.weights) * word_bits;
  check_available_memory(checked_product({program.cores(), 2 * places, sizeof(u32)}),
                         "engine cpu: sorting axons");
  return program;
}

// The values of one array of a core, from its first neuron on, in words of 64; neurons that do not
// exist are like the last one, so that more blocks are equal.
template <class T>
u32 add_block(BlockPool<T>& pool, const i32* values, u32 neurons, u32 word) {
  std::array<T, word_bits> block;
  for (u32 n = 0; n < word_bits; ++n) {
    block[n] = static_cast<T>(values[std::min(word * word_bits + n, neurons - 1)]);
  }
  return pool.add(block);
}

}  // namespace

struct Layout::Pools {
  BlockPool<i8> weights8;
  BlockPool<i16> weights16;
  BlockPool<i32> weights32;
  BlockPool<i32> params;
};

Layout::Layout(const Program& program, const Split& split)
    : order_(with_memory_for_order(program)),
      replicas_(split.replicas_each),
      lanes_(split.lanes()),
      slots_(program.chip.slots),
      cores_(program.cores()),
      traffic_(split.of == Split::cores ? u64{lanes_} * lanes_ : 0) {
  std::vector<u16> owner;  // [core]
  for (u32 c = 0; c < program.cores(); ++c) {
    const u32 in_last = program.core_neurons(c) % word_bits;
    cores_[c].neuron_words = program.neuron_words(c);
    cores_[c].last_neurons = in_last == 0 ? ~u64{0} : (u64{1} << in_last) - 1;
    cores_[c].first_neuron_word = neuron_words_;
    neuron_words_ += program.neuron_words(c);
    most_neuron_words_ = std::max(most_neuron_words_, program.neuron_words(c));
    owner.push_back(static_cast<u16>(split.owner(c)));
  }
  owner.push_back(static_cast<u16>(split.owner(output_bus)));
  const u32 weights = program.chip.weights;
  const u32 params = param_count(program);
  const u64 connection_words = checked_product({neuron_words_, order_.words(), word_bits});
  const u64 places = u64{program.cores()} * order_.words() * word_bits;
  const u64 per_neuron =
      sizeof(Route) + sizeof(u16) + (weights + params) * sizeof(i32) + weights * sizeof(i8);
  check_available_memory(
      sum(checked_product({2, connection_words, sizeof(u64)}),
          sum(checked_product({neuron_words_, word_bits, per_neuron}), places * sizeof(u32))),
      "engine cpu: the program");
  connections_ = AlignedArray<u32>(places);
  rows_ = AlignedArray<u64>(connection_words);
  columns_ = AlignedArray<u64>(connection_words);
  routes_ = AlignedArray<Route>(neuron_words_ * word_bits);
  owner_.resize(split.of == Split::cores ? neuron_words_ * word_bits : 0);
  word_type_.resize(u64{program.cores()} * order_.words());
  weight_block_.resize(neuron_words_ * weights);
  param_block_.resize(neuron_words_ * params);
  place_cores(weights, params);

  const std::vector<u64> crossbar_begin = program.crossbar_begin();
  Pools pools;
  for (u32 c = 0; c < program.cores(); ++c) {
    connect(program, c, program.crossbar.data() + crossbar_begin[c]);
    cores_[c].narrow = sums_fit_16_bits(program, c);
    add_weights8(program, c, pools);
    add_blocks(program, c, pools);
    add_routes(program, c, owner);
  }
  weights8_ = pools.weights8.values();
  weights16_ = pools.weights16.values();
  weights32_ = pools.weights32.values();
  params_ = pools.params.values();
}

// Points each core to its part of the arrays.
void Layout::place_cores(u32 weights, u32 params) {
  for (u64 c = 0; c < cores_.size(); ++c) {
    CoreView& core = cores_[c];
    const u64 word = core.first_neuron_word;
    core.rows = rows_.data() + word * order_.words() * word_bits;
    core.columns = columns_.data() + word * order_.words() * word_bits;
    core.word_type = word_type_.data() + c * order_.words();
    core.connections = connections_.data() + c * order_.words() * word_bits;
    core.weight_block = weight_block_.data() + word * weights;
    core.param_block = param_block_.data() + word * params;
    core.route = routes_.data() + word * word_bits;
    core.owner = owner_.empty() ? nullptr : owner_.data() + word * word_bits;
  }
}

void Layout::connect(const Program& program, u32 core, const u64* crossbar) {
  const u32 words = cores_[core].neuron_words;
  const u64 first = cores_[core].first_neuron_word * order_.words() * word_bits;
  for (u32 w = 0; w < order_.words(); ++w) {
    word_type_[u64{core} * order_.words() + w] = order_.word_type(CoreId{core}, w);
  }
  for (u32 a = 0; a < program.chip.axons; ++a) {
    const u32 place = order_.place(CoreId{core}, AxonId{a});
    u32& connections = connections_[u64{core} * order_.words() * word_bits + place];
    for (u32 b = 0; b < words; ++b) {
      const u64 connected = crossbar[u64{a} * words + b];
      rows_[first + u64{place} * words + b] = connected;
      connections += static_cast<u32>(std::popcount(connected));
      u64* column = &columns_[first + (u64{b} * order_.words() + place / word_bits) * word_bits];
      for (u64 bits = connected; bits != 0; bits &= bits - 1) {
        column[std::countr_zero(bits)] |= u64{1} << (place % word_bits);
      }
    }
  }
}

// Whether no subset of a neuron's synapses sums to more than 16 bits hold.
bool Layout::sums_fit_16_bits(const Program& program, u32 core) const {
  const CoreView& view = cores_[core];
  for (u32 n = 0; n < program.core_neurons(core); ++n) {
    const u64* column = view.columns + u64{n / word_bits} * order_.words() * word_bits;
    i64 most = 0;  // at most 2^16 times 2^31
    for (u32 w = 0; w < order_.words(); ++w) {
      const u64 type = view.word_type[w];
      const i64 weight = program.weight[type * program.neurons() + program.neuron_begin[core] + n];
      const u64 connected = column[w * word_bits + n % word_bits];
      most += (weight < 0 ? -weight : weight) * std::popcount(connected);
    }
    if (most > std::numeric_limits<i16>::max()) return false;
  }
  return true;
}

// The weights of a core in one run, if they are small.
void Layout::add_weights8(const Program& program, u32 core, Pools& pools) {
  CoreView& view = cores_[core];
  const u32 neurons = program.core_neurons(core);
  std::vector<i8> run(u64{program.chip.weights} * view.neuron_words * word_bits);
  i64 most = 1;
  for (u64 type = 0; type < program.chip.weights; ++type) {
    const i32* weights =
        program.weight.data() + type * program.neurons() + program.neuron_begin[core];
    for (u32 n = 0; n < neurons; ++n) {
      most = std::max(most, weights[n] < 0 ? -i64{weights[n]} : i64{weights[n]});
      run[type * view.neuron_words * word_bits + n] = static_cast<i8>(weights[n]);
    }
  }
  view.most_events8 = static_cast<u32>(std::numeric_limits<i8>::max() / most);
  if (view.most_events8 > 0) view.weight_block8 = pools.weights8.add(run);
}

void Layout::add_blocks(const Program& program, u32 core, Pools& pools) {
  CoreView& view = cores_[core];
  const u32 neurons = program.core_neurons(core);
  const u64 first = program.neuron_begin[core];
  u64 block = view.first_neuron_word * program.chip.weights;
  for (u64 type = 0; type < program.chip.weights; ++type) {
    const i32* weights = program.weight.data() + type * program.neurons() + first;
    for (u32 b = 0; b < view.neuron_words; ++b) {
      // Weights that do not fit have no connection if the sums do.
      weight_block_[block++] = view.narrow ? add_block(pools.weights16, weights, neurons, b)
                                           : add_block(pools.weights32, weights, neurons, b);
    }
  }
  const u32 params = param_count(program);
  block = view.first_neuron_word * params;
  view.uniform = true;
  for (u64 k = 0; k < params; ++k) {
    const i32* values = program.neuron_param.data() + k * program.neurons() + first;
    for (u32 b = 0; b < view.neuron_words; ++b) {
      param_block_[block++] = add_block(pools.params, values, neurons, b);
    }
    view.uniform &= std::all_of(values, values + neurons, [&](i32 v) { return v == values[0]; });
  }
}

void Layout::add_routes(const Program& program, u32 core, const std::vector<u16>& owner) {
  const Mesh& mesh = program.chip.mesh;
  const Position from = mesh.at(program.position[core]);
  const u64 first = program.neuron_begin[core];
  const u64 place = cores_[core].first_neuron_word * word_bits;
  u32 changes = 0;  // from targets in its own lane to others, and back
  for (u32 n = 0; n < program.core_neurons(core); ++n) {
    const u32 target = program.target_core[first + n];
    const bool bus = target == output_bus;
    const Position to = mesh.at(bus ? program.output_position : program.position[target]);
    routes_[place + n] = route(CoreId{target}, AxonId{program.target_axon[first + n]},
                               program.target_delay[first + n], Mesh::hops(from, to));
    if (owner_.empty()) continue;
    const u16 lane = owner[bus ? program.cores() : target];
    owner_[place + n] = lane;
    const u16 own = owner[core];
    if (n > 0) changes += (lane == own) != (owner_[place + n - 1] == own);
    ++traffic_[u64{own} * lanes_ + lane];
  }
  cores_[core].scattered = changes > program.core_neurons(core) / 16;
}

Route Layout::route(CoreId target, AxonId axon, u32 delay, u32 hops) const {
  if (target.value == output_bus) {
    return {slot_words() + axon.value / word_bits, axon.value % word_bits, to_bus, hops};
  }
  const u32 place = order_.place(target, axon);
  const u64 word = u64{target.value} * replicas_ * order_.words() + place / word_bits;
  return {word, place % word_bits, delay == slots_ - 1 ? dropped_spike : delay, hops};
}

void Layout::describe(ChipView& chip) const {
  chip.axon_words = order_.words();
  chip.replicas = replicas_;
  chip.slots = slots_;
  chip.slot_words = slot_words();
  chip.cores = cores_.data();
  chip.weights8 = weights8_.data();
  chip.weights16 = weights16_.data();
  chip.weights32 = weights32_.data();
  chip.params = params_.data();
}

}  // namespace spikefab::sim::cpu
