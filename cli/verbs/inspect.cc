// spikefab inspect: what is in a file.
#include "cli/command.h"
#include "cli/describe.h"
#include "cli/load_any.h"

namespace spikefab::cli {
namespace {

constexpr u64 default_rows = 20;

class Inspect : public Command {
 public:
  Description describe() const override {
    Description d;
    d.text = "Shows what is in any of our files.";
    d.positionals = {
        {"file", "FILE",
         "program, stimulus or checkpoint (.sfab), chip or trained network (.yaml), RANC "
         "config or input (.json), network (.nir, .net), event recording"}};
    auto option = d.options.add_options();
    option("config,c", text_value("FILE"), "chip or RANC config, needed for a RANC input");
    option("cores", text_value("A..B"), "list these mesh indices; else the first 20 cores");
    option("json", flag_value(), json_help);
    d.examples = {{"inspect net.sfab --cores 0..3", "a program and its first cores"},
                  {"inspect input.json -c config.json", "a RANC network"}};
    d.exit_codes = {{exit_input, "bad file"},
                    {exit_no_fit, "a trained network does not fit its chip"}};
    return d;
  }

  int run(const Arguments& arguments) override {
    Range cores = {0, output_bus};
    if (arguments.has("cores")) cores = parse_range("cores", arguments.text("cores"));
    const u64 max_rows = arguments.has("cores") ? output_bus : default_rows;

    const std::string path = arguments.text("file");
    const LoadedFile file = load_any(path, arguments.has("config") ? arguments.text("config") : "");
    Json document = {{"file", path}, {"kind", kind_name(file.kind)}};
    document.update(file.facts);
    if (file.program) {
      check_cores(cores.first, *file.program);
      const Json rows = describe_cores(*file.program, cores, max_rows);
      document["cores_listed"] = rows.size();
      document["cores"] = rows;
    }
    print_result(document, arguments);
    return exit_ok;
  }
};

SPIKEFAB_REGISTER(Command, "inspect", Inspect, "show what is in a file");

}  // namespace
}  // namespace spikefab::cli
