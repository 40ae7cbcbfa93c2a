#include "sim/cuda/launch_plan.h"

#include <algorithm>

#include "base/error.h"

namespace spikefab::sim::cuda {
namespace {

constexpr u32 default_warps = 16;  // per block, all that the kernels are compiled for
constexpr u32 few_per_lane = 2;    // for few neurons per multiprocessor: more warps, each faster
constexpr u32 many_per_lane = 8;   // for throughput: fewer instructions per neuron
constexpr u32 default_step = 16;   // ticks between barriers of a feed-forward batch

// Chooses in the order of the members of LaunchPlan that depend on each other.
class Planner {
 public:
  Planner(const ChipImage& image, const std::string& model, u32 replicas,
          const PlanOptions& options, Device& device)
      : image_(image),
        model_(model),
        replicas_(replicas),
        options_(options),
        device_(device),
        info_(device.info()) {}

  LaunchPlan make() {
    plan_.block = (options_.warps == 0 ? default_warps : options_.warps) * warp_lanes;
    choose_step();
    choose_lanes();
    choose_grid();
    choose_tiles();
    choose_staging();
    return plan_;
  }

 private:
  bool is_feed_forward() const { return image_.layers() > 1; }

  // A batch that fills the device goes through a feed-forward chip layer by layer.
  void choose_step() {
    if (options_.step > 1 && !is_feed_forward()) {
      throw UsageError("engine cuda: step = " + std::to_string(options_.step) +
                           " (must be 1 for this chip: its cores are not feed-forward layers)",
                       "leave step out");
    }
    const bool worth_it = is_feed_forward() && replicas_ >= info_.multiprocessors;
    plan_.step = options_.step != 0 ? options_.step : worth_it ? default_step : 1;
  }

  u64 parts_with(u32 per_lane) const {
    return std::max<u64>(1, divide_up(image_.largest_padded, u64{per_lane} * warp_lanes));
  }

  void choose_lanes() {
    const u64 warps = u64{info_.multiprocessors} * plan_.block / warp_lanes;
    const u64 wide_units = image_.cores() * parts_with(many_per_lane) * replicas_;
    plan_.per_lane = wide_units >= warps ? many_per_lane : few_per_lane;
    plan_.parts = static_cast<u32>(parts_with(plan_.per_lane));
    plan_.kernel = "advance_" + model_ + "_" + std::to_string(plan_.per_lane);
  }

  // How many cores fit into the shared memory of a block.
  u32 staging_room() const {
    if (!options_.stage || image_.largest_blob == 0) return 0;
    return static_cast<u32>(info_.shared_bytes_per_block / image_.largest_blob);
  }

  u32 resident(u64 shared_bytes) const {
    Launch launch = plan_.launch();
    launch.shared_bytes = static_cast<u32>(shared_bytes);
    return std::max(1u, device_.resident_blocks(launch));
  }

  // As many blocks as run at the same time. A chip that fits one block is one, if there are
  // replicas enough to fill the device; then blocks do not wait for each other.
  void choose_grid() {
    const u32 cores = std::max(1u, image_.cores());
    const u64 fetched = std::min<u64>(staging_room(), cores) * image_.largest_blob;
    const u32 blocks = resident(fetched);
    const bool fills = replicas_ >= info_.multiprocessors;
    const bool one_tile = plan_.step > 1 || (fills && cores <= staging_room());
    const u32 warps = plan_.block / warp_lanes;
    const u32 useful = static_cast<u32>(divide_up(u64{cores} * plan_.parts * replicas_, warps));
    plan_.grid_x = one_tile ? 1 : std::min({blocks, cores, std::max(1u, useful)});
    if (options_.tiles != 0) plan_.grid_x = std::min({options_.tiles, blocks, cores});
    plan_.grid_y = std::clamp(blocks / plan_.grid_x, 1u, replicas_);
  }

  // Tick by tick, layers do not matter and a tile is any cores that follow each other.
  void choose_tiles() {
    const u32 layers = plan_.step > 1 ? image_.layers() : 1;
    for (u32 layer = 0; layer < layers; ++layer) {
      const u32 begin = layers == 1 ? 0 : image_.layer_begin[layer];
      const u32 end = layers == 1 ? image_.cores() : image_.layer_begin[layer + 1];
      for (u32 x = 0; x < plan_.grid_x; ++x) {
        plan_.tile_begin.push_back(begin + static_cast<u32>(u64{end - begin} * x / plan_.grid_x));
      }
    }
    plan_.tile_begin.push_back(image_.cores());
  }

  // Cores stay in shared memory if all of a tile fit. If not, fetching them pays only when they
  // are used for many ticks.
  void choose_staging() {
    u32 largest = 0;
    for (u64 i = 0; i + 1 < plan_.tile_begin.size(); ++i) {
      largest = std::max(largest, plan_.tile_begin[i + 1] - plan_.tile_begin[i]);
    }
    const u32 room = staging_room();
    if (plan_.step == 1 && largest > room) return;
    plan_.staged_cores = std::min(largest, room);
    plan_.staged_bytes = plan_.staged_cores == 0 ? 0 : image_.largest_blob;
  }

  const ChipImage& image_;
  const std::string& model_;
  const u32 replicas_;
  const PlanOptions& options_;
  Device& device_;
  const DeviceInfo info_;
  LaunchPlan plan_;
};

}  // namespace

Launch LaunchPlan::launch() const {
  return {.kernel = kernel,
          .grid_x = grid_x,
          .grid_y = grid_y,
          .block = block,
          .shared_bytes = staged_cores * staged_bytes,
          .cooperative = grid_x > 1};
}

LaunchPlan make_plan(const ChipImage& image, const std::string& model, u32 replicas,
                     const PlanOptions& options, Device& device) {
  return Planner(image, model, replicas, options, device).make();
}

}  // namespace spikefab::sim::cuda
