// Each spike of an output line, in any tick of the image, is a vote for the line's class.
#include "sim/decoder.h"

namespace spikefab::sim {
namespace {

class Votes : public Decoder {
 public:
  Decision decide(const OutputWindow& window) const override {
    std::vector<u64> votes(window.classes, 0);
    for (u64 tick = 0; tick < window.ticks(); ++tick) add_votes(window, tick, votes);
    return most_voted(votes);
  }
};

SPIKEFAB_REGISTER(Decoder, "votes", Votes, "the class with most spikes");

}  // namespace
}  // namespace spikefab::sim
