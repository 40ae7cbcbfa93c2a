// A run that is stopped, saved, loaded and resumed is the uninterrupted run, bit for bit.
#include <gtest/gtest.h>

#include <fmt/format.h>

#include "base/error.h"
#include "base/registry.h"
#include "sim/checkpoint.h"
#include "tests/support/engines.h"
#include "tests/support/loaded_network.h"
#include "tests/support/random_network.h"
#include "tests/support/temp_folder.h"

namespace spikefab::test {
namespace {

constexpr int stops = 20;
constexpr int stops_emulated = 5;

std::vector<std::string> available_engines() {
  std::vector<std::string> out;
  for (const std::string& name : engine_names()) {
    if (!sim::make_engine(name)->unavailable()) out.push_back(name);
  }
  return out;
}

// A random network that runs long enough to be stopped at many ticks.
RandomCase long_case(u64& seed) {
  for (;; ++seed) {
    const RandomCase random = random_case(seed);
    if (random.ticks >= 40) return random;
  }
}

class Checkpoint : public AllEngines {
 protected:
  // Stops the engine of the test after `stop` ticks and writes a checkpoint.
  sim::Recording run_and_save(const Imported& input, u64 stop, const std::string& path) {
    const EngineRun first = run_engine(*make_engine(), input.program, input.stimulus, stop);
    save_checkpoint(first.state, content_hash(input.program), content_hash(input.stimulus), path);
    return first.recording;
  }
};

TEST_P(Checkpoint, ResumedRunIsTheUninterruptedRunAtRandomTicks) {
  const TempFolder folder;
  u64 seed = 2000;
  for (int network = 0; network < 3; ++network, ++seed) {
    const RandomCase random = long_case(seed);
    SCOPED_TRACE(fmt::format("seed {}", seed));
    const Imported input = load_network(random.network);
    const auto ticks = static_cast<u64>(random.ticks);
    const EngineRun whole = run_engine(*make_engine(), input.program, input.stimulus, ticks);
    std::mt19937_64 pick(seed);
    for (int i = 0; i < (is_emulated(GetParam()) ? stops_emulated : stops); ++i) {
      const u64 stop = pick() % (ticks + 1);
      SCOPED_TRACE(fmt::format("stopped after {} ticks", stop));
      const sim::Recording before = run_and_save(input, stop, folder.file("checkpoint.sfab"));
      for (const std::string& resumed_by : available_engines()) {
        if (is_emulated(resumed_by) && i >= stops_emulated) continue;
        SCOPED_TRACE(resumed_by);
        sim::Recording recording = before;

        const auto engine = Registry<sim::Engine>::make(resumed_by);
        engine->load(input.program, input.stimulus);
        engine->restore(sim::load_checkpoint(folder.file("checkpoint.sfab"), input.program,
                                             content_hash(input.stimulus)));
        engine->advance(ticks - stop, record_all(), recording);

        ASSERT_EQ(recording.digests, whole.recording.digests);
        ASSERT_EQ(recording.outputs, whole.recording.outputs);
        ASSERT_EQ(recording.spikes, whole.recording.spikes);
        ASSERT_TRUE(engine->state() == whole.state);
      }
    }
  }
}

TEST_P(Checkpoint, RestoreGoesBackInTheSameEngine) {
  u64 seed = 2100;
  const RandomCase random = long_case(seed);
  SCOPED_TRACE(fmt::format("seed {}", seed));
  const Imported input = load_network(random.network);
  const auto engine = make_engine();
  engine->load(input.program, input.stimulus);
  sim::Recording ignored;
  engine->advance(10, record_all(), ignored);
  const sim::State state = engine->state();

  sim::Recording first;
  engine->advance(20, record_all(), first);
  engine->restore(state);
  sim::Recording second;
  engine->advance(20, record_all(), second);

  EXPECT_EQ(first.digests, second.digests);
  EXPECT_EQ(first.outputs, second.outputs);
}

SPIKEFAB_ON_ALL_ENGINES(Checkpoint);

// A network of one neuron, and its state after some ticks.
struct Small {
  Imported input;
  sim::State state;
};

Small small_run(i32 leak) {
  RancNetwork network;
  network.width = 2;
  network.bus_x = 1;
  network.cores = {{.x = 0, .y = 0, .axon_types = {0}, .connections = {{1}}, .neurons = {{}}}};
  network.cores[0].neurons[0].leak = leak;
  network.cores[0].neurons[0].dx = 1;
  network.packets = {{{{0, 0, 0, 1}}, {{0, 0, 0, 3}}}};
  Small small{load_network(network), {}};
  const auto engine = Registry<sim::Engine>::make("serial");
  small.state = run_engine(*engine, small.input.program, small.input.stimulus, 2).state;
  return small;
}

TEST(CheckpointFile, HoldsTheWholeState) {
  const TempFolder folder;
  const Small small = small_run(1);

  save_checkpoint(small.state, content_hash(small.input.program), "stimulus",
                  folder.file("state.sfab"));

  const sim::State loaded =
      sim::load_checkpoint(folder.file("state.sfab"), small.input.program, "stimulus");
  EXPECT_TRUE(loaded == small.state);
  EXPECT_EQ(loaded.tick, 2u);
}

TEST(CheckpointFile, OfAnotherProgramIsRejected) {
  const TempFolder folder;
  const Small small = small_run(1);
  save_checkpoint(small.state, content_hash(small.input.program), "stimulus",
                  folder.file("state.sfab"));

  EXPECT_THROW(
      sim::load_checkpoint(folder.file("state.sfab"), small_run(2).input.program, "stimulus"),
      InputError);
}

TEST(CheckpointFile, OfAnotherStimulusIsRejected) {
  const TempFolder folder;
  const Small small = small_run(1);
  save_checkpoint(small.state, content_hash(small.input.program), "stimulus",
                  folder.file("state.sfab"));

  EXPECT_THROW(sim::load_checkpoint(folder.file("state.sfab"), small.input.program, "another"),
               InputError);
}

TEST(CheckpointFile, WithAnyByteChangedIsRejected) {
  const TempFolder folder;
  const Small small = small_run(1);
  const std::string path = folder.file("state.sfab");
  save_checkpoint(small.state, content_hash(small.input.program), "stimulus", path);
  const std::string good = read_whole_file(path);

  for (std::size_t i = 0; i < good.size(); ++i) {
    std::string bad = good;
    bad[i] = static_cast<char>(bad[i] ^ (1 << (i % 8)));
    folder.write("state.sfab", bad);

    EXPECT_THROW(sim::load_checkpoint(path, small.input.program, "stimulus"), InputError)
        << "byte " << i;
  }
}

TEST(CheckpointFile, CutAnywhereIsRejected) {
  const TempFolder folder;
  const Small small = small_run(1);
  const std::string path = folder.file("state.sfab");
  save_checkpoint(small.state, content_hash(small.input.program), "stimulus", path);
  const std::string good = read_whole_file(path);

  for (std::size_t length = 0; length < good.size(); ++length) {
    folder.write("state.sfab", good.substr(0, length));

    EXPECT_THROW(sim::load_checkpoint(path, small.input.program, "stimulus"), InputError)
        << "length " << length;
  }
}

TEST(CheckpointFile, WithSomethingBehindItIsRejected) {
  const TempFolder folder;
  const Small small = small_run(1);
  const std::string path = folder.file("state.sfab");
  save_checkpoint(small.state, content_hash(small.input.program), "stimulus", path);
  folder.write("state.sfab", read_whole_file(path) + '\0');

  EXPECT_THROW(sim::load_checkpoint(path, small.input.program, "stimulus"), InputError);
}

}  // namespace
}  // namespace spikefab::test
