// spikefab demo: what it shows, with a random network in place of the real one, and where it fails.
#include <gmock/gmock.h>
#include <signal.h>

#include "tests/support/digit_models.h"

namespace spikefab::test {
namespace {

using nlohmann::json;
using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;

TEST(CliDemo, ShowsAccuracyChipSpeedDigitsAndWhatIsNext) {
  const DigitModels models({"512_cores"});
  const json result = json::parse(models.ok({"demo", "--json"}).out);

  const ToolRun run = models.ok({"demo"});

  EXPECT_EQ(result.at("model"), "512_cores");
  EXPECT_EQ(result.at("images"), 200);
  EXPECT_EQ(result.at("activity").size(), 2u);
  EXPECT_THAT(run.out, StartsWith(result.at("correct").dump() +
                                  " of 200 handwritten digits read right. For an image, "));
  EXPECT_THAT(run.out, HasSubstr(" of the " + result.at("programmed_cores").dump() +
                                 " programmed cores carry spikes (mean of 10 images).\n\n"));
  EXPECT_THAT(run.out, AllOf(HasSubstr(": read as "), HasSubstr("@@"), HasSubstr("\nspikes "),
                             HasSubstr("\nimages per second "), HasSubstr("\nactivity\n  layer ")));
  EXPECT_THAT(run.out, HasSubstr(result.at("outputs_digest").get<std::string>()));
  EXPECT_THAT(run.out, HasSubstr("\nWhat to try next:\n  spikefab bench mnist "));
}

TEST(CliDemo, TakesAnotherModelAndOtherNumbersOfImages) {
  const DigitModels models({"512_cores", "5_cores"});

  const json result =
      json::parse(models.ok({"demo", "--model", "5_cores", "-n", "3", "--json"}).out);

  EXPECT_EQ(result.at("model"), "5_cores");
  EXPECT_EQ(result.at("images"), 3);
  EXPECT_EQ(result.at("activity_images"), 3);
}

TEST(CliDemo, SaysIfItsModelIsNotThere) {
  const DigitModels models({"5_cores"});

  const ToolRun run = models.run({"demo"});

  EXPECT_EQ(run.code, 2);
  EXPECT_EQ(run.out, "");
  EXPECT_THAT(run.err,
              HasSubstr("no model '512_cores' in " + models.file("configs/benchmarks/mnist") +
                        " (have: 5_cores, ranc; "
                        "or a .yaml file"));
}

TEST(CliDemo, StopsWhenASignalComes) {
  const DigitModels models(std::vector<std::string>{});
  CrossbarNetwork network = models.network("slow");
  network.encoding.ticks = 1024;
  RunningProgram tool = models.start({"demo", "--model", models.write(network), "-n", "1000"});
  tool.wait_for_err("engine:");

  tool.send(SIGINT);
  const ToolRun run = tool.wait();

  EXPECT_EQ(run.code, 130) << run.err;
  EXPECT_EQ(run.out, "");
}

}  // namespace
}  // namespace spikefab::test
