// The mesh of routers: positions, dimension-order routes, hops.
#pragma once

#include <compare>

#include "base/hd.h"

namespace spikefab {

struct Position {
  u32 x = 0;
  u32 y = 0;
  auto operator<=>(const Position&) const = default;
};

enum class Routing : u8 { xy, yx };  // which dimension is travelled first

struct Mesh {
  u32 width = 1;
  u32 height = 1;
  Routing routing = Routing::xy;

  SPIKEFAB_HD constexpr u32 size() const { return width * height; }
  SPIKEFAB_HD constexpr u32 index(Position p) const { return p.x + p.y * width; }
  SPIKEFAB_HD constexpr Position at(u32 index) const { return {index % width, index / width}; }
  SPIKEFAB_HD constexpr bool holds(i64 x, i64 y) const {
    return x >= 0 && y >= 0 && x < width && y < height;
  }

  // Links crossed between two routers; the same for both routings.
  SPIKEFAB_HD static constexpr u32 hops(Position from, Position to) {
    return (from.x > to.x ? from.x - to.x : to.x - from.x) +
           (from.y > to.y ? from.y - to.y : to.y - from.y);
  }

  // Calls visit(from, to) for each link of the route, in order of travel.
  template <class Visit>
  SPIKEFAB_HD void route(Position from, Position to, Visit&& visit) const {
    for (int leg = 0; leg < 2; ++leg) {
      const bool along_x = (leg == 0) == (routing == Routing::xy);
      u32 Position::*axis = along_x ? &Position::x : &Position::y;
      while (from.*axis != to.*axis) {
        Position next = from;
        next.*axis = from.*axis < to.*axis ? from.*axis + 1 : from.*axis - 1;
        visit(from, next);
        from = next;
      }
    }
  }
};

}  // namespace spikefab
