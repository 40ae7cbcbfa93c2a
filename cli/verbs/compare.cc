// spikefab compare: mapping strategies against each other, and against what no mapping can beat.
#include "base/files.h"
#include "base/text.h"
#include "cli/command.h"
#include "cli/interrupt.h"
#include "cli/mapping_compare.h"
#include "cli/paths.h"
#include "mapper/mapping/strategy.h"

namespace spikefab::cli {
namespace {

std::vector<std::string> given_or(const Arguments& arguments, const std::string& option,
                                  std::vector<std::string> otherwise) {
  const std::vector<std::string> given = arguments.texts(option);
  return given.empty() ? otherwise : given;
}

// "22x22", or "22x22:torus".
Tiles mesh_of(const std::string& text) {
  const std::size_t colon = std::min(text.find(':'), text.size());
  const std::size_t cross = std::min(text.find('x'), colon);
  const std::string kind = text.substr(colon);
  const u32 width = parse_number<u32>(text.substr(0, cross)).value_or(0);
  const u32 height =
      parse_number<u32>(text.substr(std::min(cross + 1, colon), colon - std::min(cross + 1, colon)))
          .value_or(0);
  const auto is_side = [](u32 side) { return side >= 1 && side <= max_mesh_side; };
  if (!is_side(width) || !is_side(height) || (!kind.empty() && kind != ":torus")) {
    throw UsageError("--mesh '" + printable(text) + "' is no mesh",
                     "WIDTHxHEIGHT, or WIDTHxHEIGHT:torus");
  }
  Tiles tiles = whole_mesh(width, height);
  tiles.torus = !kind.empty();
  return tiles;
}

class Compare : public Command {
 public:
  Description describe() const override {
    Description d;
    d.text =
        "Maps a network by every pair of a partitioner and a placer, and shows what each mapping "
        "costs: cores, deliveries, hops, the busiest link, and how many times the lower bound that "
        "is. '*' marks mappings that no other one beats in cost, busiest link, cores and time.";
    d.positionals = {{"network", "NETWORK", "a network (.nir, .net, or described in .yaml)"}};
    auto option = d.options.add_options();
    option("chip,c", text_value("CHIP"),
           "onto this chip, a file or a name of configs/chips, within all its limits; if not "
           "given, onto plain cores");
    option("neurons-per-core", number_value("N", 1), "at most; on plain cores 256 if not given");
    option("axons-per-core", number_value("N", 1), "plain cores: distinct sources at most");
    option("mesh", text_value("SIZE"),
           "plain cores: such as 22x22 or 22x22:torus; the smallest square if not given");
    option("semantics", text_value("NAME[,CHOICE=VALUE...]"), "as for 'run'");
    option("partitioner,p", texts_value("CHAIN"),
           "such as tile+refine:passes=4; repeat it; if not given, all ('spikefab list')");
    option("placer,P", texts_value("CHAIN"), "such as scotch+anneal; likewise");
    option("seed", number_value("N")->default_value(1), "the first seed");
    option("seeds", number_value("N", 1)->default_value(1), "how many, one after the other");
    option("pays", text_value("unicast|tree|single")->default_value("unicast"),
           "what a spike to several cores costs the chip: its way to each, a tree, or a copy of "
           "its neuron for each");
    option("csv", text_value("FILE"), "write all figures of all mappings");
    option("force", flag_value(), "replace FILE");
    option("json", flag_value(), json_help);
    d.examples = {{"compare net.nir --chip loihi1", "all strategies"},
                  {"compare net.nir -p tile -p tile+refine -P scotch+anneal --seeds 3",
                   "some, with three seeds, on plain cores of 256 neurons"}};
    d.exit_codes = {{exit_input, "bad network or strategy file"},
                    {exit_no_fit, "no mapping fits the chip"}};
    return d;
  }

  int run(const Arguments& arguments) override {
    const MappingRequest request = read_request(arguments);
    ComparePlan plan;
    plan.partitioners = given_or(arguments, "partitioner", usual_partitioners());
    plan.placers = given_or(arguments, "placer", usual_placers());
    plan.first_seed = arguments.number("seed");
    plan.seeds = arguments.number("seeds");
    const std::string pays = arguments.text("pays");
    plan.pays = pays == "tree" ? Pays::tree : pays == "single" ? Pays::single : Pays::unicast;
    for (const std::string& chain : plan.partitioners) check_partitioner(chain);
    for (const std::string& chain : plan.placers) check_placer(chain);
    if (arguments.has("csv")) {
      check_files({{"NETWORK", request.network}}, {{"--csv", arguments.text("csv")}});
      refuse_to_overwrite(arguments.text("csv"), arguments.has("force"));
    }
    catch_interrupts();

    const MappingSubject subject(request);
    const Json rows = compare_mappings(subject, plan);
    if (arguments.has("csv")) write_text(arguments.text("csv"), rows_as_csv(rows));
    print_result(result(subject, rows, arguments), arguments);
    if (pending_signal() != 0) return exit_signal_base + pending_signal();
    const bool fits = std::any_of(rows.begin(), rows.end(),
                                  [](const Json& row) { return !row.contains("problem"); });
    return fits ? exit_ok : exit_no_fit;
  }

 private:
  static MappingRequest read_request(const Arguments& arguments) {
    MappingRequest request;
    request.network = arguments.text("network");
    if (arguments.has("chip")) {
      request.chip = arguments.text("chip");
      for (const char* option : {"axons-per-core", "mesh"}) {
        if (!arguments.has(option)) continue;
        throw UsageError("--" + std::string(option) + " is for plain cores", "leave out --chip");
      }
    }
    if (arguments.has("mesh")) request.mesh = mesh_of(arguments.text("mesh"));
    if (arguments.has("semantics")) request.semantics = arguments.text("semantics");
    const auto number = [&](const std::string& option) {
      return arguments.has(option)
                 ? static_cast<u32>(std::min<u64>(arguments.number(option), no_limit - 1))
                 : 0;
    };
    request.neurons_per_core = number("neurons-per-core");
    request.axons_per_core = number("axons-per-core");
    return request;
  }

  static Json result(const MappingSubject& subject, const Json& rows, const Arguments& arguments) {
    const SpikeGraph& graph = subject.graph();
    Json document = {{"network", arguments.text("network")},
                     {"cores", subject.limits().name},
                     {"neurons", graph.neurons},
                     {"synapses", graph.synapses()}};
    document["mappings"] = arguments.has("json") ? rows : short_rows(rows);
    if (arguments.has("json")) return document;
    Json problems = Json::array();
    for (const Json& row : rows) {
      if (!row.contains("problem")) continue;
      problems.push_back({{"partitioner", row["partitioner"]},
                          {"placer", row["placer"]},
                          {"problem", row["problem"]}});
    }
    if (!problems.empty()) document["not_possible"] = problems;
    return document;
  }
};

SPIKEFAB_REGISTER(Command, "compare", Compare, "compare mapping strategies");

}  // namespace
}  // namespace spikefab::cli
