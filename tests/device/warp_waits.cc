// The part of Warp where lanes wait: for lanes of their warp, and for other warps at barriers.
#include <algorithm>

#include "tests/device/grid.h"
#include "tests/device/warp.h"

namespace spikefab::ptx {

void Warp::reach_collective(const Instruction& instruction, u32 lanes) {
  const u32* masks = reg<u32>(instruction.c);
  const u32 mask = masks[first_lane(lanes)];
  bool same = true;
  for_each_lane_in_order(lanes, [&](u32 l) {
    same &= masks[l] == mask;
    if ((masks[l] >> l & 1) == 0) fail(instruction, 1u << l, "the mask does not name the lane");
  });
  const u32 pc = groups_[current_].pc;
  if (same && (mask & live_) == lanes) {
    std::array<const Instruction*, warp_size> at;
    at.fill(&instruction);
    execute_collective(*this, at, lanes);
    ++groups_[current_].pc;
    return;
  }
  if (lanes != groups_[current_].lanes) ++groups_[current_].pc;
  split(lanes, pc, State::at_collective);
}

// The lanes that wait for each other are those with the same mask at the same kind of collective.
bool Warp::try_collectives() {
  std::array<const Instruction*, warp_size> at{};
  u32 waiting = 0;
  for (const auto& group : groups_) {
    if (group.state != State::at_collective) continue;
    for_each_lane_in_order(group.lanes, [&](u32 l) { at[l] = &program_.code[group.pc]; });
    waiting |= group.lanes;
  }
  const auto mask_of = [&](u32 lane) { return reg<u32>(at[lane]->c)[lane]; };
  u32 done = 0;
  while (waiting != 0) {
    const u32 first = first_lane(waiting);
    u32 present = 0;
    for_each_lane_in_order(waiting, [&](u32 l) {
      const bool same = at[l]->collective == at[first]->collective && mask_of(l) == mask_of(first);
      present |= u32{same} << l;
    });
    waiting &= ~present;
    if ((mask_of(first) & live_ & ~present) != 0) continue;
    execute_collective(*this, at, present);
    done |= present;
  }
  const u64 count = groups_.size();
  for (u64 n = 0; n < count && done != 0; ++n) {
    if (groups_[n].state != State::at_collective || (groups_[n].lanes & done) == 0) continue;
    current_ = n;
    split(groups_[n].lanes & done, groups_[n].pc + 1, State::ready);
  }
  return done != 0;
}

void Warp::reach_barrier(const Instruction& instruction, u32 lanes) {
  const u32 pc = groups_[current_].pc;
  if (lanes != groups_[current_].lanes) {
    ++groups_[current_].pc;
    split(lanes, pc, State::at_barrier);
    if (instruction.is_aligned) return;
    current_ = groups_.size() - 1;
    return enter_barrier();
  }
  groups_[current_].state = State::at_barrier;
  selects_ = true;
  if (!instruction.is_aligned || lanes == live_) enter_barrier();
}

// Nobody else of the warp can come any more.
void Warp::fail_if_lanes_are_missing() {
  if (has_group(State::ready) || has_group(State::in_barrier)) return;
  for (const auto& group : groups_) {
    if (group.state != State::at_collective) continue;
    const Instruction& instruction = program_.code[group.pc];
    const u32 mask = reg<u32>(instruction.c)[first_lane(group.lanes)];
    fail(instruction, group.lanes,
         "waits for " + lanes_text(mask & live_ & ~group.lanes) + ", which cannot come");
  }
}

bool Warp::has_group(State state) const {
  return std::any_of(groups_.begin(), groups_.end(),
                     [=](const Group& group) { return group.state == state && group.lanes != 0; });
}

// All lanes of a warp go into an aligned barrier together.
bool Warp::try_aligned_barrier() {
  fail_if_lanes_are_missing();
  merge(State::at_barrier);
  const auto is_waiting = [](const Group& group) { return group.state == State::at_barrier; };
  const auto found = std::find_if(groups_.begin(), groups_.end(), is_waiting);
  if (found == groups_.end()) return false;
  current_ = static_cast<u64>(found - groups_.begin());
  if (found->lanes == live_) {
    enter_barrier();
    return true;
  }
  if (!has_group(State::in_barrier)) {
    fail(program_.code[found->pc], found->lanes, "only these lanes reach the barrier");
  }
  return false;
}

void Warp::enter_barrier() {
  Group& group = groups_[current_];
  const Instruction& instruction = program_.code[group.pc];
  const u32 first = first_lane(group.lanes);
  const u32 barrier = reg<u32>(instruction.a)[first];
  const u32 count = instruction.has_count ? reg<u32>(instruction.b)[first] : 0;
  for_each_lane_in_order(group.lanes, [&](u32 l) {
    if (reg<u32>(instruction.a)[l] != barrier) {
      fail(instruction, group.lanes, "the lanes are at barriers of different numbers");
    }
  });
  u32 votes = 0;
  if (instruction.barrier >= Barrier::red_popc) {
    votes = predicate(instruction.c) ^ (instruction.predicate_negated ? full_warp : 0);
  }
  group.state = State::in_barrier;
  group.barrier = barrier;
  if (instruction.barrier == Barrier::arrive) {
    group.state = State::ready;
    ++group.pc;
  }
  block_.arrive(*this, instruction, barrier, count, group.lanes, votes & group.lanes);
}

void Warp::release(u32 barrier, u32 value, const Clock& clock) {
  u32 released = 0;
  for (auto& group : groups_) {
    if (group.state != State::in_barrier || group.barrier != barrier) continue;
    const Instruction& instruction = program_.code[group.pc];
    if (instruction.barrier == Barrier::red_popc) {
      for_each_lane_in_order(group.lanes, [&](u32 l) { reg<u32>(instruction.d)[l] = value; });
    } else if (instruction.barrier > Barrier::red_popc) {
      u32& result = predicate(instruction.d);
      result = (result & ~group.lanes) | (value != 0 ? group.lanes : 0);
    }
    group.state = State::ready;
    ++group.pc;
    released |= group.lanes;
  }
  if (released == 0) return;
  selects_ = true;
  if (auto* races = block_.grid().races()) {
    races->leave(slot_, clock);
    races->synchronize_lanes(slot_, released, live_);
  }
}

}  // namespace spikefab::ptx
