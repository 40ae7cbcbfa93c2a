#include "tests/device/grid.h"

#include <algorithm>

namespace spikefab::ptx {

namespace {

constexpr u64 lockstep_burst = 8;
constexpr u64 serial_burst = 1 << 14;
constexpr u64 longest_drift = 64;
// Rounds in which each warp only went round its spin loop, and memory did not change.
constexpr u64 idle_limit = 1000;

}  // namespace

std::string lanes_text(u32 lanes) {
  std::string text;
  for (u32 first = 0; first < warp_size; ++first) {
    if ((lanes >> first & 1) == 0) continue;
    u32 last = first;
    while (last + 1 < warp_size && (lanes >> (last + 1) & 1) != 0) ++last;
    text += (text.empty() ? "" : ",") + std::to_string(first);
    if (last > first) text += "-" + std::to_string(last);
    first = last;
  }
  return (std::has_single_bit(lanes) ? "lane " : "lanes ") + text;
}

Block::Block(Grid& grid, u32 x, u32 y, u32 slot)
    : grid_(grid),
      x_(x),
      y_(y),
      slot_(slot),
      live_threads_(grid.size().block),
      shared_(grid.program().shared_bytes + grid.size().shared_bytes,
              grid.options().checks_unwritten ? Memory::unwritten : Memory::written) {
  for (u32 thread = 0; thread < grid.size().block; thread += warp_size) {
    warps_.push_back(std::make_unique<Warp>(*this, thread / warp_size,
                                            std::min(warp_size, grid.size().block - thread)));
  }
}

std::string Block::place() const {
  return "block (" + std::to_string(x_) + ", " + std::to_string(y_) + ")";
}

u32 Block::special(Special special, u32 warp, u32 lane) const {
  const auto& size = grid_.size();
  switch (special) {
    case Special::tid_x:
      return warp * warp_size + lane;
    case Special::ntid_x:
      return size.block;
    case Special::ctaid_x:
      return x_;
    case Special::nctaid_x:
      return size.x;
    case Special::ctaid_y:
      return y_;
    case Special::nctaid_y:
      return size.y;
    case Special::one:
      return 1;
    case Special::laneid:
      return lane;
    case Special::warpid:
      return warp;
    case Special::nwarpid:
      return (size.block + warp_size - 1) / warp_size;
    case Special::lanemask_eq:
      return 1u << lane;
    case Special::lanemask_le:
      return full_warp >> (warp_size - 1 - lane);
    case Special::lanemask_lt:
      return (1u << lane) - 1;
    case Special::lanemask_ge:
      return full_warp << lane;
    case Special::lanemask_gt:
      return full_warp << lane & ~(1u << lane);
    case Special::smid:
      return (y_ * size.x + x_) % grid_.options().multiprocessors;
    case Special::nsmid:
      return grid_.options().multiprocessors;
    case Special::dynamic_smem_size:
      return size.shared_bytes;
    case Special::total_smem_size:
      return static_cast<u32>(shared_.size());
    case Special::zero:
    case Special::count:
      break;
  }
  return 0;
}

void Block::arrive(Warp& warp, const Instruction& instruction, u32 barrier, u32 count, u32 lanes,
                   u32 votes) {
  if (barrier >= barriers_.size()) warp.fail(instruction, lanes, "there is no such barrier");
  if (count % warp_size != 0) warp.fail(instruction, lanes, "the count is no multiple of 32");
  auto& state = barriers_[barrier];
  const auto threads = static_cast<u32>(std::popcount(lanes));
  const Barrier kind = instruction.barrier == Barrier::arrive ? Barrier::sync : instruction.barrier;
  if (state.arrived > 0 && (state.count != count || state.kind != kind)) {
    warp.fail(instruction, lanes, "others are at this barrier with another count or operation");
  }
  state.count = count;
  state.kind = kind;
  state.arrived += count != 0 && instruction.is_aligned ? warp_size : threads;
  state.votes += static_cast<u32>(std::popcount(votes));
  state.voters += threads;
  if (count != 0 && state.arrived > count) {
    warp.fail(instruction, lanes, "more threads are at the barrier than its count");
  }
  if (grid_.races() != nullptr) grid_.races()->arrive(warp.slot(), state.clock);
  release_if_full(barrier);
}

void Block::threads_exit(u32 count) {
  live_threads_ -= count;
  grid_.note_change();
  for (u32 barrier = 0; barrier < barriers_.size(); ++barrier) release_if_full(barrier);
}

void Block::release_if_full(u32 barrier) {
  auto& state = barriers_[barrier];
  if (state.arrived == 0 || state.arrived < (state.count == 0 ? live_threads_ : state.count))
    return;
  const u32 result = state.kind == Barrier::red_and  ? u32{state.votes == state.voters}
                     : state.kind == Barrier::red_or ? u32{state.votes != 0}
                                                     : state.votes;
  const Clock clock = std::move(state.clock);
  state = {};
  grid_.note_change();
  for (const auto& warp : warps_) warp->release(barrier, result, clock);
}

Grid::Grid(const Program& program, const GridSize& size, const GridOptions& options, Memory& global,
           Memory& params, Count* counts)
    : program_(program),
      size_(size),
      options_(options),
      global_(global),
      params_(params),
      counts_(counts),
      random_(options.seed) {
  const auto slots = static_cast<u32>(std::min<u64>(options.resident_blocks, u64{size.x} * size.y));
  for (u32 slot = slots; slot > 0; --slot) free_slots_.push_back(slot - 1);
  if (options.checks_races) races_ = std::make_unique<Races>(slots * warps_per_block());
}

void Grid::run() {
  fill_blocks();
  while (!warps_.empty()) {
    anyone_ran_ = false;
    all_spin_ = true;
    run_all();
    check_progress();
    fill_blocks();
  }
}

// Blocks that have finished make room for the next.
void Grid::fill_blocks() {
  const u64 all = u64{size_.x} * size_.y;
  const u64 ended = std::erase_if(blocks_, [this](const auto& block) {
    if (block->finished()) free_slots_.push_back(block->slot());
    return block->finished();
  });
  const u64 begun = next_block_;
  while (next_block_ < all && !free_slots_.empty()) {
    const auto x = static_cast<u32>(next_block_ % size_.x);
    const auto y = static_cast<u32>(next_block_ / size_.x);
    blocks_.push_back(std::make_unique<Block>(*this, x, y, free_slots_.back()));
    free_slots_.pop_back();
    ++next_block_;
  }
  if (ended == 0 && begun == next_block_) return;
  warps_.clear();
  for (const auto& block : blocks_) {
    for (const auto& warp : block->warps()) warps_.push_back(warp.get());
  }
}

// Each warp once, or for a random schedule, as many random ones.
void Grid::run_all() {
  const u64 count = warps_.size();
  for (u64 n = 0; n < count; ++n) {
    switch (options_.schedule) {
      case Schedule::lockstep:
        run_warp(*warps_[n], lockstep_burst);
        break;
      case Schedule::ascending:
        run_warp(*warps_[n], serial_burst);
        break;
      case Schedule::descending:
        run_warp(*warps_[count - 1 - n], serial_burst);
        break;
      case Schedule::drift:
        run_warp(*warps_[random_() % count], 1 + random_() % longest_drift);
        break;
    }
  }
}

void Grid::run_warp(Warp& warp, u64 budget) {
  if (warp.finished() || !warp.ready()) return;
  anyone_ran_ = true;
  const u64 before = warp.executed();
  const auto stop = warp.run(budget);
  executed_ += warp.executed() - before;
  if (stop == Warp::Stop::budget) all_spin_ = false;
}

void Grid::check_progress() {
  if (changes_ != known_changes_) {
    known_changes_ = changes_;
    executed_ = 0;
    idle_rounds_ = 0;
    return;
  }
  if (!anyone_ran_ &&
      std::none_of(warps_.begin(), warps_.end(), [](Warp* warp) { return warp->ready(); })) {
    fail("deadlock: nobody can go on:" + waiting_warps());
  }
  idle_rounds_ = all_spin_ ? idle_rounds_ + 1 : 0;
  if (idle_rounds_ > idle_limit || executed_ > options_.step_limit) {
    fail("livelock: nothing changes any more:" + waiting_warps());
  }
}

std::string Grid::waiting_warps() const {
  constexpr u64 shown = 8;
  std::string text;
  u64 count = 0;
  for (const Warp* warp : warps_) {
    if (warp->finished()) continue;
    for (const auto& group : warp->groups()) {
      if (count++ >= shown || group.lanes == 0) continue;
      const u32 line = program_.code[group.pc].line;
      text += "\n  " + warp->block().place() + ", warp " + std::to_string(warp->index()) + ", " +
              lanes_text(group.lanes) + ", PTX line " + std::to_string(line) + ": " +
              program_.text(line);
    }
  }
  if (count > shown) text += "\n  and " + std::to_string(count - shown) + " more";
  return text;
}

std::string Grid::describe_thread(u32 thread) const {
  const u32 warp = thread / warp_size;
  const u32 slot = warp / warps_per_block();
  for (const auto& block : blocks_) {
    if (block->slot() != slot) continue;
    return block->place() + ", warp " + std::to_string(warp % warps_per_block()) + ", " +
           lanes_text(1u << thread % warp_size);
  }
  return "a block that has finished";
}

void Grid::fail(const std::string& what) const {
  throw DeviceError("kernel " + program_.name + ", " + what);
}

}  // namespace spikefab::ptx
