// How many thread-instructions the kernels take, exactly: speed that CI can compare without a GPU.
// The figures are kept in tests/golden/kernel_counts.txt. SPIKEFAB_WRITE_GOLDEN=1 writes them; say
// in the commit why they changed. docs/engines.md predicts from them what a GPU will do.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <map>
#include <regex>
#include <sstream>

#include "cli/active_chip.h"
#include "cli/sparse_chip.h"
#include "tests/support/emulated_cuda.h"
#include "tests/support/engines.h"
#include "tests/support/temp_folder.h"

namespace spikefab::test {
namespace {

constexpr const char* golden_path = SPIKEFAB_SOURCE_DIR "/tests/golden/kernel_counts.txt";
constexpr u64 ticks = 20;
constexpr double allowed_growth = 1.01;  // of any figure

// A use of the cuda engine, by what makes it choose that layout.
struct Use {
  const char* name;
  u32 replicas;
  u32 multiprocessors;
  std::array<u32, 3> percents;  // of the neurons fire in a tick
  Program (*make)(u32 percent);
};

template <u32 cores>
Program crossbars(u32 percent) {
  return cli::make_active_chip({.cores = cores, .percent = percent});
}

// Rows have eight synapses on average.
template <u32 cores, u32 longest_delay>
Program synaptic_memory(u32 percent) {
  return cli::make_sparse_chip({.neurons = 256 * cores,
                                .synapses = 8 * cores,
                                .core_neurons = 256,
                                .percent = percent,
                                .longest_delay = longest_delay});
}

constexpr Use uses[] = {
    {"latency", 1, 132, {1, 10, 50}, crossbars<16>},
    {"batch", 4, 1, {1, 10, 50}, crossbars<8>},
    {"latency", 1, 132, {2, 8, 20}, synaptic_memory<8, 6>},
    {"batch", 4, 1, {2, 8, 20}, synaptic_memory<4, 6>},
    {"large", 1, 1, {2, 8, 20}, synaptic_memory<8, 62>},
};

// Thread-instructions of the ticks, and the events of one neuron and tick.
struct Work {
  std::string kernel;
  double instructions = 0;
  double events = 0;
};

// Replicas that differ, if the chip's state says nothing else.
sim::State begin(const Program& program, u32 replicas) {
  return program.chip.has_crossbars() ? cli::active_state(program, 0, replicas)
                                      : sim::initial_state(program, replicas);
}

Work measure(const Use& use, u32 percent) {
  const Program program = use.make(percent);
  Stimulus stimulus;
  stimulus.replicas = use.replicas;
  stimulus.begin.assign(use.replicas, 0);
  EmulatedCuda engine(
      {.multiprocessors = use.multiprocessors, .checks_unwritten = false, .checks_races = false},
      kernel_ptx());
  engine.load(program, stimulus);
  engine.restore(begin(program, use.replicas));
  sim::Recording ignored;
  engine.advance(8, {}, ignored);  // until spikes are on their way
  engine.emulated()->reset_counts();
  const sim::State before = engine.state();
  engine.advance(ticks, {}, ignored);
  const sim::State after = engine.state();

  Work work;
  for (u64 i = sim::synaptic_events; i < after.counts.size(); i += sim::count_kinds) {
    work.events += static_cast<double>(after.counts[i] - before.counts[i]);
  }
  for (const std::string& kernel : engine.emulated()->kernels()) {
    const ExecutionCounts counts = engine.emulated()->counts(kernel);
    if (counts.launches == 0) continue;
    work.kernel = kernel;
    work.instructions += static_cast<double>(counts.thread_instructions);
  }
  const auto neuron_ticks = static_cast<double>(program.neurons() * use.replicas * ticks);
  work.events /= neuron_ticks;
  work.instructions /= neuron_ticks;
  return work;
}

// The version of nvcc that made the PTX: other versions make other instructions.
std::string nvcc_version() {
  std::smatch found;
  std::regex_search(kernel_ptx()[0], found, std::regex("release [0-9.]+, V([0-9.]+)"));
  return found.empty() ? "unknown" : found[1].str();
}

// Thread-instructions for a neuron and tick, all of them, and those that each synaptic event adds.
// One line each, with the figure at its end; the first says the version of nvcc.
std::string text_of_all() {
  std::string text = "nvcc " + nvcc_version() + "\n";
  for (const Use& use : uses) {
    const Work least = measure(use, use.percents[0]);
    for (const u32 percent : use.percents) {
      const Work work = measure(use, percent);
      text += fmt::format("{} {} {}% neuron_tick {:.2f}\n", use.name, work.kernel, percent,
                          work.instructions);
      if (percent == use.percents[0]) continue;
      const double marginal =
          (work.instructions - least.instructions) / (work.events - least.events);
      text += fmt::format("{} {} {}% synaptic_event {:.3f}\n", use.name, work.kernel, percent,
                          marginal);
    }
  }
  return text;
}

// Lines "name... figure".
std::map<std::string, std::string> parse(const std::string& text) {
  std::map<std::string, std::string> figures;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    const auto space = line.rfind(' ');
    figures[line.substr(0, space)] = line.substr(space + 1);
  }
  return figures;
}

TEST(KernelCounts, AreNotMoreThanTheGoldenOnes) {
  const std::string text = text_of_all();
  if (std::getenv("SPIKEFAB_WRITE_GOLDEN") != nullptr) std::ofstream(golden_path) << text;
  const auto have = parse(text);
  const auto want = parse(read_whole_file(golden_path));
  if (have.at("nvcc") != want.at("nvcc")) {
    return skip_for_want_of("nvcc", "the golden figures are those of nvcc " + want.at("nvcc") +
                                        ", not " + have.at("nvcc"));
  }

  ASSERT_EQ(have.size(), want.size());
  for (const auto& [name, figure] : want) {
    if (name == "nvcc") continue;
    SCOPED_TRACE(name);
    ASSERT_TRUE(have.contains(name));
    EXPECT_LE(std::stod(have.at(name)), std::stod(figure) * allowed_growth);
    EXPECT_GE(std::stod(have.at(name)) * allowed_growth, std::stod(figure))
        << "faster: write the golden figures anew";
  }
}

}  // namespace
}  // namespace spikefab::test
