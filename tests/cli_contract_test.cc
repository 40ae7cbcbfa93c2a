// What every verb must hold: streams, exit codes, help, suggestions, JSON.
#include <gmock/gmock.h>

#include <sstream>

#include "base/registry.h"
#include "cli/command.h"
#include "tests/support/command_files.h"
#include "tests/support/run_tool.h"

namespace spikefab::test {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

// Exit code 2, nothing on stdout, one line on stderr.
void expect_usage_error(const std::vector<std::string>& words, const std::string& text) {
  const ToolRun run = run_tool(words);
  EXPECT_EQ(run.code, 2) << run.err;
  EXPECT_THAT(run.out, IsEmpty());
  EXPECT_THAT(lines_of(run.err),
              ElementsAre(AllOf(HasSubstr(text), HasSubstr("; try 'spikefab "))));
}

class EveryVerb : public testing::TestWithParam<std::string> {};

TEST_P(EveryVerb, HelpGoesToStdoutWithAllSections) {
  const ToolRun run = run_tool({GetParam(), "--help"});

  EXPECT_EQ(run.code, 0);
  EXPECT_THAT(run.err, IsEmpty());
  EXPECT_THAT(run.out,
              AllOf(HasSubstr("\nUsage:\n  spikefab " + GetParam()), HasSubstr("\nOptions:\n"),
                    HasSubstr("\nExamples:\n"), HasSubstr("\nExit codes:\n")));
}

TEST_P(EveryVerb, HelpIsAtMost80ColumnsWide) {
  for (const std::string& line : lines_of(run_tool({"help", GetParam()}).out)) {
    EXPECT_LE(line.size(), 80u) << line;
  }
}

TEST_P(EveryVerb, HelpVerbIsTheSameAsVerbHelp) {
  EXPECT_EQ(run_tool({"help", GetParam()}).out, run_tool({GetParam(), "--help"}).out);
  EXPECT_EQ(run_tool({"help", GetParam()}).out, run_tool({GetParam(), "-h"}).out);
}

TEST_P(EveryVerb, AnUnknownOptionIsAUsageErrorWithASuggestion) {
  expect_usage_error({GetParam(), "--colour", "never"},
                     "unknown option '--colour'; did you mean '--color'?");
}

TEST_P(EveryVerb, APrefixOfAnOptionIsNotTakenForIt) {
  expect_usage_error({GetParam(), "--verbos"},
                     "unknown option '--verbos'; did you mean '--verbose'?");
}

TEST_P(EveryVerb, IsNamedInTheOverview) {
  EXPECT_THAT(run_tool({"help"}).out, HasSubstr("\n  " + GetParam() + " "));
}

INSTANTIATE_TEST_SUITE_P(Verbs, EveryVerb, testing::ValuesIn(Registry<cli::Command>::names()),
                         [](const auto& test) { return test.param; });

TEST(Cli, OverviewIsTheSameHoweverItIsAskedFor) {
  const ToolRun run = run_tool({});

  EXPECT_EQ(run.code, 0);
  EXPECT_THAT(run.err, IsEmpty());
  EXPECT_EQ(run.out, run_tool({"help"}).out);
  EXPECT_EQ(run.out, run_tool({"--help"}).out);
  for (const std::string& line : lines_of(run.out)) EXPECT_LE(line.size(), 80u) << line;
}

TEST(Cli, VersionOptionIsTheVerb) {
  const ToolRun run = run_tool({"--version"});

  EXPECT_EQ(run.code, 0);
  EXPECT_EQ(run.out, run_tool({"version"}).out);
  EXPECT_THAT(run.out, HasSubstr("version"));
}

TEST(Cli, AnUnknownVerbIsAUsageErrorWithASuggestion) {
  expect_usage_error({"rum"}, "no verb 'rum' in this build");
  EXPECT_THAT(run_tool({"rum"}).err, HasSubstr("did you mean 'run'?"));
  expect_usage_error({"help", "rum"}, "did you mean 'run'?");
  expect_usage_error({"-x"}, "unknown option '-x' (options follow the verb)");
}

TEST(Cli, BadValuesAreUsageErrors) {
  expect_usage_error({"run"}, "missing PROGRAM.sfab");
  expect_usage_error({"run", "a.sfab", "b.sfab"}, "too many arguments");
  expect_usage_error({"run", "a.sfab", "--ticks", "-1"},
                     "--ticks = -1 (must be a whole number of at least 1)");
  expect_usage_error({"run", "a.sfab", "--ticks", "0"},
                     "--ticks = 0 (must be a whole number of at least 1)");
  expect_usage_error({"run", "a.sfab", "--ticks", "99999999999999999999"},
                     "--ticks = 99999999999999999999 (must be at most 9223372036854775807)");
  expect_usage_error({"run", "a.sfab", "--ticks=1", "--ticks=2"}, "--ticks");
  expect_usage_error({"run", "a.sfab", "--ticks"}, "--ticks");
  expect_usage_error({"run", "a.sfab", "--engine", "seriel"}, "did you mean 'serial'?");
  expect_usage_error({"run", "a.sfab", "--color", "red"}, "(must be one of auto, always, never)");
  expect_usage_error({"run", "a.sfab", "-o", "x", "--record", "outputs,spike"},
                     "did you mean 'spikes'?");
  expect_usage_error({"run", "a.sfab", "-o", "x", "--record", "spikes", "--cores", "3..1"},
                     "--cores = 3..1 (must be A..B");
  expect_usage_error({"run", "a.sfab", "--cores", "1"}, "need --record spikes or potentials");
  expect_usage_error({"run", "a.sfab", "--force"}, "--force needs --output DIR");
  expect_usage_error({"completion", "tcsh"}, "shell = tcsh (must be one of bash, zsh, fish)");
}

TEST(Cli, SuggestsTheOptionsThatBeginAsTyped) {
  expect_usage_error({"run", "a.sfab", "--cor", "1"}, "'--cor'; did you mean '--cores'?");
  expect_usage_error({"run", "a.sfab", "--log-f"}, "did you mean '--log-format' or '--log-file'?");
}

TEST(Cli, AMissingFileIsAnInputErrorThatNamesIt) {
  const ToolRun run = run_tool({"run", "no_such.sfab"});

  EXPECT_EQ(run.code, 3);
  EXPECT_THAT(run.out, IsEmpty());
  EXPECT_THAT(run.err, AllOf(StartsWith("error: "), HasSubstr("no_such.sfab")));
}

TEST(Cli, AFullDiskIsAResourceError) {
  const ToolRun run = run_program({"bash", "-c", std::string(SPIKEFAB_TOOL) + " list > /dev/full"});

  EXPECT_EQ(run.code, 5);
  EXPECT_THAT(run.err, HasSubstr("cannot write to stdout"));
}

TEST(Cli, ALogFileThatCannotBeWrittenIsAResourceError) {
  const ToolRun run = run_tool({"list", "--log-file", "/proc/no_such/log"});

  EXPECT_EQ(run.code, 5);
  EXPECT_THAT(run.err, HasSubstr("/proc/no_such/log"));
}

TEST(Cli, QuietLeavesWarningsOnly) {
  const TempFolder folder;
  const ProgramFiles files = write_program_files(folder);

  EXPECT_THAT(run_tool({"run", files.program}).err, HasSubstr("info: engine: "));
  EXPECT_THAT(run_tool({"run", files.program, "-q"}).err, Not(HasSubstr("info")));
}

TEST(Cli, JsonLogIsALineOfJsonPerMessage) {
  const TempFolder folder;
  const ProgramFiles files = write_program_files(folder);
  const ToolRun run = run_tool(
      {"run", files.program, "--log-format=json", "--log-file", folder.file("log"), "-vv"});

  EXPECT_EQ(run.code, 0);
  for (const std::string& line : lines_of(run.err)) {
    const auto message = nlohmann::json::parse(line);
    EXPECT_TRUE(message.contains("level") && message.contains("message")) << line;
  }
  EXPECT_THAT(read_whole_file(folder.file("log")), HasSubstr("info: engine: "));
}

TEST(Cli, ColorComesWhenAskedForAndNeverByItselfInAFile) {
  const TempFolder folder;
  const ProgramFiles files = write_program_files(folder);

  EXPECT_THAT(run_tool({"run", files.program, "--color=always"}).err, HasSubstr("\x1b["));
  EXPECT_THAT(run_tool({"run", files.program}).err, Not(HasSubstr("\x1b[")));
  EXPECT_THAT(run_tool({"run", files.program, "--color=never"}).err, Not(HasSubstr("\x1b[")));
}

TEST(Cli, EveryResultHasASchemaVersion) {
  EXPECT_FALSE(run_tool_json({"version"}).at("version").get<std::string>().empty());
  EXPECT_FALSE(run_tool_json({"list"}).at("engines").empty());
  EXPECT_TRUE(run_tool_json({"doctor"}).at("engines").contains("serial"));
}

TEST(Cli, ListShowsTheParametersOfNeuronModels) {
  const auto params = run_tool_json({"list"}).at("neuron_params");

  EXPECT_EQ(params.at(1).at("param"), "positive_threshold");
  EXPECT_EQ(params.at(1).at("default"), 1);
}

TEST(Cli, DoctorSaysWhatAboutCuda) {
  EXPECT_THAT(run_tool({"doctor"}).out, AllOf(HasSubstr("cuda"), HasSubstr("cuda driver")));
}

TEST(Cli, ArgumentsThatMayBeLeftOutAreInBrackets) {
  EXPECT_THAT(run_tool({"help", "bench"}).out,
              HasSubstr("bench [options] engines|mnist [NAME...]\n"));
  EXPECT_THAT(run_tool({"help", "ranc"}).out, HasSubstr(" [INPUT] [OUTPUT] "));
  EXPECT_THAT(run_tool({"help", "validate"}).out, HasSubstr("validate [options] FILE...\n"));
}

TEST(Cli, ArgumentsByPlaceHaveNoNameUnlessTheHelpSaysSo) {
  expect_usage_error({"run", "--program", "a.sfab"}, "unknown option '--program'");
  expect_usage_error({"help", "--verb=run"}, "unknown option '--verb'");
}

TEST(Cli, ControlCharactersOfNamesAreEscapedAndAllElseIsShown) {
  const TempFolder folder;
  const std::string start = std::string(100, 'x');
  const std::string name = start + "\x1b[31m\n\xC3\xA9\xC2\x9B\xFF.yaml";
  const std::string shown = start + "\\x1b[31m\\x0a\xC3\xA9\\xc2\\x9b\\xff.yaml";
  const std::string good = folder.write(name, "mesh: {width: 1, height: 2}\n");

  EXPECT_THAT(run_ok({"validate", good}).out, HasSubstr("/" + shown + ": ok"));
  EXPECT_THAT(run_ok({"inspect", good}).out, HasSubstr("/" + shown + "\n"));
  EXPECT_THAT(run_tool({"validate", folder.file("no" + name)}).err,
              AllOf(HasSubstr("/no" + shown + ": cannot be opened"), Not(HasSubstr("\x1b"))));
}

}  // namespace
}  // namespace spikefab::test
