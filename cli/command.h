// A verb of the command: what it is given, said once (parsing, help and completion read it), and
// what it does. A verb is one file in cli/verbs/ that ends in
//   SPIKEFAB_REGISTER(Command, "run", Run, "run a program");
#pragma once

#include <boost/program_options/options_description.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "base/registry.h"
#include "cli/arguments.h"
#include "cli/exit_codes.h"

namespace spikefab::cli {

// An argument that is told by its place. Its value lands in the option of that name; ranc has
// options that can be given either way.
struct Positional {
  std::string option;  // as in "program"
  std::string name;    // as in "PROGRAM.sfab"; "a|b|c" lists all that it may be
  std::string help;
  enum Count { one, at_most_one, at_least_one, any } count = one;  // several: the last only
  bool repeats() const { return count == at_least_one || count == any; }
  bool needed() const { return count == one || count == at_least_one; }
};

struct Example {
  std::string command;  // after "spikefab "
  std::string help;
};

struct ExitCodeHelp {
  int code;
  std::string help;
};

// In options, a value name in lower case, "a|b" or "a,b", lists all that the value may be (one of
// them, or a list of them); upper case is a placeholder, of which FILE and DIR are completed as
// such.
struct Description {
  std::string text;  // a few sentences
  std::vector<Positional> positionals;
  boost::program_options::options_description options;
  std::vector<Example> examples;
  std::vector<ExitCodeHelp> exit_codes;  // besides 0, 1 and 2
};

class Command {
 public:
  static constexpr std::string_view kind = "verb";
  virtual ~Command() = default;

  virtual Description describe() const = 0;

  // Called once, with arguments that agree with the description. Results go to stdout by
  // cli/result.h, all else to the log. Returns an exit code, or throws (base/error.h).
  virtual int run(const Arguments& arguments) = 0;
};

}  // namespace spikefab::cli
