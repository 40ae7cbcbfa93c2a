// What a network description leaves open: how continuous neurons become steps. Every choice is a
// field here, every tool's set of choices a preset (mapper/semantics/*.cc, one file each).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/registry.h"
#include "mapper/network.h"

namespace spikefab {

// What is left of v (or I) after a step dt.
enum class Decay {
  euler,  // 1 - dt / tau
  exact,  // exp(-dt / tau)
};

// What r x (or w_in x, or r I) is multiplied with on its way into v (or I).
enum class Gain {
  matched,  // 1 - decay: a constant input r x ends at v = r x
  euler,    // dt / tau
  none,     // 1
};

enum class Reset {
  to_value,  // v = v_reset, or 0 where the network has none
  subtract,  // v -= v_threshold
};

enum class ResetTiming {
  same_step,  // v of the step that spiked is already reset
  next_step,  // a step begins with the reset for v at its begin
  no_double,  // both, but once for one crossing: snnTorch's reset_delay=False
};

enum class SpikesPerStep {
  one,   // v > v_threshold
  many,  // floor(v / v_threshold)
};

enum class Arithmetic {
  float32,
  float64,        // of states; sums of inputs stay float32
  int8_weights,   // 127 / max |w| per population, towards zero; biases go around the synapse
  loihi_integer,  // lava's fixed point: 12 bit decays, 8 bit weights, 24 bit states
};

// One network step: every population takes its input x, updates I and v, spikes and resets.
struct Semantics {
  std::string preset = "custom";  // the name that it started from

  double dt = 1e-3;  // in the unit of tau: seconds, or 1 where tau is in steps
  Decay decay = Decay::euler;
  Decay synapse_decay = Decay::euler;
  Gain gain = Gain::matched;          // of the input, into v or I
  Gain current_gain = Gain::matched;  // of I, into v
  std::optional<double> input_gain;   // instead of gain and r, into v of neurons without synapse
  double integrator_decay = 1;        // what is left of v where there is no tau
  bool use_r = true;                  // else r = 1
  bool use_w_in = true;               // else w_in = 1

  Reset reset = Reset::to_value;
  ResetTiming reset_timing = ResetTiming::same_step;       // without synapse
  ResetTiming cuba_reset_timing = ResetTiming::same_step;  // with synapse
  SpikesPerStep spikes_per_step = SpikesPerStep::one;
  bool clamp_below = false;  // v >= -v_threshold in neurons without tau

  // In steps. An edge that closes a cycle has recurrent_delay, others forward_delay, both if they
  // come from neurons; Input is late by input_delay. output_delay is also seen in what is recorded,
  // but not on edges that close a cycle.
  u32 input_delay = 0;
  u32 forward_delay = 0;
  u32 output_delay = 0;
  u32 recurrent_delay = 1;
  bool recurrent_bias_at_start = true;  // else the recurrent branch begins with its first spikes

  Arithmetic arithmetic = Arithmetic::float32;
};

// What a preset sees in a network of its tool.
struct Fingerprint {
  u32 evidence = 0;  // 0: no sign of the tool; the preset with most evidence wins
  std::string why;   // "r dt = tau with dt = 0.0001"
  std::optional<double> dt;
};

// One tool's choices.
class SemanticsPreset {
 public:
  static constexpr std::string_view kind = "semantics preset";
  virtual ~SemanticsPreset() = default;
  virtual Semantics values() const = 0;
  virtual Fingerprint recognise(const Network&) const { return {}; }
};

// "snntorch" or "snntorch,dt=1e-4,reset=subtract". Throws UsageError with did-you-mean.
Semantics parse_semantics(const std::string& text);

// The same; "", "auto" and "auto,dt=..." ask the network which tool made it. Notes say what was
// found and why, and what in the network does not go with it.
Semantics choose_semantics(const std::string& text, const Network& network,
                           std::vector<std::string>& notes);

// "snntorch,dt=0.0001,decay=euler,...": every choice, as parse_semantics() reads it.
std::string text_of(const Semantics& semantics);

// For --help and docs.
struct SemanticsChoice {
  std::string name;
  std::vector<std::string> values;  // empty: a number
  std::string help;
};
std::vector<SemanticsChoice> semantics_choices();

}  // namespace spikefab
