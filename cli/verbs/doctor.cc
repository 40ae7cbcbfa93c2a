// spikefab doctor: the environment, to be pasted into an issue.
#include "base/memory.h"
#include "base/registry.h"
#include "cli/command.h"
#include "cli/machine.h"
#include "cli/numbers.h"
#include "cli/provenance.h"
#include "sim/engine.h"

namespace spikefab::cli {
namespace {

// Bytes for programs, with a unit for people.
Json bytes(u64 value, bool json) { return json ? Json(value) : Json(bytes_text(value)); }

Json machine_facts(bool json) {
  return {{"cpu", cpu_model()},
          {"cpu_features", cpu_features()},
          {"cpu_cores", cpu_cores()},
          {"memory_total", bytes(memory_total(), json)},
          {"memory_available", bytes(available_memory(), json)},
          {"disk_free_here", bytes(disk_free("."), json)},
          {"open_file_limit", open_file_limit()},
          {"cuda_driver", cuda_driver()}};
}

Json engine_facts() {
  Json engines;
  for (const auto& [name, entry] : Registry<sim::Engine>::all()) {
    const auto why_not = entry.make()->unavailable();
    engines[name] = why_not ? "not available: " + *why_not : "available";
  }
  return engines;
}

class Doctor : public Command {
 public:
  Description describe() const override {
    Description d;
    d.text = "Reports build, machine and engines; paste it into an issue.";
    d.options.add_options()("json", flag_value(), json_help);
    d.examples = {{"doctor", "can this machine run what I want?"}};
    return d;
  }

  int run(const Arguments& arguments) override {
    print_result({{"build", build_facts()},
                  {"machine", machine_facts(arguments.has("json"))},
                  {"engines", engine_facts()}},
                 arguments);
    return exit_ok;
  }
};

SPIKEFAB_REGISTER(Command, "doctor", Doctor, "report build, machine and engines");

}  // namespace
}  // namespace spikefab::cli
