// 11,500 mutants of every kind of file that we read, through the command: each ends with exit code
// 0 or 3, none with a signal, and every error names the file. Mutants run in forked children, so
// that a crash is pinned to its mutant, which is kept.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <fstream>
#include <new>

#include "base/hd.h"
#include "cli/tool.h"
#include "tests/support/crossbar_files.h"
#include "tests/support/mutator.h"
#include "tests/support/run_tool.h"
#include "tests/support/sample_files.h"
#include "tests/support/temp_folder.h"

namespace spikefab::test {
namespace {

constexpr unsigned seconds_until_hung = 10;

using Commands = std::vector<std::vector<std::string>>;

// The good files that mutants are made of, and what makes the command read the mutant.
struct Sample {
  std::string name;
  std::string mutant_file;
  Damage damage = Damage::text;
  std::string original;
  Commands commands;  // each is run on each mutant
  std::string named;  // what every error must name: the mutant, or else what it leads to
};

class Samples {
 public:
  Sample ranc_input() const {
    return sample("ranc_input.json", files_.ranc_input, Damage::text, [this](auto mutant) {
      return Commands{{"ranc", "-i", mutant, "-o", folder_.file("out.txt"), "-c",
                       files_.ranc_config, "--ticks", "4"}};
    });
  }
  Sample ranc_config() const {
    return sample("ranc_config.json", files_.ranc_config, Damage::text, [this](auto mutant) {
      const std::vector<std::string> plain = {
          "ranc", "-i",   files_.ranc_input, "-o", folder_.file("out.txt"),
          "-c",   mutant, "--ticks",         "4"};
      std::vector<std::string> traced = plain;
      traced.insert(traced.end(), {"-t", folder_.file("trace.txt")});
      return Commands{plain, traced};
    });
  }
  Sample chip() const {
    return sample("chip.yaml", files_.chip, Damage::text, [](auto mutant) {
      return Commands{{"validate", mutant}};
    });
  }
  Sample trained_network() const {
    const std::string path =
        write_crossbar_network(random_crossbar_network(5), folder_.path());  // weights beside it
    Sample made = sample("network.yaml", path, Damage::text, [](auto mutant) {
      return Commands{{"validate", mutant}};
    });
    made.named = folder_.path();
    return made;
  }
  Sample program(Damage damage) const {
    return sample("program.sfab", files_.program, damage, [this](auto mutant) {
      return Commands{{"run", mutant, "-s", files_.stimulus, "-n", "4"}, {"inspect", mutant}};
    });
  }
  Sample stimulus(Damage damage) const {
    return sample("stimulus.sfab", files_.stimulus, damage, [this](auto mutant) {
      return Commands{{"run", files_.program, "-s", mutant, "-n", "4"}, {"inspect", mutant}};
    });
  }
  Sample checkpoint(Damage damage) const {
    return sample("checkpoint.sfab", files_.checkpoint, damage, [this](auto mutant) {
      return Commands{
          {"run", files_.program, "-s", files_.stimulus, "-n", "8", "--restore", mutant}};
    });
  }

 private:
  template <class CommandsOn>
  Sample sample(const std::string& name, const std::string& original, Damage damage,
                CommandsOn&& commands_on) const {
    const std::string mutant = folder_.file("mutant_" + name);
    return {name, mutant, damage, read_whole_file(original), commands_on(mutant), mutant};
  }

  TempFolder folder_{memory_folder()};
  SampleFiles files_ = write_sample_files(folder_.path());
};

std::string mutant_of(const Sample& sample, u64 seed) {
  std::mt19937_64 random(seed);
  return mutate(sample.original, sample.damage, random);
}

// What the children tell the parent.
struct Shared {
  u64 current;       // the mutant that is running
  int command;       // and which command on it
  int code;          // a code that must not be
  u64 accepted;      // exit code 0
  char text[16384];  // what was said on stderr
};

// stderr of this process in a memory file.
class CaughtStderr {
 public:
  CaughtStderr() : file_(memfd_create("stderr", 0)) { dup2(file_, STDERR_FILENO); }
  std::string take() {
    const off_t size = lseek(file_, 0, SEEK_END);
    std::string text(static_cast<std::size_t>(size), '\0');
    if (pread(file_, text.data(), text.size(), 0) != size) text = "(unreadable)";
    if (ftruncate(file_, 0) != 0) _exit(99);
    lseek(file_, 0, SEEK_SET);
    return text;
  }

 private:
  int file_;
};

bool is_fine(const Sample& sample, int code, const std::string& text) {
  return code == 0 || (code == 3 && text.find(sample.named) != std::string::npos);
}

// In the child: mutants from `first` on; ends at the first that is not fine.
[[noreturn]] void run_mutants(const Sample& sample, u64 first, u64 last, Shared& shared) {
  CaughtStderr caught;
  if (std::freopen("/dev/null", "w", stdout) == nullptr) _exit(98);
  for (shared.current = first; shared.current < last; ++shared.current) {
    std::ofstream(sample.mutant_file, std::ios::binary) << mutant_of(sample, shared.current);
    for (shared.command = 0; shared.command < static_cast<int>(sample.commands.size());
         ++shared.command) {
      alarm(seconds_until_hung);
      shared.code = cli::run_tool(sample.commands[static_cast<u64>(shared.command)]);
      const std::string text = caught.take();
      shared.accepted += shared.code == 0;
      if (is_fine(sample, shared.code, text)) continue;
      text.copy(shared.text, sizeof shared.text - 1);
      _exit(1);
    }
  }
  _exit(0);
}

std::string keep(const Sample& sample, u64 seed) {
  const std::string path = fmt::format("{}mutant_{}_{}", testing::TempDir(), seed, sample.name);
  std::ofstream(path, std::ios::binary) << mutant_of(sample, seed);
  return path;
}

std::string described(int status, const Shared& shared) {
  if (!WIFSIGNALED(status)) return fmt::format("exit code {}: {}", shared.code, shared.text);
  const int signal = WTERMSIG(status);
  return signal == SIGALRM ? "hung" : fmt::format("signal {}", signal);
}

// Runs the mutants of seeds first..last-1 in children; returns how many runs ended with code 0.
u64 expect_clean_ends(const Sample& sample, u64 first, u64 last) {
  constexpr u64 max_failures = 5;
  void* memory =
      mmap(nullptr, sizeof(Shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) throw std::bad_alloc();
  Shared& shared = *new (memory) Shared{};
  u64 failures = 0;
  for (u64 next = first; next < last && failures < max_failures;) {
    constexpr u64 mutants_per_child = 250;
    const u64 end = std::min(last, next + mutants_per_child);
    std::fflush(nullptr);  // or the child prints it again
    const pid_t child = fork();
    if (child == 0) run_mutants(sample, next, end, shared);
    int status = 0;
    waitpid(child, &status, 0);
    next = end;
    if (status == 0) continue;
    ++failures;
    next = shared.current + 1;
    ADD_FAILURE() << "mutant " << keep(sample, shared.current) << ", command "
                  << fmt::format("{}",
                                 fmt::join(sample.commands[static_cast<u64>(shared.command)], " "))
                  << "\n"
                  << described(status, shared);
  }
  const u64 accepted = shared.accepted;
  munmap(memory, sizeof(Shared));
  return accepted;
}

bool may_end_with(int code) { return code == 0 || code == 3; }

// The original is good, or its mutants would prove nothing.
void expect_original_is_accepted(const Sample& sample) {
  std::ofstream(sample.mutant_file, std::ios::binary) << sample.original;
  const ToolRun run = run_tool(sample.commands[0]);
  EXPECT_EQ(run.code, 0) << run.err;
}

// `count` mutants from a seed of their own on; a few of them by the real executable, too.
void expect_mutants_end_cleanly(const Sample& sample, u64 first, u64 count) {
  expect_original_is_accepted(sample);
  const u64 accepted = expect_clean_ends(sample, first, first + count);
  EXPECT_LT(accepted, count * sample.commands.size()) << "no mutant was rejected";
  if (sample.damage != Damage::bytes) {
    EXPECT_GT(accepted, 0u) << "no mutant was accepted";
  }
  for (u64 seed = first; seed < first + count; seed += 100) {
    std::ofstream(sample.mutant_file, std::ios::binary) << mutant_of(sample, seed);
    for (const auto& command : sample.commands) {
      const int code = run_tool(command).code;
      EXPECT_TRUE(may_end_with(code)) << "mutant " << keep(sample, seed) << ": exit code " << code;
    }
  }
}

TEST(Mutants, OfRancInput) { expect_mutants_end_cleanly(Samples().ranc_input(), 0, 3000); }
TEST(Mutants, OfRancConfig) { expect_mutants_end_cleanly(Samples().ranc_config(), 10'000, 1500); }
TEST(Mutants, OfChip) { expect_mutants_end_cleanly(Samples().chip(), 20'000, 1500); }
TEST(Mutants, OfTrainedNetwork) {
  expect_mutants_end_cleanly(Samples().trained_network(), 90'000, 1500);
}
TEST(Mutants, OfProgram) {
  expect_mutants_end_cleanly(Samples().program(Damage::bytes), 30'000, 500);
}
TEST(Mutants, OfProgramWithRightChecksums) {
  expect_mutants_end_cleanly(Samples().program(Damage::sealed), 40'000, 1500);
}
TEST(Mutants, OfStimulus) {
  expect_mutants_end_cleanly(Samples().stimulus(Damage::bytes), 50'000, 300);
}
TEST(Mutants, OfStimulusWithRightChecksums) {
  expect_mutants_end_cleanly(Samples().stimulus(Damage::sealed), 60'000, 700);
}
TEST(Mutants, OfCheckpoint) {
  expect_mutants_end_cleanly(Samples().checkpoint(Damage::bytes), 70'000, 300);
}
TEST(Mutants, OfCheckpointWithRightChecksums) {
  expect_mutants_end_cleanly(Samples().checkpoint(Damage::sealed), 80'000, 700);
}

}  // namespace
}  // namespace spikefab::test
