// What a tick does, rule by rule, on networks small enough to follow by hand; independent of the
// oracle. Tick t of ours is RANC's tick t + 1.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/registry.h"
#include "tests/support/engines.h"
#include "tests/support/loaded_network.h"

namespace spikefab::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr int slots = 4;

// A neuron that fires whenever a spike reaches it, and keeps nothing.
RancNeuron relay(int dx, int dy, int axon, int delay) {
  return {.weights = {1}, .dx = dx, .dy = dy, .target_axon = axon, .target_delay = delay};
}

// A neuron that fires only at 100 and shows in its potential what reached it.
RancNeuron collector() { return {.weights = {1}, .positive_threshold = 100}; }

// A core whose neuron n listens to axon n only.
RancCore core_at(int x, int y, std::vector<RancNeuron> neurons) {
  RancCore core{.x = x, .y = y, .axon_types = {}, .connections = {}, .neurons = neurons};
  for (std::size_t n = 0; n < neurons.size(); ++n) {
    core.connections.emplace_back(n + 1, 0);
    core.connections.back().back() = 1;
  }
  return core;
}

// Three by two cores of two neurons and two axons; the output bus is the last, with two lines.
RancNetwork network_of(std::vector<RancCore> cores, RancPackets packets) {
  RancNetwork network;
  network.width = 3;
  network.height = 2;
  network.num_neurons = 2;
  network.num_axons = 2;
  network.num_weights = 2;
  network.slots = slots;
  network.bus_x = 2;
  network.bus_y = 1;
  network.num_outputs = 2;
  network.cores = std::move(cores);
  network.packets = {std::move(packets)};
  return network;
}

const RancPacket to_first_core = {0, 0, 0, 0};

struct Outcome {
  std::vector<std::pair<u64, u32>> spikes;  // {tick, position}
  std::vector<u64> outputs;                 // [tick] bit i: line i
  sim::State state;
  u64 count(sim::Count kind) const { return state.counts[kind]; }
};

class Semantics : public AllEngines {
 protected:
  Outcome run(const RancNetwork& network, u64 ticks) {
    const Imported input = load_network(network);
    EngineRun run = run_engine(*make_engine(), input.program, input.stimulus, ticks);
    Outcome outcome{{}, run.recording.outputs, run.state};
    for (const sim::Spike& s : run.recording.spikes)
      outcome.spikes.emplace_back(s.tick, s.position);
    return outcome;
  }
};

using Spikes = std::vector<std::pair<u64, u32>>;

TEST_P(Semantics, AnEventOfTick0IsProcessedInTick0) {
  const auto network = network_of({core_at(0, 0, {relay(1, 0, 0, 0)})}, {{to_first_core}});

  EXPECT_EQ(run(network, 3).spikes, (Spikes{{0, 0}}));
}

TEST_P(Semantics, AnEventOfTickIWithDelayDIsProcessedInTickIPlusD) {
  for (int delay = 0; delay <= slots - 2; ++delay) {
    const auto network = network_of({core_at(0, 0, {relay(1, 0, 0, 0)})}, {{}, {{0, 0, 0, delay}}});

    EXPECT_EQ(run(network, 8).spikes, (Spikes{{static_cast<u64>(1 + delay), 0}}));
  }
}

TEST_P(Semantics, ASpikeOfTickTWithDelayDIsProcessedInTickTPlus1PlusD) {
  for (int delay = 0; delay <= slots - 2; ++delay) {
    const auto network =
        network_of({core_at(0, 0, {relay(1, 0, 0, delay)}), core_at(1, 0, {relay(0, 1, 0, 0)})},
                   {{to_first_core}});

    EXPECT_EQ(run(network, 8).spikes, (Spikes{{0, 0}, {static_cast<u64>(1 + delay), 1}}));
  }
}

TEST_P(Semantics, ASpikeWithTheLongestDelayIsDroppedAndCounted) {
  const auto network =
      network_of({core_at(0, 0, {relay(1, 0, 0, slots - 1)}), core_at(1, 0, {relay(0, 1, 0, 0)})},
                 {{to_first_core}});

  const Outcome outcome = run(network, 8);

  EXPECT_EQ(outcome.spikes, (Spikes{{0, 0}}));
  EXPECT_EQ(outcome.count(sim::dropped), 1u);
  EXPECT_EQ(outcome.count(sim::hops), 1u);
}

TEST_P(Semantics, AnEventWithTheLongestDelayIsDroppedAndCounted) {
  const auto network =
      network_of({core_at(0, 0, {relay(1, 0, 0, 0)})}, {{{0, 0, 0, slots - 1}}, {to_first_core}});

  const Outcome outcome = run(network, 8);

  EXPECT_EQ(outcome.spikes, (Spikes{{1, 0}}));
  EXPECT_EQ(outcome.count(sim::dropped), 1u);
  EXPECT_EQ(outcome.count(sim::stimulus_events), 2u);
}

TEST_P(Semantics, ASlotIsEmptyAfterItWasProcessed) {
  const auto network = network_of({core_at(0, 0, {relay(1, 0, 0, 0)})}, {{{0, 0, 0, 2}}});

  EXPECT_EQ(run(network, 4 * slots).spikes, (Spikes{{2, 0}}));
}

TEST_P(Semantics, ASelfLoopFiresEvery1PlusDelayTicks) {
  const auto network = network_of({core_at(0, 0, {relay(0, 0, 0, 2)})}, {{to_first_core}});

  EXPECT_EQ(run(network, 10).spikes, (Spikes{{0, 0}, {3, 0}, {6, 0}, {9, 0}}));
}

TEST_P(Semantics, TheBusShowsASpikeOfTickTInTickTPlus1WhateverItsDelay) {
  for (int delay = 0; delay < slots; ++delay) {
    const auto network =
        network_of({core_at(0, 0, {relay(2, 1, 1, delay)})}, {{}, {to_first_core}});

    const Outcome outcome = run(network, 5);

    EXPECT_THAT(outcome.outputs, ElementsAre(0, 0, 0b10, 0, 0));
    EXPECT_EQ(outcome.count(sim::dropped), 0u);
  }
}

TEST_P(Semantics, TheBusShowsAnEventInItsOwnTickWhateverItsDelay) {
  for (int delay = 0; delay < slots; ++delay) {
    const auto network = network_of({}, {{{2, 1, 0, delay}}, {}, {{2, 1, 1, delay}}});

    const Outcome outcome = run(network, 4);

    EXPECT_THAT(outcome.outputs, ElementsAre(0b01, 0, 0b10, 0));
    EXPECT_EQ(outcome.count(sim::dropped), 0u);
    EXPECT_EQ(outcome.count(sim::hops), 0u);
  }
}

TEST_P(Semantics, AnEventAndASpikeForTheSameLineAndTickShowOnce) {
  const auto network =
      network_of({core_at(0, 0, {relay(2, 1, 0, 0)})}, {{to_first_core}, {{2, 1, 0, 0}}});

  const Outcome outcome = run(network, 3);

  EXPECT_THAT(outcome.outputs, ElementsAre(0, 0b01, 0));
  EXPECT_EQ(outcome.count(sim::output_merged), 1u);
}

TEST_P(Semantics, TheOutputOfTheLastTickIsLeftWaiting) {
  const auto network = network_of({core_at(0, 0, {relay(2, 1, 0, 0)})}, {{}, {to_first_core}});

  const Outcome outcome = run(network, 2);

  EXPECT_THAT(outcome.outputs, ElementsAre(0, 0));
  EXPECT_THAT(outcome.state.output, ElementsAre(0b01));
}

TEST_P(Semantics, SpikesThatMeetActOnceAndAreCounted) {
  const auto network = network_of(
      {core_at(0, 0, {relay(1, 0, 0, 0), relay(1, 0, 0, 0)}), core_at(1, 0, {collector()})},
      {{to_first_core, {0, 0, 1, 0}}});

  const Outcome outcome = run(network, 3);

  EXPECT_THAT(outcome.state.neuron_state, ElementsAre(0, 0, 1));
  EXPECT_EQ(outcome.count(sim::spikes), 2u);
  EXPECT_EQ(outcome.count(sim::merged), 1u);
}

TEST_P(Semantics, EventsThatMeetActOnceAndAreCounted) {
  const auto network = network_of({core_at(0, 0, {collector()})},
                                  {{to_first_core, to_first_core, {0, 0, 0, 1}}, {to_first_core}});

  const Outcome outcome = run(network, 3);

  EXPECT_THAT(outcome.state.neuron_state, ElementsAre(2));
  EXPECT_EQ(outcome.count(sim::merged), 2u);
  EXPECT_EQ(outcome.count(sim::stimulus_events), 4u);
  EXPECT_EQ(outcome.count(sim::axon_events), 2u);
}

TEST_P(Semantics, SpikesForDifferentSlotsDoNotMeet) {
  const auto network = network_of(
      {core_at(0, 0, {relay(1, 0, 0, 0), relay(1, 0, 0, 1)}), core_at(1, 0, {collector()})},
      {{to_first_core, {0, 0, 1, 0}}});

  const Outcome outcome = run(network, 4);

  EXPECT_THAT(outcome.state.neuron_state, ElementsAre(0, 0, 2));
  EXPECT_EQ(outcome.count(sim::merged), 0u);
}

TEST_P(Semantics, AThresholdOfZeroFiresEveryTickWithoutInput) {
  RancNeuron neuron = relay(2, 1, 0, 0);
  neuron.positive_threshold = 0;
  const auto network = network_of({core_at(0, 0, {neuron})}, {});

  EXPECT_THAT(run(network, 4).outputs, ElementsAre(0, 1, 1, 1));
}

TEST_P(Semantics, HopsAreTheLinksOnTheWayOfEverySpike) {
  const auto network = network_of(
      {core_at(1, 0, {relay(1, 1, 0, 0), relay(-1, 1, 0, 0)}), core_at(0, 1, {relay(0, 0, 0, 3)})},
      {{{1, 0, 0, 0}, {1, 0, 1, 0}}});

  const Outcome outcome = run(network, 4);

  EXPECT_EQ(outcome.spikes, (Spikes{{0, 1}, {0, 1}, {1, 3}}));
  EXPECT_EQ(outcome.count(sim::hops), 4u);  // 2 to the bus, 2 to (0, 1), 0 to itself
}

TEST_P(Semantics, TheAxonsTypeSelectsTheWeight) {
  RancNeuron neuron = collector();
  neuron.weights = {5, -7};
  neuron.negative_threshold = -100;
  RancCore core{.x = 0, .y = 0, .axon_types = {1, 0}, .connections = {{1, 1}}, .neurons = {neuron}};
  const auto network = network_of({core}, {{{0, 0, 0, 0}}, {}, {{0, 0, 1, 0}}, {{0, 0, 1, 0}}});

  EXPECT_THAT(run(network, 2).state.neuron_state, ElementsAre(-7));
  EXPECT_THAT(run(network, 3).state.neuron_state, ElementsAre(-2));
  EXPECT_THAT(run(network, 4).state.neuron_state, ElementsAre(3));
}

TEST_P(Semantics, AnAxonWithoutConnectionIsTakenButDoesNothing) {
  RancCore core{
      .x = 0, .y = 0, .axon_types = {}, .connections = {{0, 1}}, .neurons = {collector()}};
  const auto network = network_of({core}, {{{0, 0, 0, 0}}});

  const Outcome outcome = run(network, 2);

  EXPECT_THAT(outcome.state.neuron_state, ElementsAre(0));
  EXPECT_EQ(outcome.count(sim::axon_events), 1u);
  EXPECT_EQ(outcome.count(sim::synaptic_events), 0u);
}

TEST_P(Semantics, ACoreThatIsNotProgrammedTakesSpikesAndStaysSilent) {
  const auto network =
      network_of({core_at(0, 0, {relay(1, 1, 1, 0)})}, {{to_first_core, {2, 0, 1, 1}}});

  const Outcome outcome = run(network, 4);

  EXPECT_EQ(outcome.spikes, (Spikes{{0, 0}}));
  EXPECT_EQ(outcome.count(sim::axon_events), 3u);
  EXPECT_EQ(outcome.count(sim::synaptic_events), 1u);
}

TEST_P(Semantics, TheBusReplacesACoreAtItsPosition) {
  RancNeuron always = relay(0, 0, 0, 0);
  always.positive_threshold = 0;
  const auto network = network_of({core_at(2, 1, {always})}, {});

  const Outcome outcome = run(network, 3);

  EXPECT_THAT(outcome.spikes, IsEmpty());
  EXPECT_THAT(outcome.outputs, ElementsAre(0, 0, 0));
}

TEST_P(Semantics, ABusWithoutLinesStillTakesThePlaceOfACore) {
  RancNeuron always = relay(0, -1, 0, 0);
  always.positive_threshold = 0;
  auto network = network_of({core_at(2, 1, {always})}, {});
  network.num_outputs = 0;

  const Outcome outcome = run(network, 3);

  EXPECT_THAT(outcome.spikes, IsEmpty());
  EXPECT_THAT(outcome.outputs, IsEmpty());
}

// Adds 3 for its event and -1 for its leak, fires at 5 and keeps what is above:
// tick        0  1  2  3  4  5  6
// event       x  x  x  -  -  x  x
// potential   2  4  6  0 -1  1  3   (the 6 of tick 2 fires and leaves 1)
TEST_P(Semantics, OneNeuronStepByStep) {
  const RancNeuron neuron = {.weights = {3},
                             .leak = -1,
                             .positive_threshold = 5,
                             .negative_threshold = -2,
                             .reset_mode = 1,
                             .dx = 2,
                             .dy = 1};
  const RancPackets packets = {{to_first_core}, {to_first_core}, {to_first_core}, {}, {},
                               {to_first_core}, {to_first_core}};
  const auto network = network_of({core_at(0, 0, {neuron})}, packets);

  const std::vector<i32> potentials = {2, 4, 1, 0, -1, 1, 3};
  for (u64 ticks = 1; ticks <= potentials.size(); ++ticks) {
    EXPECT_THAT(run(network, ticks).state.neuron_state, ElementsAre(potentials[ticks - 1]));
  }
  EXPECT_EQ(run(network, 7).spikes, (Spikes{{2, 0}}));
  EXPECT_THAT(run(network, 7).outputs, ElementsAre(0, 0, 0, 1, 0, 0, 0));
}

TEST_P(Semantics, ReplicasDoNotTouchEachOther) {
  auto network = network_of({core_at(0, 0, {relay(2, 1, 0, 0)})}, {});
  network.packets = {{{to_first_core}}, {}, {{}, {to_first_core}}};
  const Imported input = load_network(network);

  const EngineRun run = run_engine(*make_engine(), input.program, input.stimulus, 3);

  EXPECT_EQ(run.recording.spikes, (std::vector<sim::Spike>{{0, 0, 0, 0}, {1, 2, 0, 0}}));
  EXPECT_THAT(run.recording.outputs, ElementsAre(0, 0, 0, 1, 0, 0, 0, 0, 1));
}

SPIKEFAB_ON_ALL_ENGINES(Semantics);

}  // namespace
}  // namespace spikefab::test
