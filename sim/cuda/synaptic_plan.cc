#include "sim/cuda/synaptic_plan.h"

#include <algorithm>

#include "base/error.h"

namespace spikefab::sim::cuda {
namespace {

constexpr u32 most_warps = 16;              // per block, all that the kernels are compiled for
constexpr u32 least_warps = 8;              // synapses are added by all of them
constexpr u32 enough_neurons = 4096;        // of a tile, so that its work outweighs a barrier
constexpr u64 inbox_part_of_memory = 4;     // inboxes take one part of so many, at most
constexpr u64 synapses_of_an_update = 128;  // that cost what a neuron does, if some 5 % of them act

class Planner {
 public:
  Planner(const SynapticImage& image, const Program& program, u32 replicas,
          const PlanOptions& options, Device& device)
      : image_(image),
        p_(program),
        replicas_(replicas),
        options_(options),
        device_(device),
        info_(device.info()) {}

  SynapticPlan make() {
    if (options_.step > 1) {
      throw UsageError("engine cuda: step = " + std::to_string(options_.step) +
                           " (must be 1 for chips with synaptic memory)",
                       "leave step out");
    }
    weigh_cores();
    set_tiles(options_.tiles == 0 ? best_tiles() : std::min(options_.tiles, most_tiles()));
    choose_block();
    choose_way();
    const u32 blocks = std::max(1u, device_.resident_blocks(plan_.launch()));
    plan_.grid_y = std::clamp(blocks / plan_.grid_x, 1u, std::min(replicas_, max_grid_y));
    return plan_;
  }

 private:
  static constexpr u32 max_grid_y = 65535;

  // [core + 1] what the cores before cost.
  void weigh_cores() {
    const SynapticMemory& memory = *p_.memory;
    for (u32 c = 0; c <= p_.cores(); ++c) {
      const u64 synapses = memory.row_begin[memory.axon_begin[c]];
      cost_before_.push_back(p_.neuron_begin[c] * synapses_of_an_update + synapses + c);
    }
  }

  // Tiles of cores that follow each other and cost the same, as far as that can be.
  std::vector<u32> tiles(u32 count) const {
    std::vector<u32> begin;
    for (u32 x = 0; x < count; ++x) {
      const auto first = std::lower_bound(cost_before_.begin(), cost_before_.end() - 1,
                                          cost_before_.back() / count * x);
      begin.push_back(static_cast<u32>(first - cost_before_.begin()));
    }
    begin.push_back(p_.cores());
    return begin;
  }

  // The most of any tile.
  template <class Of>
  static u64 largest(const std::vector<u32>& tile_begin, Of&& of) {
    u64 most = 0;
    for (u64 x = 0; x + 1 < tile_begin.size(); ++x) {
      most = std::max<u64>(most, of(tile_begin[x], tile_begin[x + 1]));
    }
    return most;
  }

  u64 accumulator_bytes(const std::vector<u32>& tile_begin) const {
    const u64 neurons = largest(tile_begin, [&](u32 first, u32 last) {
      return p_.neuron_begin[last] - p_.neuron_begin[first];
    });
    return neurons * model_outline(p_.chip).inputs * p_.slots * sizeof(i32);
  }

  static u32 list_bytes(u32 warps) { return warps * spike_list_room * u32{sizeof(SentSpike)}; }

  bool fits(u32 count) const {
    return options_.stage &&
           accumulator_bytes(tiles(count)) + list_bytes(most_warps) <= info_.shared_bytes_per_block;
  }

  u32 most_tiles() const {
    const Launch launch = {.kernel = "synaptic_global",
                           .block = most_warps * warp_lanes,
                           .shared_bytes = list_bytes(most_warps)};
    return std::clamp(p_.cores(), 1u, std::max(1u, device_.resident_blocks(launch)));
  }

  // As few as the accumulators of each fit into the shared memory of a block with, and each has
  // enough to do; more, if replicas are too few to fill the device.
  u32 best_tiles() const {
    const u32 most = std::min(most_tiles(), info_.multiprocessors);
    u32 least = 1;
    while (least < most && !fits(least)) ++least;
    if (!fits(least)) least = 1;
    const u64 useful = divide_up(p_.neurons(), enough_neurons);
    const u32 few = static_cast<u32>(std::clamp<u64>(useful, least, most));
    const u32 side_by_side = std::clamp(info_.multiprocessors / few, 1u, replicas_);
    const u32 many = std::clamp(info_.multiprocessors / side_by_side, few, most);
    return fits(few) && !fits(many) ? few : many;
  }

  void set_tiles(u32 count) {
    plan_.grid_x = count;
    plan_.tile_begin = tiles(count);
  }

  void choose_block() {
    const u64 groups = largest(plan_.tile_begin, [&](u32 first, u32 last) {
      return image_.cores[last].first_group - image_.cores[first].first_group;
    });
    const u32 warps = options_.warps != 0
                          ? options_.warps
                          : static_cast<u32>(std::clamp<u64>(groups, least_warps, most_warps));
    plan_.block = warps * warp_lanes;
  }

  void choose_way() {
    plan_.shared_bytes = list_bytes(plan_.block / warp_lanes);
    plan_.kernel = "synaptic_global";
    if (!fits(plan_.grid_x)) return;
    SynapticPlan in_shared = plan_;
    in_shared.has_accumulators = true;
    in_shared.has_inbox = plan_.grid_x > 1;
    in_shared.kernel = in_shared.has_inbox ? "synaptic_inbox" : "synaptic_shared";
    in_shared.shared_bytes += static_cast<u32>(accumulator_bytes(plan_.tile_begin));
    const u32 blocks = device_.resident_blocks(in_shared.launch());
    const u32 tiles_of_replicas = std::clamp(blocks / plan_.grid_x, 1u, replicas_);
    if (blocks < plan_.grid_x) return;
    if (in_shared.has_inbox && !has_room_for_inboxes(tiles_of_replicas)) return;
    plan_ = in_shared;
  }

  bool has_room_for_inboxes(u32 tiles_of_replicas) const {
    const u64 each = 2 * sizeof(Arrival) * tiles_of_replicas;
    return image_.inbox_size <= most_arrivals_in_inbox &&
           image_.inbox_size <= device_.free_bytes() / inbox_part_of_memory / each;
  }

  const SynapticImage& image_;
  const Program& p_;
  const u32 replicas_;
  const PlanOptions& options_;
  Device& device_;
  const DeviceInfo info_;
  std::vector<u64> cost_before_;
  SynapticPlan plan_;
};

}  // namespace

Launch SynapticPlan::launch() const {
  return {.kernel = kernel,
          .grid_x = grid_x,
          .grid_y = grid_y,
          .block = block,
          .shared_bytes = shared_bytes,
          .cooperative = grid_x > 1};
}

SynapticPlan make_synaptic_plan(const SynapticImage& image, const Program& program, u32 replicas,
                                const PlanOptions& options, Device& device) {
  return Planner(image, program, replicas, options, device).make();
}

}  // namespace spikefab::sim::cuda
