#include "tests/support/digit_models.h"

#include <numeric>

namespace spikefab::test {
namespace {

namespace fs = std::filesystem;

constexpr const char* mnist = "configs/benchmarks/mnist";

}  // namespace

DigitModels::DigitModels(const std::vector<std::string>& names) {
  const std::string source = SPIKEFAB_SOURCE_DIR "/";
  fs::create_directories(file(mnist));
  fs::create_directory_symlink(source + mnist + "/images", file(mnist) + "/images");
  fs::create_directory_symlink(source + "configs/chips", file("configs/chips"));
  for (const std::string& name : names) write_crossbar_network(network(name), file(mnist));
}

CrossbarNetwork DigitModels::network(const std::string& name) {
  CrossbarNetwork network = random_digit_network(std::accumulate(name.begin(), name.end(), u64{0}));
  network.name = name;
  return network;
}

std::string DigitModels::write(const CrossbarNetwork& network) const {
  return write_crossbar_network(network, folder_.path());
}

std::string DigitModels::official_images() const {
  const std::string folder = file("official");
  fs::create_directory(folder);
  for (const std::string kind : {"images-idx3", "labels-idx1"}) {
    fs::create_symlink(file(mnist) + "/images/t10k-first1000-" + kind + "-ubyte.gz",
                       folder + "/t10k-" + kind + "-ubyte.gz");
  }
  return folder;
}

RunningProgram DigitModels::start(std::vector<std::string> words,
                                  std::vector<std::string> more_environment) const {
  words.insert(words.begin(), SPIKEFAB_TOOL);
  more_environment.push_back("SPIKEFAB_MNIST=");
  more_environment.push_back("SPIKEFAB_SHARE=" + folder_.path());
  return RunningProgram(words, more_environment);
}

ToolRun DigitModels::run(const std::vector<std::string>& words,
                         const std::vector<std::string>& more_environment) const {
  return start(words, more_environment).wait();
}

ToolRun DigitModels::ok(const std::vector<std::string>& words) const {
  ToolRun run = this->run(words);
  EXPECT_EQ(run.code, 0) << run.err;
  return run;
}

nlohmann::json DigitModels::result(std::vector<std::string> words) const {
  words.push_back("--json");
  return nlohmann::json::parse(ok(words).out).at("models").at(0);
}

}  // namespace spikefab::test
