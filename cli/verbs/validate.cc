// spikefab validate: loads files as the other verbs would, and tells all that is wrong.
#include "arch/container.h"
#include "arch/program_file.h"
#include "cli/command.h"
#include "cli/describe.h"
#include "cli/escape.h"
#include "cli/files.h"
#include "cli/load_any.h"
#include "cli/log.h"
#include "cli/numbers.h"

namespace spikefab::cli {
namespace {

class Validate : public Command {
 public:
  Description describe() const override {
    Description d;
    d.text = "Loads files as the other verbs would, and tells all that is wrong with any of them.";
    d.positionals = {
        {"file", "FILE",
         "program, stimulus or checkpoint (.sfab), chip or trained network (.yaml), RANC "
         "config or input (.json), network (.nir, .net), event recording",
         Positional::at_least_one}};
    auto option = d.options.add_options();
    option("config,c", text_value("FILE"), "chip or RANC config, needed for a RANC input");
    option("json", flag_value(), json_help);
    d.examples = {{"validate configs/chips/*.yaml", "check chips"},
                  {"validate input.json -c config.json", "check a RANC network"}};
    d.exit_codes = {{exit_input, "at least one file is bad"}};
    return d;
  }

  int run(const Arguments& arguments) override {
    const std::string config = arguments.has("config") ? arguments.text("config") : "";
    Json rows = Json::array();
    bool all_good = true;
    for (const std::string& path : arguments.texts("file")) {
      const Json row = check(path, config);
      all_good = all_good && row["ok"].get<bool>();
      rows.push_back(row);
    }
    print(arguments.has("json") ? to_json_text({{"files", rows}}) : lines(rows));
    return all_good ? exit_ok : exit_input;
  }

 private:
  static Json check(const std::string& path, const std::string& config) try {
    const LoadedFile file = load_any(path, config);
    return {{"file", path}, {"ok", true}, {"kind", kind_name(file.kind)}, {"what", file.one_line}};
  } catch (const InputError& e) {
    std::vector<std::string> problems;
    for (const Problem& problem : e.problems()) problems.push_back(problem.text());
    return bad(path, problems);
  } catch (const FitError& e) {
    return bad(path, {e.what()});
  }

  static Json bad(const std::string& path, const std::vector<std::string>& problems) {
    for (const std::string& problem : problems) log_error("{}", problem);
    return {{"file", path}, {"ok", false}, {"problems", problems}};
  }

  // The last of more than max_problems only counts the others.
  static std::string how_many(u64 problems) {
    if (problems > Problems::max_problems) return fmt::format("over {} problems", problems - 1);
    return problems == 1 ? "1 problem" : fmt::format("{} problems", problems);
  }

  static std::string lines(const Json& rows) {
    std::string text;
    for (const Json& row : rows) {
      text += escaped(row["file"].get<std::string>());
      text += row["ok"].get<bool>() ? fmt::format(": ok ({}, {})\n", row["kind"].get<std::string>(),
                                                  row["what"].get<std::string>())
                                    : ": bad (" + how_many(row["problems"].size()) + ")\n";
    }
    return text;
  }
};

SPIKEFAB_REGISTER(Command, "validate", Validate, "check files and tell all that is wrong");

}  // namespace
}  // namespace spikefab::cli
