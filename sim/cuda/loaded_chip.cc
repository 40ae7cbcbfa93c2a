#include "sim/cuda/loaded_chip.h"

#include <algorithm>

#include "base/memory.h"

namespace spikefab::sim::cuda {
namespace {

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

RowShape row_shape(const HostProgram& host, const ChipImage& image, u32 replicas) {
  RowShape shape{.replicas = replicas,
                 .output_words = host.program().output_words() * u64{2},
                 .neurons = image.padded_neurons,
                 .spikes = SpikeRows::bits,
                 .cores = {}};
  for (const u32 core : image.device_core) {  // in the order of positions
    const CoreRecord& record = image.records[core];
    shape.cores.push_back({image.position[core], record.first, record.neurons});
  }
  return shape;
}

}  // namespace

LoadedChip::LoadedChip(Device& device, const Program& program, const Stimulus& stimulus,
                       const PlanOptions& options)
    : DeviceRunner(device, program, stimulus),
      order_(host_.program()),
      image_(checked_image(host_, order_)),
      plan_(make_plan(image_, neuron_model_names()[program.chip.neuron_model], replicas_, options,
                      device)),
      layout_(host_.program(), order_, image_, replicas_, plan_.ring(program.chip.slots)) {
  const RowShape shape = row_shape(host_, image_, replicas_);
  check_device_memory(needed_bytes(shape, stimulus));
  check_available_memory(2 * layout_.bytes() + 2 * state_bytes(program, replicas_),
                         "engine cuda: the host's copy of the state");
  allocate_and_upload(shape, stimulus);
  restore(initial_state(program, replicas_));
}

std::string LoadedChip::how() const {
  std::string text = describe(plan_.grid_x, plan_.grid_y, plan_.block);
  if (plan_.step > 1) text += ", " + std::to_string(plan_.step) + " ticks a step";
  if (plan_.staged_cores > 0) text += ", cores in shared memory";
  return text;
}

u64 LoadedChip::needed_bytes(const RowShape& shape, const Stimulus& stimulus) const {
  const u64 chip = image_.blobs.size() + image_.records.size() * sizeof(CoreRecord) +
                   image_.place.size() * sizeof(u32);
  const u64 events = stimulus.events.size() * sizeof(Event);
  const u64 quiet = checked_product({replicas_, image_.cores(), plan_.parts});
  return chip + events + quiet + layout_.waiting_words() * sizeof(u32) + memory_bytes(shape);
}

void LoadedChip::allocate_and_upload(const RowShape& shape, const Stimulus& stimulus) {
  records_ = uploaded(device_, image_.records);
  blobs_ = uploaded(device_, image_.blobs);
  tiles_ = uploaded(device_, plan_.tile_begin);
  positions_ = uploaded(device_, image_.position);
  places_ = uploaded(device_, image_.place);
  events_ = uploaded(device_, make_events(image_, host_, stimulus));
  waiting_ = Buffer(device_, layout_.waiting_words() * sizeof(u32));
  quiet_ = Buffer(device_, u64{replicas_} * image_.cores() * plan_.parts);
  take_memory(shape, plan_.grid_y);
}

void LoadedChip::restore(const State& state) {
  SPIKEFAB_ASSERT(state.replicas == replicas_);
  const DeviceArrays arrays = layout_.to_device(state);
  upload(device_, neuron_state_, arrays.neuron_state);
  upload(device_, waiting_, arrays.waiting);
  upload(device_, shown_, arrays.output);
  if (quiet_.bytes() > 0) device_.fill(quiet_.address(), 0, quiet_.bytes());
  restart(state);
}

State LoadedChip::state() const {
  const DeviceArrays arrays = {.neuron_state = downloaded<i32>(device_, neuron_state_),
                               .waiting = downloaded<u32>(device_, waiting_),
                               .output = downloaded<u32>(device_, shown_)};
  return layout_.from_device(arrays, start(), tick(), counts());
}

// A warp counts in 32 bits during a launch: what a neuron can add in a tick is bounded by its
// axons, or the hops of its spike.
u64 LoadedChip::most_ticks() const {
  const u64 most_hops = 2 * max_mesh_side;
  const u64 of_neuron = std::max<u64>(program().chip.axons, most_hops);
  return (u64{1} << 32) / (warp_lanes * plan_.per_lane * of_neuron);
}

void LoadedChip::launch_ticks(u64 row, u64 ticks) {
  const u32 ring = plan_.ring(program().chip.slots);
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
                                             .first_slot = static_cast<u32>(tick() % ring),
                                             .first_tick = tick(),
                                             .ticks = static_cast<u32>(ticks),
                                             .neuron_state = at<i32>(neuron_state_),
                                             .waiting = at<u32>(waiting_),
                                             .quiet = at<u8>(quiet_),
                                             .counts = at<u64>(counts_),
                                             .barrier = at<u32>(barriers_),
                                             .events = at<Event>(events_),
                                             .event_begin = at<u64>(event_begin_),
                                             .event_ticks = event_ticks_,
                                             .output_words = program().output_words() * 2,
                                             .output = at<u32>(rows().output(row)),
                                             .fired = at<u32>(rows().spikes(row))});
}

void LoadedChip::launch_digest(u64 row) {
  const Program& p = program();
  const u64 work = std::max(image_.padded_neurons, layout_.waiting_words() / replicas_ / 2);
  device_.launch(digest_launch("digest_crossbars", replicas_, work),
                 DigestArgs{.records = at<CoreRecord>(records_),
                            .position = at<u32>(positions_),
                            .place = at<u32>(places_),
                            .cores = image_.cores(),
                            .words = image_.words,
                            .axons = p.chip.axons,
                            .slots = p.chip.slots,
                            .mesh_size = p.chip.mesh.size(),
                            .core_neurons = p.chip.neurons,
                            .state_words = p.state_words(),
                            .ring = plan_.ring(p.chip.slots),
                            .output_words = p.output_words(),
                            .padded_neurons = image_.padded_neurons,
                            .next_tick = tick(),
                            .neuron_state = at<i32>(neuron_state_),
                            .waiting = at<u32>(waiting_),
                            .output = at<u64>(rows().output(row + 1)),
                            .digests = at<u64>(rows().digests(row))});
}

}  // namespace spikefab::sim::cuda
