// Tiles from a text file: a line for each core, CORE TILE or CORE X Y or CORE X Y Z; # begins a
// comment.
#include <optional>

#include "base/error.h"
#include "base/files.h"
#include "base/suggest.h"
#include "base/text.h"
#include "mapper/mapping/placer.h"

namespace spikefab {
namespace {

constexpr u64 max_bytes = u64{1} << 30;
constexpr u32 none = 0xffffffff;

class Reader {
 public:
  explicit Reader(const PlacementProblem& problem)
      : path_(problem.path),
        tiles_(problem.tiles),
        tile_of_core_(problem.traffic.cores, none),
        line_of_core_(problem.traffic.cores),
        core_at_(tiles_.size(), unusable) {
    for (const u32 tile : tiles_.usable) core_at_[tile] = none;
  }

  TileOfCore read() {
    const std::string text = read_text(path_, max_bytes);
    for (std::size_t begin = 0; begin < text.size();) {
      const std::size_t end = std::min(text.find('\n', begin), text.size());
      ++line_;
      add_line(std::string_view(text).substr(begin, end - begin));
      begin = end + 1;
    }
    problems_.throw_if_any();
    for (u32 core = 0; core < tile_of_core_.size() && !problems_.full(); ++core) {
      if (line_of_core_[core] != 0) continue;
      problems_.add({path_, "core " + std::to_string(core) + " has no line", ""});
    }
    problems_.throw_if_any();
    return std::move(tile_of_core_);
  }

 private:
  static constexpr u32 unusable = 0xfffffffe;

  void reject(const std::string& what, const std::string& hint = "") {
    problems_.add({path_ + ":" + std::to_string(line_), what, hint});
  }

  void add_line(std::string_view line) {
    const std::optional<std::vector<u32>> numbers = numbers_in(line.substr(0, line.find('#')));
    if (!numbers || numbers->empty()) return;
    if (numbers->size() < 2 || numbers->size() > 4) {
      return reject("has " + std::to_string(numbers->size()) + " numbers",
                    "CORE TILE, or CORE X Y, or CORE X Y Z");
    }
    const u32 core = numbers->front();
    if (core >= tile_of_core_.size()) {
      return reject("core " + std::to_string(core) + " does not exist: there are " +
                    std::to_string(tile_of_core_.size()));
    }
    if (line_of_core_[core] != 0) {
      return reject("core " + std::to_string(core) + " has a tile: line " +
                    std::to_string(line_of_core_[core]));
    }
    line_of_core_[core] = line_;
    const std::optional<u32> tile = tile_from(*numbers);
    if (!tile) return;
    if (core_at_[*tile] == unusable) return reject("tile " + name(*tile) + " is not usable");
    if (core_at_[*tile] != none) {
      return reject("tile " + name(*tile) + " is taken by core " + std::to_string(core_at_[*tile]));
    }
    core_at_[*tile] = core;
    tile_of_core_[core] = *tile;
  }

  // Nothing if one of the words is none.
  std::optional<std::vector<u32>> numbers_in(std::string_view line) {
    constexpr std::string_view blanks = " \t\r,";
    std::vector<u32> numbers;
    for (std::size_t begin = line.find_first_not_of(blanks); begin != line.npos;
         begin = line.find_first_not_of(blanks, begin)) {
      const std::size_t end = std::min(line.find_first_of(blanks, begin), line.size());
      const std::string_view word = line.substr(begin, end - begin);
      const std::optional<u32> number = parse_number<u32>(word);
      if (!number) {
        reject("'" + printable(word) + "' is no number");
        return {};
      }
      numbers.push_back(*number);
      begin = end;
    }
    return numbers;
  }

  std::optional<u32> tile_from(const std::vector<u32>& numbers) {
    if (numbers.size() == 2) {
      if (numbers[1] < tiles_.size()) return numbers[1];
      reject("tile " + std::to_string(numbers[1]) + " does not exist: there are " +
             std::to_string(tiles_.size()));
      return {};
    }
    const u32 z = numbers.size() > 3 ? numbers[3] : 0;
    if (numbers[1] < tiles_.width && numbers[2] < tiles_.height && z < tiles_.depth) {
      return (z * tiles_.height + numbers[2]) * tiles_.width + numbers[1];
    }
    reject("lies outside the mesh of " + std::to_string(tiles_.width) + " x " +
           std::to_string(tiles_.height) +
           (tiles_.depth > 1 ? " x " + std::to_string(tiles_.depth) : "") + " tiles");
    return {};
  }

  std::string name(u32 tile) const {
    return std::to_string(tile) + " (x " + std::to_string(tiles_.x(tile)) + ", y " +
           std::to_string(tiles_.y(tile)) +
           (tiles_.depth > 1 ? ", z " + std::to_string(tiles_.z(tile)) : "") + ")";
  }

  const std::string& path_;
  const Tiles& tiles_;
  Problems problems_;
  u64 line_ = 0;
  TileOfCore tile_of_core_;
  std::vector<u64> line_of_core_;  // 0: none yet
  std::vector<u32> core_at_;       // [tile]
};

class FilePlacer : public Placer {
 public:
  bool takes_file() const override { return true; }
  TileOfCore place(const PlacementProblem& problem, std::span<const i32>) const override {
    return Reader(problem).read();
  }
};

SPIKEFAB_REGISTER(Placer, "file", FilePlacer, "from a text file: CORE TILE, or CORE X Y [Z]");

}  // namespace
}  // namespace spikefab
