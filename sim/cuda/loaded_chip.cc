#include "sim/cuda/loaded_chip.h"

#include <algorithm>
#include <bit>

#include "base/error.h"
#include "base/memory.h"

namespace spikefab::sim::cuda {
namespace {

constexpr u64 chunk_bytes = u64{64} << 20;  // of device memory for what a chunk records
constexpr u64 chunk_ticks = u64{1} << 16;   // in one launch, at most

template <class T>
Buffer uploaded(Device& device, const std::vector<T>& values) {
  Buffer buffer(device, values.size() * sizeof(T));
  if (!values.empty()) device.upload(buffer.address(), values.data(), buffer.bytes());
  return buffer;
}

// The Address of device memory as the kernels take it.
template <class T>
T* at(Address address) {
  return reinterpret_cast<T*>(address);
}
template <class T>
T* at(const Buffer& buffer) {
  return at<T>(buffer.address());
}

ChipImage checked_image(const HostProgram& host, const AxonOrder& order) {
  check_available_memory(chip_image_bytes(host.program(), order), "engine cuda: the chip's image");
  return make_chip_image(host, order);
}

std::vector<Event> make_events(const ChipImage& image, const HostProgram& host,
                               const Stimulus& stimulus) {
  std::vector<Event> events;
  events.reserve(stimulus.events.size());
  for (const StimulusEvent& e : stimulus.events) {
    events.push_back(
        make_target(image, host.program(), host.core_at(e.position), AxonId{e.axon}, e.delay, 0));
  }
  return events;
}

}  // namespace

LoadedChip::LoadedChip(Device& device, const Program& program, const Stimulus& stimulus,
                       const PlanOptions& options)
    : device_(device),
      host_(program),
      order_(host_.program()),
      image_(checked_image(host_, order_)),
      replicas_(stimulus.replicas),
      plan_(make_plan(image_, neuron_model_names()[program.chip.neuron_model], replicas_, options,
                      device)),
      layout_(host_.program(), order_, image_, replicas_, plan_.ring(program.chip.slots)),
      event_ticks_(stimulus.ticks),
      event_count_begin_(stimulus.begin) {
  const u64 need = needed_bytes(stimulus);
  const u64 have = device_.free_bytes();
  if (need > have) {
    throw ResourceError("engine cuda: " + std::to_string(replicas_) + " replicas of " +
                        std::to_string(image_.cores()) + " cores need " +
                        std::to_string((need >> 20) + 1) + " MiB of GPU memory (" +
                        std::to_string(have >> 20) +
                        " MiB are free); run fewer replicas at a time, or --engine cpu");
  }
  check_available_memory(2 * layout_.bytes() + 2 * state_bytes(program, replicas_),
                         "engine cuda: the host's copy of the state");
  allocate_and_upload(stimulus);
  restore(initial_state(program, replicas_));
}

u64 LoadedChip::needed_bytes(const Stimulus& stimulus) const {
  const u64 chip = image_.blobs.size() + image_.records.size() * sizeof(CoreRecord) +
                   image_.place.size() * sizeof(u32);
  const u64 events = stimulus.events.size() * sizeof(Event) + stimulus.begin.size() * sizeof(u64);
  const u64 quiet = checked_product({replicas_, image_.cores(), plan_.parts});
  const u64 rows = std::max(chunk_bytes, 2 * ChunkRows::bytes_per_tick(row_shape(), {}));
  return chip + events + quiet + layout_.bytes() + rows;
}

void LoadedChip::allocate_and_upload(const Stimulus& stimulus) {
  records_ = uploaded(device_, image_.records);
  blobs_ = uploaded(device_, image_.blobs);
  tiles_ = uploaded(device_, plan_.tile_begin);
  positions_ = uploaded(device_, image_.position);
  places_ = uploaded(device_, image_.place);
  events_ = uploaded(device_, make_events(image_, host_, stimulus));
  event_begin_ = uploaded(device_, stimulus.begin);
  neuron_state_ = Buffer(device_, layout_.neuron_words() * sizeof(i32));
  waiting_ = Buffer(device_, layout_.waiting_words() * sizeof(u32));
  shown_ = Buffer(device_, layout_.output_words() * sizeof(u32));
  quiet_ = Buffer(device_, u64{replicas_} * image_.cores() * plan_.parts);
  counts_ = Buffer(device_, u64{replicas_} * device_count_kinds * sizeof(u64));
  barriers_ = Buffer(device_, u64{plan_.grid_y} * barrier_stride * sizeof(u32));
  device_.fill(barriers_.address(), 0, barriers_.bytes());
}

void LoadedChip::restore(const State& state) {
  SPIKEFAB_ASSERT(state.replicas == replicas_);
  const DeviceArrays arrays = layout_.to_device(state);
  const auto upload = [&](const Buffer& to, const auto& values) {
    if (!values.empty()) device_.upload(to.address(), values.data(), to.bytes());
  };
  upload(neuron_state_, arrays.neuron_state);
  upload(waiting_, arrays.waiting);
  upload(shown_, arrays.output);
  upload(counts_, arrays.counts);
  if (quiet_.bytes() > 0) device_.fill(quiet_.address(), 0, quiet_.bytes());
  tick_ = state.tick;
  start_ = state;
  output_spikes_.assign(replicas_, 0);
}

State LoadedChip::state() const {
  const DeviceArrays arrays = {
      .neuron_state = downloaded<i32>(device_, neuron_state_.address(), layout_.neuron_words()),
      .waiting = downloaded<u32>(device_, waiting_.address(), layout_.waiting_words()),
      .output = downloaded<u32>(device_, shown_.address(), layout_.output_words()),
      .counts = downloaded<u64>(device_, counts_.address(), u64{replicas_} * device_count_kinds)};
  return layout_.from_device(arrays, start_, tick_, output_spikes_, stimulus_events());
}

// [replica] since the last restore.
std::vector<u64> LoadedChip::stimulus_events() const {
  const u64 first = std::min(start_.tick, event_ticks_);
  const u64 end = std::min(tick_, event_ticks_);
  std::vector<u64> events(replicas_, 0);
  for (u32 r = 0; r < replicas_ && event_ticks_ > 0; ++r) {
    const u64 row = r * (event_ticks_ + 1);
    events[r] = event_count_begin_[row + end] - event_count_begin_[row + first];
  }
  return events;
}

RowShape LoadedChip::row_shape() const {
  return {replicas_, host_.program().output_words() * 2, image_.padded_neurons};
}

u64 LoadedChip::longest_chunk(const RecordPlan& plan) const {
  const u64 bytes = ChunkRows::bytes_per_tick(row_shape(), plan);
  // One row more than ticks, and buffers are aligned.
  const u64 ticks = bytes == 0 ? chunk_ticks : chunk_bytes / bytes;
  return std::clamp<u64>(ticks, 2, std::min(chunk_ticks, countable_ticks())) - 1;
}

// A warp counts in 32 bits during a launch: what a neuron can add in a tick is bounded by its
// axons, or the hops of its spike.
u64 LoadedChip::countable_ticks() const {
  const u64 most_hops = 2 * max_mesh_side;
  const u64 of_neuron = std::max<u64>(host_.program().chip.axons, most_hops);
  return (u64{1} << 32) / (warp_lanes * plan_.per_lane * of_neuron);
}

void LoadedChip::advance(u64 ticks, const RecordPlan& plan, Recording& recording) {
  const u64 longest = longest_chunk(plan);
  while (ticks > 0) {
    const u64 now = std::min(ticks, longest);
    if (!rows_ || !rows_->serves(plan, now)) {
      rows_.reset();
      rows_.emplace(device_, row_shape(), plan, std::min(longest, std::bit_ceil(now)));
    }
    run_chunk(now, plan, recording);
    ticks -= now;
  }
  device_.synchronize();  // without output lines nothing else waits
}

// Ticks that are looked at one by one are launched one by one; nothing waits for them.
void LoadedChip::run_chunk(u64 ticks, const RecordPlan& plan, Recording& recording) {
  const u64 first_tick = tick_;
  rows_->begin(shown_.address(), ticks);
  if (plan.digests || plan.potentials) {
    for (u64 row = 0; row < ticks; ++row) {
      launch_ticks(row, 1);
      if (plan.digests) launch_digest(row);
      if (plan.potentials && plan.potentials->has_tick(first_tick + row)) copy_potentials(row);
    }
  } else {
    launch_ticks(0, ticks);
  }
  if (shown_.bytes() > 0) device_.copy(shown_.address(), rows_->output(ticks), shown_.bytes());
  rows_->take_outputs(ticks, plan, recording, output_spikes_);
  if (plan.digests) rows_->take_digests(ticks, recording);
  if (plan.spikes) rows_->take_spikes(image_, first_tick, ticks, *plan.spikes, recording);
  if (plan.potentials) {
    rows_->take_potentials(image_, first_tick, ticks, *plan.potentials, recording);
  }
}

void LoadedChip::launch_ticks(u64 row, u64 ticks) {
  const Program& program = host_.program();
  const u32 ring = plan_.ring(program.chip.slots);
  device_.launch(plan_.launch(), AdvanceArgs{.records = at<CoreRecord>(records_),
                                             .blobs = at<u8>(blobs_),
                                             .tile_begin = at<u32>(tiles_),
                                             .cores = image_.cores(),
                                             .words = image_.words,
                                             .layers = plan_.layers(),
                                             .parts = plan_.parts,
                                             .staged_cores = plan_.staged_cores,
                                             .staged_bytes = plan_.staged_bytes,
                                             .padded_neurons = image_.padded_neurons,
                                             .replicas = replicas_,
                                             .ring = ring,
                                             .step = plan_.step,
                                             .first_slot = static_cast<u32>(tick_ % ring),
                                             .first_tick = tick_,
                                             .ticks = static_cast<u32>(ticks),
                                             .neuron_state = at<i32>(neuron_state_),
                                             .waiting = at<u32>(waiting_),
                                             .quiet = at<u8>(quiet_),
                                             .counts = at<u64>(counts_),
                                             .barrier = at<u32>(barriers_),
                                             .events = at<Event>(events_),
                                             .event_begin = at<u64>(event_begin_),
                                             .event_ticks = event_ticks_,
                                             .output_words = program.output_words() * 2,
                                             .output = at<u32>(rows_->output(row)),
                                             .fired = at<u32>(rows_->fired(row))});
  tick_ += ticks;
}

void LoadedChip::launch_digest(u64 row) {
  const Program& program = host_.program();
  const u64 work = std::max(image_.padded_neurons, layout_.waiting_words() / replicas_ / 2);
  const u32 blocks = static_cast<u32>(std::clamp<u64>(work / digest_threads / 4, 1, 256));
  device_.launch(  // more replicas than grid_y could be
      {.kernel = "digest_state", .grid_x = replicas_, .grid_y = blocks, .block = digest_threads},
      DigestArgs{.records = at<CoreRecord>(records_),
                 .position = at<u32>(positions_),
                 .place = at<u32>(places_),
                 .cores = image_.cores(),
                 .words = image_.words,
                 .axons = program.chip.axons,
                 .slots = program.chip.slots,
                 .mesh_size = program.chip.mesh.size(),
                 .core_neurons = program.chip.neurons,
                 .state_words = program.state_words(),
                 .ring = plan_.ring(program.chip.slots),
                 .output_words = program.output_words(),
                 .padded_neurons = image_.padded_neurons,
                 .next_tick = tick_,
                 .neuron_state = at<i32>(neuron_state_),
                 .waiting = at<u32>(waiting_),
                 .output = at<u64>(rows_->output(row + 1)),
                 .digests = at<u64>(rows_->digests(row))});
}

// The potential is the first state word of every model.
void LoadedChip::copy_potentials(u64 row) {
  const u64 bytes = image_.padded_neurons * sizeof(i32);
  const u64 replica_bytes = neuron_state_.bytes() / replicas_;
  for (u32 r = 0; r < replicas_ && bytes > 0; ++r) {
    device_.copy(rows_->potentials(row) + r * bytes, neuron_state_.address() + r * replica_bytes,
                 bytes);
  }
}

}  // namespace spikefab::sim::cuda
