// How it works: the bits of an entry, in two's complement, connect three axons of weights 1, 2 and
// -4 to the row's neuron; entry x of the vector spikes in ticks 0..x-1. The potentials begin so low
// that nothing fires until a "go" spike lifts them in the last tick; then each neuron fires once a
// tick, with linear reset, as often as its sum says. A second neuron per row has the negated
// entries.
#include "tests/support/vmm.h"

#include <algorithm>
#include <cstdlib>

#include "arch/neurons/ranc.h"
#include "base/random.h"

namespace spikefab::test {
namespace {

using neurons::Ranc;

constexpr u32 entry_bits = 3;  // an axon each
constexpr u32 go_type = 3;     // axon type
constexpr u32 rows_per_core = 16;
constexpr u32 neurons_per_row = 2;  // one counts up, one down

Chip vmm_chip() {
  Chip chip;
  chip.name = "vector-matrix multiplication on 4x3 RANC cores";
  chip.mesh = {.width = 4, .height = 3};
  const auto models = neuron_model_names();
  chip.neuron_model =
      static_cast<u32>(std::find(models.begin(), models.end(), Ranc::name) - models.begin());
  chip.neuron_params = default_neuron_params(chip.neuron_model);
  return chip;
}

// More than any sum of a row can be, whatever the vector.
i32 bound_of_sums(const Vmm& vmm) {
  i32 bound = 0;
  for (u32 row = 0; row < vmm.rows; ++row) {
    i32 sum = 0;
    for (u32 column = 0; column < vmm.columns; ++column) {
      sum += std::abs(vmm.matrix[row * vmm.columns + column]);
    }
    bound = std::max(bound, sum * static_cast<i32>(vmm_max_activity));
  }
  return bound + 1;
}

class Builder {
 public:
  explicit Builder(const Vmm& vmm) : vmm_(vmm), bound_(bound_of_sums(vmm)) {
    SPIKEFAB_ASSERT(vmm.columns * entry_bits < Chip{}.axons);
  }

  Program program() {
    p_.chip = vmm_chip();
    p_.output_position = p_.chip.mesh.size() - 1;
    p_.output_lines = vmm_.rows * neurons_per_row;
    add_cores();
    add_neurons();
    for (u32 row = 0; row < vmm_.rows; ++row) connect_row(row);
    return std::move(p_);
  }

 private:
  void add_cores() {
    const u32 cores = static_cast<u32>(divide_up(vmm_.rows, rows_per_core));
    SPIKEFAB_ASSERT(cores <= p_.output_position);
    p_.neuron_begin = {0};
    for (u32 core = 0; core < cores; ++core) {
      const u32 rows = std::min(rows_per_core, vmm_.rows - core * rows_per_core);
      p_.position.push_back(core);
      p_.neuron_begin.push_back(p_.neuron_begin.back() + rows * neurons_per_row);
      for (u32 axon = 0; axon < p_.chip.axons; ++axon) {
        const bool of_entry = axon < vmm_.columns * entry_bits;
        p_.axon_type.push_back(static_cast<u8>(of_entry ? axon % entry_bits : go_type));
      }
    }
    p_.crossbar.assign(p_.crossbar_begin().back(), 0);
  }

  void add_neurons() {
    const u64 n = p_.neurons();
    for (const i32 weight : {1, 2, -4, bound_}) p_.weight.insert(p_.weight.end(), n, weight);
    std::vector<i32> params = p_.chip.neuron_params;
    params[Ranc::positive_threshold] = 1;
    params[Ranc::negative_threshold] = -(1 << 30);  // never reached
    params[Ranc::reset_mode] = 1;
    for (const i32 value : params) p_.neuron_param.insert(p_.neuron_param.end(), n, value);
    p_.neuron_state.assign(n, -bound_);
    p_.target_core.assign(n, output_bus);
    for (u64 i = 0; i < n; ++i) p_.target_axon.push_back(static_cast<u16>(i));
    p_.target_delay.assign(n, 0);
  }

  void connect_row(u32 row) {
    for (u32 column = 0; column < vmm_.columns; ++column) {
      const i32 entry = vmm_.matrix[row * vmm_.columns + column];
      for (u32 bit = 0; bit < entry_bits; ++bit) {
        const u32 axon = column * entry_bits + bit;
        if ((static_cast<u32>(entry) >> bit & 1) != 0) connect(row, axon, 0);
        if ((static_cast<u32>(-entry) >> bit & 1) != 0) connect(row, axon, 1);
      }
    }
    connect(row, vmm_.columns * entry_bits, 0);
    connect(row, vmm_.columns * entry_bits, 1);
  }

  // `sign` is 0 for the neuron that counts up, 1 for the one that counts down.
  void connect(u32 row, u32 axon, u32 sign) {
    const u32 core = row / rows_per_core;
    const u32 neuron = row % rows_per_core * neurons_per_row + sign;
    const u64 words = p_.neuron_words(core);
    const u64 first = p_.crossbar_begin()[core] + axon * words;
    p_.crossbar[first + neuron / word_bits] |= u64{1} << (neuron % word_bits);
  }

  const Vmm& vmm_;
  i32 bound_;
  Program p_;
};

Stimulus vmm_stimulus(const Vmm& vmm, const Program& program) {
  Stimulus s;
  s.mesh_width = program.chip.mesh.width;
  s.ticks = vmm_max_activity + 1;
  const auto add = [&](u32 axon) {
    for (const u32 position : program.position) {
      s.events.push_back({.position = position, .axon = static_cast<u16>(axon)});
    }
  };
  for (u32 tick = 0; tick < vmm_max_activity; ++tick) {
    for (u32 column = 0; column < vmm.columns; ++column) {
      if (vmm.vector[column] <= tick) continue;
      for (u32 bit = 0; bit < entry_bits; ++bit) add(column * entry_bits + bit);
    }
    s.begin.push_back(s.events.size());
  }
  add(vmm.columns * entry_bits);
  s.begin.push_back(s.events.size());
  return s;
}

}  // namespace

Vmm random_vmm(u32 rows, u32 columns, u64 seed) {
  RandomStream random(seed);
  Vmm vmm = {.rows = rows, .columns = columns, .matrix = {}, .vector = {}};
  for (u64 i = 0; i < u64{rows} * columns; ++i) {
    vmm.matrix.push_back(random.between(-vmm_max_entry, vmm_max_entry));
  }
  for (u32 i = 0; i < columns; ++i) {
    vmm.vector.push_back(static_cast<u32>(random.between(0, vmm_max_activity)));
  }
  return vmm;
}

std::vector<i64> product(const Vmm& vmm) {
  std::vector<i64> sums(vmm.rows, 0);
  for (u32 row = 0; row < vmm.rows; ++row) {
    for (u32 column = 0; column < vmm.columns; ++column) {
      sums[row] += i64{vmm.matrix[row * vmm.columns + column]} * vmm.vector[column];
    }
  }
  return sums;
}

VmmNetwork vmm_network(const Vmm& vmm) {
  VmmNetwork network;
  network.program = Builder(vmm).program();
  check_program(network.program, "vmm");
  network.stimulus = vmm_stimulus(vmm, network.program);
  network.ticks = network.stimulus.ticks + static_cast<u64>(bound_of_sums(vmm));
  return network;
}

std::vector<i64> vmm_product_of_counts(const std::vector<u64>& line_counts) {
  std::vector<i64> sums;
  for (u64 line = 0; line + 1 < line_counts.size(); line += neurons_per_row) {
    sums.push_back(static_cast<i64>(line_counts[line]) - static_cast<i64>(line_counts[line + 1]));
  }
  return sums;
}

}  // namespace spikefab::test
