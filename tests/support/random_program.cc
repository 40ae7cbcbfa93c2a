// The generator of random programs; see random_program.h.
#include "tests/support/random_program.h"

#include <algorithm>
#include <limits>
#include <numeric>

#include "base/random.h"
#include "neuron_models.h"

namespace spikefab::test {
namespace {

constexpr i32 lowest = std::numeric_limits<i32>::min();
constexpr i32 highest = std::numeric_limits<i32>::max();

enum class Activity { idle, sparse, busy, saturated };
enum class Weights { small, zero, negative, wild };
enum class Targets { spread, crowded, own_axon };

class Generator {
 public:
  explicit Generator(u64 seed) : random_(seed) {}

  ProgramCase make() {
    choose_style();
    make_chip();
    place_cores();
    for (u32 c = 0; c < p_.cores(); ++c) make_crossbar(c);
    make_weights();
    make_neurons();
    make_targets();
    choose_length();
    make_stimulus();
    return std::move(case_);
  }

 private:
  u32 between(u32 low, u32 high) {  // inclusive
    return static_cast<u32>(random_.between(static_cast<i32>(low), static_cast<i32>(high)));
  }
  i32 number(i32 low, i32 high) { return random_.between(low, high); }
  bool one_in(u32 n) { return between(1, n) == 1; }
  template <class T>
  T one_of(std::initializer_list<T> values) {
    return values.begin()[between(0, static_cast<u32>(values.size()) - 1)];
  }
  u64 random_word() { return u64{random_.next()} << 32 | random_.next(); }

  // Any 32-bit number, the extremes often.
  i32 wild() {
    if (one_in(3)) return one_of({lowest, lowest + 1, -1, 0, 1, highest - 1, highest});
    return static_cast<i32>(random_.next());
  }

  u32 size() {
    if (one_in(3)) return one_of({1u, 2u, 63u, 64u, 65u, 127u, 128u, 129u, 255u, 256u, 257u, 300u});
    return between(1, one_of({6u, 20u, 60u, 150u, 300u}));
  }

  void choose_style() {
    activity_ = one_of({Activity::idle, Activity::sparse, Activity::sparse, Activity::busy,
                        Activity::busy, Activity::saturated});
    each_core_its_own_ = one_in(4);
    weights_ = one_of({Weights::small, Weights::small, Weights::zero, Weights::negative,
                       Weights::wild, Weights::wild});
    targets_ = one_of({Targets::spread, Targets::crowded, Targets::own_axon});
    feed_forward_ = one_in(2);
    self_loops_ = one_in(3);
    drops_ = one_in(2);
    sixteenths_connected_ = one_of({0u, 1u, 1u, 4u, 8u, 8u, 12u, 15u, 16u});
  }

  Activity activity_of_core() {
    if (!each_core_its_own_) return activity_;
    return one_of({Activity::idle, Activity::sparse, Activity::busy, Activity::saturated});
  }

  void make_chip() {
    p_.chip.name = "random";
    p_.chip.neuron_params = default_neuron_params(p_.chip.neuron_model);
    p_.chip.neurons = size();
    p_.chip.axons = size();
    p_.chip.weights = between(1, 8);
    p_.chip.slots = one_in(4) ? 2 : between(2, 20);
    p_.output_lines = one_in(4) ? 0 : size();
  }

  void place_cores() {
    constexpr u32 most_synapses = 200'000;
    const u32 affordable = std::max(1u, most_synapses / (p_.chip.neurons * p_.chip.axons));
    const bool bus_only = p_.output_lines > 0 && one_in(40);
    const u32 cores = bus_only ? 0 : between(1, std::min(affordable, one_of({1u, 2u, 8u, 30u})));
    if (cores == 1 && feed_forward_ && p_.output_lines == 0) p_.output_lines = 1;
    Mesh& mesh = p_.chip.mesh;
    mesh.width = between(1, 6);
    mesh.height = static_cast<u32>(divide_up(cores + 1, mesh.width)) + between(0, 2);
    mesh.routing = one_of({Routing::xy, Routing::yx});
    std::vector<u32> places(mesh.size());
    std::iota(places.begin(), places.end(), 0u);
    shuffle(places);
    if (p_.output_lines > 0) p_.output_position = places.back();
    p_.position.assign(places.begin(), places.begin() + cores);
    std::sort(p_.position.begin(), p_.position.end());

    order_.resize(cores);
    std::iota(order_.begin(), order_.end(), 0u);
    shuffle(order_);
    const bool ragged = one_in(2);
    p_.neuron_begin = {0};
    for (u32 c = 0; c < cores; ++c) {
      // The last core of a feed-forward chip has nothing that it could send to but the bus.
      const bool sink = feed_forward_ && p_.output_lines == 0 && c == order_.back();
      const u32 neurons = ragged ? between(one_in(4) ? 0 : 1, p_.chip.neurons) : p_.chip.neurons;
      p_.neuron_begin.push_back(p_.neuron_begin.back() + (sink ? 0 : neurons));
    }
    for (u32 i = 0; i < cores * p_.chip.axons; ++i) {
      p_.axon_type.push_back(static_cast<u8>(between(0, p_.chip.weights - 1)));
    }
  }

  void shuffle(std::vector<u32>& values) {
    for (u32 i = static_cast<u32>(values.size()); i > 1; --i) {
      std::swap(values[i - 1], values[between(0, i - 1)]);
    }
  }

  // Every bit is set with a chance of so many sixteenths.
  u64 word_of_density(u32 sixteenths) {
    if (sixteenths == 16) return ~u64{0};
    u64 word = 0;
    for (u32 bit = 1; bit < 16; bit *= 2) {
      word = sixteenths & bit ? word | random_word() : word & random_word();
    }
    return word;
  }

  void make_crossbar(u32 core) {
    const u32 density = one_in(4) ? between(0, 16) : sixteenths_connected_;
    const u32 words = p_.neuron_words(core);
    const u32 used = p_.core_neurons(core) % word_bits;
    for (u32 i = 0; i < p_.chip.axons * words; ++i) {
      const bool last = i % words == words - 1 && used > 0;
      p_.crossbar.push_back(word_of_density(density) & (last ? (u64{1} << used) - 1 : ~u64{0}));
    }
  }

  void make_weights() {
    for (u64 i = 0; i < p_.chip.weights * p_.neurons(); ++i) {
      const Weights style = one_in(16) ? Weights::wild : weights_;
      p_.weight.push_back(style == Weights::small      ? number(-3, 5)
                          : style == Weights::zero     ? 0
                          : style == Weights::negative ? number(-9, -1)
                                                       : wild());
    }
  }

  struct Neuron {
    i32 leak = 0, positive_threshold = 1, negative_threshold = 0, reset_potential = 0;
    i32 potential = 0;
  };

  Neuron make_neuron(Activity activity) {
    Neuron n;
    n.positive_threshold = number(1, 9);
    n.negative_threshold = number(-9, -6);
    n.reset_potential = number(-2, 2);
    n.potential = number(-5, 0);
    if (activity == Activity::idle) return n;  // stays where it is
    if (activity == Activity::saturated) {
      n.positive_threshold = lowest;
      return n;
    }
    n.leak = number(-1, 1);
    n.negative_threshold = number(-9, 0);
    n.potential = one_in(2) ? 0 : number(-5, 5);
    const u32 kinds = activity == Activity::sparse ? 24 : 6;
    switch (between(1, kinds)) {
      case 1:
        n.positive_threshold = number(-3, 0);
        break;  // fires without input
      case 2:
        n.leak = number(-3, -1);
        break;  // sinks to its negative threshold
      case 3:
        n = {wild(), wild(), wild(), wild(), wild()};
        break;
      default:
        break;
    }
    return n;
  }

  void make_neurons() {
    using neurons::Ranc;
    const u64 total = p_.neurons();
    p_.neuron_param.resize(Ranc::params.size() * total);
    p_.neuron_state.resize(total);
    for (u32 c = 0; c < p_.cores(); ++c) {
      const Activity activity = activity_of_core();
      for (u64 n = p_.neuron_begin[c]; n < p_.neuron_begin[c + 1]; ++n) {
        const Neuron made = make_neuron(activity);
        const auto set = [&](u32 param, i32 value) { p_.neuron_param[param * total + n] = value; };
        set(Ranc::leak, made.leak);
        set(Ranc::positive_threshold, made.positive_threshold);
        set(Ranc::negative_threshold, made.negative_threshold);
        set(Ranc::reset_potential, made.reset_potential);
        set(Ranc::reset_mode, number(0, 1));
        set(Ranc::reset_type, number(0, 1));
        p_.neuron_state[n] = made.potential;
      }
    }
  }

  void make_targets() {
    const u32 sixteenths_to_bus = p_.output_lines == 0 ? 0 : one_of({0u, 1u, 4u, 16u});
    rank_.resize(order_.size());
    for (u32 rank = 0; rank < order_.size(); ++rank) rank_[order_[rank]] = rank;
    for (u32 c = 0; c < p_.cores(); ++c) {
      const bool only_bus = feed_forward_ && c == order_.back();
      for (u32 i = 0; i < p_.core_neurons(c); ++i) {
        const bool bus = only_bus || between(0, 15) < sixteenths_to_bus;
        p_.target_core.push_back(bus ? output_bus : target_core(c));
        p_.target_axon.push_back(
            static_cast<u16>(target_axon(bus ? p_.output_lines : p_.chip.axons, i)));
        p_.target_delay.push_back(delay());
      }
    }
  }

  u32 target_core(u32 from) {
    const u32 last = p_.cores() - 1;
    if (feed_forward_) return order_[between(rank_[from] + 1, last)];
    return self_loops_ && one_in(2) ? from : between(0, last);
  }

  u32 target_axon(u32 axons, u32 neuron) {
    switch (targets_) {
      case Targets::spread:
        return between(0, axons - 1);
      case Targets::crowded:
        return between(0, std::min(axons, 4u) - 1);
      case Targets::own_axon:
        break;
    }
    return neuron % axons;
  }

  u8 delay() {
    const u32 longest = p_.chip.slots - (drops_ ? 1 : 2);
    return static_cast<u8>(one_in(2) ? 0 : between(0, longest));
  }

  // Bounds the work of the serial engine with all recorded, in units of about a nanosecond.
  void choose_length() {
    constexpr u64 budget = 4'000'000;
    constexpr u64 least_ticks = 8;
    const u64 axons = u64{p_.cores()} * p_.chip.axons;
    const bool calm = activity_ <= Activity::sparse && !each_core_its_own_;
    const u64 waiting = u64{p_.chip.slots} * p_.cores() * p_.chip.axon_words();
    const u64 cost = 500 + p_.connections() / (calm ? 4 : 1) + 20 * p_.neurons() + 10 * axons +
                     4 * waiting + 4 * p_.output_lines;
    const u32 replicas = one_in(3) ? one_of({1u, 2u, 31u, 32u, 33u, 63u, 64u, 65u, 70u})
                                   : between(1, one_of({1u, 8u, 70u}));
    const u64 ticks = between(20, 60);
    s_.replicas = static_cast<u32>(std::clamp<u64>(budget / (cost * least_ticks), 1, replicas));
    case_.ticks = std::clamp<u64>(budget / (cost * s_.replicas), least_ticks, ticks);
  }

  void make_stimulus() {
    const bool none = activity_ == Activity::idle && !each_core_its_own_;
    s_.mesh_width = one_in(2) ? p_.chip.mesh.width : 0;
    s_.ticks = one_in(12) ? 0 : one_in(2) ? case_.ticks + 2 : between(1, 30);
    s_.begin.clear();
    for (u32 r = 0; r < s_.replicas; ++r) {
      const u32 rate = none ? 0 : one_of({0u, 1u, 5u, activity_ == Activity::sparse ? 5u : 40u});
      s_.begin.push_back(s_.events.size());
      for (u64 tick = 0; tick < s_.ticks; ++tick) {
        if (activity_ == Activity::saturated) hit_all_axons();
        if (!one_in(4)) {
          for (u32 i = between(0, rate); i > 0; --i) s_.events.push_back(make_event());
        }
        s_.begin.push_back(s_.events.size());
      }
    }
  }

  void hit_all_axons() {
    for (const u32 position : p_.position) {
      for (u32 axon = 0; axon < p_.chip.axons; ++axon) {
        s_.events.push_back({.position = position, .axon = static_cast<u16>(axon)});
      }
    }
  }

  StimulusEvent make_event() {
    const bool bus = p_.output_lines > 0 && (p_.cores() == 0 || one_in(6));
    const u32 position = bus ? p_.output_position : p_.position[between(0, p_.cores() - 1)];
    const u32 axons = bus ? p_.output_lines : p_.chip.axons;
    const u32 axon = target_axon(axons, between(0, axons - 1));
    return {.position = position, .axon = static_cast<u16>(axon), .delay = delay()};
  }

  ProgramCase case_;
  Program& p_ = case_.program;
  Stimulus& s_ = case_.stimulus;
  RandomStream random_;

  Activity activity_ = Activity::busy;
  bool each_core_its_own_ = false;
  Weights weights_ = Weights::small;
  Targets targets_ = Targets::spread;
  bool feed_forward_ = false;
  bool self_loops_ = false;
  bool drops_ = false;  // delays of slots - 1 occur
  u32 sixteenths_connected_ = 8;
  std::vector<u32> order_;  // of a feed-forward chip: cores, each sends to later ones only
  std::vector<u32> rank_;   // [core] where it is in order_
};

}  // namespace

ProgramCase random_program(u64 seed) { return Generator(seed).make(); }

}  // namespace spikefab::test
