// The reference: one thread, the semantics of sim/tick.h in plain loops over flat arrays. Cores add
// the weights of one active axon to all connected neurons, which costs what the activity costs.
#include <bit>

#include "base/registry.h"
#include "sim/engine.h"
#include "sim/host_program.h"
#include "sim/tick.h"

namespace spikefab::sim {
namespace {

class Serial final : public Engine {
 public:
  void load(const Program& program, const Stimulus& stimulus) override {
    program_.emplace(program);
    p_ = program_->view();
    stimulus_ = stimulus;
    state_ = initial_state(program_->program(), stimulus.replicas);
    input_.assign(program.chip.neurons, 0);
    fired_.assign(program.neurons(), 0);
  }

  void advance(u64 ticks, const RecordPlan& plan, Recording& recording) override {
    for (u64 end = state_.tick + ticks; state_.tick < end; ++state_.tick) {
      for (u32 r = 0; r < state_.replicas; ++r) run_tick(r, plan, recording);
    }
  }

  State state() const override { return state_; }
  void restore(const State& state) override {
    SPIKEFAB_ASSERT(state.neuron_state.size() == state_.neuron_state.size());
    SPIKEFAB_ASSERT(state.waiting.size() == state_.waiting.size());
    state_ = state;
  }

 private:
  void run_tick(u32 replica, const RecordPlan& plan, Recording& recording) {
    const StateView s = view(replica);
    inject_stimulus(replica, s);
    take_outputs(s, plan, recording);
    NeuronModels::at(p_.neuron_model, [&](auto model) {
      for (u32 c = 0; c < p_.cores; ++c) {
        integrate(CoreId{c}, s);
        update<decltype(model)>(CoreId{c}, s);
      }
    });
    deliver_spikes(s);
    record(replica, plan, recording);
  }

  StateView view(u32 replica) {
    const Program& program = program_->program();
    const u64 waiting = u64{p_.slots} * p_.cores * p_.axon_words;
    return {state_.neuron_state.data() + replica * program.neuron_state.size(),
            state_.waiting.data() + replica * waiting,
            state_.output.data() + u64{replica} * program.output_words(),
            state_.counts.data() + u64{replica} * count_kinds};
  }

  u64 core_neurons(CoreId core) const {
    return p_.neuron_begin[core.value + 1] - p_.neuron_begin[core.value];
  }

  void inject_stimulus(u32 replica, const StateView& s) {
    const auto [first, last] = stimulus_.range(replica, state_.tick);
    for (u64 i = first; i < last; ++i) {
      const StimulusEvent& event = stimulus_.events[i];
      inject(p_, s, PlainMemory{}, state_.tick, program_->core_at(event.position),
             AxonId{event.axon}, event.delay);
    }
  }

  void take_outputs(const StateView& s, const RecordPlan& plan, Recording& recording) const {
    const u32 words = program_->program().output_words();
    for (u32 w = 0; w < words; ++w) {
      const u64 shown = take_output(s, PlainMemory{}, w);
      if (plan.outputs) recording.outputs.push_back(shown);
    }
  }

  // Sums the synapses of every neuron of a core into input_ and clears the slot.
  void integrate(CoreId core, const StateView& s) {
    const u64 neurons = core_neurons(core);
    std::fill_n(input_.begin(), neurons, 0);
    u64* waiting = waiting_words(p_, s, slot_of(p_, state_.tick), core);
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
      fired_[first + n] = update_neuron<Model>(p_, s, first + n, input_[n]);
    }
  }

  void deliver_spikes(const StateView& s) {
    for (u64 n = 0; n < p_.neurons; ++n) {
      if (fired_[n]) send_spike(p_, s, PlainMemory{}, state_.tick, n);
    }
  }

  void record(u32 replica, const RecordPlan& plan, Recording& recording) const {
    const bool spikes_due = plan.spikes && plan.spikes->has_tick(state_.tick);
    const bool potentials_due = plan.potentials && plan.potentials->has_tick(state_.tick);
    for (u32 core = 0; core < p_.cores && (spikes_due || potentials_due); ++core) {
      const u32 position = program_->program().position[core];
      const u64 first = p_.neuron_begin[core];
      const bool wants_spikes = spikes_due && plan.spikes->has_position(position);
      const bool wants_potentials = potentials_due && plan.potentials->has_position(position);
      for (u64 n = first; n < p_.neuron_begin[core + 1]; ++n) {
        const u32 neuron = static_cast<u32>(n - first);
        if (wants_spikes && fired_[n]) {
          recording.spikes.push_back({state_.tick, replica, position, neuron});
        }
        if (wants_potentials) {
          const i32 value =
              state_.neuron_state[replica * program_->program().neuron_state.size() + n];
          recording.potentials.push_back({state_.tick, replica, position, neuron, value});
        }
      }
    }
    if (plan.digests) recording.digests.push_back(digest(program_->program(), state_, replica));
  }

  std::optional<HostProgram> program_;
  ProgramView p_{};
  Stimulus stimulus_;
  State state_;
  std::vector<i32> input_;  // [neuron of the core] sum of its synapses in this tick
  std::vector<u8> fired_;   // [neuron] 1 if it fired in this tick
};

SPIKEFAB_REGISTER(Engine, "serial", Serial, "one thread; the reference that defines the bits");

}  // namespace
}  // namespace spikefab::sim
