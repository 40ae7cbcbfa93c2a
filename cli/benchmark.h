// A benchmark of `spikefab bench`. One is one file in cli/verbs/ that ends in
//   SPIKEFAB_REGISTER(Benchmark, "mnist", MnistBenchmark, "...");
#pragma once

#include <boost/program_options/options_description.hpp>
#include <string_view>

#include "cli/command.h"

namespace spikefab::cli {

class Benchmark {
 public:
  static constexpr std::string_view kind = "benchmark";
  virtual ~Benchmark() = default;

  // Its part of the verb's description: text, options, examples, exit codes. The arguments, --json
  // and --force are the verb's and the same for all.
  virtual Description describe() const = 0;

  // As Command::run(); what was named after the benchmark is in option "name".
  virtual int run(const Arguments& arguments) = 0;
};

}  // namespace spikefab::cli
