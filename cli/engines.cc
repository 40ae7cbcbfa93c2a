#include "cli/engines.h"

#include "base/registry.h"
#include "cli/log.h"

namespace spikefab::cli {
namespace {

constexpr const char* reference_engine = "serial";  // runs everywhere

}  // namespace

std::string engine_choices() { return "auto|" + join(Registry<sim::Engine>::names(), "|"); }

ChosenEngine choose_engine(const std::string& name) {
  const bool automatic = name == "auto";
  const std::string chosen = automatic ? reference_engine : name;
  auto engine = Registry<sim::Engine>::make(chosen);
  if (const auto why_not = engine->unavailable()) {
    throw ResourceError("engine " + chosen + " cannot run here: " + *why_not +
                        "; try --engine auto");
  }
  log_info("engine: {} ({})", chosen,
           automatic ? "auto takes the reference, which runs everywhere" : "as asked");
  return {chosen, std::move(engine)};
}

}  // namespace spikefab::cli
