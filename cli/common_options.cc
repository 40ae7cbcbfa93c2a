#include "cli/common_options.h"

#include <unistd.h>

#include <cstdlib>

#include "cli/log.h"
#include "cli/progress.h"

namespace po = boost::program_options;

namespace spikefab::cli {
namespace {

LogLevel log_level(const Arguments& arguments) {
  if (arguments.has("quiet")) return LogLevel::warning;
  const u64 verbose = arguments.has("verbose") ? arguments.number("verbose") : 0;
  return verbose == 0 ? LogLevel::info : verbose == 1 ? LogLevel::debug : LogLevel::trace;
}

// NO_COLOR is the convention of no-color.org: any value but the empty one switches colour off.
bool wants_color(const std::string& choice) {
  if (choice != "auto") return choice == "always";
  const char* no_color = std::getenv("NO_COLOR");
  return isatty(STDERR_FILENO) && (no_color == nullptr || *no_color == '\0');
}

ProgressMode progress_mode(const std::string& choice) {
  if (choice == "none") return ProgressMode::none;
  if (choice == "json") return ProgressMode::json;
  if (choice == "plain") return ProgressMode::plain;
  return isatty(STDERR_FILENO) ? ProgressMode::line : ProgressMode::plain;
}

}  // namespace

po::options_description common_options() {
  po::options_description options;
  options.add_options()  //
      ("quiet,q", flag_value(), "log warnings and errors only")("verbose,v", counted_flag_value(),
                                                                "log more; -vv still more")(
          "log-format", text_value("text|json")->default_value("text"), "of the log on stderr")(
          "log-file", text_value("FILE"), "append the log to this file, too")(
          "progress", text_value("auto|plain|json|none")->default_value("auto"),
          "on stderr: a line on a terminal, else a log line every 30 s")(
          "color", text_value("auto|always|never")->default_value("auto"),
          "colour on stderr; auto: on a terminal unless NO_COLOR is set")("help,h", flag_value(),
                                                                          "show this help");
  return options;
}

void apply_common_options(const Arguments& arguments) {
  LogOptions log;
  log.level = log_level(arguments);
  log.json = arguments.text("log-format") == "json";
  log.color = wants_color(arguments.text("color"));
  if (arguments.has("log-file")) log.file = arguments.text("log-file");
  start_log(log);

  const ProgressMode mode = progress_mode(arguments.text("progress"));
  const bool unwanted = arguments.has("quiet") && mode != ProgressMode::json;
  set_progress_mode(unwanted ? ProgressMode::none : mode);
}

}  // namespace spikefab::cli
