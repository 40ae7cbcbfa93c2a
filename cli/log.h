// The log: short lines on stderr, by spdlog (which only log.cc includes, as it compiles slowly).
#pragma once

#include <fmt/format.h>

#include <string>

namespace spikefab::cli {

enum class LogLevel { trace, debug, info, warning, error };

struct LogOptions {
  LogLevel level = LogLevel::info;
  bool json = false;
  bool color = false;
  std::string file;  // also to this file, if not empty
};

// Without it, the log is plain text on stderr.
void start_log(const LogOptions& options);

// From now on also to this file, with the time of each line, until stop_log_file().
void start_log_file(const std::string& path);
void stop_log_file();

// One line, whatever is in `text` (cli/escape.h).
void log(LogLevel level, const std::string& text);

template <class... Args>
void log_debug(fmt::format_string<Args...> format, Args&&... args) {
  log(LogLevel::debug, fmt::format(format, std::forward<Args>(args)...));
}
template <class... Args>
void log_info(fmt::format_string<Args...> format, Args&&... args) {
  log(LogLevel::info, fmt::format(format, std::forward<Args>(args)...));
}
template <class... Args>
void log_warning(fmt::format_string<Args...> format, Args&&... args) {
  log(LogLevel::warning, fmt::format(format, std::forward<Args>(args)...));
}
template <class... Args>
void log_error(fmt::format_string<Args...> format, Args&&... args) {
  log(LogLevel::error, fmt::format(format, std::forward<Args>(args)...));
}

}  // namespace spikefab::cli
