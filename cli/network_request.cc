#include "cli/network_request.h"

#include <algorithm>
#include <array>
#include <filesystem>

#include "base/suggest.h"
#include "cli/paths.h"
#include "cli/share.h"

namespace spikefab::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::array network_options = {
    "chip",           "input",     "labels",    "event-format", "tick-us", "binary",
    "max-recordings", "semantics", "precision", "weight-bits",  "scale",   "program-out"};
constexpr std::array program_options = {"stimulus",    "ticks",  "output",  "record",
                                        "cores",       "window", "restore", "checkpoint-every",
                                        "reproducible"};

// Names of the chip files that come with Spikefab.
std::vector<std::string> chip_names(const fs::path& folder) {
  std::vector<std::string> names;
  std::error_code not_there;
  for (const auto& entry : fs::directory_iterator(folder, not_there)) {
    if (entry.path().extension() == ".yaml") names.push_back(entry.path().stem().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

u64 number_at_least_1(const Arguments& arguments, const std::string& option, u64 otherwise) {
  return arguments.has(option) ? arguments.number(option) : otherwise;
}

ScalePer scale_of(const std::string& text) {
  if (text == "layer") return ScalePer::layer;
  if (text == "neuron") return ScalePer::neuron;
  return ScalePer::automatic;
}

}  // namespace

void add_network_options(boost::program_options::options_description& options) {
  auto option = options.add_options();
  option("chip,c", text_value("CHIP"),
         "networks: the chip, a file or a name of configs/chips such as loihi1");
  option("input,i", text_value("FILE"),
         "networks: an event recording, or with --labels the folder of many");
  option("labels", text_value("FILE"),
         "networks: lines 'index<TAB>class' of the recordings in the folder --input");
  option("event-format", text_value("NAME"), "networks: of the recordings; else by content");
  option("tick-us", number_value("N", 1), "networks: microseconds per tick; 1000 if not given");
  option("binary", flag_value(), "networks: at most one event per pixel and tick");
  option("max-recordings", number_value("N", 1), "networks: only the first N of --labels");
  option("semantics", text_value("NAME[,CHOICE=VALUE...]"),
         "networks: what the file leaves open, as a tool has it: snntorch, norse, sinabs, spyx, "
         "spinnaker2, lava, nengo, ...; if not given, the file is looked at");
  option("precision", text_value("chip|float|both"),
         "networks: in integers on the chip, in float32 without one, or both to compare");
  option("weight-bits", number_value("N", 1),
         "networks: of quantised weights, 1..9; 8 if not given");
  option("scale", text_value("auto|layer|neuron"), "networks: what has a threshold of its own");
  option("program-out", text_value("FILE"),
         "networks: write the program that runs, such as net.sfab");
}

bool is_network_file(const std::string& path) {
  return path.ends_with(".nir") || path.ends_with(".net");
}

NetworkRequest read_network_request(const Arguments& arguments) {
  for (const char* option : program_options) {
    if (!arguments.has(option)) continue;
    throw UsageError("--" + std::string(option) + " is for programs, not for networks",
                     "--program-out FILE makes a program of the network");
  }
  NetworkRequest request;
  request.network = arguments.text("program");
  const std::string precision = arguments.has("precision") ? arguments.text("precision") : "chip";
  request.on_chip = precision != "float";
  request.in_float = precision != "chip";
  if (arguments.has("chip")) request.chip = arguments.text("chip");
  if (request.on_chip && !request.chip) {
    throw UsageError("missing --chip CHIP", "or --precision float, which needs none");
  }
  if (!arguments.has("input")) throw UsageError("missing --input FILE: what the network sees");
  request.input = arguments.text("input");
  if (arguments.has("labels")) request.labels = arguments.text("labels");
  if (arguments.has("max-recordings") && !request.labels) {
    throw UsageError("--max-recordings needs --labels FILE");
  }
  if (arguments.has("event-format")) request.event_format = arguments.text("event-format");
  request.max_recordings = number_at_least_1(arguments, "max-recordings", 0);
  request.frames.tick_us = number_at_least_1(arguments, "tick-us", request.frames.tick_us);
  request.frames.binary = arguments.has("binary");
  if (arguments.has("semantics")) request.semantics = arguments.text("semantics");
  request.quantiser.weight_bits =
      static_cast<u32>(std::min<u64>(number_at_least_1(arguments, "weight-bits", 8), 100));
  if (arguments.has("scale")) request.quantiser.scale = scale_of(arguments.text("scale"));
  request.engine = arguments.text("engine");
  if (arguments.has("program-out")) {
    if (!request.on_chip) throw UsageError("--program-out needs --precision chip or both");
    request.program_out = arguments.text("program-out");
    refuse_to_overwrite(*request.program_out, arguments.has("force"));
  }
  return request;
}

void refuse_network_options(const Arguments& arguments) {
  for (const char* option : network_options) {
    if (!arguments.has(option)) continue;
    throw UsageError("--" + std::string(option) + " is for networks (.nir, .net), and " +
                     arguments.text("program") + " is a program");
  }
}

Chip load_named_chip(const std::string& name_or_path) {
  if (name_or_path.find('/') != std::string::npos || fs::exists(name_or_path)) {
    return load_chip(name_or_path);
  }
  const fs::path folder = fs::path(share_folder()) / "configs" / "chips";
  const fs::path built_in = folder / (name_or_path + ".yaml");
  if (fs::exists(built_in)) return load_chip(built_in.string());
  const std::vector<std::string> names = chip_names(folder);
  throw UsageError("no chip '" + name_or_path + "'",
                   "a file, or one of: " + join(names, ", ") + did_you_mean(name_or_path, names));
}

}  // namespace spikefab::cli
