// spikefab bench: models by name and file, results, comparison with cards, errors, stops.
#include <gmock/gmock.h>
#include <signal.h>

#include <fstream>
#include <sstream>

#include "base/files.h"
#include "cli/mnist_bench.h"
#include "tests/support/data_folder.h"
#include "tests/support/digit_models.h"
#include "tests/support/run_tool.h"

namespace spikefab::test {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using testing::AllOf;
using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

// Images of 28 x 28 pixels under the names that MNIST's files have.
void write_idx(const std::string& folder, const std::vector<u8>& pixels,
               const std::vector<u8>& labels) {
  const char count = static_cast<char>(labels.size());
  fs::create_directories(folder);
  const auto write = [&](const std::string& name, std::string text, const std::vector<u8>& values) {
    text.append(values.begin(), values.end());
    std::ofstream(folder + "/" + name) << text;
  };
  write("t10k-images-idx3-ubyte", {0, 0, 8, 3, 0, 0, 0, count, 0, 0, 0, 28, 0, 0, 0, 28}, pixels);
  write("t10k-labels-idx1-ubyte", {0, 0, 8, 1, 0, 0, 0, count}, labels);
}

void expect_error(const ToolRun& run, int code, const std::string& message) {
  EXPECT_EQ(run.code, code) << run.err;
  EXPECT_EQ(run.out, "");
  EXPECT_THAT(run.err, HasSubstr("error: " + message));
}

u64 count_of(const std::string& part, const std::string& text) {
  u64 count = 0;
  for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++count;
  return count;
}

TEST(CliBench, JsonHasAllThatIsMeasured) {
  const DigitModels models;
  const json document =
      json::parse(models.ok({"bench", "mnist", "5_cores", "-n", "30", "--json"}).out);

  EXPECT_EQ(document.at("schema_version"), 1);
  EXPECT_EQ(document.at("benchmark"), "mnist");
  EXPECT_EQ(document.at("status"), "finished");
  EXPECT_EQ(document.at("images"), 30);
  EXPECT_EQ(document.at("image_source"), "built in");
  const json result = document.at("models").at(0);
  const ImageClassifier classifier = assemble(models.network("5_cores"));
  EXPECT_EQ(result.at("model"), "5_cores");
  EXPECT_EQ(result.at("engine"), document.at("engine"));
  EXPECT_EQ(result.at("mesh_cores"), 64);
  EXPECT_EQ(result.at("programmed_cores"), classifier.program.cores());
  EXPECT_EQ(result.at("neurons"), classifier.program.neurons());
  EXPECT_EQ(result.at("images"), 30);
  EXPECT_EQ(result.at("ticks_per_image"), 2);
  EXPECT_EQ(result.at("ticks"), 30 * 2 + classifier.latency);
  EXPECT_DOUBLE_EQ(result.at("accuracy_percent"), result.at("correct").get<double>() / 30 * 100);
  EXPECT_LE(result.at("ties"), 30);
  for (const char* key : {"connections", "spikes", "synaptic_events", "ticks_per_second",
                          "images_per_second", "synaptic_events_per_second", "run_seconds",
                          "load_seconds", "active_cores", "active_cores_percent"}) {
    EXPECT_GT(result.at(key), 0) << key;
  }
  EXPECT_EQ(result.at("activity_images"), 10);
  EXPECT_EQ(result.at("activity").size(), 2u);
  EXPECT_EQ(result.at("activity").at(0).at("layer"), 1);
  EXPECT_EQ(result.at("outputs_digest").get<std::string>().size(), 64u);
}

TEST(CliBench, IsRepeatableAndPredictionsAreItsAnswers) {
  const DigitModels models;
  const std::string csv = models.file("answers.csv");

  const json first = models.result({"bench", "mnist", "5_cores", "-n", "100"});
  const json second =
      models.result({"bench", "mnist", "5_cores", "-n", "100", "--predictions", csv});

  EXPECT_EQ(first.at("outputs_digest"), second.at("outputs_digest"));
  std::istringstream lines(read_whole_file(csv));
  std::string line;
  std::getline(lines, line);
  EXPECT_EQ(line, "image,label,prediction,tie");
  u64 count = 0;
  u64 correct = 0;
  u64 ties = 0;
  std::string labels;
  for (char comma; std::getline(lines, line); ++count) {
    u64 image = 0, label = 0, prediction = 0, tie = 0;
    std::istringstream(line) >> image >> comma >> label >> comma >> prediction >> comma >> tie;
    EXPECT_EQ(image, count);
    correct += label == prediction;
    ties += tie;
    if (count < 10) labels += std::to_string(label);
  }
  EXPECT_EQ(count, 100u);
  EXPECT_EQ(labels, "7210414959");  // the first of MNIST's test set
  EXPECT_EQ(second.at("correct"), correct);
  EXPECT_EQ(second.at("ties"), ties);
}

TEST(CliBench, WithoutAModelRunsAllThatAreBuiltInSmallOnesFirst) {
  const DigitModels models;

  const json document = json::parse(models.ok({"bench", "mnist", "-n", "2", "--json"}).out);

  std::vector<std::string> names;
  for (const json& result : document.at("models")) names.push_back(result.at("model"));
  EXPECT_THAT(names, ElementsAre("5_cores", "12_cores"));
}

TEST(CliBench, TablesCompareTheModelsAndShowTheActivityOfEach) {
  const DigitModels models;

  const ToolRun run = models.ok({"bench", "mnist", "12_cores", "5_cores", "-n", "20"});

  EXPECT_THAT(
      run.out,
      AllOf(HasSubstr("\nmodels\n  model    mesh cores programmed cores neurons connections "
                      "correct ties accuracy % active cores of programmed %\n  12_cores "),
            HasSubstr("\n  5_cores  "), HasSubstr("\nspeed\n  model    ticks per image "),
            HasSubstr("\nactivity\n  model    layer cores active percent "),
            HasSubstr("\ndigests\n  model    outputs digest\n")));
  EXPECT_EQ(count_of("\n  12_cores ", run.out), 5u);  // models, speed, two layers, digest
}

TEST(CliBench, AModelCanBeAFile) {
  const DigitModels models;
  const std::string path = models.write(models.network("elsewhere"));

  EXPECT_EQ(models.result({"bench", "mnist", path, "-n", "3"}).at("model"), "elsewhere");
}

TEST(CliBench, TwoModelsOfOneNameBothShow) {
  const DigitModels models;
  const std::string path = models.write(models.network("5_cores"));

  const ToolRun run = models.ok({"bench", "mnist", "5_cores", path, "-n", "3"});

  EXPECT_EQ(count_of("\n  5_cores ", run.out), 2u * 5);
}

TEST(CliBench, ImagesCanComeFromAFolderUnderTheirOfficialNames) {
  const DigitModels models;
  const std::string folder = models.official_images();
  const auto result_with = [&](const std::vector<std::string>& more) {
    std::vector<std::string> words = {"bench", "mnist", "5_cores", "-n", "40"};
    words.insert(words.end(), more.begin(), more.end());
    return models.result(words).at("outputs_digest");
  };

  EXPECT_EQ(result_with({"--data", folder}), result_with({}));
  const std::vector<std::string> too_many = {"bench", "mnist",  "5_cores", "-n",
                                             "1001",  "--data", folder};
  expect_error(models.run(too_many), 2,
               "--images = 1001 (must be at most 1000, as many as " + folder +
                   "/t10k-images-idx3-ubyte.gz has)");
}

TEST(CliBench, WithoutANumberTakesAllImagesIfThereAreFewer) {
  const DigitModels models;
  const std::string folder = models.file("few");
  write_idx(folder, std::vector<u8>(3 * 28 * 28, 0), {1, 2, 3});

  const json black = models.result({"bench", "mnist", "5_cores", "--data", folder});

  EXPECT_EQ(black.at("images"), 3);
  EXPECT_EQ(black.at("activity").at(0).at("receiving_percent"), 0);
  EXPECT_EQ(black.at("activity").at(0).at("active_percent"), 0);
}

TEST(CliBench, ALabelThatTheModelDoesNotKnowIsAnInputError) {
  const DigitModels models;
  const std::string folder = models.file("odd");
  write_idx(folder, std::vector<u8>(2 * 28 * 28, 0), {9, 77});

  expect_error(models.run({"bench", "mnist", "5_cores", "--data", folder}), 3,
               folder +
                   "/t10k-labels-idx1-ubyte: the label of image 1 is 77 (model '5_cores' knows "
                   "classes 0..9)");
}

TEST(CliBench, ProgramAndStimulusForRunGiveTheSameAnswers) {
  const DigitModels models;
  const std::string program = models.file("net.sfab");
  const std::string stimulus = models.file("images.sfab");

  const json bench = models.result({"bench", "mnist", "5_cores", "-n", "10", "--program-out",
                                    program, "--stimulus-out", stimulus});

  expect_error(models.run({"bench", "mnist", "5_cores", "--program-out", program}), 2,
               program + " exists");
  const std::string ticks = bench.at("ticks").dump();
  const json run =
      json::parse(models.ok({"run", program, "-s", stimulus, "--ticks", ticks, "--json"}).out);
  EXPECT_EQ(run.at("spikes"), bench.at("spikes"));
  EXPECT_EQ(run.at("synaptic_events"), bench.at("synaptic_events"));
}

TEST(CliBench, ModelsAreInspectedAndValidated) {
  const DigitModels models;
  CrossbarNetwork network = models.network("mine");
  network.card.trained = "by chance";
  const std::string path = models.write(network);
  const ImageClassifier classifier = assemble(network);

  const json facts = json::parse(models.ok({"inspect", path, "--json"}).out);
  const ToolRun valid = models.ok({"validate", path});

  EXPECT_EQ(facts.at("kind"), "trained network");
  EXPECT_EQ(facts.at("neurons"), classifier.program.neurons());
  EXPECT_EQ(facts.at("trained"), "by chance");
  EXPECT_EQ(facts.at("layers").size(), network.layers.size());
  EXPECT_EQ(facts.at("layers").at(0).at("features"), network.layers[0].features);
  EXPECT_THAT(valid.out, StartsWith(path + ": ok (trained network, "));
}

TEST(CliBench, UnknownNamesAreUsageErrorsWithSuggestions) {
  const DigitModels models;
  const std::string folder = models.file("configs/benchmarks/mnist");

  expect_error(models.run({"bench"}), 2, "missing engines|mnist; try 'spikefab bench --help'");
  expect_error(models.run({"bench", "minst"}), 2,
               "benchmark = minst (must be one of engines, mnist; did you mean 'mnist'?)");
  expect_error(models.run({"bench", "mnist", "5_core"}), 2,
               "no model '5_core' in " + folder +
                   " (have: 5_cores, 12_cores, ranc; or a .yaml file; did you mean '5_cores'?)");
  expect_error(models.run({"bench", "mnist", "5_cores", "-n", "0"}), 2,
               "--images = 0 (must be a whole number of at least 1)");
  expect_error(models.run({"bench", "mnist", "5_cores", "12_cores", "--predictions", "x.csv"}), 2,
               "--predictions needs one MODEL, not 2");
  const std::string path = models.write(models.network("mine"));
  expect_error(models.run({"bench", "mnist", path, "--predictions", path}), 2,
               "a file of MODEL and --predictions are the same file: " + path);
  const std::string weights = models.file("mine.weights");
  expect_error(models.run({"bench", "mnist", path, "--predictions", weights}), 2,
               "a file of MODEL and --predictions are the same file: " + weights);
  expect_error(models.run({"bench", "mnist", path, "--ranc-network", weights}), 2,
               "--ranc-network is given, but not model ranc (add ranc to the models)");
  expect_error(models.run({"bench", "mnist", "5_cores", "--predictions", folder}), 2,
               "--predictions = " + folder + " is a folder");
}

TEST(CliBench, WithNoModelBuiltInSaysSo) {
  const DigitModels models(std::vector<std::string>{});

  expect_error(models.run({"bench", "mnist"}), 2,
               "no model is built in (give a MODEL.yaml, or ranc)");
}

TEST(CliBench, BadModelsAreInputErrors) {
  const DigitModels models;
  CrossbarNetwork network = models.network("odd");
  network.decoder = "vote";
  const std::string path = models.write(network);

  expect_error(models.run({"bench", "mnist", path}), 3,
               path + ":9:10: decoder = 'vote' (have: first_spike, votes; did you mean 'votes'?)");
  EXPECT_EQ(models.run({"validate", path}).code, 3);
  expect_error(models.run({"bench", "mnist", "./nothing.yaml"}), 3, "./nothing.yaml: ");
  network.decoder = "votes";
  network.rows = network.columns = 40;
  models.write(network);
  expect_error(models.run({"bench", "mnist", path}), 4,
               path + ": model 'odd' needs at least 108 cores");
  network.chip.mesh.height = 16;
  models.write(network);
  expect_error(models.run({"bench", "mnist", "5_cores", path}), 3,
               models.file("configs/benchmarks/mnist/images/t10k-first1000-images-idx3-ubyte.gz") +
                   ": the images have 28 x 28 pixels (model 'odd' takes 40 x 40)");
  fs::remove(models.file("configs/benchmarks/mnist/5_cores.weights"));
  const ToolRun run = models.run({"bench", "mnist", "12_cores", "5_cores", "-n", "1"});
  expect_error(run, 3, "");
  EXPECT_THAT(run.err, HasSubstr("5_cores.weights"));
}

TEST(CliBench, AResultThatDiffersFromTheCardIsAComparisonError) {
  const DigitModels models;
  CrossbarNetwork network = models.network("carded");
  const json result = models.result({"bench", "mnist", models.write(network), "-n", "50"});
  network.card.images = 50;
  network.card.correct = result.at("correct");
  network.card.ties = result.at("ties");
  const std::string path = models.write(network);
  EXPECT_EQ(models.run({"bench", "mnist", path, "-n", "50"}).code, 0);
  network.card.correct += 1;
  models.write(network);

  const ToolRun wrong = models.run({"bench", "mnist", path, "-n", "50"});
  const ToolRun of_other_images = models.run({"bench", "mnist", path, "-n", "49"});

  EXPECT_EQ(wrong.code, 6);
  EXPECT_THAT(wrong.out, HasSubstr("carded"));
  const std::string correct = result.at("correct").dump();
  const std::string ties = result.at("ties").dump();
  EXPECT_THAT(wrong.err, AllOf(HasSubstr("error: " + path + ":"),
                               HasSubstr(": the result differs from the card: " + correct +
                                         " correct and " + ties + " ties, not " +
                                         std::to_string(network.card.correct) + " and " + ties +
                                         " (a bug of ours, unless these are not the images of "
                                         "MNIST's test set)")));
  EXPECT_EQ(of_other_images.code, 0) << of_other_images.err;
}

TEST(CliBench, RancNeedsItsNetworkAndSaysWhereFrom) {
  const DigitModels models;
  const std::string hint =
      " (give RANC's input file mnist_config_1.json to 'spikefab bench mnist ranc' by "
      "--ranc-network FILE; the packets in it are not used)";
  const std::string input = models.file("ranc/mnist100/input.json");

  expect_error(
      models.run({"bench", "mnist", "ranc"}, {"SPIKEFAB_DATA="}), 3,
      "model ranc: its network does not come with Spikefab, and SPIKEFAB_DATA is not set" + hint);
  expect_error(models.run({"bench", "mnist", "ranc"}, {"SPIKEFAB_DATA=" + models.file("")}), 3,
               input + ": no such file: its network does not come with Spikefab" + hint);
  fs::create_directories(models.file("ranc/mnist100"));
  std::ofstream(input + ".xz") << "xz";
  expect_error(models.run({"bench", "mnist", "ranc"}, {"SPIKEFAB_DATA=" + models.file("")}), 3,
               input +
                   ": is there only as input.json.xz, which must be unpacked (unpack it to a "
                   "file by xz -dc, and give that to 'spikefab bench mnist ranc' by "
                   "--ranc-network FILE)");
}

TEST(CliBench, RancReads97OfTheFirst100ImagesOn5CoresOf512) {
  const std::string source = data_folder() + "/ranc/mnist100/input.json.xz";
  if (!fs::exists(source)) return skip_without_data("no " + source);
  const TempFolder folder;
  const std::string input = folder.write("input.json", read_data_file(source));

  const json document =
      run_tool_json({"bench", "mnist", "ranc", "--ranc-network", input, "-n", "100"});

  const json result = document.at("models").at(0);
  EXPECT_EQ(result.at("correct"), 97);
  EXPECT_EQ(result.at("programmed_cores"), 5);
  EXPECT_EQ(result.at("mesh_cores"), 512);
  EXPECT_EQ(result.at("activity").at(0).at("cores"), 4);
}

class CliBenchStopped : public testing::TestWithParam<int> {};

TEST_P(CliBenchStopped, ShowsTheModelsThatFinished) {
  const DigitModels models;
  CrossbarNetwork network = models.network("slow");
  network.encoding.ticks = 1024;
  const std::string slow = models.write(network);
  RunningProgram tool = models.start({"bench", "mnist", "5_cores", slow, "12_cores", "--json"});
  tool.wait_for_err("slow: 1000 images on ");

  tool.send(GetParam());
  const ToolRun run = tool.wait();

  EXPECT_EQ(run.code, 128 + GetParam()) << run.err;
  const json document = json::parse(run.out);
  EXPECT_EQ(document.at("status"), "interrupted");
  ASSERT_EQ(document.at("models").size(), 1u);
  EXPECT_EQ(document.at("models").at(0).at("model"), "5_cores");
  EXPECT_THAT(run.err, HasSubstr("warning: interrupted in model slow, "));
  EXPECT_THAT(run.err, HasSubstr(" of 1000 images answered, "));
}

INSTANTIATE_TEST_SUITE_P(Signals, CliBenchStopped, testing::Values(SIGINT, SIGTERM),
                         [](const auto& test) { return test.param == SIGINT ? "int" : "term"; });

TEST(CliBench, StoppedWithPredictionsLeavesNoFile) {
  const DigitModels models;
  CrossbarNetwork network = models.network("slow");
  network.encoding.ticks = 1024;
  const std::string slow = models.write(network);
  const std::string csv = models.file("answers.csv");
  RunningProgram tool = models.start({"bench", "mnist", slow, "--predictions", csv});
  tool.wait_for_err("slow: 1000 images on ");

  tool.send(SIGINT);
  const ToolRun run = tool.wait();

  EXPECT_EQ(run.code, 130) << run.err;
  EXPECT_THAT(run.out, HasSubstr("interrupted"));
  EXPECT_FALSE(fs::exists(csv));
}

}  // namespace
}  // namespace spikefab::test
