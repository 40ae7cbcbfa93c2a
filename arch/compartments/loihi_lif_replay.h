// loihi_lif with its raw noise from a second input instead of our generator, so that recorded
// noise of any source can be replayed. The random number of a tick is what arrives there in it.
#pragma once

#include "arch/compartments/loihi_lif.h"

namespace spikefab::compartments {

struct LoihiLifReplay {
  static constexpr std::string_view name = "loihi_lif_replay";
  static constexpr std::string_view help = "loihi_lif with noise from a second input";
  static constexpr auto params = LoihiLif::params;
  static constexpr u32 state_words = LoihiLif::state_words;
  static constexpr u32 inputs = 2;

  SPIKEFAB_HD static i32 step(const i32* p, i32* s, const i32* input, const NeuronRandom&) {
    return LoihiLif::step_with_noise(p, s, input[0], input[1]);
  }
};

}  // namespace spikefab::compartments
