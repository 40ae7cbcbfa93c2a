#include "cli/progress.h"

#include <fmt/format.h>

#include <cstdio>

#include "cli/log.h"
#include "cli/numbers.h"

namespace spikefab::cli {
namespace {

ProgressMode mode = ProgressMode::none;
bool line_is_drawn = false;

double seconds_between_updates() {
  switch (mode) {
    case ProgressMode::line:
      return 0.1;
    case ProgressMode::json:
      return 1;
    default:
      return 30;
  }
}

}  // namespace

void set_progress_mode(ProgressMode new_mode) { mode = new_mode; }

void clear_progress_line() {
  if (!line_is_drawn) return;
  std::fputs("\r\x1b[K", stderr);
  line_is_drawn = false;
}

Progress::Progress(std::string unit, u64 total) : unit_(std::move(unit)), total_(total) {}

Progress::~Progress() { clear_progress_line(); }

void Progress::update(u64 done) {
  if (mode == ProgressMode::none) return;
  const double now = since_start_.seconds();
  if (now - last_shown_ < seconds_between_updates()) return;
  last_shown_ = now;
  switch (mode) {
    case ProgressMode::line:
      fmt::print(stderr, "\r{}\x1b[K", text(done));
      std::fflush(stderr);
      line_is_drawn = true;
      break;
    case ProgressMode::json:
      fmt::print(stderr, "{}\n", json(done));
      break;
    default:
      log(LogLevel::info, text(done));
  }
}

std::string Progress::text(u64 done) const {
  const double rate = static_cast<double>(done) / since_start_.seconds();
  const double left = rate > 0 ? static_cast<double>(total_ - done) / rate : 0;
  const u64 percent = total_ == 0 ? 100 : done * 100 / total_;
  return fmt::format("{} of {} {} ({} %), {} {}/s, {} left", grouped(done), grouped(total_), unit_,
                     percent, rounded(rate), unit_, duration(left));
}

std::string Progress::json(u64 done) const {
  const double rate = static_cast<double>(done) / since_start_.seconds();
  const double left = rate > 0 ? static_cast<double>(total_ - done) / rate : 0;
  return fmt::format(
      R"({{"progress":{{"unit":"{}","done":{},"total":{},"per_second":{:.1f},"eta_s":{:.1f}}}}})",
      unit_, done, total_, rate, left);
}

}  // namespace spikefab::cli
