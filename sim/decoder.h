// Turns the spikes of an output bus into a class. One decoder is one new file in sim/decoders/,
// registered by name.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "base/registry.h"

namespace spikefab::sim {

// What the bus showed for one image.
struct OutputWindow {
  std::span<const u64> outputs;       // [tick][word] as in Recording::outputs, one replica
  std::span<const u8> class_of_line;  // [line]
  u32 classes = 0;                    // 1..256
  u32 words() const { return words_for(class_of_line.size()); }
  u64 ticks() const { return words() == 0 ? 0 : outputs.size() / words(); }
};

struct Decision {
  u32 label = 0;     // the first of the best classes
  bool tie = false;  // several classes are best
};

class Decoder {
 public:
  static constexpr std::string_view kind = "decoder";
  virtual ~Decoder() = default;
  virtual Decision decide(const OutputWindow& window) const = 0;
};

// For decoders that count: adds to votes[class] the lines that spike in a tick; the class with
// most votes.
void add_votes(const OutputWindow& window, u64 tick, std::vector<u64>& votes);
Decision most_voted(const std::vector<u64>& votes);

}  // namespace spikefab::sim
