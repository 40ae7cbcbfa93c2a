// A share folder (cli/share.h) with random models that read MNIST images, and the command in it.
#pragma once

#include <string>
#include <vector>

#include "tests/support/crossbar_files.h"
#include "tests/support/run_tool.h"

namespace spikefab::test {

class DigitModels {
 public:
  // `names` are those of the built-in models; all are of some ten cores.
  explicit DigitModels(const std::vector<std::string>& names = {"5_cores", "12_cores"});

  // A random network, the same each time for the same name.
  static CrossbarNetwork network(const std::string& name);

  std::string file(const std::string& name) const { return folder_.file(name); }

  // Writes <name>.yaml and its weights outside of the built-in ones; returns its path.
  std::string write(const CrossbarNetwork& network) const;

  // A folder with the built-in images under the names that MNIST's files have.
  std::string official_images() const;

  RunningProgram start(std::vector<std::string> words,
                       std::vector<std::string> more_environment = {}) const;
  ToolRun run(const std::vector<std::string>& words,
              const std::vector<std::string>& more_environment = {}) const;
  ToolRun ok(const std::vector<std::string>& words) const;  // fails the test unless it succeeds

  // The only model's result of a bench, as JSON.
  nlohmann::json result(std::vector<std::string> words) const;

 private:
  TempFolder folder_;
};

}  // namespace spikefab::test
