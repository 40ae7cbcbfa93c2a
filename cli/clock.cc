#include "cli/clock.h"

#include <cstdlib>
#include <ctime>

namespace spikefab::cli {
namespace {

std::string utc_text(std::time_t seconds) {
  std::tm utc{};
  gmtime_r(&seconds, &utc);
  char text[32];
  const auto length = std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &utc);
  return {text, length};
}

}  // namespace

std::string utc_text(std::chrono::system_clock::time_point time) {
  return utc_text(std::chrono::system_clock::to_time_t(time));
}

std::string utc_now_text() {
  if (const char* epoch = std::getenv("SOURCE_DATE_EPOCH")) {
    char* end = nullptr;
    const long long seconds = std::strtoll(epoch, &end, 10);
    if (end != epoch && *end == '\0') return utc_text(static_cast<std::time_t>(seconds));
  }
  return utc_text(std::chrono::system_clock::now());
}

}  // namespace spikefab::cli
