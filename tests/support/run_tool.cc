#include "tests/support/run_tool.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

namespace spikefab::test {
namespace {

std::vector<char*> pointers(std::vector<std::string>& words) {
  std::vector<char*> all;
  for (std::string& word : words) all.push_back(word.data());
  all.push_back(nullptr);
  return all;
}

std::vector<std::string> tool_words(const std::vector<std::string>& words) {
  std::vector<std::string> all = {SPIKEFAB_TOOL};
  all.insert(all.end(), words.begin(), words.end());
  return all;
}

}  // namespace

RunningProgram::RunningProgram(std::vector<std::string> words,
                               const std::vector<std::string>& more_environment) {
  std::vector<std::string> environment = more_environment;
  for (char** entry = environ; *entry != nullptr; ++entry) environment.push_back(*entry);
  const auto argv = pointers(words);
  const auto envp = pointers(environment);
  constexpr int flags = O_WRONLY | O_CREAT | O_TRUNC;
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, folder_.file("out").c_str(), flags,
                                   0600);
  posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, folder_.file("err").c_str(), flags,
                                   0600);
  const int error = posix_spawnp(&pid_, argv[0], &actions, nullptr, argv.data(), envp.data());
  posix_spawn_file_actions_destroy(&actions);
  if (error != 0) throw std::system_error(error, std::generic_category(), words[0]);
}

void RunningProgram::send(int signal) const { kill(pid_, signal); }

bool RunningProgram::running() {
  if (!ended_) ended_ = waitpid(pid_, &status_, WNOHANG) == pid_;
  return !ended_;
}

ToolRun RunningProgram::wait() {
  if (!ended_) waitpid(pid_, &status_, 0);
  ended_ = true;
  const int code = WIFEXITED(status_) ? WEXITSTATUS(status_) : -WTERMSIG(status_);
  return {code, read_whole_file(folder_.file("out")), read_whole_file(folder_.file("err"))};
}

ToolRun run_program(const std::vector<std::string>& words) { return RunningProgram(words).wait(); }

ToolRun run_tool(const std::vector<std::string>& words) { return run_program(tool_words(words)); }

RunningProgram start_tool(const std::vector<std::string>& words) {
  return RunningProgram(tool_words(words));
}

nlohmann::json run_tool_json(std::vector<std::string> words) {
  words.push_back("--json");
  const ToolRun run = run_tool(words);
  EXPECT_EQ(run.code, 0) << run.err;
  const auto document = nlohmann::json::parse(run.out, nullptr, false);
  EXPECT_FALSE(document.is_discarded()) << run.out;
  EXPECT_EQ(document.value("schema_version", 0), 1);
  return document;
}

}  // namespace spikefab::test
