#include "cli/log.h"

#include <spdlog/logger.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/basic_file_sink.h>
#include <spdlog/sinks/stdout_color_sinks.h>

#include <memory>
#include <nlohmann/json.hpp>
#include <system_error>

#include "cli/clock.h"
#include "cli/escape.h"
#include "cli/progress.h"

namespace spikefab::cli {
namespace {

// A line of JSON per message; spdlog's patterns cannot escape.
class JsonFormatter : public spdlog::formatter {
 public:
  void format(const spdlog::details::log_msg& message, spdlog::memory_buf_t& out) override {
    const auto level = spdlog::level::to_string_view(message.level);
    const nlohmann::ordered_json line = {
        {"time", utc_text(message.time)},
        {"level", std::string(level.data(), level.size())},
        {"message", std::string(message.payload.data(), message.payload.size())}};
    const std::string text =
        line.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
    out.append(text.data(), text.data() + text.size());
  }
  std::unique_ptr<formatter> clone() const override { return std::make_unique<JsonFormatter>(); }
};

spdlog::level::level_enum to_spdlog(LogLevel level) {
  switch (level) {
    case LogLevel::trace:
      return spdlog::level::trace;
    case LogLevel::debug:
      return spdlog::level::debug;
    case LogLevel::info:
      return spdlog::level::info;
    case LogLevel::warning:
      return spdlog::level::warn;
    case LogLevel::error:
      return spdlog::level::err;
  }
  return spdlog::level::info;
}

std::shared_ptr<spdlog::sinks::basic_file_sink_st> file_sink(const std::string& path) try {
  auto sink = std::make_shared<spdlog::sinks::basic_file_sink_st>(path);
  sink->set_formatter(std::make_unique<spdlog::pattern_formatter>("%Y-%m-%dT%H:%M:%S.%eZ %l: %v",
                                                                  spdlog::pattern_time_type::utc));
  return sink;
} catch (const spdlog::spdlog_ex& e) {
  throw std::system_error(std::make_error_code(std::errc::io_error), e.what());
}

std::shared_ptr<spdlog::logger> make_logger(const LogOptions& options) {
  auto console = std::make_shared<spdlog::sinks::stderr_color_sink_st>(
      options.color ? spdlog::color_mode::always : spdlog::color_mode::never);
  if (options.json) {
    console->set_formatter(std::make_unique<JsonFormatter>());
  } else {
    console->set_pattern("%^%l%$: %v");
  }
  auto made = std::make_shared<spdlog::logger>("spikefab", console);
  if (!options.file.empty()) made->sinks().push_back(file_sink(options.file));
  made->set_level(to_spdlog(options.level));
  made->flush_on(spdlog::level::trace);
  return made;
}

std::shared_ptr<spdlog::logger>& logger() {
  static std::shared_ptr<spdlog::logger> instance = make_logger({});
  return instance;
}

std::shared_ptr<spdlog::sinks::sink> run_log;

}  // namespace

void start_log(const LogOptions& options) { logger() = make_logger(options); }

void start_log_file(const std::string& path) {
  run_log = file_sink(path);
  logger()->sinks().push_back(run_log);
}

void stop_log_file() {
  std::erase(logger()->sinks(), run_log);
  run_log.reset();
}

void log(LogLevel level, const std::string& text) {
  clear_progress_line();
  logger()->log(to_spdlog(level), escaped(text));
}

}  // namespace spikefab::cli
