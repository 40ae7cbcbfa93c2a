#include "sim/cuda/synaptic_chip.h"

#include <algorithm>

#include "base/memory.h"

namespace spikefab::sim::cuda {
namespace {

RowShape row_shape(const Program& p, u32 replicas) {
  RowShape shape{.replicas = replicas,
                 .output_words = p.output_words() * u64{2},
                 .neurons = p.neurons(),
                 .spikes = SpikeRows::payloads,
                 .cores = {}};
  for (u32 c = 0; c < p.cores(); ++c) {
    shape.cores.push_back({p.position[c], p.neuron_begin[c], p.core_neurons(c)});
  }
  return shape;
}

template <class T>
u64 bytes_of(const std::vector<T>& values) {
  return values.size() * sizeof(T);
}

}  // namespace

SynapticChip::SynapticChip(Device& device, const Program& program, const Stimulus& stimulus,
                           const PlanOptions& options)
    : DeviceRunner(device, program, stimulus),
      image_(make_synaptic_image(host_, stimulus)),
      plan_(make_synaptic_plan(image_, host_.program(), replicas_, options, device)) {
  const RowShape shape = row_shape(host_.program(), replicas_);
  check_device_memory(needed_bytes(shape));
  check_available_memory(2 * state_bytes(program, replicas_),
                         "engine cuda: the host's copy of the state");
  allocate_and_upload(shape);
  restore(initial_state(program, replicas_));
}

std::string SynapticChip::how() const {
  std::string text = describe(plan_.grid_x, plan_.grid_y, plan_.block);
  if (plan_.has_accumulators) text += ", accumulators in shared memory";
  return text;
}

u64 SynapticChip::needed_bytes(const RowShape& shape) const {
  const SynapticMemory& m = *program().memory;
  const u64 chip = bytes_of(image_.cores) + bytes_of(image_.params) +
                   bytes_of(image_.param_values) + bytes_of(m.row_begin) + bytes_of(m.synapse) +
                   bytes_of(m.target_begin) + bytes_of(m.target_core) + bytes_of(m.target_axon) +
                   program().neurons() * sizeof(u32);
  const u64 accumulators =
      checked_product({replicas_, state_sizes(program()).accumulators, sizeof(i32)});
  const u64 inboxes =
      plan_.has_inbox ? u64{2} * plan_.grid_y *
                            (image_.inbox_size * sizeof(Arrival) + program().cores() * sizeof(u32))
                      : 0;
  return chip + bytes_of(image_.events) + accumulators + inboxes + memory_bytes(shape);
}

void SynapticChip::allocate_and_upload(const RowShape& shape) {
  const SynapticMemory& m = *program().memory;
  cores_ = uploaded(device_, image_.cores);
  tiles_ = uploaded(device_, plan_.tile_begin);
  params_ = uploaded(device_, image_.params);
  param_values_ = uploaded(device_, image_.param_values);
  events_ = uploaded(device_, image_.events);
  row_begin_ = uploaded(device_, m.row_begin);
  synapse_ = uploaded(device_, m.synapse);
  target_begin_ = uploaded(device_, m.target_begin);
  target_core_ = uploaded(device_, m.target_core);
  target_axon_ = uploaded(device_, m.target_axon);
  target_hops_ = Buffer(device_, program().neurons() * sizeof(u32));
  if (target_hops_.bytes() > 0) {
    device_.upload(target_hops_.address(), host_.synaptic_view().target_hops, target_hops_.bytes());
  }
  accumulators_ = Buffer(device_, replicas_ * state_sizes(program()).accumulators * sizeof(i32));
  if (plan_.has_inbox) {
    inbox_ = Buffer(device_, u64{2} * plan_.grid_y * image_.inbox_size * sizeof(Arrival));
    inbox_count_ = Buffer(device_, u64{2} * plan_.grid_y * program().cores() * sizeof(u32));
    device_.fill(inbox_count_.address(), 0, inbox_count_.bytes());
  }
  take_memory(shape, plan_.grid_y);
}

void SynapticChip::restore(const State& state) {
  SPIKEFAB_ASSERT(state.replicas == replicas_);
  upload(device_, neuron_state_, state.neuron_state);
  upload(device_, accumulators_, state.accumulators);
  upload(device_, shown_, state.output);
  restart(state);
}

State SynapticChip::state() const {
  State state = start();
  state.tick = tick();
  state.neuron_state = downloaded<i32>(device_, neuron_state_);
  state.accumulators = downloaded<i32>(device_, accumulators_);
  state.output = downloaded<u64>(device_, shown_);
  add_counts(counts(), start(), state);
  return state;
}

void SynapticChip::launch_ticks(u64 row, u64 ticks) {
  const Program& p = program();
  device_.launch(plan_.launch(), SynapticArgs{.cores = at<SynapticCore>(cores_),
                                              .tile_begin = at<u32>(tiles_),
                                              .params = at<SynapticParam>(params_),
                                              .param_values = at<i32>(param_values_),
                                              .row_begin = at<u32>(row_begin_),
                                              .synapse = at<u32>(synapse_),
                                              .target_begin = at<u64>(target_begin_),
                                              .target_core = at<u32>(target_core_),
                                              .target_axon = at<u32>(target_axon_),
                                              .target_hops = at<u32>(target_hops_),
                                              .neurons = p.neurons(),
                                              .seed = p.seed,
                                              .neuron_model = p.chip.neuron_model,
                                              .inputs = model_outline(p.chip).inputs,
                                              .slots = p.slots,
                                              .replicas = replicas_,
                                              .ticks = static_cast<u32>(ticks),
                                              .first_tick = tick(),
                                              .neuron_state = at<i32>(neuron_state_),
                                              .accumulators = at<i32>(accumulators_),
                                              .counts = at<u64>(counts_),
                                              .barrier = at<u32>(barriers_),
                                              .inbox = at<Arrival>(inbox_),
                                              .inbox_count = at<u32>(inbox_count_),
                                              .inbox_size = static_cast<u32>(image_.inbox_size),
                                              .all_cores = p.cores(),
                                              .events = at<SynapticEvent>(events_),
                                              .event_begin = at<u64>(event_begin_),
                                              .event_ticks = event_ticks_,
                                              .output_words = p.output_words() * 2,
                                              .output = at<u32>(rows().output(row)),
                                              .sent = at<i32>(rows().spikes(row))});
}

void SynapticChip::launch_digest(u64 row) {
  const Program& p = program();
  const u64 work = p.neurons() * (p.state_words() + u64{p.slots} * model_outline(p.chip).inputs);
  device_.launch(digest_launch("digest_synaptic", replicas_, work),
                 SynapticDigestArgs{.cores = at<SynapticCore>(cores_),
                                    .all_cores = p.cores(),
                                    .mesh_size = p.chip.mesh.size(),
                                    .core_neurons = p.chip.neurons,
                                    .state_words = p.state_words(),
                                    .slots = p.slots,
                                    .inputs = model_outline(p.chip).inputs,
                                    .output_words = p.output_words(),
                                    .neurons = p.neurons(),
                                    .neuron_state = at<i32>(neuron_state_),
                                    .accumulators = at<i32>(accumulators_),
                                    .output = at<u64>(rows().output(row + 1)),
                                    .digests = at<u64>(rows().digests(row))});
}

}  // namespace spikefab::sim::cuda
