#include "sim/cuda/synaptic_image.h"

#include <algorithm>

#include "base/error.h"
#include "base/memory.h"

namespace spikefab::sim::cuda {
namespace {

static_assert(to_bus == output_bus);

// Indices have 32 bits; warps step beyond the last one.
void check_number(u64 number, const char* of_what) {
  constexpr u64 most = (u64{1} << 32) - 2 * warp_lanes;
  if (number <= most) return;
  throw ResourceError("engine cuda: the program has " + std::to_string(number) + " " + of_what +
                      " (at most " + std::to_string(most) + " can be numbered)");
}

std::vector<SynapticEvent> make_events(const HostProgram& host, const Stimulus& stimulus) {
  std::vector<SynapticEvent> events;
  events.reserve(stimulus.events.size());
  for (u64 i = 0; i < stimulus.events.size(); ++i) {
    const StimulusEvent& e = stimulus.events[i];
    events.push_back({host.core_at(e.position).value, e.axon, stimulus.payload_of(i)});
  }
  return events;
}

// [core] arrivals in a tick, at most: a spike of every neuron that has it as a target, and the
// events of the busiest tick.
std::vector<u64> most_arrivals(const Program& p, const Stimulus& stimulus,
                               const std::vector<SynapticEvent>& events) {
  std::vector<u64> spikes(p.cores(), 0);
  for (const u32 core : p.memory->target_core) {
    if (core != output_bus) ++spikes[core];
  }
  std::vector<u64> most(p.cores(), 0);
  std::vector<u64> now(p.cores(), 0);
  for (u64 row = 0; row + 1 < stimulus.begin.size(); ++row) {
    const u64 first = stimulus.begin[row];
    const u64 last = stimulus.begin[row + 1];
    for (u64 i = first; i < last; ++i) {
      const u32 core = events[i].core;
      if (core != output_bus) most[core] = std::max(most[core], ++now[core]);
    }
    for (u64 i = first; i < last; ++i) {
      if (events[i].core != output_bus) now[events[i].core] = 0;
    }
  }
  for (u32 c = 0; c < p.cores(); ++c) most[c] += spikes[c];
  return most;
}

// Parameters that are the same for all neurons of a core are kept once.
void add_params(const Program& p, u32 core, SynapticImage& image) {
  for (u32 k = 0; k < p.params(); ++k) {
    const auto first =
        p.neuron_param.begin() + static_cast<i64>(k * p.neurons() + p.neuron_begin[core]);
    const auto last = first + p.core_neurons(core);
    const bool differs = std::any_of(first, last, [&](i32 value) { return value != *first; });
    if (differs) {
      image.params.push_back({1, static_cast<u32>(image.param_values.size())});
      image.param_values.insert(image.param_values.end(), first, last);
    } else {
      image.params.push_back({0, first == last ? 0 : static_cast<u32>(*first)});
    }
  }
}

}  // namespace

SynapticImage make_synaptic_image(const HostProgram& host, const Stimulus& stimulus) {
  const Program& p = host.program();
  const SynapticMemory& memory = *p.memory;
  check_number(p.neurons() * std::max(model_outline(p.chip).inputs, p.params()),
               "parameters or accumulators of neurons");
  check_number(memory.axon_begin.back(), "axons");
  check_number(memory.synapse.size(), "synapses");
  check_number(memory.target_core.size(), "targets of neurons");
  check_available_memory(
      p.neuron_param.size() * sizeof(i32) + stimulus.events.size() * sizeof(SynapticEvent),
      "engine cuda: the chip's image");
  SynapticImage image;
  image.events = make_events(host, stimulus);
  const std::vector<u64> arrivals = most_arrivals(p, stimulus, image.events);
  u32 groups = 0;
  for (u32 c = 0; c < p.cores(); ++c) {
    image.cores.push_back({.first = static_cast<u32>(p.neuron_begin[c]),
                           .neurons = p.core_neurons(c),
                           .first_group = groups,
                           .position = p.position[c],
                           .first_row = static_cast<u32>(memory.axon_begin[c]),
                           .inbox = static_cast<u32>(image.inbox_size)});
    groups += static_cast<u32>(divide_up(p.core_neurons(c), warp_lanes));
    image.inbox_size += arrivals[c];
    add_params(p, c, image);
  }
  image.cores.push_back({.first = static_cast<u32>(p.neurons()),
                         .neurons = 0,
                         .first_group = groups,
                         .position = 0,
                         .first_row = static_cast<u32>(memory.axon_begin.back()),
                         .inbox = 0});
  return image;
}

}  // namespace spikefab::sim::cuda
