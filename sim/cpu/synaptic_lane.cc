#include "sim/cpu/synaptic_lane.h"

#include <algorithm>

#include "sim/synaptic_tick.h"

namespace spikefab::sim::cpu {

SynapticLane::SynapticLane(const SynapticLayout& layout, SynapticState& state,
                           const SynapticEvents& events, const Kernels& kernels, const Split& split,
                           u32 index)
    : layout_(&layout),
      state_(&state),
      events_(&events),
      kernels_(&kernels.synaptic),
      end_core_(layout.view().cores),
      replicas_(split.replicas_each),
      owns_bus_(split.of == Split::replicas || index + 1 == split.lanes()),
      fired_(layout.most_neurons()) {
  const Split::Range& range = split.ranges[index];
  if (split.of == Split::replicas) {
    first_replica_ = range.first;
    replicas_ = range.end - range.first;
  } else {
    first_core_ = range.first;
    end_core_ = range.end;
  }
  tally_.resize(u64{replicas_} * tally_kinds);
  rest_.resize(u64{end_core_ - first_core_} * replicas_);
  for (auto& boxes : boxes_) boxes.resize(u64{replicas_} * (layout.cores().size() + 1));
}

void SynapticLane::forget(u64 pending_until) {
  std::fill(tally_.begin(), tally_.end(), u64{0});
  std::fill(rest_.begin(), rest_.end(), Rest{pending_until, false});
}

u64 SynapticLane::total(u32 kind) const {
  u64 sum = 0;
  for (u64 r = 0; r < replicas_; ++r) sum += tally_[r * tally_kinds + kind];
  return sum;
}

void SynapticLane::run_tick(u64 tick, std::span<SynapticLane> from, bool skip,
                            const RecordPlan& plan, LaneRecords& records, u64* shown) {
  const bool recording = plan.spikes || plan.potentials;
  for (u32 r = 0; r < replicas_; ++r) {
    receive_bus(tick, r, from);
    inject(tick, r);
    take_outputs(r, shown);
  }
  for (u32 c = first_core_; c < end_core_; ++c) {
    for (u32 r = 0; r < replicas_; ++r) {
      receive_core(tick, c, r, from);
      const u32 spikes = update(tick, c, r, skip);
      send(tick, c, r, spikes);
      if (recording) record(tick, c, r, spikes, plan, records);
    }
  }
}

void SynapticLane::receive(u64 tick, std::span<SynapticLane> from) {
  for (u32 r = 0; r < replicas_; ++r) receive_bus(tick, r, from);
  for (u32 c = first_core_; c < end_core_; ++c) {
    for (u32 r = 0; r < replicas_; ++r) receive_core(tick, c, r, from);
  }
}

StateView SynapticLane::bus_of(u32 replica) {
  StateView view{};
  view.output = state_->output(first_replica_ + replica);
  view.counts = tally_of(replica);
  return view;
}

RowSums SynapticLane::sums_of(u32 core, u32 replica, u64 tick) {
  const SynapticView& view = layout_->view();
  return {.row_begin = layout_->cores()[core].row_begin,
          .short_rows = layout_->cores()[core].short_rows,
          .synapse = view.synapse,
          .accumulators = state_->accumulators(core, first_replica_ + replica),
          .now = slot_of(view, tick),
          .slots = view.slots,
          .stride = layout_->cores()[core].padded * view.inputs};
}

// Spikes whose synapses without delay are due in `tick`.
void SynapticLane::note_input(u64 tick, u32 core, u32 replica, u64 axons, u64 synapses) {
  u64* tally = tally_of(replica);
  tally[axon_events] += axons;
  tally[synaptic_events] += synapses;
  if (synapses == 0) return;
  u64& pending_until = rest_of(core, replica).pending_until;
  pending_until = std::max(pending_until, tick + layout_->view().slots - 2);
}

void SynapticLane::receive_core(u64 tick, u32 core, u32 replica, std::span<SynapticLane> from) {
  for (SynapticLane& lane : from) {
    Box& box = lane.box(tick - 1, core, replica);
    if (!box.plain.empty()) {
      const u64 spikes = box.plain.size();
      note_input(tick, core, replica, spikes,
                 kernels_->add_rows(sums_of(core, replica, tick), box.plain.data(), spikes));
      box.plain.clear();
    }
    if (!box.graded.empty()) {
      const u64 spikes = box.graded.size();
      note_input(
          tick, core, replica, spikes,
          kernels_->add_graded_rows(sums_of(core, replica, tick), box.graded.data(), spikes));
      box.graded.clear();
    }
  }
}

void SynapticLane::receive_bus(u64 tick, u32 replica, std::span<SynapticLane> from) {
  if (!owns_bus_) return;
  const StateView bus = bus_of(replica);
  for (SynapticLane& lane : from) {
    Box& box = lane.box(tick - 1, layout_->view().cores, replica);
    for (const u32 line : box.plain) set_output(bus, PlainMemory{}, line);
    for (const GradedSpike& spike : box.graded) set_output(bus, PlainMemory{}, spike.axon);
    box.plain.clear();
    box.graded.clear();
  }
}

void SynapticLane::inject(u64 tick, u32 replica) {
  const u64 end = owns_bus_ ? u64{output_bus} + 1 : end_core_;
  const auto add = [&](u32 core, std::span<const GradedSpike> events) {
    tally_of(replica)[stimulus_events] += events.size();
    if (core == output_bus) {
      for (const GradedSpike& e : events) set_output(bus_of(replica), PlainMemory{}, e.axon);
      return;
    }
    const RowSums sums = sums_of(core, replica, tick);
    note_input(tick, core, replica, events.size(),
               kernels_->add_graded_rows(sums, events.data(), events.size()));
  };
  events_->for_each_core(first_replica_ + replica, tick, first_core_, end, add);
}

void SynapticLane::take_outputs(u32 replica, u64* shown) {
  if (!owns_bus_) return;
  const auto words = static_cast<u32>(state_->output_words());
  for (u32 w = 0; w < words; ++w) {
    const u64 lines = take_output(bus_of(replica), PlainMemory{}, w);
    if (shown != nullptr) shown[u64{first_replica_ + replica} * words + w] = lines;
  }
}

// Returns how many neurons fired; they are in fired_.
u32 SynapticLane::update(u64 tick, u32 core, u32 replica, bool skip) {
  Rest& rest = rest_of(core, replica);
  const bool has_input = tick <= rest.pending_until;
  if (skip && !has_input && rest.at_rest) {
    ++tally_of(replica)[skipped];
    return 0;
  }
  ++tally_of(replica)[updated];
  const SynapticCore& c = layout_->cores()[core];
  const SynapticView& view = layout_->view();
  const u32 number = first_replica_ + replica;
  const u64 due = u64{slot_of(view, tick)} * c.padded * view.inputs;
  const UpdateOutcome outcome = c.update({.neurons = c.neurons,
                                          .param = c.param,
                                          .state = state_->neuron_state(core, number),
                                          .due = state_->accumulators(core, number) + due,
                                          .random = {view.seed, number, c.position, 0, tick},
                                          .fired = fired_.data()});
  rest.at_rest = !has_input && !outcome.moved && outcome.fired == 0 && !c.draws;
  return outcome.fired;
}

// Fetches the targets of a neuron that will send soon into the cache, before that where they are.
void SynapticLane::fetch_targets(const u64* begin) const {
  const SynapticView& view = layout_->view();
  for (u64 t = begin[0]; t < begin[1]; t += cache_line / sizeof(u32)) {
    __builtin_prefetch(view.target_core + t);
    __builtin_prefetch(view.target_axon + t);
  }
}

void SynapticLane::send(u64 tick, u32 core, u32 replica, u32 spikes) {
  constexpr u32 begin_ahead = 8;
  constexpr u32 targets_ahead = 2;
  const u64 first = layout_->cores()[core].first_neuron;
  const u64* begin = layout_->view().target_begin + first;
  const u32* to_cross = layout_->view().target_hops + first;
  u64 crossed = 0;
  for (u32 i = 0; i < spikes; ++i) {
    if (i + begin_ahead < spikes) __builtin_prefetch(begin + fired_[i + begin_ahead].neuron);
    if (i + targets_ahead < spikes) fetch_targets(begin + fired_[i + targets_ahead].neuron);
    const u32 n = fired_[i].neuron;
    const i32 payload = fired_[i].payload;
    crossed += to_cross[n];
    if (payload == 1) {
      send_to_all(tick, replica, begin + n, [](Box& box, u32 axon) { box.plain.push_back(axon); });
    } else {
      send_to_all(tick, replica, begin + n, [&](Box& box, u32 axon) {
        box.graded.push_back({axon, payload});
      });
    }
  }
  tally_of(replica)[sim::spikes] += spikes;
  tally_of(replica)[hops] += crossed;
}

template <class Put>
void SynapticLane::send_to_all(u64 tick, u32 replica, const u64* begin, Put&& put) {
  const u32 cores = layout_->view().cores;
  const u32* target_core = layout_->view().target_core;
  const u32* target_axon = layout_->view().target_axon;
  Box* const boxes = &box(tick, 0, replica);
  for (u64 t = begin[0], end = begin[1]; t < end; ++t) {
    put(boxes[std::min(target_core[t], cores)], target_axon[t]);
  }
}

void SynapticLane::record(u64 tick, u32 core, u32 replica, u32 spikes, const RecordPlan& plan,
                          LaneRecords& records) {
  const SynapticCore& c = layout_->cores()[core];
  const u32 number = first_replica_ + replica;
  const auto wants = [&](const std::optional<Selection>& selection) {
    return selection && selection->has_tick(tick) && selection->has_position(c.position);
  };
  if (wants(plan.spikes)) {
    for (u32 i = 0; i < spikes; ++i) {
      records.add(Spike{tick, number, c.position, fired_[i].neuron, fired_[i].payload});
    }
  }
  if (wants(plan.potentials)) {
    const i32* potential = state_->neuron_state(core, number);
    for (u32 n = 0; n < c.neurons; ++n) {
      records.add(Potential{tick, number, c.position, n, potential[n]});
    }
  }
}

}  // namespace spikefab::sim::cpu
