// The completion scripts: syntax by the shells that are installed, behaviour by bash.
#include <gmock/gmock.h>

#include "tests/support/engines.h"
#include "tests/support/run_tool.h"

namespace spikefab::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

class CompletionSyntax : public testing::TestWithParam<std::string> {};

TEST_P(CompletionSyntax, IsAcceptedByTheShell) {
  const std::string& shell = GetParam();
  if (run_program({"bash", "-c", "command -v " + shell}).code != 0) {
    return skip_for_want_of("shells", shell + " is not installed");
  }
  const TempFolder folder;
  const ToolRun script = run_tool({"completion", shell});
  const std::string path = folder.write("script", script.out);

  const ToolRun check = run_program({shell, "-n", path});

  EXPECT_EQ(script.code, 0);
  EXPECT_EQ(check.code, 0) << check.err;
  EXPECT_THAT(check.err, IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(Shells, CompletionSyntax, testing::Values("bash", "zsh", "fish"),
                         [](const auto& test) { return test.param; });

// What bash offers after these words, the last of which is being typed.
std::string bash_offers(const std::string& words) {
  const std::string script =
      "source <(" + std::string(SPIKEFAB_TOOL) + " completion bash); COMP_WORDS=(" + words +
      "); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _spikefab; echo \"${COMPREPLY[*]}\"";
  return run_program({"bash", "-c", script}).out;
}

TEST(BashCompletion, OffersVerbs) {
  EXPECT_THAT(bash_offers("spikefab ''"), AllOf(HasSubstr("run"), HasSubstr("demo")));
  EXPECT_EQ(bash_offers("spikefab val"), "validate\n");
}

TEST(BashCompletion, OffersTheOptionsOfTheVerb) {
  EXPECT_EQ(bash_offers("spikefab run --che"), "--checkpoint-every\n");
  EXPECT_THAT(bash_offers("spikefab demo --"), AllOf(HasSubstr("--model"), HasSubstr("--color"),
                                                     Not(HasSubstr("--checkpoint-every"))));
}

TEST(BashCompletion, OffersValues) {
  EXPECT_EQ(bash_offers("spikefab run --engine se"), "serial\n");
  EXPECT_EQ(bash_offers("spikefab run -e se"), "serial\n");
  EXPECT_EQ(bash_offers("spikefab demo --log-format ''"), "text json\n");
  EXPECT_EQ(bash_offers("spikefab completion f"), "fish\n");
  EXPECT_EQ(bash_offers("spikefab help imp"), "import\n");
  EXPECT_EQ(bash_offers("spikefab run --record spikes,pot"), "spikes,potentials\n");
}

TEST(BashCompletion, OffersFilesAndFolders) {
  const TempFolder folder;
  folder.write("net.sfab", "");
  std::filesystem::create_directory(folder.file("netdir"));

  EXPECT_THAT(bash_offers("spikefab run " + folder.file("net")),
              AllOf(HasSubstr("net.sfab"), HasSubstr("netdir")));
  EXPECT_THAT(bash_offers("spikefab ranc input " + folder.file("net")), HasSubstr("net.sfab"));
  EXPECT_EQ(bash_offers("spikefab bench mn"), "mnist\n");
  EXPECT_THAT(bash_offers("spikefab bench mnist " + folder.file("net")), HasSubstr("net.sfab"));
  EXPECT_EQ(bash_offers("spikefab run -o " + folder.file("net")), folder.file("netdir") + "\n");
  EXPECT_EQ(bash_offers("spikefab run --ticks ''"), "\n");
}

}  // namespace
}  // namespace spikefab::test
