// What the options of `spikefab run` ask for when it is given a network instead of a program.
#pragma once

#include <boost/program_options/options_description.hpp>
#include <optional>
#include <string>
#include <vector>

#include "arch/chip.h"
#include "cli/arguments.h"
#include "mapper/events/frames.h"
#include "mapper/quantise/quantiser.h"

namespace spikefab::cli {

struct NetworkRequest {
  std::string network;  // .nir or .net
  std::optional<std::string> chip;
  std::string input;  // a recording, or the folder of a data set
  std::optional<std::string> labels;
  std::string event_format;  // empty: by content
  Shape input_shape;         // of the sensor that a flat Input sees; empty: a line
  EventFrameOptions frames;
  u64 max_recordings = 0;  // 0: all
  std::string semantics;   // empty: as the network's tool
  bool on_chip = true;     // which runs --precision asks for
  bool in_float = false;
  QuantiserOptions quantiser;
  std::vector<std::string> quantiser_options;  // those of them that are given
  std::string engine;
  std::optional<std::string> program_out;
  std::optional<std::string> stimulus_out;  // of all recordings, a replica each
  std::optional<std::string> answers;       // CSV, a line for each recording
};

// Adds the options; those of programs are the caller's.
void add_network_options(boost::program_options::options_description& options);

// What `run` can map onto a chip first. Throws UsageError for a file that is neither a network nor
// one of ours.
bool is_network_file(const std::string& path);

// Throws UsageError if options contradict each other or are for programs.
NetworkRequest read_network_request(const Arguments& arguments);

// Refuses the options of networks where a program is run.
void refuse_network_options(const Arguments& arguments);

// A chip file, or the name of one that comes with Spikefab (configs/chips).
Chip load_named_chip(const std::string& name_or_path);

}  // namespace spikefab::cli
