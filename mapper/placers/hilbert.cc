// Along a Hilbert curve: cores that are close in their order lie close together. Good for chains of
// dense layers, bad for layers that are images (facts/mapping.md, 7.4).
#include <cstdlib>

#include "mapper/mapping/tile_order.h"

namespace spikefab {
namespace {

struct Vector {
  i32 x = 0;
  i32 y = 0;
  Vector operator+(Vector v) const { return {x + v.x, y + v.y}; }
  Vector operator-(Vector v) const { return {x - v.x, y - v.y}; }
  Vector operator-() const { return {-x, -y}; }
  Vector operator*(i32 factor) const { return {x * factor, y * factor}; }
};

// A curve through rectangles of any size: halves a long one across, else goes up its first half,
// along the whole far side, and down the rest, as the curve in a square does. Parts are cut at even
// lengths where that can be, since a curve from corner to corner along an odd side has to jump.
class Curve {
 public:
  explicit Curve(u32 width) : width_(width) {}

  // From the corner at `at` to that at the other end of the side that is `length` steps of `along`;
  // the other side of the rectangle is `height` steps of `up`.
  void walk(Vector at, Vector along, i32 length, Vector up, i32 height) {
    if (length == 0 || height == 0) return;
    if (height == 1) return straight(at, along, length);
    if (length == 1) return straight(at, up, height);
    if (2 * length > 3 * height) {
      const i32 half = even_half(length);
      walk(at, along, half, up, height);
      walk(at + along * half, along, length - half, up, height);
      return;
    }
    const i32 left = length / 2;
    const i32 low = even_half(height);
    walk(at, up, low, along, left);
    walk(at + up * low, along, length, up, height - low);
    walk(at + along * (length - 1) + up * (low - 1), -up, low, -along, length - left);
  }

  std::vector<u32> path;

 private:
  static i32 even_half(i32 length) {
    const i32 half = length / 2;
    return half % 2 && length > 2 ? half + 1 : half;
  }

  void straight(Vector at, Vector step, i32 steps) {
    for (i32 i = 0; i < steps; ++i, at = at + step) {
      path.push_back(static_cast<u32>(at.y) * width_ + static_cast<u32>(at.x));
    }
  }

  u32 width_;
};

class Hilbert : public Placer {
 public:
  TileOfCore place(const PlacementProblem& problem, std::span<const i32>) const override {
    const auto width = static_cast<i32>(problem.tiles.width);
    const auto height = static_cast<i32>(problem.tiles.height);
    Curve curve(problem.tiles.width);
    if (width >= height) {
      curve.walk({}, {1, 0}, width, {0, 1}, height);
    } else {
      curve.walk({}, {0, 1}, height, {1, 0}, width);
    }
    return place_along(through_layers(std::move(curve.path), problem.tiles), problem);
  }
};

SPIKEFAB_REGISTER(Placer, "hilbert", Hilbert, "along a Hilbert curve; for chains of dense layers");

}  // namespace
}  // namespace spikefab
