#include "sim/serial/tick_loop.h"

#include "sim/tick.h"

namespace spikefab::sim::serial {

TickLoop::TickLoop(const Program& program, const Stimulus& stimulus)
    : sent_(program.neurons(), 0),
      host_(program),
      stimulus_(stimulus),
      state_(initial_state(program, stimulus.replicas)),
      sizes_(state_sizes(program)) {}

void TickLoop::advance(u64 ticks, const RecordPlan& plan, Recording& recording) {
  for (u64 end = state_.tick + ticks; state_.tick < end; ++state_.tick) {
    for (u32 r = 0; r < state_.replicas; ++r) run_tick(r, plan, recording);
  }
}

void TickLoop::restore(const State& state) {
  SPIKEFAB_ASSERT(state.neuron_state.size() == state_.neuron_state.size());
  SPIKEFAB_ASSERT(state.waiting.size() == state_.waiting.size());
  SPIKEFAB_ASSERT(state.accumulators.size() == state_.accumulators.size());
  state_ = state;
}

void TickLoop::run_tick(u32 replica, const RecordPlan& plan, Recording& recording) {
  const StateView s = view(replica);
  inject_stimulus(replica, s);
  take_outputs(s, plan, recording);
  run_cores(s, state_.tick, replica);
  record(replica, plan, recording);
}

StateView TickLoop::view(u32 replica) {
  return {.neuron_state = state_.neuron_state.data() + replica * sizes_.neuron_state,
          .waiting = state_.waiting.data() + replica * sizes_.waiting,
          .accumulators = state_.accumulators.data() + replica * sizes_.accumulators,
          .output = state_.output.data() + replica * sizes_.output,
          .counts = state_.counts.data() + u64{replica} * count_kinds};
}

void TickLoop::inject_stimulus(u32 replica, const StateView& s) {
  const auto [first, last] = stimulus_.range(replica, state_.tick);
  for (u64 i = first; i < last; ++i) {
    const StimulusEvent& event = stimulus_.events[i];
    inject_event(s, state_.tick, host_.core_at(event.position), event, stimulus_.payload_of(i));
  }
}

void TickLoop::take_outputs(const StateView& s, const RecordPlan& plan,
                            Recording& recording) const {
  for (u32 w = 0; w < sizes_.output; ++w) {
    const u64 shown = take_output(s, PlainMemory{}, w);
    if (plan.outputs) recording.outputs.push_back(shown);
  }
}

void TickLoop::record(u32 replica, const RecordPlan& plan, Recording& recording) const {
  const Program& p = program();
  const i32* potentials = state_.neuron_state.data() + replica * sizes_.neuron_state;
  const bool spikes_due = plan.spikes && plan.spikes->has_tick(state_.tick);
  const bool potentials_due = plan.potentials && plan.potentials->has_tick(state_.tick);
  for (u32 core = 0; core < p.cores() && (spikes_due || potentials_due); ++core) {
    const u32 position = p.position[core];
    const u64 first = p.neuron_begin[core];
    const bool wants_spikes = spikes_due && plan.spikes->has_position(position);
    const bool wants_potentials = potentials_due && plan.potentials->has_position(position);
    for (u64 n = first; n < p.neuron_begin[core + 1]; ++n) {
      const u32 neuron = static_cast<u32>(n - first);
      if (wants_spikes && sent_[n] != 0) {
        recording.spikes.push_back({state_.tick, replica, position, neuron, sent_[n]});
      }
      if (wants_potentials) {
        recording.potentials.push_back({state_.tick, replica, position, neuron, potentials[n]});
      }
    }
  }
  if (plan.digests) recording.digests.push_back(digest(p, state_, replica));
}

}  // namespace spikefab::sim::serial
