#include "mapper/mapping/link_load.h"

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "base/error.h"

namespace spikefab {
namespace {

using Offset = std::array<i32, 3>;

class Walker {
 public:
  Walker(const CoreTraffic& traffic, const Tiles& tiles, const TileOfCore& tile_of_core)
      : traffic_(traffic),
        links_(tiles),
        tiles_(tiles),
        tile_of_core_(tile_of_core),
        last_on_link_(links_.size()),
        last_entry_(tiles.size()) {
    for (LinkLoads* loads : {&out_.unicast, &out_.tree}) {
      loads->link.resize(links_.size());
      loads->inject.resize(tiles.size());
      loads->eject.resize(tiles.size());
    }
    out_.tree_routers.resize(tiles.size());
    out_.table_entries.resize(tiles.size());
  }

  RoutedTraffic walk() {
    for (u64 i = 0; i < traffic_.classes.size(); ++i) {
      if (!traffic_.targets_of(i).empty()) walk(i);
    }
    return std::move(out_);
  }

 private:
  void walk(u64 index) {
    const std::span<const u32> targets = traffic_.targets_of(index);
    const double rate = traffic_.classes[index].rate;
    const u32 from = tile_of_core_[traffic_.classes[index].core];
    const u64 stamp = index + 1;
    std::array<u64, 3> tree_hops{};
    std::array<u64, 3> unicast_hops{};
    ++out_.tree_routers[from];
    add_entry(from, stamp);
    for (const u32 core : targets) {
      const u32 to = tile_of_core_[core];
      add_entries(from, to, stamp);
      for (u32 axis = 0; axis < 3; ++axis) {
        unicast_hops[axis] += static_cast<u32>(std::abs(links_.offset(axis, from, to)));
      }
      links_.for_each_on_route(from, to, [&](u64 link, u32 tile) {
        out_.unicast.link[link] += rate;
        if (std::exchange(last_on_link_[link], stamp) == stamp) return;
        out_.tree.link[link] += rate;
        ++out_.tree_routers[tile];
        ++tree_hops[links_.axis_of(link)];
      });
      out_.unicast.eject[to] += rate;
      out_.tree.eject[to] += rate;
    }
    out_.unicast.inject[from] += rate * static_cast<double>(targets.size());
    out_.tree.inject[from] += rate;
    for (u32 axis = 0; axis < 3; ++axis) {
      out_.unicast.hops[axis] += rate * static_cast<double>(unicast_hops[axis]);
      out_.tree.hops[axis] += rate * static_cast<double>(tree_hops[axis]);
    }
  }

  // A tree turns, branches or ends only where one of its routes turns or ends.
  void add_entries(u32 from, u32 to, u64 stamp) {
    const u32 x = tiles_.x(to);
    const u32 z = tiles_.z(from) * tiles_.width * tiles_.height;
    add_entry(x + tiles_.y(from) * tiles_.width + z, stamp);
    add_entry(x + tiles_.y(to) * tiles_.width + z, stamp);
    add_entry(to, stamp);
  }

  void add_entry(u32 tile, u64 stamp) {
    if (std::exchange(last_entry_[tile], stamp) != stamp) ++out_.table_entries[tile];
  }

  const CoreTraffic& traffic_;
  const Links links_;
  const Tiles& tiles_;
  const TileOfCore& tile_of_core_;
  std::vector<u64> last_on_link_;  // [link] class + 1
  std::vector<u64> last_entry_;    // [tile] class + 1
  RoutedTraffic out_;
};

// Links of a line that starts at 0 and reaches all of these.
u64 reach(std::span<const Offset> offsets, u32 axis) {
  i32 ahead = 0;
  i32 behind = 0;
  for (const Offset& offset : offsets) {
    ahead = std::max(ahead, offset[axis]);
    behind = std::max(behind, -offset[axis]);
  }
  return static_cast<u64>(ahead) + static_cast<u64>(behind);
}

// The line along an axis and the lines that leave it. `offsets` are sorted and agree on the axes
// before this one.
u64 links_from(std::span<const Offset> offsets, u32 axis) {
  if (axis == 3) return 0;
  u64 links = reach(offsets, axis);
  for (std::size_t begin = 0, end = 0; begin < offsets.size(); begin = end) {
    while (end < offsets.size() && offsets[end][axis] == offsets[begin][axis]) ++end;
    links += links_from(offsets.subspan(begin, end - begin), axis + 1);
  }
  return links;
}

}  // namespace

Links::Links(const Tiles& tiles)
    : tiles_(tiles.size()),
      torus_(tiles.torus),
      length_{static_cast<i32>(tiles.width), static_cast<i32>(tiles.height),
              static_cast<i32>(tiles.depth)},
      stride_{1, length_[0], length_[0] * length_[1]} {
  place_.reserve(tiles_);
  for (u32 t = 0; t < tiles_; ++t) {
    place_.push_back(
        {static_cast<i32>(tiles.x(t)), static_cast<i32>(tiles.y(t)), static_cast<i32>(tiles.z(t))});
  }
}

bool Links::exists(u64 link) const {
  const u32 axis = axis_of(link);
  if (torus_) return length_[axis] > 1;
  const bool back = link / tiles_ % 2 == 1;
  return place_[link % tiles_][axis] != (back ? 0 : length_[axis] - 1);
}

u64 Links::count() const {
  u64 count = 0;
  for (const i32 length : length_) {
    const i32 of_a_line = length == 1 ? 0 : 2 * (torus_ ? length : length - 1);
    count += u64{tiles_} / static_cast<u32>(length) * static_cast<u32>(of_a_line);
  }
  return count;
}

u32 Links::most_of_a_tile() const {
  i32 links = 0;
  for (const i32 length : length_) {
    links += length == 1 ? 0 : torus_ ? 2 : std::min(length - 1, 2);
  }
  return static_cast<u32>(links);
}

RoutedTraffic route(const CoreTraffic& traffic, const Tiles& tiles,
                    const TileOfCore& tile_of_core) {
  SPIKEFAB_ASSERT(tile_of_core.size() == traffic.cores);
  return Walker(traffic, tiles, tile_of_core).walk();
}

u64 tree_links(const Links& links, u32 from, std::span<const u32> to) {
  std::vector<Offset> offsets;
  offsets.reserve(to.size());
  for (const u32 tile : to) {
    offsets.push_back(
        {links.offset(0, from, tile), links.offset(1, from, tile), links.offset(2, from, tile)});
  }
  std::sort(offsets.begin(), offsets.end());
  return links_from(offsets, 0);
}

}  // namespace spikefab
