// Every RANC network in the data folder: read, run and written on every engine, the output file is
// the one that RANC wrote, byte for byte.
#include <gtest/gtest.h>

#include <algorithm>

#include "base/registry.h"
#include "mapper/importers/ranc.h"
#include "sim/ranc_text.h"
#include "tests/support/data_folder.h"
#include "tests/support/engines.h"
#include "tests/support/temp_folder.h"

namespace spikefab::test {
namespace {

// Runs as many ticks as the expected output has lines, and returns the output file's content.
std::string run_case(const std::string& engine_name, const RancCase& ranc, u64 ticks) {
  const TempFolder folder;
  const std::string config = folder.write("config.json", read_data_file(ranc.config));
  const std::string input = folder.write("input.json", read_data_file(ranc.input));
  const Imported network = load_ranc_input(input, load_ranc_config(config).chip);
  const auto engine = sim::make_engine(engine_name);
  sim::Recording recording;
  sim::RancOutput output(folder.file("output.txt"), network.program.output_lines);

  engine->load(network.program, network.stimulus);
  engine->advance(ticks, {}, recording);
  output.append(recording.outputs, ticks);
  output.commit();

  return read_whole_file(folder.file("output.txt"));
}

// Says in which line two texts differ first, instead of printing both.
void expect_same_text(const std::string& have, const std::string& want) {
  if (have == want) return;
  const auto [h, w] = std::mismatch(have.begin(), have.end(), want.begin(), want.end());
  ADD_FAILURE() << "differs first in line " << std::count(have.begin(), h, '\n') + 1 << ", byte "
                << h - have.begin() << "; sizes " << have.size() << " and " << want.size();
}

void expect_output_of_ranc(const std::string& engine, const RancCase& ranc) {
  const std::string want = read_data_file(ranc.output);
  const auto ticks = static_cast<u64>(std::count(want.begin(), want.end(), '\n'));
  ASSERT_GT(ticks, 0u);

  expect_same_text(run_case(engine, ranc, ticks), want);
}

// The cases are found when the tests are listed, which may be on another day than they are run;
// this test says what is here now.
TEST(RancData, IsHere) {
  const std::vector<RancCase> cases = find_ranc_cases();
  if (cases.empty()) return skip_without_data("no RANC cases below " + data_folder() + "/ranc");

  EXPECT_GE(cases.size(), 76u) << "67 of Compass, 3 of MNIST, 3 of VMM, 2 of McEliece, 1 example";
}

// Parameters: engine, case. Without any case when listed, one that looks again when it is run.
class RancCases : public testing::TestWithParam<std::tuple<std::string, RancCase>> {
 protected:
  void SetUp() override { skip_if_unavailable(std::get<0>(GetParam())); }
};

TEST_P(RancCases, OutputIsThatOfRanc) {
  const auto& [engine, ranc] = GetParam();
  if (!ranc.output.empty()) return expect_output_of_ranc(engine, ranc);
  const std::vector<RancCase> cases = find_ranc_cases();
  if (cases.empty()) return skip_without_data("no RANC cases below " + data_folder() + "/ranc");
  for (const RancCase& found : cases) {
    SCOPED_TRACE(found.name);
    expect_output_of_ranc(engine, found);
  }
}

std::vector<RancCase> cases_or_placeholder() {
  std::vector<RancCase> cases = find_ranc_cases();
  if (cases.empty()) cases.push_back({.name = "all", .config = {}, .input = {}, .output = {}});
  return cases;
}

INSTANTIATE_TEST_SUITE_P(Engines, RancCases,
                         testing::Combine(testing::ValuesIn(engine_names()),
                                          testing::ValuesIn(cases_or_placeholder())),
                         [](const auto& test) {
                           return std::get<0>(test.param) + "_" + std::get<1>(test.param).name;
                         });

}  // namespace
}  // namespace spikefab::test
