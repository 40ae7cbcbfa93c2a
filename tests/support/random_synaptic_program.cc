#include "tests/support/random_synaptic_program.h"

#include <algorithm>
#include <limits>
#include <set>

#include "base/random.h"

namespace spikefab::test {
namespace {

class Generator {
 public:
  Generator(u64 seed, const std::string& model) : random_(seed, 1), seed_(seed), model_(model) {}

  ProgramCase make() {
    make_chip();
    place_cores();
    make_params();
    for (u32 c = 0; c < p_.cores(); ++c) make_axons(c);
    for (u64 n = 0; n < p_.neurons(); ++n) make_targets();
    make_stimulus();
    check_program(p_, "a random program");
    check_stimulus(case_.stimulus, p_, "a random stimulus");
    return std::move(case_);
  }

 private:
  u32 between(u32 low, u32 high) {  // inclusive
    return static_cast<u32>(random_.between(static_cast<i32>(low), static_cast<i32>(high)));
  }
  bool one_in(u32 n) { return between(1, n) == 1; }
  template <class T>
  T one_of(std::initializer_list<T> values) {
    return values.begin()[between(0, static_cast<u32>(values.size()) - 1)];
  }

  void make_chip() {
    Chip& chip = p_.chip;
    chip.name = "random";
    chip.mesh.width = between(2, 5);
    chip.mesh.height = between(1, 4);
    chip.mesh.routing = one_in(2) ? Routing::xy : Routing::yx;
    chip.organisation = Organisation::synaptic_memory;
    chip.axons = 5000;
    chip.neurons = max_accumulators;
    chip.weights = 0;
    chip.slots = 0;
    const std::vector<std::string> models = neuron_model_names(chip.organisation);
    const auto named = std::find(models.begin(), models.end(), model_);
    chip.neuron_model = named == models.end() ? between(0, static_cast<u32>(models.size()) - 1)
                                              : static_cast<u32>(named - models.begin());
    chip.neuron_params = default_neuron_params(chip.neuron_model, chip.organisation);
    outline_ = model_outline(chip);
    p_.slots = one_of({2u, 2u, 3u, 8u, 16u, 17u, 64u});
    p_.seed = seed_ * 77;
    p_.output_position = chip.mesh.size() - 1;
    p_.output_lines = one_of({0u, 1u, 10u, 64u, 65u});
    case_.ticks = between(12, 40);
  }

  void place_cores() {
    p_.neuron_begin = {0};
    const u32 places = p_.chip.mesh.size() - 1;
    for (u32 position = 0; position < places; ++position) {
      if (one_in(3)) continue;
      p_.position.push_back(position);
      const u32 most = one_of({1u, 7u, 40u, 40u, 70u, 130u});
      u32 neurons = one_in(8) ? 0 : between(1, most);
      if (one_in(60)) neurons = max_accumulators / outline_.inputs;
      p_.neuron_begin.push_back(p_.neuron_begin.back() + neurons);
    }
  }

  i32 param_of(const ParamSpec& spec) {
    const u32 kind = between(0, 9);
    if (kind == 0) return one_of({spec.min, spec.max});
    if (kind < 4) return spec.value;
    const i64 low = std::max<i64>(spec.min, kind < 8 ? spec.value - 300 : spec.min);
    const i64 high = std::min<i64>(spec.max, kind < 8 ? spec.value + 300 : spec.max);
    return random_.between(static_cast<i32>(low), static_cast<i32>(high));
  }

  void make_params() {
    const u64 neurons = p_.neurons();
    for (const ParamSpec& spec : outline_.params) {
      const bool same_for_all = one_in(2);
      const i32 value = param_of(spec);
      for (u64 n = 0; n < neurons; ++n) {
        p_.neuron_param.push_back(same_for_all ? value : param_of(spec));
      }
    }
    const bool starts_at_zero = one_in(2);
    for (u64 i = 0; i < outline_.state_words * neurons; ++i) {
      // A state that a run can have: small numbers are in every model's range.
      p_.neuron_state.push_back(starts_at_zero ? 0 : random_.between(0, 60));
    }
  }

  void make_axons(u32 core) {
    SynapticMemory& m = p_.memory.edit();
    const u32 accumulators = p_.core_neurons(core) * outline_.inputs;
    const u32 axons = one_in(6) ? 0 : between(1, one_of({3u, 30u, 90u}));
    const u32 longest_row = accumulators == 0 ? 0 : one_of({0u, 2u, 9u, 40u, 200u});
    for (u32 a = 0; a < axons; ++a) {
      for (u32 i = between(0, longest_row); i > 0; --i) {
        m.synapse.push_back(packed({.accumulator = between(0, accumulators - 1),
                                    .delay = between(0, p_.slots - 2),
                                    .mantissa = random_.between(min_mantissa, max_mantissa),
                                    .exponent = one_in(4) ? random_.between(-8, 7) : 0}));
      }
      m.row_begin.push_back(static_cast<u32>(m.synapse.size()));
    }
    m.axon_begin.push_back(m.axon_begin.back() + axons);
  }

  void make_targets() {
    SynapticMemory& m = p_.memory.edit();
    for (u32 i = between(0, one_of({0u, 1u, 3u, 8u})); i > 0; --i) {
      const u32 core = between(0, p_.cores() - 1);
      const u64 axons = m.axon_begin[core + 1] - m.axon_begin[core];
      if (p_.output_lines > 0 && (one_in(5) || axons == 0)) {
        m.target_core.push_back(output_bus);
        m.target_axon.push_back(between(0, p_.output_lines - 1));
      } else if (axons > 0) {
        m.target_core.push_back(core);
        m.target_axon.push_back(between(0, static_cast<u32>(axons) - 1));
      }
    }
    m.target_begin.push_back(m.target_core.size());
  }

  i32 payload() {
    if (one_in(20)) return one_of({std::numeric_limits<i32>::min(), -1, 1 << 20, 0});
    return one_in(3) ? random_.between(-3000, 3000) : 1;
  }

  // So many that the slowest engine, the emulated device, runs the case in seconds.
  u32 bounded_replicas() {
    constexpr u64 max_updates = 40000;
    const u64 neurons = std::max<u64>(1, p_.neurons());
    if (neurons * case_.ticks > max_updates) case_.ticks = 12;
    return static_cast<u32>(std::max<u64>(1, max_updates / (neurons * case_.ticks)));
  }

  void make_stimulus() {
    Stimulus& s = case_.stimulus;
    s.mesh_width = p_.chip.mesh.width;
    const u32 replicas = one_in(3) ? between(2, one_of({3u, 9u, 70u})) : 1;
    s.replicas = std::min(replicas, bounded_replicas());
    s.ticks = case_.ticks - between(0, 5);
    s.begin = {0};
    const SynapticMemory& m = *p_.memory;
    const bool graded = one_in(2);
    const u32 most = one_of({0u, 3u, 20u, 100u});
    s.begin.clear();
    for (u32 r = 0; r < s.replicas; ++r) {
      s.begin.push_back(s.events.size());
      for (u64 tick = 0; tick < s.ticks; ++tick) {
        for (u32 i = p_.cores() == 0 ? 0 : between(0, most); i > 0; --i) {
          const u32 core = between(0, p_.cores() - 1);
          const u64 axons = m.axon_begin[core + 1] - m.axon_begin[core];
          if (axons == 0) continue;
          s.events.push_back({.position = p_.position[core],
                              .axon = static_cast<u16>(between(0, static_cast<u32>(axons) - 1))});
          if (graded) s.payload.push_back(payload());
        }
        s.begin.push_back(s.events.size());
      }
    }
  }

  RandomStream random_;
  u64 seed_;
  std::string model_;
  ModelOutline outline_;
  ProgramCase case_;
  Program& p_ = case_.program;
};

}  // namespace

ProgramCase random_synaptic_program(u64 seed, const std::string& model) {
  return Generator(seed, model).make();
}

}  // namespace spikefab::test
