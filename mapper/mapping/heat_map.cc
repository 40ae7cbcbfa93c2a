#include "mapper/mapping/heat_map.h"

#include <algorithm>
#include <cstdio>
#include <string_view>
#include <utility>

#include "base/error.h"
#include "mapper/mapping/link_load.h"

namespace spikefab {
namespace {

constexpr std::string_view digits = "0123456789";
constexpr std::string_view shades = " .:-=+*#%@";

enum class Step : u32 { right, down };

std::string text(double value) {
  char buffer[32];
  std::snprintf(buffer, sizeof buffer, "%.6g", value);
  return buffer;
}

double largest(const std::vector<double>& values) {
  return values.empty() ? 0 : std::max(0.0, *std::max_element(values.begin(), values.end()));
}

class Drawer {
 public:
  Drawer(const HeatMap& map, const Tiles& tiles, u32 columns)
      : map_(map),
        tiles_(tiles),
        links_(tiles),
        has_links_(!map.links.empty()),
        side_(side_for(columns)),
        across_(static_cast<u32>(divide_up(tiles.width, side_))),
        down_(static_cast<u32>(divide_up(tiles.height, side_))),
        gap_(has_links_ || 2 * across_ - 1 <= columns),
        most_of_tiles_(largest(map.tiles)),
        most_of_links_(largest(map.links)) {}

  std::string draw() {
    for (u32 z = 0; z < tiles_.depth; ++z) {
      if (tiles_.depth > 1) out_ += "z = " + std::to_string(z) + "\n";
      for (u32 y = 0; y < down_; ++y) {
        draw_tiles(y, z);
        if (has_links_ && y + 1 < down_) draw_links_down(y, z);
      }
    }
    draw_legend();
    return std::move(out_);
  }

 private:
  // Of the squares that are shown as one.
  u32 side_for(u32 columns) const {
    const u32 fit = has_links_ ? (columns + 1) / 2 : columns;
    return static_cast<u32>(divide_up(tiles_.width, fit));
  }

  u32 tile_at(u32 x, u32 y, u32 z) const { return x + tiles_.width * (y + tiles_.height * z); }

  // Calls visit(x, y) for the tiles of a square.
  template <class Visit>
  void for_each_in(u32 square_x, u32 square_y, const Visit& visit) const {
    for (u32 y = square_y * side_; y < std::min((square_y + 1) * side_, tiles_.height); ++y) {
      for (u32 x = square_x * side_; x < std::min((square_x + 1) * side_, tiles_.width); ++x) {
        visit(x, y);
      }
    }
  }

  static char glyph(std::string_view glyphs, double value, double most) {
    if (most == 0) return glyphs[0];
    const double tenth = 10 * value / most;
    const std::size_t index = std::min<std::size_t>(static_cast<std::size_t>(tenth), 9);
    const bool is_small = index == 0 && value > 0;  // not nothing
    return glyphs[is_small && glyphs == shades ? 1 : index];
  }

  char tile_glyph(u32 square_x, u32 square_y, u32 z) const {
    double most = HeatMap::nothing;
    for_each_in(square_x, square_y,
                [&](u32 x, u32 y) { most = std::max(most, map_.tiles[tile_at(x, y, z)]); });
    return most < 0 ? '_' : glyph(digits, most, most_of_tiles_);
  }

  // Of the links between a square and the next one, in both directions.
  char link_glyph(Step step, u32 square_x, u32 square_y, u32 z) const {
    double most = 0;
    for_each_in(square_x, square_y, [&](u32 x, u32 y) {
      const bool is_right = step == Step::right;
      if (((is_right ? x : y) + 1) % side_ != 0) return;
      const u32 next = is_right ? tile_at(x + 1, y, z) : tile_at(x, y + 1, z);
      const u32 ahead = is_right ? 0 : 2;
      most = std::max({most, map_.links[links_.number(ahead, tile_at(x, y, z))],
                       map_.links[links_.number(ahead + 1, next)]});
    });
    return glyph(shades, most, most_of_links_);
  }

  void draw_tiles(u32 y, u32 z) {
    for (u32 x = 0; x < across_; ++x) {
      out_ += tile_glyph(x, y, z);
      if (x + 1 == across_ || !gap_) continue;
      out_ += has_links_ ? link_glyph(Step::right, x, y, z) : ' ';
    }
    out_ += '\n';
  }

  void draw_links_down(u32 y, u32 z) {
    std::string line;
    for (u32 x = 0; x < across_; ++x) {
      line += link_glyph(Step::down, x, y, z);
      line += ' ';
    }
    line.erase(line.find_last_not_of(' ') + 1);
    out_ += line + '\n';
  }

  void draw_legend() {
    out_ += "tiles: 0 to 9 are tenths of " + text(most_of_tiles_) + " " + map_.tile_unit;
    out_ += "; _ has no core\n";
    if (has_links_) {
      out_ += "links: \"" + std::string(shades) + "\" are tenths of " + text(most_of_links_) + " " +
              map_.link_unit + ", in the busier direction\n";
      if (tiles_.torus || tiles_.depth > 1) {
        out_ += "links around the torus and between planes are not shown, but counted among them\n";
      }
    }
    if (side_ > 1) {
      const std::string side = std::to_string(side_);
      out_ += "each character is the largest of " + side + " x " + side + " tiles\n";
    }
  }

  const HeatMap& map_;
  const Tiles& tiles_;
  const Links links_;
  const bool has_links_;
  const u32 side_;    // tiles
  const u32 across_;  // squares
  const u32 down_;
  const bool gap_;  // between tiles, for links or to be read
  const double most_of_tiles_;
  const double most_of_links_;
  std::string out_;
};

}  // namespace

std::string draw(const HeatMap& map, const Tiles& tiles, u32 columns) {
  SPIKEFAB_ASSERT(columns >= 2 && map.tiles.size() == tiles.size());
  SPIKEFAB_ASSERT(map.links.empty() || map.links.size() == Links(tiles).size());
  return Drawer(map, tiles, columns).draw();
}

}  // namespace spikefab
