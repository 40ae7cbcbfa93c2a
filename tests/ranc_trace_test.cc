// The trace file of a small network at each verbosity, word for word as RANC's simulator writes it.
#include <gtest/gtest.h>

#include "base/registry.h"
#include "sim/ranc_text.h"
#include "tests/support/engines.h"
#include "tests/support/loaded_network.h"
#include "tests/support/temp_folder.h"

namespace spikefab::test {
namespace {

constexpr u64 ticks = 3;

// One core at (0, 0) of four neurons and two axons, slots 3, the bus at (1, 0):
// neuron 0 sends to axon 1 of its core and meets an event there in tick 1; neuron 1 sends to the
// bus; neuron 2 fires always and sends with the delay that is dropped; neuron 3 is not programmed.
RancNetwork small_network() {
  RancNetwork n;
  n.width = 2;
  n.num_neurons = 4;
  n.num_axons = 2;
  n.num_weights = 2;
  n.slots = 3;
  n.reset_type = 1;
  n.bus_x = 1;
  RancCore core{
      .x = 0, .y = 0, .axon_types = {0, 1}, .connections = {{1, 1}, {1}, {}}, .neurons = {}};
  core.neurons.push_back(
      {.weights = {3, 1}, .positive_threshold = 3, .negative_threshold = -5, .target_axon = 1});
  core.neurons.push_back({.weights = {2},
                          .leak = 1,
                          .positive_threshold = 4,
                          .potential = 1,
                          .reset_mode = 1,
                          .dx = 1,
                          .target_delay = 1});
  core.neurons.push_back(
      {.weights = {}, .positive_threshold = 0, .negative_threshold = -5, .target_delay = 2});
  n.cores = {core};
  // A duplicate and a dropped event in packets[0]; packets[3] is behind the last tick.
  n.packets = {{{{0, 0, 0, 0}, {0, 0, 0, 0}, {0, 0, 1, 2}},
                {{0, 0, 1, 0}, {1, 0, 0, 0}},
                {{0, 0, 0, 0}},
                {{0, 0, 1, 0}}}};
  return n;
}

class RancTraceText : public AllEngines {
 protected:
  std::string trace(const sim::RancTraceLevels& levels) {
    const TempFolder folder;
    const Imported input = load_network(small_network());
    const auto engine = make_engine();
    engine->load(input.program, input.stimulus);
    sim::RancTrace trace(input.program, input.stimulus, levels, ticks, folder.file("trace.txt"));
    for (u64 tick = 0; tick < ticks; ++tick) {
      engine->advance(1, {}, recording_);
      if (tick != 1) trace.follow(*engine);  // several ticks at once are as good
    }
    trace.commit();
    return read_whole_file(folder.file("trace.txt"));
  }

  sim::Recording recording_;
};

TEST_P(RancTraceText, EverythingButReceivedAxons) {
  EXPECT_EQ(trace({.neuron = 1, .controller = 1, .scheduler = 2}),
            "\xEF\xBB\xBF"
            R"(Starting simulation with 3 ticks.
~~~ Scheduler (0, 0) writes to word 0, bit 0 ~~~
[WARNING] Scheduler received duplicate spike in same time tick (core (0, 0) word 0).
[WARNING] Packet tried to write to current word in scheduler (core (0, 0), word 2)

-------------------- Tick 1 begins --------------------
~~~ Scheduler (0, 0) updates current word to 0. Current line: 10
~~~ Scheduler (0, 0) writes to word 1, bit 1 ~~~
++++++ Core Controller (0, 0) running. Fetched spikes 10
Neuron 0 integration
	Starting potential: 0
	Integrated spike from axon 0 with weight 3. Current potential: 3
	Applied leak of: 0. Current potential: 3
	Neuron spikes.
[WARNING] Scheduler received duplicate spike in same time tick (core (0, 0) word 1).
	Neuron ends at potential: 0
Neuron 1 integration
	Starting potential: 1
	Integrated spike from axon 0 with weight 2. Current potential: 3
	Applied leak of: 1. Current potential: 4
	Neuron spikes.
	Neuron ends at potential: 0
Neuron 2 integration
	Starting potential: 0
	Applied leak of: 0. Current potential: 0
	Neuron spikes.
[WARNING] Packet tried to write to current word in scheduler (core (0, 0), word 0)

	Neuron ends at potential: 0
Neuron 3 integration
	Starting potential: 0
	Applied leak of: 0. Current potential: 0
	Neuron ends at potential: 0
-------------------- Tick 2 begins --------------------
~~~ Scheduler (0, 0) updates current word to 1. Current line: 01
~~~ Scheduler (0, 0) writes to word 2, bit 0 ~~~
++++++ Core Controller (0, 0) running. Fetched spikes 01
Neuron 0 integration
	Starting potential: 0
	Integrated spike from axon 1 with weight 1. Current potential: 1
	Applied leak of: 0. Current potential: 1
	Neuron ends at potential: 1
Neuron 1 integration
	Starting potential: 0
	Applied leak of: 1. Current potential: 1
	Neuron ends at potential: 1
Neuron 2 integration
	Starting potential: 0
	Applied leak of: 0. Current potential: 0
	Neuron spikes.
[WARNING] Packet tried to write to current word in scheduler (core (0, 0), word 1)

	Neuron ends at potential: 0
Neuron 3 integration
	Starting potential: 0
	Applied leak of: 0. Current potential: 0
	Neuron ends at potential: 0
-------------------- Tick 3 begins --------------------
~~~ Scheduler (0, 0) updates current word to 2. Current line: 10
++++++ Core Controller (0, 0) running. Fetched spikes 10
Neuron 0 integration
	Starting potential: 1
	Integrated spike from axon 0 with weight 3. Current potential: 4
	Applied leak of: 0. Current potential: 4
	Neuron spikes.
~~~ Scheduler (0, 0) writes to word 0, bit 1 ~~~
	Neuron ends at potential: 0
Neuron 1 integration
	Starting potential: 1
	Integrated spike from axon 0 with weight 2. Current potential: 3
	Applied leak of: 1. Current potential: 4
	Neuron spikes.
	Neuron ends at potential: 0
Neuron 2 integration
	Starting potential: 0
	Applied leak of: 0. Current potential: 0
	Neuron spikes.
[WARNING] Packet tried to write to current word in scheduler (core (0, 0), word 2)

	Neuron ends at potential: 0
Neuron 3 integration
	Starting potential: 0
	Applied leak of: 0. Current potential: 0
	Neuron ends at potential: 0
)");
}

TEST_P(RancTraceText, NeuronsAtVerbosity2) {
  EXPECT_EQ(trace({.neuron = 2}),
            "\xEF\xBB\xBF"
            "Starting simulation with 3 ticks.\n"
            "[WARNING] Scheduler received duplicate spike in same time tick (core (0, 0) word 0).\n"
            "[WARNING] Packet tried to write to current word in scheduler (core (0, 0), word 2)\n\n"
            "-------------------- Tick 1 begins --------------------\n"
            "++++++ Core Controller (0, 0) running. ++++++\n"
            "Neuron 0 received spikes at axons 0 \n"
            "[WARNING] Scheduler received duplicate spike in same time tick (core (0, 0) word 1).\n"
            "Neuron 1 received spikes at axons 0 \n"
            "Neuron 2 received spikes at axons \n"
            "[WARNING] Packet tried to write to current word in scheduler (core (0, 0), word 0)\n\n"
            "Neuron 3 received spikes at axons \n"
            "-------------------- Tick 2 begins --------------------\n"
            "++++++ Core Controller (0, 0) running. ++++++\n"
            "Neuron 0 received spikes at axons 1 \n"
            "Neuron 1 received spikes at axons \n"
            "Neuron 2 received spikes at axons \n"
            "[WARNING] Packet tried to write to current word in scheduler (core (0, 0), word 1)\n\n"
            "Neuron 3 received spikes at axons \n"
            "-------------------- Tick 3 begins --------------------\n"
            "++++++ Core Controller (0, 0) running. ++++++\n"
            "Neuron 0 received spikes at axons 0 \n"
            "Neuron 1 received spikes at axons 0 \n"
            "Neuron 2 received spikes at axons \n"
            "[WARNING] Packet tried to write to current word in scheduler (core (0, 0), word 2)\n\n"
            "Neuron 3 received spikes at axons \n");
}

// The text of a trace of cores only; `due` and `fetched` begin the lines that are wanted.
std::string cores_only(const std::string& due, const std::string& fetched) {
  const std::string dropped =
      "[WARNING] Packet tried to write to current word in scheduler (core (0, 0), word ";
  const std::string duplicate =
      "[WARNING] Scheduler received duplicate spike in same time tick (core (0, 0) word ";
  const std::string bits[] = {"10", "01", "10"};
  std::string text = "\xEF\xBB\xBFStarting simulation with 3 ticks.\n";
  text += duplicate + "0).\n" + dropped + "2)\n\n";
  for (int t = 0; t < 3; ++t) {
    text += "-------------------- Tick " + std::to_string(t + 1) + " begins --------------------\n";
    if (!due.empty()) text += due + std::to_string(t) + ". Current line: " + bits[t] + "\n";
    if (!fetched.empty()) text += fetched + bits[t] + "\n";
    if (t == 0) text += duplicate + "1).\n";
    text += dropped + std::to_string(t) + ")\n\n";
  }
  return text;
}

TEST_P(RancTraceText, SchedulerWordsOnly) {
  const std::string expected = cores_only("~~~ Scheduler (0, 0) updates current word to ", "");

  EXPECT_EQ(trace({.scheduler = 1}), expected);
}

TEST_P(RancTraceText, ControllersOnly) {
  const std::string expected =
      cores_only("", "++++++ Core Controller (0, 0) running. Fetched spikes ");

  EXPECT_EQ(trace({.controller = 1}), expected);
}

TEST_P(RancTraceText, RecordsWhatThePlanAsksFor) {
  trace({.neuron = 1});

  EXPECT_EQ(recording_.outputs, (std::vector<u64>{0, 1, 0}));
}

SPIKEFAB_ON_ALL_ENGINES(RancTraceText);

}  // namespace
}  // namespace spikefab::test
