// 32 threads that execute a program together. Each lane has its own program counter: lanes with the
// same one form a group, and the group that is furthest behind runs, so that lanes which parted at
// a branch meet again as soon as they can.
#pragma once

#include <array>
#include <bit>
#include <memory>
#include <new>
#include <vector>

#include "tests/device/program.h"

namespace spikefab::ptx {

class Block;

inline u32 first_lane(u32 lanes) { return static_cast<u32>(std::countr_zero(lanes)); }

class Warp {
 public:
  enum class State : u8 { ready, at_collective, at_barrier, in_barrier };
  // Lanes with the same program counter.
  struct Group {
    u32 pc = 0;
    u32 lanes = 0;
    State state = State::ready;
    bool has_yielded = false;  // waits in a spin loop: others go first
    u32 barrier = 0;           // that it is in
    u32 threads = static_cast<u32>(std::popcount(lanes));

    void set_lanes(u32 new_lanes) {
      lanes = new_lanes;
      threads = static_cast<u32>(std::popcount(lanes));
    }
  };
  // Why run() came back.
  enum class Stop : u8 { budget, blocked, spinning, finished };

  Warp(Block& block, u32 index, u32 threads);

  Stop run(u64 budget);
  bool finished() const { return live_ == 0; }
  bool ready() const { return selects_ || has_group(State::ready); }

  template <class T>
  T* reg(u32 offset) {
    return reinterpret_cast<T*>(registers_.get() + offset);
  }
  u32& predicate(u32 offset) { return *reg<u32>(offset); }

  const Program& program() const { return program_; }
  Block& block() { return block_; }
  const Block& block() const { return block_; }
  u32 index() const { return index_; }
  u32 live() const { return live_; }
  u32 slot() const { return slot_; }  // tells it from the other warps that are resident
  u64 executed() const { return executed_; }
  Memory& local() { return *local_; }
  const std::vector<Group>& groups() const { return groups_; }

  // The groups that are in this barrier of the block go on. Of a reduction, `value` is the result;
  // `clock` is what those that were in the barrier know together.
  void release(u32 barrier, u32 value, const std::vector<u32>& clock);

  // Throws DeviceError "kernel k, block (x, y), warp w, lanes m, PTX line n: what: text".
  [[noreturn]] void fail(const Instruction& instruction, u32 lanes, const std::string& what) const;

 private:
  struct FreeRegisters {
    void operator()(u8* registers) const { ::operator delete[](registers, std::align_val_t{64}); }
  };

  void fill_registers();
  void control(const Instruction& instruction, u32 lanes);
  void branch(const Instruction& instruction, u32 lanes);
  void branch_by_table(const Instruction& instruction, u32 lanes);
  void exit(u32 lanes);
  void reach_collective(const Instruction& instruction, u32 lanes);
  void reach_barrier(const Instruction& instruction, u32 lanes);
  bool try_collectives();
  bool try_aligned_barrier();
  void enter_barrier();
  // Chooses the group that runs next.
  void select();
  void merge(State state);
  bool has_group(State state) const;
  void fail_if_lanes_are_missing();
  // Takes `lanes` out of the current group, into one of their own.
  void split(u32 lanes, u32 pc, State state);

  Block& block_;
  const Program& program_;
  u32 index_;
  u32 slot_;
  u32 live_;
  std::unique_ptr<u8[], FreeRegisters> registers_;
  std::unique_ptr<Memory> local_;
  std::vector<Group> groups_;
  u64 current_ = 0;      // group that runs
  u32 next_pc_ = ~0u;    // where the next of the other ready groups waits
  bool selects_ = true;  // before the next instruction
  bool spins_ = false;   // all groups wait in spin loops
  u64 executed_ = 0;
  u64 selected_at_ = 0;  // value of executed_
};

// Executes a collective of these lanes, which may be at different instructions of the same kind.
void execute_collective(Warp& warp, const std::array<const Instruction*, warp_size>& at, u32 lanes);

// Calls f(lane) for each of the lanes; g++ makes vector code of the loop for a full warp.
template <class F>
inline void for_each_lane(u32 lanes, F f) {
  if (lanes == full_warp) {
#pragma GCC ivdep
    for (u32 lane = 0; lane < warp_size; ++lane) f(lane);
    return;
  }
  for (; lanes != 0; lanes &= lanes - 1) f(first_lane(lanes));
}
// The same where a lane may see what another did.
template <class F>
inline void for_each_lane_in_order(u32 lanes, F f) {
  for (; lanes != 0; lanes &= lanes - 1) f(first_lane(lanes));
}

}  // namespace spikefab::ptx
