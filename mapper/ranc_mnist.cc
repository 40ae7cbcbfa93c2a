#include "mapper/ranc_mnist.h"

#include <algorithm>
#include <array>

#include "mapper/importers/ranc.h"

namespace spikefab {
namespace {

constexpr u32 side = 28;
constexpr u32 classes = 10;
constexpr u32 window_pixels = 256;
constexpr std::array<u32, 4> window_begin = {0, 176, 352, 528};  // flat, of each core

// Cores with neurons that no neuron sends to, by position.
std::vector<u32> first_layer(const Program& program) {
  std::vector<bool> is_target(program.cores());
  for (const u32 target : program.target_core) {
    if (target != output_bus) is_target[target] = true;
  }
  std::vector<u32> cores;
  for (u32 core = 0; core < program.cores(); ++core) {
    if (!is_target[core] && program.core_neurons(core) > 0) cores.push_back(core);
  }
  return cores;
}

void check_first_layer(const std::vector<u32>& cores, const Chip& chip, const std::string& path) {
  if (cores.size() == window_begin.size() && chip.axons == window_pixels) return;
  throw InputError(path,
                   "is not RANC's MNIST network: " + std::to_string(cores.size()) + " cores of " +
                       std::to_string(chip.axons) + " axons get no spikes from others",
                   "must be 4 of 256");
}

void add_pixels(const std::vector<u32>& cores, ImageClassifier& classifier) {
  classifier.pixel_begin = {0};
  for (u32 pixel = 0; pixel < side * side; ++pixel) {
    for (u32 i = 0; i < window_begin.size(); ++i) {
      if (pixel < window_begin[i] || pixel >= window_begin[i] + window_pixels) continue;
      classifier.pixel_targets.push_back({.position = classifier.program.position[cores[i]],
                                          .axon = static_cast<u16>(pixel - window_begin[i]),
                                          .delay = 0,
                                          .unused = 0});
    }
    classifier.pixel_begin.push_back(classifier.pixel_targets.size());
  }
}

// Ticks until the spikes of an image show; every way to the bus must be as long.
u32 latency_of(const ImageClassifier& classifier, const std::string& path) {
  const Program& program = classifier.program;
  const std::vector<u32> depth = depth_of_cores(classifier);
  if (std::any_of(program.target_delay.begin(), program.target_delay.end(),
                  [](u8 delay) { return delay > 0; })) {
    throw InputError(path, "is not RANC's MNIST network: a neuron has a destination_tick above 0",
                     "its spikes all arrive in the next tick");
  }
  u32 shortest = unreached;
  u32 longest = 0;
  for (u32 core = 0; core < program.cores(); ++core) {
    for (u64 n = program.neuron_begin[core]; n < program.neuron_begin[core + 1]; ++n) {
      if (program.target_core[n] != output_bus) continue;
      shortest = std::min(shortest, depth[core]);
      longest = std::max(longest, depth[core]);
    }
  }
  const bool is_reached = longest < unreached;
  if (is_reached && shortest == longest) return longest + 1;
  throw InputError(path,
                   "is not RANC's MNIST network: spikes reach the output bus never, or through "
                   "more cores and fewer",
                   "each layer must send to the next one, the last to the bus");
}

}  // namespace

ImageClassifier load_ranc_mnist(const std::string& path, const Chip& chip) {
  ImageClassifier classifier;
  classifier.name = "ranc";
  classifier.program = load_ranc_input(path, chip).program;
  classifier.rows = side;
  classifier.columns = side;
  Problems problems;
  const auto no_place = [](const std::string&) { return std::string(); };
  classifier.encoding = make_encoding("threshold", 1, {{"threshold", 128}}, no_place, problems);
  problems.throw_if_any();
  const std::vector<u32> cores = first_layer(classifier.program);
  check_first_layer(cores, chip, path);
  add_pixels(cores, classifier);
  classifier.latency = latency_of(classifier, path);
  classifier.classes = classes;
  for (u32 line = 0; line < classifier.program.output_lines; ++line) {
    classifier.class_of_line.push_back(static_cast<u8>(line % classes));
  }
  return classifier;
}

}  // namespace spikefab
