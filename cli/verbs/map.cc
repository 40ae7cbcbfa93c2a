// spikefab map: a network onto a chip, as a program and as files that people read and edit.
#include <sstream>

#include "arch/program_file.h"
#include "base/files.h"
#include "cli/command.h"
#include "cli/mapping_compare.h"
#include "cli/network_model.h"
#include "cli/network_report.h"
#include "cli/paths.h"
#include "mapper/mapping/heat_map.h"
#include "mapper/mapping/strategy.h"

namespace spikefab::cli {
namespace {

// A line for each neuron: the number of its core, in the order of positions, and its place there;
// the partitioner `file` reads it.
std::string partition_text(const Placement& placement, u64 neurons) {
  struct Home {
    u64 core = 0;
    u64 place = 0;
  };
  std::vector<Home> homes(neurons);
  for (u64 c = 0; c < placement.cores.size(); ++c) {
    const std::vector<u32>& on_core = placement.cores[c].neurons;
    for (u64 i = 0; i < on_core.size(); ++i) homes[on_core[i]] = {c, i};
  }
  std::string text;
  for (const Home& home : homes) {
    text += std::to_string(home.core) + " " + std::to_string(home.place) + "\n";
  }
  return text;
}

// A line for each core: its number and tile; the placer `file` reads it.
std::string placement_text(const Placement& placement, const Mesh& mesh) {
  std::string text = "# core x y\n";
  for (u64 c = 0; c < placement.cores.size(); ++c) {
    const Position at = mesh.at(placement.cores[c].position);
    text += std::to_string(c) + " " + std::to_string(at.x) + " " + std::to_string(at.y) + "\n";
  }
  return text;
}

class Map : public Command {
 public:
  Description describe() const override {
    Description d;
    d.text =
        "Quantises a network, puts its neurons on the cores of a chip within all its limits, and "
        "the cores on the mesh. Shows what each core holds and how busy it is, and writes the "
        "program; with --mapping also where every neuron and core is, in two files that can be "
        "edited and given back: -p file:NAME.part -P file:NAME.place.";
    d.positionals = {{"network", "NETWORK", "a network (.nir, .net, or described in .yaml)"}};
    auto option = d.options.add_options();
    option("chip,c", text_value("CHIP"), "a file, or a name of configs/chips such as loihi1");
    option("output,o", text_value("FILE"), "write the program, such as net.sfab");
    option("mapping", text_value("NAME"), "write NAME.part and NAME.place");
    option("partitioner,p", text_value("CHAIN"), "such as tile+refine ('spikefab list')");
    option("placer,P", text_value("CHAIN"), "such as scotch+anneal");
    option("neurons-per-core", number_value("N", 1), "fewer than the chip has room for");
    option("seed", number_value("N")->default_value(1), "of the strategies");
    option("semantics", text_value("NAME[,CHOICE=VALUE...]"), "as for 'run'");
    option("force", flag_value(), "replace files");
    option("json", flag_value(), json_help);
    d.examples = {{"map net.nir -c loihi1 -p tile+refine -P scotch+anneal -o net.sfab",
                   "a program for 'spikefab run'"},
                  {"map net.nir -c loihi1 --mapping net", "only where everything is"}};
    d.exit_codes = {{exit_input, "bad network, chip or mapping"},
                    {exit_no_fit, "the network does not fit the chip"}};
    return d;
  }

  int run(const Arguments& arguments) override {
    if (!arguments.has("chip")) throw UsageError("missing --chip CHIP");
    PlaceOptions options;
    if (arguments.has("partitioner")) options.choice.partitioner = arguments.text("partitioner");
    if (arguments.has("placer")) options.choice.placer = arguments.text("placer");
    check_partitioner(options.choice.partitioner);
    check_placer(options.choice.placer);
    options.choice.seed = arguments.number("seed");
    if (arguments.has("neurons-per-core")) {
      options.neurons_per_core =
          static_cast<u32>(std::min<u64>(arguments.number("neurons-per-core"), max_neurons));
    }
    check_outputs(arguments);

    NetworkRequest request;
    request.network = arguments.text("network");
    if (arguments.has("semantics")) request.semantics = arguments.text("semantics");
    const QuantisedNetwork network =
        load_network_model(request).quantised(load_named_chip(arguments.text("chip")), {});
    const Placement placement = place_network(network, options);
    const MappedNetwork mapped = assemble(network, placement);
    if (arguments.has("output")) save_program(mapped.program, arguments.text("output"));
    if (arguments.has("mapping")) {
      const std::string name = arguments.text("mapping");
      write_text(name + ".part", partition_text(placement, network.neurons));
      write_text(name + ".place", placement_text(placement, network.chip.mesh));
    }
    Json document = mapping_report(network.report, mapped);
    if (!arguments.has("json")) document["neurons_of_the_cores"] = picture(network, placement);
    print_result(document, arguments);
    return exit_ok;
  }

 private:
  static void check_outputs(const Arguments& arguments) {
    std::vector<GivenPath> outputs;
    if (arguments.has("output")) outputs.push_back({"--output", arguments.text("output")});
    if (arguments.has("mapping")) {
      outputs.push_back({"--mapping", arguments.text("mapping") + ".part"});
      outputs.push_back({"--mapping", arguments.text("mapping") + ".place"});
    }
    check_files({{"NETWORK", arguments.text("network")}, {"--chip", arguments.text("chip")}},
                outputs);
    for (const GivenPath& output : outputs) {
      refuse_to_overwrite(output.path, arguments.has("force"));
    }
  }

  // A line of the mesh each.
  static Json picture(const QuantisedNetwork& network, const Placement& placement) {
    const Tiles tiles = tiles_for(network);
    HeatMap map;
    map.tile_unit = "neurons";
    map.tiles.assign(tiles.size(), HeatMap::nothing);
    for (const PlannedCore& core : placement.cores) {
      map.tiles[core.position] = static_cast<double>(core.neurons.size());
    }
    Json lines = Json::array();
    std::istringstream text(draw(map, tiles));
    for (std::string line; std::getline(text, line);) lines.push_back({{"mesh", line}});
    return lines;
  }
};

SPIKEFAB_REGISTER(Command, "map", Map, "map a network onto a chip");

}  // namespace
}  // namespace spikefab::cli
