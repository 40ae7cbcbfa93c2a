// Each layer is cut into tiles of rows x columns x channels (as NxTF does); the cut of all layers
// that causes the fewest deliveries is sought with a beam search, from the last layer to the first,
// since how many cores a neuron reaches depends on the layers behind it.
#include <algorithm>
#include <memory>
#include <utility>

#include "mapper/mapping/partitioner.h"
#include "mapper/mapping/tile_grid.h"

namespace spikefab {
namespace {

// The layers behind the one that is next, cut.
struct State {
  double deliveries = 0;
  std::shared_ptr<const ReachCounter> reach;
  std::vector<TileGrid> grids;  // of the last layer first
};

struct Step {
  double deliveries = 0;
  const State* from = nullptr;
  TileGrid grid;
};

class Tile : public Partitioner {
 public:
  std::vector<ParamSpec> params() const override {
    return {
        {"beam", 4, 1, 64, "", "ways to cut the layers behind that are kept at a time"},
        {"spare", 10, 0, 400, "%", "tiles of a layer, more than it takes"},
        {"channels", 1, 0, 1, "", "0: channels are cut only where a core has no room for them"}};
  }

  NeuronGroups group(const PartitionProblem& problem, std::span<const i32> params) const override {
    const SpikeGraph& graph = problem.graph;
    const u32 width = static_cast<u32>(params[0]);
    const LayerTiles::Wanted wanted = {static_cast<u32>(params[1]), width, params[2] == 1};
    // Without a limit of output axons, the best way for a layer does not depend on others.
    const u32 kept = problem.limits.output_axons == no_limit ? 1 : width;
    LayerTiles tiles(graph, problem.limits);
    std::vector<State> beam = {{0, std::make_shared<ReachCounter>(graph), {}}};
    for (std::size_t l = graph.layers.size(); l-- > 0;) {
      tiles.choose(graph.layers[l]);
      const std::vector<Step> steps = best_steps(tiles, beam, wanted, kept);
      beam = taken(tiles, steps, l > 0);
    }
    return groups_of(graph, tiles, beam.front().grids);
  }

 private:
  static std::vector<Step> best_steps(LayerTiles& tiles, const std::vector<State>& beam,
                                      const LayerTiles::Wanted& wanted, u32 kept) {
    std::vector<Step> steps;
    for (const State& state : beam) {
      for (const TileGrid& grid : tiles.candidates(*state.reach, wanted)) {
        const double cost = tiles.cost(grid, *state.reach).deliveries;
        steps.push_back({state.deliveries + cost, &state, grid});
      }
    }
    std::stable_sort(steps.begin(), steps.end(),
                     [](const Step& a, const Step& b) { return a.deliveries < b.deliveries; });
    if (steps.size() > kept) steps.resize(kept);
    return steps;
  }

  static std::vector<State> taken(LayerTiles& tiles, const std::vector<Step>& steps,
                                  bool has_layers_before) {
    std::vector<State> states;
    for (const Step& step : steps) {
      State state = *step.from;
      state.deliveries = step.deliveries;
      state.grids.push_back(step.grid);
      if (has_layers_before) {
        auto reach = std::make_shared<ReachCounter>(*state.reach);
        for (const auto& core : tiles.cores(step.grid, *state.reach)) reach->add_core(core);
        state.reach = std::move(reach);
      }
      states.push_back(std::move(state));
    }
    return states;
  }

  static NeuronGroups groups_of(const SpikeGraph& graph, LayerTiles& tiles,
                                const std::vector<TileGrid>& grids) {
    NeuronGroups groups;
    for (std::size_t l = 0; l < graph.layers.size(); ++l) {
      tiles.choose(graph.layers[l]);
      for (auto& tile : tiles.tiles(grids[graph.layers.size() - 1 - l])) {
        groups.push_back(std::move(tile));
      }
    }
    return groups;
  }
};

SPIKEFAB_REGISTER(Partitioner, "tile", Tile,
                  "layers cut into tiles of rows x columns x channels; the fewest deliveries");

}  // namespace
}  // namespace spikefab
