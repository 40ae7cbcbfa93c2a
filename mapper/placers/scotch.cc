// The Scotch library maps the graph of cores onto the mesh by recursive bisection of both
// [Pellegrini, Roman 1996]: near the best in a blink. Built where the library was found.
#include <scotch.h>

#include <algorithm>
#include <cmath>
#include <cstdarg>
#include <cstdio>
#include <numeric>

#include "base/error.h"
#include "base/mix.h"
#include "mapper/mapping/middle_box.h"
#include "mapper/mapping/placement_hops.h"
#include "mapper/mapping/placer.h"

namespace {

thread_local std::string scotch_message;  // NOLINT: the last error of the library

void keep_message(const char* format, va_list arguments) {
  char text[256];
  std::vsnprintf(text, sizeof text, format, arguments);
  scotch_message = text;
}

}  // namespace

// The library calls these for its errors and warnings; its own print, and one ends the process.
extern "C" {
void SCOTCH_errorProg(const char*) {}
void SCOTCH_errorPrint(const char* format, ...) {
  va_list arguments;
  va_start(arguments, format);
  keep_message(format, arguments);
  va_end(arguments);
}
void SCOTCH_errorPrintW(const char*, ...) {}
}

namespace spikefab {
namespace {

void check(int failed, const char* step) {
  if (failed) {
    throw ResourceError(std::string("placer scotch: the library failed to ") + step +
                        (scotch_message.empty() ? "" : ": " + scotch_message));
  }
}

// An object of the library, which is valid from its init to its exit.
template <class T, int (*init)(T*), void (*exit)(T*)>
class Owned {
 public:
  Owned() { check(init(&object_), "begin"); }
  ~Owned() { exit(&object_); }
  Owned(const Owned&) = delete;
  Owned& operator=(const Owned&) = delete;
  T* get() { return &object_; }

 private:
  T object_;
};
using Graph = Owned<SCOTCH_Graph, SCOTCH_graphInit, SCOTCH_graphExit>;
using Arch = Owned<SCOTCH_Arch, SCOTCH_archInit, SCOTCH_archExit>;
using Context = Owned<SCOTCH_Context, SCOTCH_contextInit, SCOTCH_contextExit>;
using Strat = Owned<SCOTCH_Strat, SCOTCH_stratInit, SCOTCH_stratExit>;

// The tiles of a box as the library sees them.
class Target {
 public:
  Target(const MiddleBox& box, bool torus) {
    const auto width = static_cast<SCOTCH_Num>(box.length(0));
    const auto height = static_cast<SCOTCH_Num>(box.length(1));
    const auto depth = static_cast<SCOTCH_Num>(box.length(2));
    const bool closed = torus && box.is_whole();
    if (depth > 1) {
      const auto build = closed ? SCOTCH_archTorus3 : SCOTCH_archMesh3;
      check(build(all_.get(), width, height, depth), "build the mesh");
    } else {
      const auto build = closed ? SCOTCH_archTorus2 : SCOTCH_archMesh2;
      check(build(all_.get(), width, height), "build the mesh");
    }
    for (const MiddleBox::Tile tile : box.usable_tiles()) {
      tiles_.push_back(tile.in_mesh);
      in_box_.push_back(static_cast<SCOTCH_Num>(tile.in_box));
    }
    has_faults_ = tiles_.size() < box.size();
    if (!has_faults_) return;
    const auto count = static_cast<SCOTCH_Num>(in_box_.size());
    check(SCOTCH_archSub(usable_.get(), all_.get(), count, in_box_.data()), "leave out tiles");
  }
  SCOTCH_Arch* get() { return has_faults_ ? usable_.get() : all_.get(); }
  const std::vector<u32>& tiles() const { return tiles_; }  // [the library's number]

 private:
  std::vector<u32> tiles_;
  std::vector<SCOTCH_Num> in_box_;
  Arch all_;
  Arch usable_;
  bool has_faults_ = false;
};

// The graph of cores; the library adds up flow times distance in 32 bits.
class CoreGraph {
 public:
  CoreGraph(const CoreFlows& flows, const Tiles& tiles) {
    const double longest = double{1} + tiles.width + tiles.height + tiles.depth;
    const double sum = std::accumulate(flows.flow.begin(), flows.flow.end(), 0.0);
    const double most = flows.flow.empty() ? 1 : *std::ranges::max_element(flows.flow);
    const double scale = std::min(1e6 / most, 0x1p30 / (sum * longest));
    for (u32 core = 0; core < flows.cores; ++core) {
      for (u64 e = flows.begin[core]; e < flows.begin[core + 1]; ++e) {
        const auto load = static_cast<SCOTCH_Num>(std::ceil(flows.flow[e] * scale));
        other_.push_back(static_cast<SCOTCH_Num>(flows.other[e]));
        load_.push_back(load);
      }
      begin_.push_back(static_cast<SCOTCH_Num>(other_.size()));
    }
    check(SCOTCH_graphBuild(graph_.get(), 0, static_cast<SCOTCH_Num>(flows.cores), begin_.data(),
                            nullptr, nullptr, nullptr, begin_.back(), other_.data(), load_.data()),
          "build the graph of cores");
  }
  SCOTCH_Graph* get() { return graph_.get(); }

 private:
  std::vector<SCOTCH_Num> begin_ = {0};
  std::vector<SCOTCH_Num> other_;
  std::vector<SCOTCH_Num> load_;
  Graph graph_;
};

// Cores that share a tile go to the closest empty ones.
void spread(TileOfCore& tile_of_core, const Target& target, const Tiles& mesh) {
  std::vector<bool> taken(mesh.size());
  std::vector<u32> homeless;
  for (u32 core = 0; core < tile_of_core.size(); ++core) {
    if (taken[tile_of_core[core]]) homeless.push_back(core);
    taken[tile_of_core[core]] = true;
  }
  for (const u32 core : homeless) {
    const u32 wanted = tile_of_core[core];
    u32 best = wanted;
    for (const u32 tile : target.tiles()) {
      if (taken[tile]) continue;
      if (best == wanted || mesh.hops(wanted, tile) < mesh.hops(wanted, best)) best = tile;
    }
    tile_of_core[core] = best;
    taken[best] = true;
  }
}

// A context with one thread and its own random numbers: the answer depends on the seed only.
TileOfCore map_once(CoreGraph& graph, Target& target, SCOTCH_Num flags, u32 cores, u64 seed) {
  Strat strategy;
  check(SCOTCH_stratGraphMapBuild(strategy.get(), flags, static_cast<SCOTCH_Num>(cores), 0.0),
        "build its strategy");
  Context context;
  check(SCOTCH_contextThreadSpawn(context.get(), 1, nullptr), "begin");
  SCOTCH_contextRandomSeed(context.get(), static_cast<SCOTCH_Num>(seed & 0x7fffffff));
  SCOTCH_contextRandomReset(context.get());
  Graph bound;
  check(SCOTCH_contextBindGraph(context.get(), graph.get(), bound.get()), "begin");
  std::vector<SCOTCH_Num> number(cores);
  check(SCOTCH_graphMap(bound.get(), target.get(), strategy.get(), number.data()), "map");
  TileOfCore tile_of_core;
  for (const SCOTCH_Num n : number) {
    tile_of_core.push_back(target.tiles()[static_cast<std::size_t>(n)]);
  }
  return tile_of_core;
}

class Scotch : public Placer {
 public:
  std::vector<ParamSpec> params() const override {
    return {{"tries", 4, 1, 1000, "", "of which the best is taken"},
            {"quality", 1, 0, 1, "", "1: the library's slower and better strategy"}};
  }

  TileOfCore place(const PlacementProblem& problem, std::span<const i32> params) const override {
    const u32 cores = problem.traffic.cores;
    if (cores == 0) return {};
    // Were there many more tiles than cores, the library would spread the cores over all of them.
    Target target(MiddleBox(problem.tiles, cores), problem.tiles.torus);
    if (cores == 1) return {target.tiles()[0]};
    CoreGraph graph(problem.flows, problem.tiles);
    const SCOTCH_Num flags = SCOTCH_STRATBALANCE | (params[1] ? SCOTCH_STRATQUALITY : 0);
    TileOfCore best;
    i64 best_cost = 0;
    for (u32 i = 0; i < static_cast<u32>(params[0]); ++i) {
      TileOfCore found = map_once(graph, target, flags, cores, mix64(problem.seed + i));
      spread(found, target, problem.tiles);
      const i64 cost = PlacementHops(problem.flows, problem.tiles, found).cost();
      if (!best.empty() && cost >= best_cost) continue;
      best = std::move(found);
      best_cost = cost;
    }
    return best;
  }
};

SPIKEFAB_REGISTER(Placer, "scotch", Scotch, "the Scotch library; a very good start");

}  // namespace
}  // namespace spikefab
