#include "sim/cpu/runner.h"

#include <algorithm>
#include <bit>
#include <thread>

namespace spikefab::sim::cpu {
namespace {

// Neuron updates in a tick that make one more thread worth while: some 10 us of work, against a
// barrier of 1 us.
constexpr u64 updates_per_thread = 8192;

Program outline_of(const Program& program) {
  Program outline;
  outline.chip = program.chip;
  outline.output_position = program.output_position;
  outline.output_lines = program.output_lines;
  outline.position = program.position;
  outline.neuron_begin = program.neuron_begin;
  outline.neuron_state = program.neuron_state;
  return outline;
}

// Neurons of cores with synapses; the others mostly rest.
u64 busy_neurons(const Program& program) {
  const std::vector<u64> begin = program.crossbar_begin();
  u64 neurons = 0;
  for (u32 c = 0; c < program.cores(); ++c) {
    const auto first = program.crossbar.begin() + static_cast<i64>(begin[c]);
    const auto end = program.crossbar.begin() + static_cast<i64>(begin[c + 1]);
    const bool busy = std::any_of(first, end, [](u64 word) { return word != 0; });
    if (busy) neurons += program.core_neurons(c);
  }
  return neurons;
}

u32 most_threads(const Program& program, u32 replicas, const Settings& settings) {
  if (settings.threads != 0) return settings.threads;
  const u64 worth = 1 + busy_neurons(program) * replicas / updates_per_thread;
  const u64 have = std::max(1u, std::thread::hardware_concurrency());
  return static_cast<u32>(std::min({worth, have, u64{max_threads}}));
}

u64 count_bits(const std::vector<u64>& words, u32 part, u32 parts) {
  const u64 size = words.size() / parts;
  u64 bits = 0;
  for (u64 i = part * size; i < (part + 1) * size; ++i) {
    bits += static_cast<u64>(std::popcount(words[i]));
  }
  return bits;
}

}  // namespace

Runner::Runner(const Program& program, const Stimulus& stimulus, const Settings& settings)
    : outline_(outline_of(program)),
      replicas_(stimulus.replicas),
      kernels_(settings.kernels),
      run_cores_(kernels_->run_cores(program.chip.neuron_model)),
      split_(split_work(program, replicas_, most_threads(program, replicas_, settings))),
      layout_(program, split_),
      events_(stimulus, program, layout_, split_),
      chip_state_(outline_, layout_, replicas_),
      team_(split_.threads) {
  lanes_.reserve(split_.lanes());
  for (u32 i = 0; i < split_.lanes(); ++i) {
    lanes_.emplace_back(outline_, layout_, split_, i);
    ChipView& chip = chips_.emplace_back();
    layout_.describe(chip);
    chip_state_.describe(chip, split_.of == Split::replicas ? i : 0);
    chip.popcount_from = settings.popcount_from;
    chip.skip = settings.skip;
  }
  restore(initial_state(program, replicas_));
}

std::string Runner::how() const {
  std::string text =
      std::to_string(split_.threads) + (split_.threads == 1 ? " thread" : " threads");
  text += std::string(", ") + kernels_->name + ", " + std::to_string(replicas_);
  text += replicas_ == 1 ? " replica" : " replicas";
  u64 updates = 0;
  for (u32 kind = skipped; kind < tally_kinds; ++kind) updates += total(kind);
  if (updates == 0) return text;
  const auto share = [&](u32 kind, const char* what) {
    const u64 permille = (total(kind) * 1000 + updates / 2) / updates;
    text += std::to_string(permille / 10) + "." + std::to_string(permille % 10) + " % " + what;
  };
  text += "; cores ";
  share(skipped, "at rest, ");
  share(without_input, "without input, ");
  share(event_driven, "event-driven, ");
  share(by_popcount, "by popcount");
  return text;
}

u64 Runner::total(u32 kind) const {
  u64 sum = 0;
  for (const Lane& lane : lanes_) sum += lane.total(kind);
  return sum;
}

void Runner::advance(u64 ticks, const RecordPlan& plan, Recording& recording) {
  if (!plan.digests) return advance_lanes(ticks, plan, recording);
  for (u64 i = 0; i < ticks; ++i) {
    advance_lanes(1, plan, recording);
    const State now = state();
    for (u32 r = 0; r < replicas_; ++r) recording.digests.push_back(digest(outline_, now, r));
  }
}

void Runner::advance_lanes(u64 ticks, const RecordPlan& plan, Recording& recording) {
  if (ticks == 0) return;
  const u64 shown_words = u64{replicas_} * outline_.output_words();
  const u64 before = recording.outputs.size();
  if (plan.outputs) recording.outputs.resize(before + ticks * shown_words);
  u64* shown = plan.outputs ? recording.outputs.data() + before : nullptr;
  SpinBarrier met(split_.lanes());
  team_.run([&](u32 thread) {
    for (u32 i = thread; i < split_.lanes(); i += split_.threads) {
      run_lane(i, ticks, plan, shown, met);
    }
  });
  tick_ += ticks;
  deliver_outboxes();
  if (plan.spikes || plan.potentials) append_records(ticks, recording);
}

// A lane that fails still meets the others, which would wait for it forever.
void Runner::run_lane(u32 index, u64 ticks, const RecordPlan& plan, u64* shown, SpinBarrier& met) {
  std::exception_ptr thrown;
  for (u64 tick = tick_; tick < tick_ + ticks; ++tick) {
    try {
      if (!thrown) run_tick(index, tick, plan, shown);
    } catch (...) {
      thrown = std::current_exception();
    }
    if (shown != nullptr) shown += u64{replicas_} * outline_.output_words();
    if (split_.of == Split::cores) met.arrive_and_wait();
  }
  if (thrown) std::rethrow_exception(thrown);
}

void Runner::run_tick(u32 index, u64 tick, const RecordPlan& plan, u64* shown) {
  Lane& lane = lanes_[index];
  const ChipView& chip = chips_[index];
  lane.begin_tick(tick);
  if (split_.of == Split::cores && tick > tick_) {
    for (const Lane& from : lanes_) lane.receive(from, tick - 1, chip);
  }
  lane.inject(events_, tick, chip);
  lane.take_output(chip, shown);
  run_cores_(chip, lane.view(), tick);
  if (plan.spikes || plan.potentials) lane.record(outline_, chip_state_, tick, plan);
}

// What is in the outboxes of the last tick belongs to the state between two ticks.
void Runner::deliver_outboxes() {
  if (split_.of != Split::cores) return;
  for (const Lane& to : lanes_) {
    for (const Lane& from : lanes_) to.receive(from, tick_ - 1, chips_[0]);
  }
}

void Runner::append_records(u64 ticks, Recording& recording) {
  for (u64 tick = 0; tick < ticks; ++tick) {
    for (u32 r = 0; r < replicas_; ++r) {
      for (Lane& lane : lanes_) {
        if (lane.owns(r)) lane.append_record(recording);
      }
    }
  }
  for (Lane& lane : lanes_) lane.clear_records();
}

State Runner::state() const {
  State out;
  out.tick = tick_;
  chip_state_.save(out);
  out.counts = counts_;
  for (u32 r = 0; r < replicas_; ++r) {
    u64* counts = &out.counts[u64{r} * count_kinds];
    for (const Lane& lane : lanes_) {
      if (!lane.owns(r)) continue;
      for (u32 kind = 0; kind < count_kinds; ++kind) counts[kind] += lane.tally(r)[kind];
      counts[merged] -= lane.tally(r)[axon_events];
      counts[output_merged] -= lane.tally(r)[output_spikes];
    }
    counts[merged] -= count_bits(out.waiting, r, replicas_);
    counts[output_merged] -= count_bits(out.output, r, replicas_);
  }
  return out;
}

void Runner::restore(const State& state) {
  SPIKEFAB_ASSERT(state.replicas == replicas_);
  chip_state_.restore(state);
  tick_ = state.tick;
  counts_ = state.counts;
  for (u32 r = 0; r < replicas_; ++r) {
    counts_[u64{r} * count_kinds + merged] += count_bits(state.waiting, r, replicas_);
    counts_[u64{r} * count_kinds + output_merged] += count_bits(state.output, r, replicas_);
  }
  for (Lane& lane : lanes_) lane.clear_tally();
}

}  // namespace spikefab::sim::cpu
