// Only the first tick with any spike counts; if several lines spike in it, they vote. Without any
// spike all classes are equal: a tie.
#include <algorithm>

#include "sim/decoder.h"

namespace spikefab::sim {
namespace {

class FirstSpike : public Decoder {
 public:
  Decision decide(const OutputWindow& window) const override {
    std::vector<u64> votes(window.classes, 0);
    const auto spike =
        std::find_if(window.outputs.begin(), window.outputs.end(), [](u64 word) { return word; });
    if (spike == window.outputs.end()) return {.label = 0, .tie = true};
    add_votes(window, static_cast<u64>(spike - window.outputs.begin()) / window.words(), votes);
    return most_voted(votes);
  }
};

SPIKEFAB_REGISTER(Decoder, "first_spike", FirstSpike, "the class that spikes first");

}  // namespace
}  // namespace spikefab::sim
