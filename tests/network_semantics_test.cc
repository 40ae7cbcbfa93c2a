// Choices of mapper/semantics.h by name: presets, single choices, and what is inferred from a
// network.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "mapper/semantics.h"
#include "tests/support/hand_made_network.h"

namespace spikefab::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::string problem_of(const std::string& text) {
  try {
    parse_semantics(text);
  } catch (const UsageError& error) {
    return error.what();
  }
  return "";
}

TEST(NetworkSemantics, EveryPresetReadsItsOwnText) {
  const std::vector<std::string> names = Registry<SemanticsPreset>::names();
  EXPECT_THAT(names, ElementsAre("custom", "lava", "nengo", "norse", "rockpool", "sinabs",
                                 "snntorch", "spinnaker2", "spyx"));
  for (const std::string& name : names) {
    const std::string text = text_of(parse_semantics(name));

    EXPECT_TRUE(text.starts_with(name + ",dt=")) << text;
    EXPECT_EQ(text_of(parse_semantics(text)), text);
  }
}

TEST(NetworkSemantics, ChoicesChangeAPreset) {
  const Semantics s = parse_semantics(
      "norse,dt=2.5e-4,decay=exact,reset=subtract,input_gain=0.04,forward_delay=3,"
      "recurrent_bias_at_start=yes,spikes_per_step=many,input_gain=auto");

  EXPECT_EQ(s.preset, "norse");
  EXPECT_EQ(s.dt, 2.5e-4);
  EXPECT_EQ(s.decay, Decay::exact);
  EXPECT_EQ(s.synapse_decay, Decay::euler);
  EXPECT_EQ(s.reset, Reset::subtract);
  EXPECT_EQ(s.forward_delay, 3u);
  EXPECT_TRUE(s.recurrent_bias_at_start);
  EXPECT_FALSE(s.input_gain.has_value());
}

TEST(NetworkSemantics, EveryChoiceIsExplained) {
  for (const SemanticsChoice& choice : semantics_choices()) {
    EXPECT_NE(choice.help, "") << choice.name;
    for (const std::string& value : choice.values) {
      const std::string text = choice.name + "=" + value;
      EXPECT_THAT(text_of(parse_semantics("custom," + text)), HasSubstr("," + text));
    }
  }
}

TEST(NetworkSemantics, MistakesAreNamed) {
  EXPECT_THAT(problem_of("snntroch"),
              HasSubstr("no semantics preset 'snntroch' in this build (have: custom, lava, "));
  EXPECT_THAT(problem_of("snntroch"), HasSubstr("did you mean 'snntorch'?"));
  EXPECT_THAT(problem_of("norse,decya=exact"),
              HasSubstr("semantics: no choice 'decya' (have: dt, decay, "));
  EXPECT_THAT(problem_of("norse,decya=exact"), HasSubstr("did you mean 'decay'?"));
  EXPECT_EQ(problem_of("norse,decay=exakt"),
            "semantics: decay = 'exakt' (one of euler, exact; did you mean 'exact'?)");
  EXPECT_EQ(problem_of("norse,dt=fast"), "semantics: dt = 'fast' (must be a number)");
  EXPECT_EQ(problem_of("norse,dt=nan"), "semantics: dt = 'nan' (must be a number)");
  EXPECT_EQ(problem_of("norse,dt=0"), "semantics: dt = '0' (must be at least 1e-12)");
  EXPECT_EQ(problem_of("norse,dt"), "semantics: dt = '' (write dt=...)");
  EXPECT_EQ(problem_of("norse,recurrent_delay=0"),
            "semantics: recurrent_delay = '0' (must be an integer 1..65535)");
  EXPECT_EQ(problem_of("norse,input_delay=1.5"),
            "semantics: input_delay = '1.5' (must be an integer 0..65535)");
  EXPECT_THAT(problem_of("spyx,spikes_per_step=many"), HasSubstr("needs reset_timing"));
  EXPECT_THAT(problem_of("lava,arithmetic=loihi_integer,input_gain=1"), HasSubstr("auto"));
}

// --- What a network tells ----------------------------------------------------------------------

// Input -> weights -> neurons -> Output.
Network network_of(const std::string& weights, const std::string& name, const Neurons& neurons) {
  return chain({input_of(2), node(weights, dense(2, 2, {1, 0, 0, 1}), {2}, {2}),
                population(name, neurons, 2), output_of(2)});
}

Neurons lif(double tau, double r) {
  Neurons n = neurons_of(NeuronType::leaky_fire);
  n.tau = {{tau}};
  n.r = {{r}};
  return n;
}

Semantics inferred(const Network& network, std::vector<std::string>& notes) {
  notes.clear();
  return choose_semantics("", network, notes);
}

TEST(NetworkSemantics, ToolsAreRecognisedByTheirFiles) {
  std::vector<std::string> notes;

  const Semantics snntorch = inferred(network_of("fc", "lif", lif(0.001, 10)), notes);
  EXPECT_EQ(snntorch.preset, "snntorch");
  EXPECT_EQ(snntorch.dt, 1e-4) << "tau / r";
  EXPECT_THAT(notes, ElementsAre("semantics: snntorch with dt=1e-04 is assumed, since r dt = tau "
                                 "in all neurons"));

  const Semantics spyx = inferred(network_of("linear", "LIF", lif(4, 0.75)), notes);
  EXPECT_EQ(spyx.preset, "spyx") << "r = 1 - 1 / tau";
  EXPECT_EQ(spyx.dt, 1);

  const double dt = 0.002;
  const double tau = 0.02;
  const Semantics rockpool = inferred(
      network_of("0_LinearTorch", "1_LIFNeuronTorch", lif(tau, tau * std::exp(-dt / tau) / dt)),
      notes);
  EXPECT_EQ(rockpool.preset, "rockpool");
  EXPECT_EQ(rockpool.dt, dt);

  EXPECT_EQ(inferred(network_of("0", "1", lif(0.02, 1)), notes).preset, "norse");
  EXPECT_EQ(inferred(network_of("state_weights", "state", lif(0.02, 1)), notes).preset, "nengo");

  Network sinabs = network_of("0", "1", neurons_of(NeuronType::integrate_and_fire));
  sinabs.nodes[1].bias = {0, 0};
  EXPECT_EQ(inferred(sinabs, notes).preset, "sinabs");
}

// r dt = tau with a dt that nobody means, down to those that float64 can hardly divide by.
TEST(NetworkSemantics, ASignWithAnImpossibleDtIsNone) {
  std::vector<std::string> notes;
  for (const double r : {1e8, 1e200, 1e300, 1e303, 1e305}) {
    const Network network = network_of("fc", "lif", lif(1e-5, r));

    const Semantics semantics = inferred(network, notes);

    EXPECT_EQ(semantics.preset, "custom") << r;
    EXPECT_EQ(semantics.dt, 1e-3);
    EXPECT_EQ(choose_semantics("snntorch", network, notes).dt, 1e-4);
  }
  EXPECT_EQ(inferred(network_of("fc", "lif", lif(1e-5, 1e7)), notes).dt, 1e-12);
}

TEST(NetworkSemantics, WithoutASignTheResetFollowsFromVReset) {
  std::vector<std::string> notes;
  Neurons neurons = lif(0.02, 3);
  neurons.r = {{3, 5}};

  const Semantics unknown = inferred(network_of("a", "b", neurons), notes);
  EXPECT_EQ(unknown.reset, Reset::to_value);
  EXPECT_THAT(notes, ElementsAre(HasSubstr("no tool recognised; Euler steps with dt=0.001"),
                                 HasSubstr("has no v_reset; a reset to 0 is assumed")));

  Network before = network_of("a", "b", neurons);
  before.subtracts_without_v_reset = true;
  const Semantics old = inferred(before, notes);
  EXPECT_EQ(old.preset, "custom");
  EXPECT_EQ(old.dt, 1e-3);
  EXPECT_EQ(old.reset, Reset::subtract);
  EXPECT_THAT(notes, ElementsAre(HasSubstr("no tool recognised; Euler steps with dt=0.001"),
                                 HasSubstr("reset=subtract is assumed")));

  neurons.v_reset = {{0}};
  before = network_of("a", "b", neurons);
  before.subtracts_without_v_reset = true;
  const Semantics now = inferred(before, notes);
  EXPECT_EQ(now.reset, Reset::to_value);
  EXPECT_THAT(notes, ElementsAre(HasSubstr("no tool recognised")));
}

TEST(NetworkSemantics, TimesOfOneAndMoreAreSteps) {
  std::vector<std::string> notes;
  Neurons neurons = lif(2.5, 3);
  neurons.r = {{3, 5}};

  EXPECT_EQ(inferred(network_of("a", "b", neurons), notes).dt, 1);
  EXPECT_THAT(notes.at(0), HasSubstr("dt=1 are assumed, since all time constants are 1 or more"));
}

TEST(NetworkSemantics, APresetTakesItsDtFromTheNetworkUnlessItIsNamed) {
  const Network network = network_of("fc", "lif", lif(0.004, 2));
  std::vector<std::string> notes;

  EXPECT_EQ(choose_semantics("snntorch", network, notes).dt, 0.002);
  EXPECT_THAT(notes, ElementsAre(HasSubstr("semantics: dt=0.002, since r dt = tau")));
  EXPECT_EQ(choose_semantics("snntorch,dt=0.003", network, notes).dt, 0.003);
  EXPECT_EQ(choose_semantics("auto,dt=0.003", network, notes).preset, "snntorch");
}

TEST(NetworkSemantics, WhatDoesNotGoWithTheNetworkIsNoted) {
  std::vector<std::string> notes;
  Neurons neurons = lif(0.0001, 2);
  neurons.v_reset = {{0}};
  const Network network = network_of("fc", "lif", neurons);

  choose_semantics("spyx,dt=0.001", network, notes);

  EXPECT_THAT(notes,
              ElementsAre(HasSubstr("some tau is below dt=0.001"), HasSubstr("spyx takes r as 1"),
                          HasSubstr("v_reset is ignored by reset=subtract")));
}

}  // namespace
}  // namespace spikefab::test
