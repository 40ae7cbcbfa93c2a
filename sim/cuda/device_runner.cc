#include "sim/cuda/device_runner.h"

#include <algorithm>
#include <bit>

#include "base/error.h"

namespace spikefab::sim::cuda {
namespace {

constexpr u64 chunk_bytes = u64{64} << 20;  // of device memory for what a chunk records
constexpr u64 chunk_ticks = u64{1} << 16;   // in one launch, at most

}  // namespace

// More replicas than grid_y could be.
Launch digest_launch(const char* kernel, u32 replicas, u64 words) {
  const u32 blocks = static_cast<u32>(std::clamp<u64>(words / digest_threads / 4, 1, 256));
  return {.kernel = kernel, .grid_x = replicas, .grid_y = blocks, .block = digest_threads};
}

DeviceRunner::DeviceRunner(Device& device, const Program& program, const Stimulus& stimulus)
    : device_(device),
      host_(program),
      replicas_(stimulus.replicas),
      event_ticks_(stimulus.ticks),
      event_count_begin_(stimulus.begin) {}

u64 DeviceRunner::memory_bytes(const RowShape& shape) const {
  const u64 state = replicas_ * (program().state_words() * shape.neurons * sizeof(i32) +
                                 program().output_words() * sizeof(u64));
  const u64 rows = std::max(chunk_bytes, 2 * ChunkRows::bytes_per_tick(shape, {}));
  return state + rows + event_count_begin_.size() * sizeof(u64);
}

void DeviceRunner::check_device_memory(u64 need) const {
  const u64 have = device_.free_bytes();
  if (need <= have) return;
  throw ResourceError("engine cuda: " + std::to_string(replicas_) + " replicas of " +
                      std::to_string(program().cores()) + " cores need " +
                      std::to_string((need >> 20) + 1) + " MiB of GPU memory (" +
                      std::to_string(have >> 20) +
                      " MiB are free); run fewer replicas at a time, or --engine cpu");
}

void DeviceRunner::take_memory(const RowShape& shape, u32 barriers) {
  shape_ = shape;
  event_begin_ = uploaded(device_, event_count_begin_);
  neuron_state_ =
      Buffer(device_, replicas_ * program().state_words() * shape.neurons * sizeof(i32));
  shown_ = Buffer(device_, replicas_ * shape.output_words * sizeof(u32));
  counts_ = Buffer(device_, u64{replicas_} * device_count_kinds * sizeof(u64));
  barriers_ = Buffer(device_, u64{barriers} * barrier_stride * sizeof(u32));
  device_.fill(barriers_.address(), 0, barriers_.bytes());
}

void DeviceRunner::restart(const State& state) {
  device_.fill(counts_.address(), 0, counts_.bytes());
  tick_ = state.tick;
  start_ = state;
  output_spikes_.assign(replicas_, 0);
}

RunCounts DeviceRunner::counts() const {
  return {downloaded<u64>(device_, counts_), output_spikes_, stimulus_events()};
}

// [replica] since the last restore.
std::vector<u64> DeviceRunner::stimulus_events() const {
  const u64 first = std::min(start_.tick, event_ticks_);
  const u64 end = std::min(tick_, event_ticks_);
  std::vector<u64> events(replicas_, 0);
  for (u32 r = 0; r < replicas_ && event_ticks_ > 0; ++r) {
    const u64 row = r * (event_ticks_ + 1);
    events[r] = event_count_begin_[row + end] - event_count_begin_[row + first];
  }
  return events;
}

std::string DeviceRunner::describe(u32 grid_x, u32 grid_y, u32 block) const {
  return device_.info().name + ", " + std::to_string(replicas_) +
         (replicas_ == 1 ? " replica on " : " replicas on ") + std::to_string(grid_x) + " x " +
         std::to_string(grid_y) + " blocks of " + std::to_string(block) + " threads";
}

u64 DeviceRunner::longest_chunk(const RecordPlan& plan) const {
  const u64 bytes = ChunkRows::bytes_per_tick(shape_, plan);
  // One row more than ticks, and buffers are aligned.
  const u64 ticks = bytes == 0 ? chunk_ticks : chunk_bytes / bytes;
  return std::clamp<u64>(ticks, 2, std::min(chunk_ticks, most_ticks())) - 1;
}

void DeviceRunner::advance(u64 ticks, const RecordPlan& plan, Recording& recording) {
  const u64 longest = longest_chunk(plan);
  while (ticks > 0) {
    const u64 now = std::min(ticks, longest);
    if (!rows_ || !rows_->serves(plan, now)) {
      rows_.reset();
      rows_.emplace(device_, shape_, plan, std::min(longest, std::bit_ceil(now)));
    }
    run_chunk(now, plan, recording);
    ticks -= now;
  }
  device_.synchronize();  // without output lines nothing else waits
}

// Ticks that are looked at one by one are launched one by one; nothing waits for them.
void DeviceRunner::run_chunk(u64 ticks, const RecordPlan& plan, Recording& recording) {
  const u64 first_tick = tick_;
  const bool one_by_one = plan.digests || plan.potentials;
  rows_->begin(shown_.address(), ticks);
  for (u64 row = 0; row < ticks;) {
    const u64 now = one_by_one ? 1 : ticks;
    launch_ticks(row, now);
    tick_ += now;
    if (plan.digests) launch_digest(row);
    if (plan.potentials && plan.potentials->has_tick(first_tick + row)) copy_potentials(row);
    row += now;
  }
  if (shown_.bytes() > 0) device_.copy(shown_.address(), rows_->output(ticks), shown_.bytes());
  rows_->take_outputs(ticks, plan, recording, output_spikes_);
  if (plan.digests) rows_->take_digests(ticks, recording);
  if (plan.spikes) rows_->take_spikes(first_tick, ticks, *plan.spikes, recording);
  if (plan.potentials) rows_->take_potentials(first_tick, ticks, *plan.potentials, recording);
}

// The potential is the first state word of every model.
void DeviceRunner::copy_potentials(u64 row) {
  const u64 bytes = shape_.neurons * sizeof(i32);
  const u64 replica_bytes = neuron_state_.bytes() / replicas_;
  for (u32 r = 0; r < replicas_ && bytes > 0; ++r) {
    device_.copy(rows_->potentials(row) + r * bytes, neuron_state_.address() + r * replica_bytes,
                 bytes);
  }
}

}  // namespace spikefab::sim::cuda
