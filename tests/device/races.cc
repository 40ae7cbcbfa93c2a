#include "tests/device/races.h"

#include <algorithm>

#include "tests/device/grid.h"

namespace spikefab::ptx {

namespace {

void join(Clock& clock, const Clock& other) {
  clock.resize(std::max(clock.size(), other.size()));
  const u32* from = other.data();
  u32* to = clock.data();
  const u64 count = other.size();
#pragma GCC ivdep
  for (u64 n = 0; n < count; ++n) to[n] = std::max(to[n], from[n]);
}

// More of them are forgotten: those lanes then count as ordered.
constexpr u64 most_lane_syncs = 64;

}  // namespace

Races::Races(u32 warps) : warps_(warps) {}

void Races::begin(u32 warp) {
  WarpState& state = warps_[warp];
  const u32 time = state.known.empty() ? 1 : state.known[warp] + 1;
  state = {};
  state.known.assign(warps_.size(), 0);
  state.known[warp] = time;
  state.all_lanes_at = time;
}

void Races::fence(u32 warp) {
  WarpState& state = warps_[warp];
  join(state.known, state.read_relaxed);
  state.before_fence = state.known;
  ++state.known[warp];
}

void Races::synchronize_lanes(u32 warp, u32 lanes, u32 live) {
  WarpState& state = warps_[warp];
  const u32 time = ++state.known[warp];
  if ((live & ~lanes) == 0) {
    state.all_lanes_at = time;
    state.lane_syncs.clear();
  } else if (state.lane_syncs.size() == most_lane_syncs) {
    state.all_lanes_at = state.lane_syncs.front().time;
    state.lane_syncs.erase(state.lane_syncs.begin());
  } else {
    state.lane_syncs.push_back({time, lanes});
  }
}

void Races::arrive(u32 warp, Clock& barrier) {
  join(barrier, warps_[warp].known);
  ++warps_[warp].known[warp];
}

void Races::leave(u32 warp, const Clock& barrier) { join(warps_[warp].known, barrier); }

bool Races::is_ordered(const Stamp& before, u32 warp, u32 lane) const {
  const u32 other_warp = (before.thread - 1) / warp_size;
  const u32 other_lane = (before.thread - 1) % warp_size;
  const WarpState& state = warps_[warp];
  if (other_warp != warp) return before.time <= state.known[other_warp];
  if (other_lane == lane || before.time < state.all_lanes_at) return true;
  u32 reached = 1u << other_lane;  // lanes that know of the access
  for (const auto& sync : state.lane_syncs) {
    if (before.time < sync.time && (sync.lanes & reached) != 0) reached |= sync.lanes;
  }
  return (reached >> lane & 1) != 0;
}

void Races::check(Warp& warp, const Instruction& instruction, const Access& access,
                  const Stamp& mine, const Stamp& other, const char* what) {
  if (other.thread == 0 || other.thread == mine.thread || (other.bytes & mine.bytes) == 0) return;
  if (mine.is_strong && other.is_strong) return;
  if (is_ordered(other, warp.slot(), access.lane)) return;
  const u32 line = warp.program().code[other.instruction].line;
  warp.fail(instruction, 1u << access.lane,
            std::string("race: nothing orders this ") + (access.writes ? "write" : "read") +
                " after the " + what + " of " +
                warp.block().grid().describe_thread(other.thread - 1) + ", PTX line " +
                std::to_string(line) + " (" + warp.program().text(line) + ")");
}

void Races::access(Warp& warp, const Instruction& instruction, const Access& access) {
  const u32 slot = warp.slot();
  if (instruction.is_strong) synchronize(warp, instruction, access);
  Stamp mine{.thread = slot * warp_size + access.lane + 1,
             .time = warps_[slot].known[slot],
             .instruction = static_cast<u32>(&instruction - warp.program().code.data()),
             .is_strong = instruction.is_strong};
  Cells& cells = access.space == Space::shared ? warp.block().shared_cells() : global_;
  const u32 bytes = std::min(access.bytes, 4u);
  for (u64 at = access.offset; at < access.offset + access.bytes; at += bytes) {
    mine.bytes = static_cast<u16>(((1u << bytes) - 1) << at % 4);
    Cell& known = cells[at / 4];
    if (!access.keeps_value) check(warp, instruction, access, mine, known.write, "write");
    if (!access.writes) {
      if (known.reads[0].thread == 0 || (known.reads[0].thread - 1) / warp_size != slot) {
        known.reads[1] = known.reads[0];
      }
      known.reads[0] = mine;
      continue;
    }
    for (const auto& read : known.reads) check(warp, instruction, access, mine, read, "read");
    known.write = mine;
    if (mine.bytes == 15) known.reads = {};
  }
}

// Releases come before acquires here because an atomic that does both reads what was there before:
// joining its own clock to what it acquires changes nothing.
void Races::synchronize(Warp& warp, const Instruction& instruction, const Access& access) {
  WarpState& state = warps_[warp.slot()];
  const u64 memory = access.space == Space::shared ? 1 + warp.block().slot() : 0;
  const u64 address = (memory << 48) + access.offset;
  if (access.writes) {
    join(released_[address], instruction.releases ? state.known : state.before_fence);
  }
  if (access.reads) {
    const auto found = released_.find(address);
    if (found != released_.end()) {
      join(instruction.acquires ? state.known : state.read_relaxed, found->second);
    }
  }
  if (instruction.releases) ++state.known[warp.slot()];
}

}  // namespace spikefab::ptx
