#include "sim/cpu/synaptic_runner.h"

#include <numeric>

namespace spikefab::sim::cpu {
namespace {

// What a tick costs for each core, in quarters of a neuron update: a synapse is visited in one tick
// of ten or twenty, and then costs as much as an update or two; a target half of that.
std::vector<u64> core_costs(const Program& program) {
  const SynapticMemory& m = *program.memory;
  std::vector<u64> costs;
  for (u32 c = 0; c < program.cores(); ++c) {
    const u64 synapses = m.row_begin[m.axon_begin[c + 1]] - m.row_begin[m.axon_begin[c]];
    const u64 targets =
        m.target_begin[program.neuron_begin[c + 1]] - m.target_begin[program.neuron_begin[c]];
    costs.push_back(1 + 4 * u64{program.core_neurons(c)} + synapses / 2 + targets / 4);
  }
  return costs;
}

Split split_of(const Program& program, u32 replicas, const Settings& settings) {
  const std::vector<u64> costs = core_costs(program);
  const u64 updates = std::accumulate(costs.begin(), costs.end(), u64{0}) / 4;
  return split_work(costs, replicas, most_threads(settings, updates * replicas));
}

}  // namespace

SynapticRunner::SynapticRunner(const Program& program, const Stimulus& stimulus,
                               const Settings& settings)
    : LaneRunner(program, stimulus.replicas, split_of(program, stimulus.replicas, settings)),
      kernels_(settings.kernels),
      skip_(settings.skip),
      layout_(program, *kernels_),
      events_(stimulus, layout_),
      state_(layout_, outline(), replicas()) {
  lanes_.reserve(split().lanes());
  for (u32 i = 0; i < split().lanes(); ++i) {
    lanes_.emplace_back(layout_, state_, events_, *kernels_, split(), i);
  }
  restore(initial_state(program, replicas()));
}

std::string SynapticRunner::how() const {
  std::string text = how_many_threads() + ", " + kernels_->name + ", ";
  text += std::to_string(replicas()) + (replicas() == 1 ? " replica" : " replicas");
  u64 skipped = 0;
  u64 updated = 0;
  for (const SynapticLane& lane : lanes_) {
    skipped += lane.total(SynapticLane::skipped);
    updated += lane.total(SynapticLane::updated);
  }
  const u64 all = skipped + updated;
  if (all == 0) return text;
  const u64 permille = (skipped * 1000 + all / 2) / all;
  return text + "; cores " + std::to_string(permille / 10) + "." + std::to_string(permille % 10) +
         " % at rest";
}

// Lanes that are ranges of replicas hear only themselves.
std::span<SynapticLane> SynapticRunner::senders(u32 index) {
  if (split().of == Split::cores) return lanes_;
  return std::span(lanes_).subspan(index, 1);
}

void SynapticRunner::run_tick(u32 index, u64 tick, bool is_first, const RecordPlan& plan,
                              u64* shown) {
  const std::span<SynapticLane> from = is_first ? std::span<SynapticLane>{} : senders(index);
  lanes_[index].run_tick(tick, from, skip_, plan, records(index), shown);
}

void SynapticRunner::finish(u32 index, u64 tick) { lanes_[index].receive(tick, senders(index)); }

State SynapticRunner::state() const {
  State out;
  out.tick = next_tick();
  state_.save(out);
  out.counts = counts_;
  for (u32 i = 0; i < lanes_.size(); ++i) {
    for (u32 r = 0; r < replicas(); ++r) {
      if (!owns(i, r)) continue;
      for (u32 kind = 0; kind < count_kinds; ++kind) {
        out.counts[u64{r} * count_kinds + kind] += lanes_[i].tally(r)[kind];
      }
    }
  }
  return out;
}

void SynapticRunner::restore(const State& state) {
  SPIKEFAB_ASSERT(state.replicas == replicas());
  state_.restore(state);
  go_to(state.tick);
  counts_ = state.counts;
  for (SynapticLane& lane : lanes_) lane.forget(state.tick + layout_.view().slots - 1);
}

}  // namespace spikefab::sim::cpu
