// Runs the executable `spikefab`, or another program, and catches what it says.
#pragma once

#include <sys/types.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tests/support/temp_folder.h"

namespace spikefab::test {

struct ToolRun {
  int code = 0;  // exit code, or -signal
  std::string out;
  std::string err;
};

// A program on its way; words[0] is looked for in PATH.
class RunningProgram {
 public:
  explicit RunningProgram(std::vector<std::string> words,
                          const std::vector<std::string>& more_environment = {});
  void send(int signal) const;
  bool running();  // until wait()
  std::string err_so_far() const { return read_whole_file(folder_.file("err")); }
  ToolRun wait();

 private:
  TempFolder folder_;
  pid_t pid_ = 0;
  int status_ = 0;
  bool ended_ = false;
};

ToolRun run_program(const std::vector<std::string>& words);

// `spikefab` with these words.
ToolRun run_tool(const std::vector<std::string>& words);
RunningProgram start_tool(const std::vector<std::string>& words);

// What `spikefab ... --json` printed; fails the test unless the exit code is 0 and the document has
// a schema version.
nlohmann::json run_tool_json(std::vector<std::string> words);

}  // namespace spikefab::test
