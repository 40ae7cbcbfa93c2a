// Simulated annealing of a placement, for any cost that can tell what a move would change.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "base/hd.h"
#include "mapper/mapping/fast_random.h"
#include "mapper/mapping/placement_hops.h"
#include "mapper/mapping/tiles.h"

namespace spikefab {

// Draws x with probability e^-x from a table: no exp() that differs between math libraries.
class ExponentialTable {
 public:
  static const ExponentialTable& get();
  double draw(u64 bits) const { return quantile_[bits >> 52]; }
  // The share of draws above x: about e^-x.
  double above(double x) const;

 private:
  ExponentialTable();
  std::array<double, 4096> quantile_;  // ascending
};

// `Cost` has the functions of PlacementHops. The schedule begins near the temperature at which the
// start would neither get better nor worse, so that what a good start knows is kept; it cools by a
// constant factor and ends with moves that only improve. Moves go as far as it takes for 44% of
// them to be accepted [Betz, Rose 1997, sec. 3].
template <class Cost>
class Annealing {
 public:
  Annealing(Cost& cost, const Tiles& tiles, u64 seed)
      : cost_(cost),
        tiles_(tiles),
        random_(seed),
        radius_(std::max({tiles.width, tiles.height, tiles.depth})) {}

  // Tries this many moves for each core. Leaves a placement that is not worse than the first.
  void run(u64 moves_per_core) {
    const double last = static_cast<double>(cost_.mean_flow()) * final_heat;
    if (last == 0) return;  // nothing to gain
    const u64 moves = divide_up(moves_per_core * cost_.cores(), stages);
    const TileOfCore start = cost_.tile_of_core();
    const auto start_cost = cost_.cost();
    double temperature = start_temperature(last);
    // The 128th root by operations that are exact on all machines.
    double factor = last / temperature;
    for (u32 i = stages; i > 1; i /= 2) factor = std::sqrt(factor);
    for (u32 stage = 0; stage < stages + cold_stages; ++stage, temperature *= factor) {
      const u64 accepted = try_moves(moves, stage < stages ? temperature : 0);
      const double share = static_cast<double>(accepted) / static_cast<double>(moves);
      radius_ = std::clamp(radius_ * (1 - 0.44 + share), 1.0, longest());
      cost_.refresh();
    }
    if (cost_.cost() > start_cost) cost_.reset(start);
  }

 private:
  static constexpr u32 stages = 128;     // a power of two
  static constexpr u32 cold_stages = 4;  // that only improve
  // Measured on the core graphs of facts/mapping.md, 7.3 and 7.4.
  static constexpr double reheat = 2;        // times the temperature that would change nothing
  static constexpr double final_heat = 0.1;  // times the mean flow

  double longest() const { return std::max({tiles_.width, tiles_.height, tiles_.depth}); }

  // Along one axis: up to `radius` from `at`.
  static u32 near(u32 at, u32 length, u32 radius, bool torus, u32 bits) {
    if (torus && 2 * radius + 1 < length) {
      return (at + length - radius + FastRandom::scaled(bits, 2 * radius + 1)) % length;
    }
    const u32 low = at > radius ? at - radius : 0;
    const u32 high = std::min(at + radius, length - 1);
    return low + FastRandom::scaled(bits, high - low + 1);
  }

  u32 tile_near(u32 tile, u32 radius, u64 bits) {
    const u32 x =
        near(tiles_.x(tile), tiles_.width, radius, tiles_.torus, static_cast<u32>(bits << 16));
    const u32 y = near(tiles_.y(tile), tiles_.height, radius, tiles_.torus,
                       static_cast<u32>(bits) & 0xffff0000);
    const u32 flat = y * tiles_.width + x;
    if (tiles_.depth == 1) return flat;
    const u32 z =
        near(tiles_.z(tile), tiles_.depth, radius, tiles_.torus, static_cast<u32>(random_.next()));
    return z * tiles_.width * tiles_.height + flat;
  }

  // How many were accepted.
  u64 try_moves(u64 moves, double temperature) {
    const auto radius = static_cast<u32>(std::ceil(radius_));
    u64 accepted = 0;
    for (u64 i = 0; i < moves; ++i) {
      const u64 bits = random_.next();
      const u32 core = FastRandom::scaled(static_cast<u32>(bits >> 32), cost_.cores());
      const u32 from = cost_.tile_of(core);
      const u32 tile = tile_near(from, radius, bits);
      if (tile == from || cost_.core_at(tile) == PlacementHops::unusable) continue;
      const auto delta = cost_.delta(core, tile);
      if (delta > 0 &&
          static_cast<double>(delta) >= temperature * exponential_.draw(random_.next())) {
        continue;
      }
      cost_.move(core, tile, delta);
      ++accepted;
    }
    return accepted;
  }

  // The temperature at which a sample of moves, near and far, would change nothing on average.
  double start_temperature(double least) {
    std::vector<double> deltas;
    double sum = 0;
    for (u32 i = 0; i < 1024; ++i) {
      const u32 core = random_.below(cost_.cores());
      const u32 radius = std::min(u32{1} << random_.below(16), static_cast<u32>(longest()));
      const u32 tile = tile_near(cost_.tile_of(core), radius, random_.next());
      if (tile == cost_.tile_of(core) || cost_.core_at(tile) == PlacementHops::unusable) continue;
      deltas.push_back(static_cast<double>(cost_.delta(core, tile)));
      sum += std::abs(deltas.back());
    }
    double low = least;
    double high = std::max(least, deltas.empty() ? 0 : sum / static_cast<double>(deltas.size()));
    for (u32 i = 0; i < 20; ++i) {
      const double middle = std::sqrt(low * high);
      double drift = 0;
      for (const double d : deltas) drift += d * (d > 0 ? exponential_.above(d / middle) : 1);
      (drift < 0 ? low : high) = middle;
    }
    return high * reheat;
  }

  Cost& cost_;
  const Tiles& tiles_;
  FastRandom random_;
  const ExponentialTable& exponential_ = ExponentialTable::get();
  double radius_;
};

}  // namespace spikefab
