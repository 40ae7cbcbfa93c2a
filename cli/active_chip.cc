#include "cli/active_chip.h"

#include <algorithm>
#include <array>
#include <numeric>

#include "base/random.h"
#include "neuron_models.h"

namespace spikefab::cli {
namespace {

using neurons::Ranc;

constexpr std::array<i32, 4> weights = {1, -1, 2, -2};
constexpr i32 leak = 100;
constexpr i32 never = -30'000;  // negative threshold: potentials stay far above it
constexpr i32 longest_delay = 3;

class Maker {
 public:
  explicit Maker(const ActiveChip& chip)
      : chip_(chip),
        neurons_(chip.cores * chip.size),
        threshold_(leak * 100 / static_cast<i32>(chip.percent)),
        random_(chip.seed) {}

  Program make() {
    make_chip();
    make_crossbars();
    make_neurons();
    make_targets();
    return std::move(p_);
  }

 private:
  void make_chip() {
    p_.chip.name = "active";
    Mesh& mesh = p_.chip.mesh;
    while (mesh.size() < chip_.cores) (mesh.width > mesh.height ? mesh.height : mesh.width) += 1;
    p_.chip.axons = chip_.size;
    p_.chip.neurons = chip_.size;
    p_.chip.weights = weights.size();
    for (const ParamSpec& spec : Ranc::params) p_.chip.neuron_params.push_back(spec.value);
    p_.neuron_begin = {0};
    for (u32 c = 0; c < chip_.cores; ++c) {
      p_.position.push_back(c);
      p_.neuron_begin.push_back(u64{c + 1} * chip_.size);
    }
  }

  template <class T>
  void shuffle(std::vector<T>& values) {
    for (u32 i = static_cast<u32>(values.size()); i > 1; --i) {
      std::swap(values[i - 1], values[(u64{random_.next()} * i) >> 32]);
    }
  }

  void make_crossbars() {
    std::vector<u8> types(chip_.size);
    for (u32 axon = 0; axon < chip_.size; ++axon) types[axon] = axon % weights.size();
    const u32 used = chip_.size % word_bits;
    const u64 last_word = used == 0 ? ~u64{0} : (u64{1} << used) - 1;
    for (u32 c = 0; c < chip_.cores; ++c) {
      shuffle(types);
      p_.axon_type.insert(p_.axon_type.end(), types.begin(), types.end());
      for (u32 axon = 0; axon < chip_.size; ++axon) {
        for (u32 w = p_.neuron_words(c); w > 0; --w) {
          const u64 word = u64{random_.next()} << 32 | random_.next();
          p_.crossbar.push_back(w == 1 ? word & last_word : word);
        }
      }
    }
    for (const i32 weight : weights) p_.weight.insert(p_.weight.end(), neurons_, weight);
  }

  void make_neurons() {
    std::array<i32, Ranc::params.size()> values = {};
    values[Ranc::leak] = leak;
    values[Ranc::positive_threshold] = threshold_;
    values[Ranc::negative_threshold] = never;
    values[Ranc::reset_mode] = 1;  // linear
    for (const i32 value : values) p_.neuron_param.insert(p_.neuron_param.end(), neurons_, value);
    for (u32 n = 0; n < neurons_; ++n)
      p_.neuron_state.push_back(random_.between(0, threshold_ - 1));
  }

  void make_targets() {
    std::vector<u32> axons(neurons_);
    std::iota(axons.begin(), axons.end(), 0u);
    shuffle(axons);
    for (const u32 axon : axons) {
      p_.target_core.push_back(axon / chip_.size);
      p_.target_axon.push_back(static_cast<u16>(axon % chip_.size));
      p_.target_delay.push_back(static_cast<u8>(random_.between(0, longest_delay)));
    }
  }

  ActiveChip chip_;
  u32 neurons_;
  i32 threshold_;
  RandomStream random_;
  Program p_;
};

}  // namespace

Program make_active_chip(const ActiveChip& chip) { return Maker(chip).make(); }

sim::State active_state(const Program& program, u32 first, u32 count) {
  constexpr u64 step = 7919;  // a prime, so that no small number of steps is a whole round
  sim::State state = sim::initial_state(program, count);
  const auto neurons = static_cast<i64>(program.neurons());
  auto to = state.neuron_state.begin();
  for (u32 i = 0; i < count; ++i) {
    const auto turned = static_cast<i64>((first + i) * step % program.neurons());
    for (auto word = program.neuron_state.begin(); word != program.neuron_state.end();
         word += neurons) {
      to = std::rotate_copy(word, word + turned, word + neurons, to);
    }
  }
  return state;
}

}  // namespace spikefab::cli
