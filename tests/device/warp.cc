#include "tests/device/warp.h"

#include <algorithm>

#include "tests/device/grid.h"

namespace spikefab::ptx {

namespace {

// A group that goes round a loop for this many instructions lets the others of its warp run: they
// may be what it waits for.
constexpr u64 patience = 1 << 12;

}  // namespace

Warp::Warp(Block& block, u32 index, u32 threads)
    : block_(block),
      program_(block.grid().program()),
      index_(index),
      slot_(block.slot() * block.grid().warps_per_block() + index),
      live_(threads >= warp_size ? full_warp : (1u << threads) - 1),
      registers_(new (std::align_val_t{64}) u8[program_.register_bytes]()),
      local_(
          program_.local_bytes == 0
              ? nullptr
              : std::make_unique<Memory>(u64{program_.local_bytes} * warp_size, Memory::written)),
      groups_{{.lanes = live_}} {
  groups_.reserve(2 * warp_size);
  fill_registers();
  if (auto* races = block.grid().races()) races->begin(slot_);
}

void Warp::fill_registers() {
  predicate(Program::always) = full_warp;
  for (const auto& constant : program_.constants) {
    for (u32 l = 0; l < warp_size; ++l) {
      std::memcpy(reg<u8>(constant.reg) + l * constant.bytes, &constant.value, constant.bytes);
    }
  }
  for (u32 n = 0; n < program_.specials.size(); ++n) {
    if (program_.specials[n] == 0) continue;
    u32* values = reg<u32>(program_.specials[n]);
    for (u32 l = 0; l < warp_size; ++l) {
      values[l] = block_.special(static_cast<Special>(n), index_, l);
    }
  }
}

Warp::Stop Warp::run(u64 budget) {
  const Instruction* const code = program_.code.data();
  Count* const counts = block_.grid().counts();
  for (; budget > 0; --budget) {
    if (selects_ || groups_[current_].pc >= next_pc_) {
      select();
      if (live_ == 0) return Stop::finished;
      if (current_ == groups_.size()) return Stop::blocked;
      if (spins_) {
        spins_ = false;
        return Stop::spinning;
      }
    }
    Group& group = groups_[current_];
    const Instruction& instruction = code[group.pc];
    const u32 guard = predicate(instruction.guard) ^ (instruction.guard_negated ? full_warp : 0);
    const u32 lanes = group.lanes & guard;
    counts[group.pc].warps += 1;
    counts[group.pc].threads += group.threads;
    ++executed_;
    if (instruction.kind != Kind::plain) {
      control(instruction, lanes);
    } else {
      if (lanes != 0) instruction.run(*this, instruction, lanes);
      ++group.pc;
    }
  }
  return Stop::budget;
}

void Warp::control(const Instruction& instruction, u32 lanes) {
  if (lanes == 0) {
    ++groups_[current_].pc;
    return;
  }
  switch (instruction.kind) {
    case Kind::branch:
      return branch(instruction, lanes);
    case Kind::branch_table:
      return branch_by_table(instruction, lanes);
    case Kind::collective:
      return reach_collective(instruction, lanes);
    case Kind::barrier:
      return reach_barrier(instruction, lanes);
    case Kind::exit:
      return exit(lanes);
    case Kind::plain:
      break;
  }
}

void Warp::split(u32 lanes, u32 pc, State state) {
  Group& group = groups_[current_];
  if (lanes == group.lanes) {
    group.pc = pc;
    group.state = state;
  } else {
    group.set_lanes(group.lanes & ~lanes);
    groups_.push_back({.pc = pc, .state = state});
    groups_.back().set_lanes(lanes);
  }
  selects_ = true;
}

void Warp::branch(const Instruction& instruction, u32 lanes) {
  Group& group = groups_[current_];
  const u32 from = group.pc;
  if (instruction.ends_spin ||
      (instruction.target <= from && executed_ - selected_at_ > patience)) {
    group.has_yielded = true;
    selects_ = true;
  }
  if (lanes == group.lanes) {
    group.pc = instruction.target;
    return;
  }
  ++group.pc;
  split(lanes, instruction.target, State::ready);
}

void Warp::branch_by_table(const Instruction& instruction, u32 lanes) {
  const auto& targets = program_.tables[instruction.target];
  const u32* index = reg<u32>(instruction.a);
  const u32 from = groups_[current_].pc++;
  while (lanes != 0) {
    const u32 chosen = index[first_lane(lanes)];
    if (chosen >= targets.size()) fail(program_.code[from], lanes, "branch index is out of range");
    u32 same = 0;
    for_each_lane_in_order(lanes, [&](u32 l) { same |= u32{index[l] == chosen} << l; });
    split(same, targets[chosen], State::ready);
    lanes &= ~same;
  }
}

void Warp::exit(u32 lanes) {
  Group& group = groups_[current_];
  ++group.pc;
  group.set_lanes(group.lanes & ~lanes);
  live_ &= ~lanes;
  selects_ = true;
  block_.threads_exit(static_cast<u32>(std::popcount(lanes)));
}

// Groups in the same state at the same instruction become one.
void Warp::merge(State state) {
  std::erase_if(groups_, [](const Group& group) { return group.lanes == 0; });
  for (u64 n = 0; n < groups_.size(); ++n) {
    if (groups_[n].state != state) continue;
    for (u64 other = groups_.size() - 1; other > n; --other) {
      if (groups_[other].state != state || groups_[other].pc != groups_[n].pc) continue;
      groups_[n].set_lanes(groups_[n].lanes | groups_[other].lanes);
      groups_[n].has_yielded &= groups_[other].has_yielded;
      groups_.erase(groups_.begin() + static_cast<i64>(other));
    }
  }
}

// The ready group with the least program counter, one that waits in a spin loop last.
void Warp::select() {
  selects_ = false;
  selected_at_ = executed_;
  merge(State::ready);
  while (!has_group(State::ready) && (try_collectives() || try_aligned_barrier()))
    merge(State::ready);
  selects_ = false;
  const auto runs = [](const Group& group) {
    return group.state == State::ready && !group.has_yielded;
  };
  if (has_group(State::ready) && std::none_of(groups_.begin(), groups_.end(), runs)) {
    for (auto& group : groups_) group.has_yielded = false;
    spins_ = true;
  }
  current_ = groups_.size();
  next_pc_ = ~0u;
  for (u64 n = 0; n < groups_.size(); ++n) {
    if (!runs(groups_[n])) continue;
    if (current_ == groups_.size() || groups_[n].pc < groups_[current_].pc) {
      if (current_ < groups_.size()) next_pc_ = std::min(next_pc_, groups_[current_].pc);
      current_ = n;
    } else {
      next_pc_ = std::min(next_pc_, groups_[n].pc);
    }
  }
}

void Warp::fail(const Instruction& instruction, u32 lanes, const std::string& what) const {
  block_.grid().fail(block_.place() + ", warp " + std::to_string(index_) + ", " +
                     lanes_text(lanes) + ", PTX line " + std::to_string(instruction.line) + ": " +
                     what + ": " + program_.text(instruction.line));
}

}  // namespace spikefab::ptx
