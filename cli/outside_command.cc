#include "cli/outside_command.h"

#include <poll.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <system_error>

#include "base/error.h"
#include "base/suggest.h"
#include "cli/clock.h"
#include "cli/interrupt.h"

namespace spikefab::cli {
namespace {

using File = std::unique_ptr<std::FILE, int (*)(std::FILE*)>;

std::system_error failure(const char* what) {
  return {errno, std::generic_category(), std::string("cannot run a command: ") + what};
}

double seconds(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
}

// In the child: becomes the shell with stdin and stdout at /dev/null, in a process group of its
// own, which can be ended as a whole.
[[noreturn]] void become_shell(const char* command, int errors) {
  setpgid(0, 0);
  if (std::freopen("/dev/null", "r", stdin) && std::freopen("/dev/null", "w", stdout) &&
      dup2(errors, STDERR_FILENO) >= 0) {
    execl("/bin/sh", "sh", "-c", command, static_cast<char*>(nullptr));
  }
  _exit(127);
}

// Waits for the end of a child. A signal that asks for a stop goes on to its process group; what is
// left of that a moment later is killed. Returns its status.
int wait_for(pid_t child, rusage& usage) {
  constexpr int moment_ms = 50;
  // Where the kernel has no pidfd this is -1, which poll() takes for a pause.
  pollfd its_end = {static_cast<int>(syscall(SYS_pidfd_open, child, 0)), POLLIN, 0};
  int status = 0;
  int signal = 0;  // that was sent
  while (true) {
    const pid_t ended = wait4(child, &status, WNOHANG, &usage);
    if (ended < 0) throw failure("wait");
    if (ended > 0) break;
    if (pending_signal() != 0) {
      signal = signal == 0 ? pending_signal() : SIGKILL;
      kill(-child, signal);
    }
    poll(&its_end, 1, moment_ms);
  }
  if (signal != 0) kill(-child, SIGKILL);
  close(its_end.fd);
  return status;
}

std::string last_line(std::FILE* file) {
  constexpr long most = 4096;
  std::fseek(file, 0, SEEK_END);
  const long size = std::ftell(file);
  std::fseek(file, size > most ? size - most : 0, SEEK_SET);
  std::string text(most, '\0');
  text.resize(std::fread(text.data(), 1, text.size(), file));
  const auto end = text.find_last_not_of(" \t\r\n");
  if (end == std::string::npos) return "";
  const auto newline = text.find_last_of("\r\n", end);
  const auto begin = newline == std::string::npos ? 0 : newline + 1;
  return printable(text.substr(begin, end + 1 - begin), 200);
}

std::string how_it_ended(int status) {
  if (WIFSIGNALED(status)) return "was killed by signal " + std::to_string(WTERMSIG(status));
  return "ended with exit status " + std::to_string(WEXITSTATUS(status));
}

}  // namespace

CommandTimes run_command(const std::string& command, const std::string& place) {
  const File errors(std::tmpfile(), &std::fclose);
  if (!errors) throw failure("no temporary file");
  const Stopwatch watch;
  const pid_t child = fork();
  if (child < 0) throw failure("fork");
  if (child == 0) become_shell(command.c_str(), fileno(errors.get()));
  setpgid(child, child);  // as the child does: whoever comes first
  rusage usage{};
  const int status = wait_for(child, usage);
  const CommandTimes times = {watch.seconds(), seconds(usage.ru_utime), seconds(usage.ru_stime)};
  if (status == 0) return times;
  const std::string said = last_line(errors.get());
  throw InputError(place, how_it_ended(status),
                   said.empty() ? "it wrote nothing to stderr" : "it says: " + said);
}

std::string quoted(const std::string& word) {
  std::string text = "'";
  for (const char c : word) c == '\'' ? text += "'\\''" : text += c;
  return text + "'";
}

}  // namespace spikefab::cli
