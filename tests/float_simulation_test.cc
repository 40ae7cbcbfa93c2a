// The float simulation of single neurons: updates, resets and integers, by hand.
#include "mapper/float_simulation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <numeric>
#include <random>

#include "base/error.h"
#include "mapper/connections.h"
#include "tests/support/hand_made_network.h"
#include "tests/support/response.h"

namespace spikefab::test {
namespace {

using testing::ElementsAre;
using testing::ElementsAreArray;
using testing::FloatEq;
using testing::HasSubstr;

using Floats = std::vector<float>;

// in -> neurons -> out, one each.
Network one_neuron(const Neurons& neurons) {
  return chain({input_of(1), population("n", neurons, 1), output_of(1)});
}

Network one_neuron(NeuronType type) { return one_neuron(neurons_of(type)); }

// --- Neurons ------------------------------------------------------------------------------------

TEST(FloatSimulation, IntegratesAndFiresAboveTheThreshold) {
  const Network network = one_neuron(NeuronType::integrate_and_fire);

  const Response zero = respond(network, "custom", {0.5, 0.5, 0.5, 0.75});
  EXPECT_THAT(zero.out, ElementsAre(0, 0, 1, 0)) << "1 is not above 1";
  EXPECT_THAT(zero.v, ElementsAre(0.5, 1, 0, 0.75));

  const Response subtract =
      respond(network, "custom,reset=subtract", {0.5, 0.5, 0.5, 0.75, 3, 0, 0});
  EXPECT_THAT(subtract.out, ElementsAre(0, 0, 1, 1, 1, 1, 1));
  EXPECT_THAT(subtract.v, ElementsAre(0.5, 1, 0.5, 0.25, 2.25, 1.25, 0.25));
}

TEST(FloatSimulation, ResetsToTheValueOfTheNetwork) {
  Neurons neurons = neurons_of(NeuronType::integrate_and_fire);
  neurons.v_reset = {{-0.5}};

  EXPECT_THAT(respond(one_neuron(neurons), "custom", {2, 0.25}).v, ElementsAre(-0.5, -0.25));
}

TEST(FloatSimulation, GivesSeveralSpikesAndClampsBelow) {
  const Network network = one_neuron(NeuronType::integrate_and_fire);

  const Response many =
      respond(network, "custom,reset=subtract,spikes_per_step=many", {3.5, 0.5, -9, 2});
  EXPECT_THAT(many.out, ElementsAre(3, 1, 0, 0)) << "at 1, too";
  EXPECT_THAT(many.v, ElementsAre(0.5, 0, -9, -7));

  const Response clamped = respond(network, "sinabs", {3.5, 0.5, -9, 2});
  EXPECT_THAT(clamped.out, ElementsAre(3, 1, 0, 1));
  EXPECT_THAT(clamped.v, ElementsAre(0.5, 0, -1, 0));
}

TEST(FloatSimulation, LeaksByEulerStepsOrExactly) {
  Neurons neurons = neurons_of(NeuronType::leaky);
  neurons.tau = {{0.004}};
  neurons.r = {{2}};
  neurons.v_leak = {{-4}};
  const Network network = one_neuron(neurons);

  // v + dt/tau (v_leak - v + r x) = v + (-4 - v + 2 x) / 4
  EXPECT_THAT(respond(network, "custom,dt=0.001", {4, 0}).v, ElementsAre(1, -0.25));
  EXPECT_THAT(respond(network, "custom,dt=0.001,gain=euler", {4, 0}).v, ElementsAre(1, -0.25));
  EXPECT_THAT(respond(network, "custom,dt=0.001,gain=none", {4, 0}).v, ElementsAre(7, 4.25));
  EXPECT_THAT(respond(network, "custom,dt=0.001,gain=none,use_r=no", {4, 0}).v,
              ElementsAre(3, 1.25));
  EXPECT_THAT(respond(network, "custom,dt=0.001,input_gain=0.5", {4, 0}).v, ElementsAre(1, -0.25));
  const float kept = std::exp(-0.25f);
  EXPECT_THAT(
      respond(network, "custom,dt=0.001,decay=exact", {4, 0}).v,
      ElementsAre(FloatEq(4 * (1 - kept)), FloatEq(4 * (1 - kept) * kept - 4 * (1 - kept))));
  EXPECT_THAT(respond(network, "custom,dt=0.001,decay=exact", {4, 0}).out,
              ElementsAreArray(respond(network, "custom,dt=0.001,decay=exact", {4, 0}).v));
}

TEST(FloatSimulation, UpdatesTheCurrentBeforeThePotential) {
  Neurons neurons = neurons_of(NeuronType::cuba_leaky);
  neurons.tau_syn = {{0.002}};
  neurons.tau = {{0.004}};
  neurons.w_in = {{2}};
  neurons.r = {{4}};
  const Network network = one_neuron(neurons);

  // I = I/2 + x; v = 3/4 v + I
  EXPECT_THAT(respond(network, "custom,dt=0.001", {1, 0, 0}).v, ElementsAre(1, 1.25, 1.1875));
  EXPECT_THAT(respond(network, "custom,dt=0.001,use_w_in=no", {1, 0, 0}).v,
              ElementsAre(0.5, 0.625, 0.59375));
  EXPECT_THAT(respond(network, "custom,dt=0.001,current_gain=none", {1, 0, 0}).v,
              ElementsAre(4, 5, 4.75));
  EXPECT_THAT(respond(network, "custom,dt=0.001,gain=none", {1, 0, 0}).v,
              ElementsAre(2, 2.5, 2.375));
}

TEST(FloatSimulation, IntegratorsAndThresholdsHaveNoLeak) {
  EXPECT_THAT(respond(one_neuron(NeuronType::integrator), "norse", {1, -3, 0}).out,
              ElementsAre(1, -2, -2));
  EXPECT_THAT(
      respond(one_neuron(NeuronType::integrator), "norse,integrator_decay=0.5", {1, -3, 0}).out,
      ElementsAre(1, -2.5, -1.25));
  EXPECT_THAT(respond(one_neuron(NeuronType::threshold), "norse", {1, 1.5, -3}).out,
              ElementsAre(0, 1, 0));
}

TEST(FloatSimulation, ResetsInTheNextStep) {
  const Network network = one_neuron(NeuronType::integrate_and_fire);

  const Response zero = respond(network, "custom,reset_timing=next_step", {1.5, 5, 0.5, 1});
  EXPECT_THAT(zero.out, ElementsAre(1, 0, 0, 1)) << "what comes with the reset is lost";
  EXPECT_THAT(zero.v, ElementsAre(1.5, 0, 0.5, 1.5));

  const Response subtract =
      respond(network, "custom,reset_timing=next_step,reset=subtract", {3.5, 0, 0, 0});
  EXPECT_THAT(subtract.out, ElementsAre(1, 1, 1, 0));
  EXPECT_THAT(subtract.v, ElementsAre(3.5, 2.5, 1.5, 0.5));
}

// reset = v_old > 1; v = v_old + x - reset; spike = v > 1; v -= spike - reset
TEST(FloatSimulation, ResetsOnceForOneCrossing) {
  const Network network = one_neuron(NeuronType::integrate_and_fire);

  const Response subtract =
      respond(network, "custom,reset_timing=no_double,reset=subtract", {3.5, 0, 0, -2});
  EXPECT_THAT(subtract.out, ElementsAre(1, 1, 0, 0));
  EXPECT_THAT(subtract.v, ElementsAre(2.5, 1.5, 1.5, -0.5));

  const Response zero = respond(network, "custom,reset_timing=no_double", {3.5, 0.5, 0.75});
  EXPECT_THAT(zero.out, ElementsAre(1, 0, 1));
}

// --- Integer arithmetic -------------------------------------------------------------------------

TEST(FloatSimulation, CutsWeightsToEightBits) {
  // Scale 127: weights 127 and 63.5, which is cut to 63; the threshold is 127.
  Network network = chain({input_of(2), node("fc", dense(1, 2, {1, 0.5}), {2}, {1}),
                           population("n", neurons_of(NeuronType::integrate_and_fire), 1)});
  FloatSimulation simulation(network, parse_semantics("spinnaker2,input_delay=0"));

  simulation.set_input(0, Floats{0, 2});
  simulation.step();
  EXPECT_EQ(simulation.potential(2)[0], 126.0 / 127);
  simulation.set_input(0, Floats{0, 1});
  simulation.step();
  EXPECT_EQ(simulation.output(2)[0], 1);
}

TEST(FloatSimulation, PutsBiasesIntoTheNeuronsOfEightBitWeights) {
  Network network = chain({input_of(1), node("fc", dense(1, 1, {1}), {1}, {1}),
                           population("n", neurons_of(NeuronType::cuba_leaky), 1)});
  Neurons& neurons = std::get<Neurons>(network.nodes[2].kind);
  neurons = neurons_of(NeuronType::cuba_fire);
  neurons.v_threshold = {{100}};
  neurons.w_in = {{3}};
  network.nodes[1].bias = {0.5};
  FloatSimulation simulation(network, parse_semantics("spinnaker2,dt=0.001"));

  for (u32 t = 0; t < 300; ++t) simulation.step();

  // In the end v = r w_in bias, as with a current that is there from the first step.
  EXPECT_NEAR(simulation.potential(2)[0], 1.5, 1e-5);
}

TEST(FloatSimulation, HasTheIntegersOfLoihi) {
  // w = int(0.75 * 256) = 192, threshold (131071 >> 9) << 6 = 16320, dv = 409: of v 3687/4096 stay.
  Network network = chain({input_of(1), node("fc", dense(1, 1, {7.5}), {1}, {1}),
                           population("n", neurons_of(NeuronType::leaky_fire), 1)});

  const Response result =
      respond(network, "lava,dt=0.001,arithmetic=loihi_integer,input_delay=0", {1, 0, 1, 0}, 2);

  EXPECT_THAT(result.v, ElementsAre(12288, 11061, 0, 0));
  EXPECT_THAT(result.out, ElementsAre(0, 0, 1, 0));
}

std::string problem_of(const Network& network, const std::string& semantics) {
  try {
    FloatSimulation simulation(network, parse_semantics(semantics));
  } catch (const InputError& error) {
    return error.what();
  }
  return "";
}

TEST(FloatSimulation, RefusesWhatIntegerArithmeticDoesNotCover) {
  EXPECT_EQ(problem_of(one_neuron(NeuronType::leaky), "spinnaker2"),
            "n: node 'n': is of type LI, which integer arithmetic has not (IF, LIF or CubaLIF)");

  const Node weights = node("a", dense(1, 1, {1}), {1}, {1});
  Node more = weights;
  more.name = "b";
  const Node fire = population("n", neurons_of(NeuronType::integrate_and_fire), 1);
  EXPECT_THAT(problem_of(chain({input_of(1), weights, more, fire}), "spinnaker2"),
              HasSubstr("'b': has weights behind a node with weights"));

  Node fire2 = fire;
  fire2.name = "m";
  Network shared = chain({input_of(1), weights, fire});
  shared.nodes.push_back(fire2);
  shared.edges.push_back({1, 3});
  EXPECT_THAT(problem_of(shared, "spinnaker2"), HasSubstr("'a': feeds several populations"));

  Network different = chain({input_of(2), population("n", neurons_of(NeuronType::leaky_fire), 2)});
  std::get<Neurons>(different.nodes[1].kind).tau = {{0.01, 0.02}};
  EXPECT_THAT(problem_of(different, "lava,arithmetic=loihi_integer"), HasSubstr("different tau"));
}

// --- Use ----------------------------------------------------------------------------------------

TEST(FloatSimulation, AddsUpElementsOfTheSameIndexForOneStep) {
  const Network network =
      chain({input_of(3), population("n", neurons_of(NeuronType::integrator), 3)});
  FloatSimulation simulation(network, parse_semantics("custom"));
  const std::vector<InputElement> elements = {{2, 1}, {0, 5}, {2, 3}};

  simulation.set_input(0, elements);
  simulation.step();
  EXPECT_THAT(simulation.output(0), ElementsAre(5, 0, 4));
  EXPECT_THAT(simulation.active(0), ElementsAre(0, 2));
  simulation.step();

  EXPECT_THAT(simulation.output(0), ElementsAre(0, 0, 0));
  EXPECT_THAT(simulation.output(1), ElementsAre(5, 0, 4));
}

TEST(FloatSimulation, RefusesInputThatIsNoNumberOrNotThere) {
  const Network network = one_neuron(NeuronType::integrate_and_fire);
  FloatSimulation simulation(network, parse_semantics("custom"));
  const auto problem = [&](u32 index, float value) -> std::string {
    const InputElement element = {index, value};
    try {
      simulation.set_input(0, std::span(&element, 1));
    } catch (const InputError& error) {
      return error.what();
    }
    return "";
  };

  EXPECT_EQ(problem(0, std::nanf("")), "input 'in': gets a value that is not finite");
  EXPECT_EQ(problem(1, 1), "input 'in': has no element 1 (it has 1)");
  EXPECT_THROW(simulation.set_input(0, Floats{1, 2}), InputError);
}

TEST(FloatSimulation, RefusesPotentialsThatAreNotFinite) {
  const float huge = std::numeric_limits<float>::max();
  for (const NeuronType type : {NeuronType::integrator, NeuronType::integrate_and_fire}) {
    const Network network = one_neuron(type);

    EXPECT_THROW(respond(network, "custom,reset=subtract", {-huge, -huge}), InputError);
  }
}

TEST(FloatSimulation, RefusesDelaysOfTooManySteps) {
  const Network network = chain({input_of(1), node("late", Delay{{{3600}}}, {1}, {1}),
                                 population("n", neurons_of(NeuronType::integrator), 1)});

  EXPECT_THAT(problem_of(network, "custom,dt=1e-4"), HasSubstr("at most 65535"));
}

TEST(FloatSimulation, RefusesManySpikesAtAThresholdOfZero) {
  Neurons neurons = neurons_of(NeuronType::integrate_and_fire);
  neurons.v_threshold = {{0}};

  EXPECT_THAT(problem_of(one_neuron(neurons), "sinabs"), HasSubstr("v_threshold is not above 0"));
  EXPECT_EQ(problem_of(one_neuron(neurons), "norse"), "");
}

}  // namespace
}  // namespace spikefab::test
