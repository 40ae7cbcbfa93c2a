// spikefab import: a network of another tool into our program and stimulus files.
#include "arch/program_file.h"
#include "cli/command.h"
#include "cli/describe.h"
#include "cli/files.h"
#include "cli/log.h"
#include "cli/paths.h"
#include "mapper/importer.h"

namespace spikefab::cli {
namespace {

constexpr u64 rows_shown = 20;

std::string importer_choices() { return join(Registry<Importer>::names(), "|"); }

// net.sfab -> net.stimulus.sfab
std::string default_stimulus_path(const std::string& program_path) {
  constexpr std::string_view ending = ".sfab";
  std::string stem = program_path;
  if (stem.ends_with(ending)) stem.resize(stem.size() - ending.size());
  return stem + ".stimulus.sfab";
}

class Import : public Command {
 public:
  Description describe() const override {
    Description d;
    d.text =
        "Reads a network of another tool and writes it as a program, with its stimulus. RANC's "
        "neuron_reset_type and max_tick_offset come from --config; a chip file gives them as "
        "reset_type and slots.";
    d.positionals = {{"input", "INPUT.json", "RANC's input.json"}};
    auto option = d.options.add_options();
    option("config,c", text_value("FILE"), "RANC's config.json, or a chip file (.yaml)");
    option("output,o", text_value("FILE"), "the program to write, such as net.sfab");
    option("stimulus-out", text_value("FILE"), "the stimulus to write; else net.stimulus.sfab");
    option("importer", text_value(importer_choices())->default_value("ranc"), "what INPUT is");
    option("force", flag_value(), "replace files that exist");
    option("json", flag_value(), json_help);
    d.examples = {{"import input.json -c config.json -o net.sfab", "a RANC network"},
                  {"import input.json -c configs/chips/ranc_16x8.yaml -o net.sfab",
                   "on another chip, with its slots and reset_type"}};
    d.exit_codes = {{exit_input, "bad input or config"},
                    {exit_resource, "too little memory or disk"}};
    return d;
  }

  int run(const Arguments& arguments) override {
    for (const char* option : {"config", "output"}) {
      if (!arguments.has(option)) throw UsageError("missing --" + std::string(option) + " FILE");
    }
    const std::string program_path = arguments.text("output");
    const std::string stimulus_path = arguments.has("stimulus-out")
                                          ? arguments.text("stimulus-out")
                                          : default_stimulus_path(program_path);
    check_files({{"INPUT", arguments.text("input")}, {"--config", arguments.text("config")}},
                {{"--output", program_path}, {"--stimulus-out", stimulus_path}});
    refuse_to_overwrite(program_path, arguments.has("force"));
    refuse_to_overwrite(stimulus_path, arguments.has("force"));

    const Chip chip = load_chip_or_ranc_config(arguments.text("config"));
    const auto importer = Registry<Importer>::make(arguments.text("importer"));
    const Imported input = importer->read(arguments.text("input"), chip);
    for (const std::string& note : input.notes) log_warning("{}", note);
    save_stimulus(input.stimulus, stimulus_path);  // first: no program is without its stimulus
    save_program(input.program, program_path);

    Json document = spikefab::cli::describe(input.program);
    document.update(spikefab::cli::describe(input.stimulus));
    document["files_written"] = {program_path, stimulus_path};
    document["cores"] = describe_cores(input.program, {0, output_bus}, rows_shown);
    print_result(document, arguments);
    return exit_ok;
  }
};

SPIKEFAB_REGISTER(Command, "import", Import, "make a program from a RANC network");

}  // namespace
}  // namespace spikefab::cli
