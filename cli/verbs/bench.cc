// spikefab bench: one of the benchmarks (cli/benchmark.h), whose options it gathers.
#include "cli/benchmark.h"
#include "cli/interrupt.h"
#include "cli/result.h"

namespace spikefab::cli {
namespace {

// Throws UsageError if an option was typed that only other benchmarks have.
void refuse_options_of_others(const std::string& chosen, const Arguments& arguments) {
  for (const auto& [name, entry] : Registry<Benchmark>::all()) {
    if (name == chosen) continue;
    const Description other = entry.make()->describe();
    for (const auto& option : other.options.options()) {
      if (!arguments.has(option->long_name())) continue;
      throw UsageError("--" + option->long_name() + " is an option of bench " + name + ", not of " +
                       chosen);
    }
  }
}

class Bench : public Command {
 public:
  Description describe() const override {
    Description d;
    d.positionals = {{"benchmark", join(Registry<Benchmark>::names(), "|"), "which benchmark"},
                     {"name", "NAME", "what to run of it; all, if none is given", Positional::any}};
    for (const auto& [name, entry] : Registry<Benchmark>::all()) {
      const Description part = entry.make()->describe();
      d.text += (d.text.empty() ? "" : " ") + part.text;
      d.options.add(part.options);
      d.examples.insert(d.examples.end(), part.examples.begin(), part.examples.end());
    }
    auto option = d.options.add_options();
    option("force", flag_value(), "replace files that exist");
    option("json", flag_value(), json_help);
    d.exit_codes = {
        {exit_input, "a bad model, bad images, or an outside command that fails"},
        {exit_no_fit, "a model does not fit its chip"},
        {exit_resource,
         "too little memory or disk, or what was named (NAME, --engines) cannot run here"},
        {exit_comparison,
         "an accuracy is not what the model's card says, or an engine "
         "differs from the reference"},
        {130, "stopped by SIGINT (143: by SIGTERM); what is finished is shown"}};
    return d;
  }

  int run(const Arguments& arguments) override {
    const std::string name = arguments.text("benchmark");
    refuse_options_of_others(name, arguments);
    catch_interrupts();
    return Registry<Benchmark>::make(name)->run(arguments);
  }
};

SPIKEFAB_REGISTER(Command, "bench", Bench, "compare engines by speed, or models by accuracy");

}  // namespace
}  // namespace spikefab::cli
