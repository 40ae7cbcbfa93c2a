// How many spikes per tick cross each link and port of the mesh, as unicast and as multicast trees.
// Routes go along x, then y, then z; the tree of a source is the union of its routes.
#pragma once

#include <array>
#include <span>
#include <vector>

#include "mapper/mapping/core_traffic.h"
#include "mapper/mapping/placer.h"
#include "mapper/mapping/tiles.h"

namespace spikefab {

// Directed links, numbered [direction][tile that they leave]; directions are +x, -x, +y, -y, +z,
// -z. A torus has them all, but along axes of length 1; also between two tiles of an axis of
// length 2, where there are two in each direction. Routers of tiles that are not usable route.
class Links {
 public:
  static constexpr u32 directions = 6;

  explicit Links(const Tiles& tiles);

  u64 size() const { return u64{directions} * tiles_; }  // numbers, not all of which exist
  u64 number(u32 direction, u32 tile) const { return u64{direction} * tiles_ + tile; }
  u32 axis_of(u64 link) const { return static_cast<u32>(link / tiles_) / 2; }
  bool exists(u64 link) const;
  u64 count() const;           // that exist
  u32 most_of_a_tile() const;  // that leave the tile that has most of them

  // From one tile to another along an axis; on a torus of even length the farthest is ahead.
  i32 offset(u32 axis, u32 from, u32 to) const {
    const i32 length = length_[axis];
    const i32 straight = place_[to][axis] - place_[from][axis];
    if (!torus_) return straight;
    const i32 ahead = straight < 0 ? straight + length : straight;
    return 2 * ahead <= length ? ahead : ahead - length;
  }

  // Calls visit(link, tile that it leads to) in order of travel.
  template <class Visit>
  void for_each_on_route(u32 from, u32 to, const Visit& visit) const {
    u32 tile = from;
    for (u32 axis = 0; axis < 3; ++axis) {
      const i32 way = offset(axis, from, to);
      const u64 first = number(2 * axis + (way < 0), 0);
      const i32 end = way < 0 ? 0 : length_[axis] - 1;  // from here it wraps
      const i32 step = way < 0 ? -stride_[axis] : stride_[axis];
      const i32 wrap = step * (1 - length_[axis]);
      i32 at = place_[from][axis];
      for (i32 left = way < 0 ? -way : way; left > 0; --left) {
        const u64 link = first + tile;
        const bool wraps = at == end;
        tile += static_cast<u32>(wraps ? wrap : step);
        at = wraps ? length_[axis] - 1 - end : at + (way < 0 ? -1 : 1);
        visit(link, tile);
      }
    }
  }

 private:
  u32 tiles_;
  bool torus_;
  std::array<i32, 3> length_;
  std::array<i32, 3> stride_;
  std::vector<std::array<i32, 3>> place_;  // [tile]
};

// In spikes per tick.
struct LinkLoads {
  std::vector<double> link;      // [link]
  std::vector<double> inject;    // [tile] core to router
  std::vector<double> eject;     // [tile] router to core
  std::array<double, 3> hops{};  // along x, y, z

  double all_hops() const { return hops[0] + hops[1] + hops[2]; }
};

// What stays on a core is not routed.
struct RoutedTraffic {
  LinkLoads unicast;
  LinkLoads tree;
  // Of routing tables, if each class has a key: routers on its tree, and those among them where it
  // does not just go straight on, which needs no entry.
  std::vector<u64> tree_routers;   // [tile]
  std::vector<u64> table_entries;  // [tile]
};

// Same inputs, same bits.
RoutedTraffic route(const CoreTraffic& traffic, const Tiles& tiles, const TileOfCore& tile_of_core);

// Links of a tree in closed form, without walking it.
u64 tree_links(const Links& links, u32 from, std::span<const u32> to);

}  // namespace spikefab
