// Cores with crossbars add the weights of one active axon to all connected neurons, which costs
// what the activity costs.
#include <algorithm>
#include <bit>

#include "sim/serial/runners.h"
#include "sim/serial/tick_loop.h"
#include "sim/tick.h"

namespace spikefab::sim::serial {
namespace {

class CrossbarRunner final : public TickLoop {
 public:
  CrossbarRunner(const Program& program, const Stimulus& stimulus)
      : TickLoop(program, stimulus), p_(host().view()), input_(program.chip.neurons, 0) {}

 private:
  void inject_event(const StateView& s, u64 tick, CoreId core, const StimulusEvent& event,
                    i32) override {
    inject(p_, s, PlainMemory{}, tick, core, AxonId{event.axon}, event.delay);
  }

  void run_cores(const StateView& s, u64 tick, u32) override {
    NeuronModels::at(p_.neuron_model, [&](auto model) {
      for (u32 c = 0; c < p_.cores; ++c) {
        integrate(CoreId{c}, s, tick);
        update<decltype(model)>(CoreId{c}, s);
      }
    });
    for (u64 n = 0; n < p_.neurons; ++n) {
      if (sent_[n] != 0) send_spike(p_, s, PlainMemory{}, tick, n);
    }
  }

  u64 core_neurons(CoreId core) const {
    return p_.neuron_begin[core.value + 1] - p_.neuron_begin[core.value];
  }

  // Sums the synapses of every neuron of a core into input_ and clears the slot.
  void integrate(CoreId core, const StateView& s, u64 tick) {
    const u64 neurons = core_neurons(core);
    std::fill_n(input_.begin(), neurons, 0);
    u64* waiting = waiting_words(p_, s, slot_of(p_, tick), core);
    for (u32 w = 0; w < p_.axon_words; ++w) {
      s.counts[axon_events] += static_cast<u64>(std::popcount(waiting[w]));
      for (u64 bits = waiting[w]; bits != 0; bits &= bits - 1) {
        add_axon(core, AxonId{w * word_bits + static_cast<u32>(std::countr_zero(bits))}, s);
      }
      waiting[w] = 0;
    }
  }

  void add_axon(CoreId core, AxonId axon, const StateView& s) {
    const u64 neurons = core_neurons(core);
    const u64* row = crossbar_row(p_, core, axon);
    const i32* weight = axon_weights(p_, core, axon);
    for (u64 first = 0; first < neurons; first += word_bits) {
      const u64 connected = row[first / word_bits];
      s.counts[synaptic_events] += static_cast<u64>(std::popcount(connected));
      for (u64 bits = connected; bits != 0; bits &= bits - 1) {
        const u64 n = first + static_cast<u64>(std::countr_zero(bits));
        input_[n] = wrap_add(input_[n], weight[n]);
      }
    }
  }

  template <class Model>
  void update(CoreId core, const StateView& s) {
    const u64 first = p_.neuron_begin[core.value];
    const u64 neurons = core_neurons(core);
    for (u64 n = 0; n < neurons; ++n) {
      sent_[first + n] = update_neuron<Model>(p_, s, first + n, input_[n]);
    }
  }

  ProgramView p_;
  std::vector<i32> input_;  // [neuron of the core] sum of its synapses in this tick
};

}  // namespace

std::unique_ptr<ChipRunner> run_crossbars(const Program& program, const Stimulus& stimulus) {
  return std::make_unique<CrossbarRunner>(program, stimulus);
}

}  // namespace spikefab::sim::serial
