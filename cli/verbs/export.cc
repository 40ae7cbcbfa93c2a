// spikefab export: a network as a clean NIR file.
#include "mapper/nir/export.h"
#include "cli/command.h"
#include "cli/paths.h"
#include "cli/provenance.h"
#include "cli/result.h"
#include "mapper/nir/nir.h"

namespace spikefab::cli {
namespace {

constexpr u64 max_deflate_level = 9;

class Export : public Command {
 public:
  Description describe() const override {
    Description d;
    d.text =
        "Reads a network (NIR) and writes it as a NIR file of today's layout: what published files "
        "get wrong is put right, sub-graphs are joined with the rest, shapes are filled in. Says "
        "what was changed. The new file computes what the old one does.";
    d.positionals = {{"network", "NETWORK.nir", "a NIR file of any version"}};
    auto option = d.options.add_options();
    option("output,o", text_value("FILE"), "the NIR file to write");
    option("compress", number_value("LEVEL")->default_value(0),
           "compress arrays: 1 (fast) to 9 (small); 0: not");
    option("force", flag_value(), "replace a file that exists");
    option("json", flag_value(), json_help);
    d.examples = {{"export net.nir -o clean.nir", "put right what can be"},
                  {"export net.nir -o small.nir --compress 4", "as a smaller file"}};
    d.exit_codes = {{exit_input, "bad network, or one that NIR cannot say"},
                    {exit_resource, "too little memory or disk"}};
    return d;
  }

  int run(const Arguments& arguments) override {
    if (!arguments.has("output")) throw UsageError("missing --output FILE");
    const std::string input = arguments.text("network");
    const std::string output = arguments.text("output");
    const u64 level = arguments.number("compress");
    if (level > max_deflate_level) throw UsageError("--compress must be 0 to 9");
    check_files({{"NETWORK", input}}, {{"--output", output}});
    refuse_to_overwrite(output, arguments.has("force"));

    NirNetwork nir = load_nir(input);
    const NirForm form = to_nir_form(nir.network);
    save_nir(form, output, {.written_by = writer(), .deflate_level = static_cast<u32>(level)});

    std::vector<std::string> changes = std::move(nir.notes);
    changes.insert(changes.end(), form.notes.begin(), form.notes.end());
    print_result(result(nir.version, form.network, changes, arguments), arguments);
    return exit_ok;
  }

 private:
  static std::string writer() {
    return std::string(tool_name) + " " + build_facts()["version"].get<std::string>();
  }

  static Json result(const std::string& version, const Network& network,
                     const std::vector<std::string>& changes, const Arguments& arguments) {
    Json document = {{"network", arguments.text("network")},
                     {"version_read", version},
                     {"nodes", network.nodes.size()},
                     {"edges", network.edges.size()},
                     {"neurons", network.neuron_count()},
                     {"files_written", {arguments.text("output")}},
                     {"changes", Json::array()}};
    for (const std::string& change : changes) {
      if (arguments.has("json")) {
        document["changes"].push_back(change);
      } else {
        document["changes"].push_back({{"what", change}});  // a line each
      }
    }
    return document;
  }
};

SPIKEFAB_REGISTER(Command, "export", Export, "write a network as a clean NIR file");

}  // namespace
}  // namespace spikefab::cli
