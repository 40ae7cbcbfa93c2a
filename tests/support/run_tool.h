// Runs the executable `spikefab`, or another program, and catches what it says.
#pragma once

#include <sys/types.h>

#include <functional>
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
  bool running();                                    // until wait()
  void wait_for(const std::function<bool()>& sign);  // or the end
  void wait_for_err(const std::string& text);        // likewise
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

ToolRun run_ok(const std::vector<std::string>& words);  // fails the test unless it succeeds

// What `spikefab ... --json` printed; fails the test unless the exit code is 0 and the document has
// a schema version.
nlohmann::json run_tool_json(std::vector<std::string> words);

nlohmann::json read_json(const std::string& path);
std::vector<std::string> names_in(const std::string& folder);

// The folder in which a run gathers its output, in `parent`; empty if there is none.
std::string temporary_folder_in(const std::string& parent);

}  // namespace spikefab::test
