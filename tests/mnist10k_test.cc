// The MNIST test set on the RANC network of 5 cores: the output of 10,010 ticks is RANC's (by
// hash), and 93.12 % of the answers are right. The 226 MB input is made anew by
// scripts/make_mnist10k.py.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <filesystem>

#include "base/files.h"
#include "base/registry.h"
#include "mapper/importers/ranc.h"
#include "sim/ranc_text.h"
#include "tests/support/data_folder.h"
#include "tests/support/engines.h"
#include "tests/support/temp_folder.h"

namespace spikefab::test {
namespace {

constexpr u64 ticks = 10'010;
constexpr u64 images = 10'000;
constexpr u64 layers = 2;    // image i is on output line i + 2
constexpr u32 classes = 10;  // output j votes for class j mod 10

// What a command prints, without the newline at its end; throws if it fails.
std::string output_of(const std::string& command) {
  std::FILE* pipe = popen(command.c_str(), "r");
  if (pipe == nullptr) throw std::runtime_error("cannot run " + command);
  std::string text;
  char buffer[1 << 16];
  while (const std::size_t n = std::fread(buffer, 1, sizeof buffer, pipe)) text.append(buffer, n);
  if (pclose(pipe) != 0) throw std::runtime_error(command + " failed");
  if (text.ends_with('\n')) text.pop_back();
  return text;
}

std::vector<u8> labels_of(const std::string& mnist) {
  const std::string idx = output_of("gzip -dc '" + mnist + "/t10k-labels-idx1-ubyte.gz'");
  constexpr std::size_t header = 8;
  return {idx.begin() + header, idx.end()};
}

// The class with most votes in one tick's output words; the first maximum wins.
u8 vote(const u64* words, u32 lines) {
  std::array<int, classes> votes{};
  for (u32 j = 0; j < lines; ++j) votes[j % classes] += words[j / 64] >> (j % 64) & 1;
  return static_cast<u8>(std::max_element(votes.begin(), votes.end()) - votes.begin());
}

u64 right_answers(const std::vector<u64>& outputs, const Program& program,
                  const std::vector<u8>& labels) {
  u64 right = 0;
  for (u64 i = 0; i < images; ++i) {
    const u64* words = outputs.data() + (i + layers) * program.output_words();
    right += vote(words, program.output_lines) == labels.at(i);
  }
  return right;
}

TEST(Mnist10k, OutputIsThatOfRancAndAccuracyIs93Point12Percent) {
  const std::string source = data_folder() + "/ranc/mnist100/input.json.xz";
  const std::string config = data_folder() + "/ranc/mnist100/config_12core.json";
  if (!std::filesystem::exists(source)) return skip_without_data("no " + source);
  const std::string scripts = SPIKEFAB_SOURCE_DIR "/scripts/";
  std::string mnist;
  try {
    mnist = output_of("'" + scripts + "get_mnist.sh'");
  } catch (const std::exception& error) {
    return skip_without_data(std::string("no MNIST: ") + error.what());
  }
  const std::vector<u8> labels = labels_of(mnist);
  const TempFolder folder;
  const std::string input = folder.file("mnist10k.json");
  output_of("python3 '" + scripts + "make_mnist10k.py' '" + mnist + "' '" + source + "' '" + input +
            "'");
  const Imported network = load_ranc_input(input, load_ranc_config(config).chip);

  for (const std::string& name : engine_names()) {
    SCOPED_TRACE(name);
    const auto engine = sim::make_engine(name);
    if (is_emulated(name) || engine->unavailable()) continue;
    sim::Recording recording;
    sim::RancOutput output(folder.file("output.txt"), network.program.output_lines);

    engine->load(network.program, network.stimulus);
    engine->advance(ticks, {}, recording);
    output.append(recording.outputs, ticks);
    output.commit();

    EXPECT_EQ(sha256_of_file(folder.file("output.txt")),
              "bea05d5ae374d61186fbaceaa111e050e8db02671fadc90b79455752323930d3");
    EXPECT_EQ(right_answers(recording.outputs, network.program, labels), 9312u);
  }
}

}  // namespace
}  // namespace spikefab::test
