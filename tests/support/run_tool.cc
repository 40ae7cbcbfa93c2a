#include "tests/support/run_tool.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <thread>

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

void RunningProgram::wait_for(const std::function<bool()>& sign) {
  while (running() && !sign()) std::this_thread::sleep_for(std::chrono::milliseconds(5));
}

void RunningProgram::wait_for_err(const std::string& text) {
  wait_for([&] { return read_whole_file(folder_.file("err")).find(text) != std::string::npos; });
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

ToolRun run_ok(const std::vector<std::string>& words) {
  ToolRun run = run_tool(words);
  EXPECT_EQ(run.code, 0) << run.err;
  return run;
}

nlohmann::json run_tool_json(std::vector<std::string> words) {
  words.push_back("--json");
  const ToolRun run = run_ok(words);
  const auto document = nlohmann::json::parse(run.out, nullptr, false);
  EXPECT_FALSE(document.is_discarded()) << run.out;
  EXPECT_EQ(document.value("schema_version", 0), 1);
  return document;
}

nlohmann::json read_json(const std::string& path) {
  return nlohmann::json::parse(read_whole_file(path));
}

std::vector<std::string> names_in(const std::string& folder) {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    names.push_back(entry.path().filename().string());
  }
  return names;
}

std::string temporary_folder_in(const std::string& parent) {
  for (const std::string& name : names_in(parent)) {
    if (name.find(".tmp-") != std::string::npos) return parent + "/" + name;
  }
  return "";
}

}  // namespace spikefab::test
