// Finds accesses of different threads to the same memory that nothing orders, one of them a plain
// write. Order comes from barriers, __syncwarp, and from what an acquire reads that a release (or a
// relaxed access behind a fence) wrote. Each warp has a vector clock: how much of what each other
// warp did is known to have happened before. (FastTrack: Flanagan and Freund, PLDI 2009.)
#pragma once

#include <array>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "tests/device/program.h"

namespace spikefab::ptx {

class Warp;

using Clock = std::vector<u32>;  // of each warp

// Who accessed a word: thread (from 1; 0: nobody), time, and how.
struct Stamp {
  u32 thread = 0;
  u32 time = 0;
  u32 instruction = 0;
  u16 bytes = 0;  // of the word, one bit each
  bool is_strong = false;
};

// What is remembered of a word of 4 bytes: the last write, and two reads by different warps.
struct Cell {
  Stamp write;
  std::array<Stamp, 2> reads;
};

// The cells of a memory, made when they are first asked for.
class Cells {
 public:
  Cell& operator[](u64 word) {
    const u64 page = word / page_cells;
    if (page != last_page_) {
      auto& cells = pages_[page];
      if (cells == nullptr) cells = std::make_unique<Cell[]>(page_cells);
      last_page_ = page;
      last_cells_ = cells.get();
    }
    return last_cells_[word % page_cells];
  }

 private:
  static constexpr u64 page_cells = 128;
  std::unordered_map<u64, std::unique_ptr<Cell[]>> pages_;
  u64 last_page_ = ~u64{0};
  Cell* last_cells_ = nullptr;
};

class Races {
 public:
  struct Access {
    Space space;
    u64 offset;
    u32 bytes;
    u32 lane;
    bool reads, writes;
    bool keeps_value;  // a write of what is there: harmless behind another write
  };

  // `warps` are resident at the same time.
  explicit Races(u32 warps);

  // A new block's warp gets a place that another may have had before.
  void begin(u32 warp);
  void access(Warp& warp, const Instruction& instruction, const Access& access);
  void fence(u32 warp);
  void synchronize_lanes(u32 warp, u32 lanes, u32 live);
  // A warp comes to a barrier and goes on when all have come; `barrier` is what they know together.
  void arrive(u32 warp, Clock& barrier);
  void leave(u32 warp, const Clock& barrier);

 private:
  struct LaneSync {
    u32 time;
    u32 lanes;
  };
  struct WarpState {
    Clock known;                       // [this warp] is its own time
    Clock before_fence;                // what it knew at its last fence
    Clock read_relaxed;                // what a fence will make known
    u32 all_lanes_at = 0;              // time at which all lanes last met
    std::vector<LaneSync> lane_syncs;  // since then
  };

  void check(Warp& warp, const Instruction& instruction, const Access& access, const Stamp& mine,
             const Stamp& other, const char* what);
  bool is_ordered(const Stamp& before, u32 warp, u32 lane) const;
  void synchronize(Warp& warp, const Instruction& instruction, const Access& access);

  std::vector<WarpState> warps_;
  Cells global_;
  std::unordered_map<u64, Clock> released_;  // by address: what a reader may acquire
};

}  // namespace spikefab::ptx
