#include "sim/cpu/runner.h"

#include <algorithm>
#include <bit>

namespace spikefab::sim::cpu {
namespace {

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

// An update costs what a core has neurons, and a part of it what they are connected to.
std::vector<u64> core_costs(const Program& program) {
  std::vector<u64> cost;
  for (u32 c = 0; c < program.cores(); ++c) {
    cost.push_back(1 + u64{program.neuron_words(c)} * (4 + program.chip.axon_words()));
  }
  return cost;
}

Split split_of(const Program& program, u32 replicas, const Settings& settings) {
  const u32 threads = most_threads(settings, busy_neurons(program) * replicas);
  return split_work(core_costs(program), replicas, threads);
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
    : LaneRunner(program, stimulus.replicas, split_of(program, stimulus.replicas, settings)),
      kernels_(settings.kernels),
      run_cores_(kernels_->run_cores(program.chip.neuron_model)),
      layout_(program, split()),
      events_(stimulus, program, layout_, split()),
      chip_state_(outline(), layout_, replicas()) {
  lanes_.reserve(split().lanes());
  for (u32 i = 0; i < split().lanes(); ++i) {
    lanes_.emplace_back(outline(), layout_, split(), i);
    ChipView& chip = chips_.emplace_back();
    layout_.describe(chip);
    chip_state_.describe(chip, split().of == Split::replicas ? i : 0);
    chip.popcount_from = settings.popcount_from;
    chip.skip = settings.skip;
  }
  restore(initial_state(program, replicas()));
}

std::string Runner::how() const {
  std::string text = how_many_threads() + ", " + kernels_->name + ", ";
  text += std::to_string(replicas()) + (replicas() == 1 ? " replica" : " replicas");
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

void Runner::run_tick(u32 index, u64 tick, bool is_first, const RecordPlan& plan, u64* shown) {
  Lane& lane = lanes_[index];
  const ChipView& chip = chips_[index];
  lane.begin_tick(tick);
  if (!is_first) receive(index, tick);
  lane.inject(events_, tick, chip);
  lane.take_output(chip, shown);
  run_cores_(chip, lane.view(), tick);
  if (plan.spikes || plan.potentials) {
    lane.record(outline(), chip_state_, tick, plan, records(index));
  }
}

void Runner::finish(u32 index, u64 tick) { receive(index, tick); }

// What other lanes sent in the tick before.
void Runner::receive(u32 index, u64 tick) const {
  if (split().of != Split::cores) return;
  for (const Lane& from : lanes_) lanes_[index].receive(from, tick - 1, chips_[index]);
}

State Runner::state() const {
  State out;
  out.tick = next_tick();
  chip_state_.save(out);
  out.counts = counts_;
  for (u32 r = 0; r < replicas(); ++r) {
    u64* counts = &out.counts[u64{r} * count_kinds];
    for (const Lane& lane : lanes_) {
      if (!lane.owns(r)) continue;
      for (u32 kind = 0; kind < count_kinds; ++kind) counts[kind] += lane.tally(r)[kind];
      counts[merged] -= lane.tally(r)[axon_events];
      counts[output_merged] -= lane.tally(r)[output_spikes];
    }
    counts[merged] -= count_bits(out.waiting, r, replicas());
    counts[output_merged] -= count_bits(out.output, r, replicas());
  }
  return out;
}

void Runner::restore(const State& state) {
  SPIKEFAB_ASSERT(state.replicas == replicas());
  chip_state_.restore(state);
  go_to(state.tick);
  counts_ = state.counts;
  for (u32 r = 0; r < replicas(); ++r) {
    counts_[u64{r} * count_kinds + merged] += count_bits(state.waiting, r, replicas());
    counts_[u64{r} * count_kinds + output_merged] += count_bits(state.output, r, replicas());
  }
  for (Lane& lane : lanes_) lane.clear_tally();
}

}  // namespace spikefab::sim::cpu
