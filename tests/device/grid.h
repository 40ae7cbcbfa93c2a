// The blocks of one launch, their barriers, and the order in which their warps run.
#pragma once

#include <array>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "base/error.h"
#include "tests/device/races.h"
#include "tests/device/warp.h"

namespace spikefab::ptx {

// A kernel did what is not allowed, or nothing any more. Names kernel, block, warp, lanes, line.
class DeviceError : public ResourceError {
 public:
  using ResourceError::ResourceError;
};

// In which order warps run, and how long at a time. The results of a correct kernel are the same.
enum class Schedule : u8 {
  lockstep,    // all in turn, a few instructions each
  ascending,   // each until it has to wait
  descending,  // the same, from the last warp
  drift        // a random one, a random number of instructions
};

struct GridOptions {
  Schedule schedule = Schedule::lockstep;
  u64 seed = 0;
  u64 step_limit = 0;       // instructions of warps without a change of memory: a livelock
  u32 resident_blocks = 0;  // at the same time
  u32 multiprocessors = 0;
  bool checks_unwritten = true;
  bool checks_races = true;
};

struct GridSize {
  u32 x = 1, y = 1;  // blocks
  u32 block = 1;     // threads
  u32 shared_bytes = 0;
};

class Grid;

class Block {
 public:
  // `slot` tells it from the other blocks that are resident.
  Block(Grid& grid, u32 x, u32 y, u32 slot);

  Grid& grid() { return grid_; }
  Memory& shared() { return shared_; }
  Cells& shared_cells() { return shared_cells_; }
  u32 slot() const { return slot_; }
  std::vector<std::unique_ptr<Warp>>& warps() { return warps_; }
  bool finished() const { return live_threads_ == 0; }
  std::string place() const;  // "block (x, y)"
  u32 special(Special special, u32 warp, u32 lane) const;

  // Lanes of a warp are at a barrier of `count` threads, or of all if that is 0; when the last
  // comes, all are released.
  void arrive(Warp& warp, const Instruction& instruction, u32 barrier, u32 count, u32 lanes,
              u32 votes);
  void threads_exit(u32 count);

 private:
  struct BarrierState {
    u32 arrived = 0;
    u32 count = 0;  // 0: all threads that have not exited
    Barrier kind = Barrier::sync;
    u32 votes = 0;
    u32 voters = 0;
    Clock clock;
  };
  void release_if_full(u32 barrier);

  Grid& grid_;
  u32 x_, y_, slot_;
  u32 live_threads_;
  Memory shared_;
  Cells shared_cells_;
  std::array<BarrierState, 16> barriers_{};
  std::vector<std::unique_ptr<Warp>> warps_;
};

class Grid {
 public:
  Grid(const Program& program, const GridSize& size, const GridOptions& options, Memory& global,
       Memory& params, Count* counts);
  void run();

  const Program& program() const { return program_; }
  const GridSize& size() const { return size_; }
  const GridOptions& options() const { return options_; }
  Memory& global() { return global_; }
  Memory& params() { return params_; }
  Count* counts() { return counts_; }
  void note_change() { ++changes_; }
  Races* races() { return races_.get(); }  // null: not checked
  u32 warps_per_block() const { return (size_.block + warp_size - 1) / warp_size; }
  std::string describe_thread(u32 thread) const;  // by slots
  [[noreturn]] void fail(const std::string& what) const;

 private:
  void fill_blocks();
  void run_all();
  void run_warp(Warp& warp, u64 budget);
  void check_progress();
  std::string waiting_warps() const;

  const Program& program_;
  GridSize size_;
  GridOptions options_;
  Memory& global_;
  Memory& params_;
  Count* counts_;
  std::mt19937_64 random_;
  std::unique_ptr<Races> races_;
  std::vector<u32> free_slots_;
  u64 next_block_ = 0;
  std::vector<std::unique_ptr<Block>> blocks_;  // that are resident
  std::vector<Warp*> warps_;                    // of them, not finished
  u64 changes_ = 0;                             // of memory, and of who waits
  u64 known_changes_ = 0;
  u64 executed_ = 0;  // instructions of warps since a change
  u64 idle_rounds_ = 0;
  bool anyone_ran_ = false;
  bool all_spin_ = false;
};

std::string lanes_text(u32 lanes);  // "lane 3", "lanes 0-31", "lanes 0,2-4"

}  // namespace spikefab::ptx
