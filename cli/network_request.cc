#include "cli/network_request.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <optional>

#include "arch/container.h"
#include "base/suggest.h"
#include "base/text.h"
#include "cli/paths.h"
#include "cli/share.h"

namespace spikefab::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::array network_options = {
    "chip",      "input",       "labels",      "event-format", "input-shape",
    "tick-us",   "binary",      "downscale",   "max-ticks",    "max-recordings",
    "semantics", "precision",   "weight-bits", "scale",        "clip",
    "activity",  "input-count", "program-out", "stimulus-out", "answers"};
// They mean something only if there is a chip; of them, those of the quantiser.
constexpr std::array chip_options = {"chip",   "program-out", "stimulus-out",
                                     "engine", "weight-bits", "scale",
                                     "clip",   "activity",    "input-count"};
constexpr std::array quantiser_options = {"weight-bits", "scale", "clip", "activity",
                                          "input-count"};
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

Shape shape_of(const std::string& text) {
  Shape shape;
  for (const std::string& side : split_list(text, 'x')) {
    shape.push_back(parse_number<u32>(side).value_or(0));
  }
  const bool has_sides = std::find(shape.begin(), shape.end(), 0u) == shape.end();
  if (has_sides && (shape.size() == 2 || shape.size() == 3)) return shape;
  throw UsageError("--input-shape '" + printable(text) + "' is not a shape",
                   "HEIGHTxWIDTH or CHANNELSxHEIGHTxWIDTH, such as 2x34x34");
}

double percent_of(const Arguments& arguments, const std::string& option, double least) {
  const std::string text = arguments.text(option);
  const std::optional<double> value = parse_number<double>(text);
  if (value && *value >= least && *value <= 100) return *value;
  throw UsageError("--" + option + " '" + printable(text) + "' is not a number of " +
                   std::to_string(static_cast<int>(least)) + "..100");
}

ScalePer scale_of(const std::string& text) {
  if (text == "layer") return ScalePer::layer;
  if (text == "neuron") return ScalePer::neuron;
  return ScalePer::automatic;
}

void read_precision(const Arguments& arguments, NetworkRequest& request) {
  const std::string precision = arguments.has("precision") ? arguments.text("precision") : "chip";
  request.on_chip = precision != "float";
  request.in_float = precision != "chip";
  if (request.on_chip) {
    if (!arguments.has("chip")) {
      throw UsageError("missing --chip CHIP", "or --precision float, which needs none");
    }
    request.chip = arguments.text("chip");
    return;
  }
  for (const char* option : chip_options) {
    if (!arguments.has(option)) continue;
    throw UsageError("--" + std::string(option) + " needs a chip: --precision chip or both");
  }
}

void read_recordings(const Arguments& arguments, NetworkRequest& request) {
  if (!arguments.has("input")) throw UsageError("missing --input FILE: what the network sees");
  request.input = arguments.text("input");
  if (arguments.has("labels")) request.labels = arguments.text("labels");
  if (!request.labels && fs::is_directory(request.input)) {
    throw UsageError("--input " + request.input + " is a folder",
                     "a recording, or with --labels FILE the folder of many");
  }
  if (request.labels && fs::exists(request.input) && !fs::is_directory(request.input)) {
    throw UsageError("--input " + request.input + " is a file",
                     "with --labels it must be the folder of the recordings");
  }
  if (arguments.has("max-recordings") && !request.labels) {
    throw UsageError("--max-recordings needs --labels FILE");
  }
  if (arguments.has("event-format")) request.event_format = arguments.text("event-format");
  if (arguments.has("input-shape")) request.input_shape = shape_of(arguments.text("input-shape"));
  request.max_recordings = number_at_least_1(arguments, "max-recordings", 0);
  request.frames.tick_us = number_at_least_1(arguments, "tick-us", request.frames.tick_us);
  request.frames.max_ticks = number_at_least_1(arguments, "max-ticks", request.frames.max_ticks);
  request.frames.downscale =
      static_cast<u32>(std::min<u64>(number_at_least_1(arguments, "downscale", 1), 0xffff));
  request.frames.binary = arguments.has("binary");
}

void read_quantiser(const Arguments& arguments, NetworkRequest& request) {
  for (const char* option : quantiser_options) {
    if (arguments.has(option)) request.quantiser_options.push_back(option);
  }
  QuantiserOptions& options = request.quantiser;
  options.weight_bits =
      static_cast<u32>(std::min<u64>(number_at_least_1(arguments, "weight-bits", 8), 100));
  options.input_count =
      static_cast<u32>(std::min<u64>(number_at_least_1(arguments, "input-count", 1), 0xffff));
  if (arguments.has("scale")) options.scale = scale_of(arguments.text("scale"));
  if (arguments.has("clip")) options.clip_percentile = percent_of(arguments, "clip", 50);
  if (arguments.has("activity")) options.activity = percent_of(arguments, "activity", 0) / 100;
}

void read_files(const Arguments& arguments, NetworkRequest& request) {
  std::vector<GivenPath> outputs;
  const auto read = [&](const std::string& option, std::optional<std::string>& path) {
    if (!arguments.has(option)) return;
    path = arguments.text(option);
    outputs.push_back({"--" + option, *path});
  };
  read("program-out", request.program_out);
  read("stimulus-out", request.stimulus_out);
  read("answers", request.answers);
  std::vector<GivenPath> inputs = {{"NETWORK", request.network}, {"--input", request.input}};
  if (request.chip) inputs.push_back({"--chip", *request.chip});
  if (request.labels) inputs.push_back({"--labels", *request.labels});
  check_files(inputs, outputs);
  const bool force = arguments.has("force");
  if (force && outputs.empty()) throw UsageError("--force: there is no file to replace");
  for (const GivenPath& output : outputs) {
    refuse_to_overwrite(output.path, force);
    const std::string name = lower_case(output.path);
    if (name.ends_with(".nir") || name.ends_with(".net")) {
      throw UsageError(output.option + " " + output.path + " has the name of a network");
    }
  }
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
  option("input-shape", text_value("SHAPE"),
         "networks with a flat input: how its elements lie on a sensor, HEIGHTxWIDTH or "
         "CHANNELSxHEIGHTxWIDTH, such as 2x34x34; if not "
         "given, element x is pixel (x, 0)");
  option("tick-us", number_value("N", 1), "networks: microseconds per tick; 1000 if not given");
  option("binary", flag_value(), "networks: at most one event per pixel and tick");
  option("downscale", number_value("N", 1), "networks: N x N pixels become one");
  option("max-ticks", number_value("N", 1), "networks: only the first N ticks of a recording");
  option("max-recordings", number_value("N", 1), "networks: only the first N of --labels");
  option("semantics", text_value("NAME[,CHOICE=VALUE...]"),
         "networks: what the file leaves open, as a tool has it: snntorch, norse, sinabs, spyx, "
         "spinnaker2, lava, nengo, ...; if not given, the file is looked at");
  option("precision", text_value("chip|float|both"),
         "networks: in integers on the chip, in float32 without one, or both to compare");
  option("weight-bits", number_value("N", 1),
         "networks: of quantised weights, 1..9; 8 if not given");
  option("scale", text_value("auto|layer|neuron"), "networks: what has a threshold of its own");
  option("clip", text_value("PERCENTILE"),
         "networks: weights beyond this percentile of their magnitudes are cut off, 50..100; if "
         "not given, what makes the least error");
  option("activity", text_value("PERCENT"),
         "networks: the share of a neuron's synapses that may be active in the same tick; 100 if "
         "not given");
  option("input-count", number_value("N", 1),
         "networks: events of one pixel in a tick that sums have room for; 1 if not given");
  option("program-out", text_value("FILE"),
         "networks: write the program that runs, such as net.sfab");
  option("stimulus-out", text_value("FILE"),
         "networks: write the recordings as its stimulus, a replica each");
  option("answers", text_value("FILE"), "networks: write the answer to each recording, as CSV");
}

bool is_network_file(const std::string& path) {
  const std::string name = lower_case(path);
  if (name.ends_with(".nir") || name.ends_with(".net")) return true;
  if (name.ends_with(".sfab") || !fs::is_regular_file(path) || is_container(path)) return false;
  throw UsageError(path + " is neither a network nor a program",
                   "networks end in .nir or .net, programs in .sfab ('spikefab inspect' tells what "
                   "other files are)");
}

NetworkRequest read_network_request(const Arguments& arguments) {
  for (const char* option : program_options) {
    if (!arguments.has(option)) continue;
    throw UsageError("--" + std::string(option) + " is for programs, not for networks",
                     "--program-out and --stimulus-out make a program of the network, and a "
                     "stimulus of the recordings");
  }
  NetworkRequest request;
  request.network = arguments.text("program");
  read_precision(arguments, request);
  read_recordings(arguments, request);
  read_quantiser(arguments, request);
  if (arguments.has("semantics")) request.semantics = arguments.text("semantics");
  request.engine = arguments.text("engine");
  read_files(arguments, request);
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
