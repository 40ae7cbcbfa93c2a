#include "mapper/mapping/fill_cores.h"

#include <algorithm>
#include <utility>

#include "base/error.h"
#include "base/suggest.h"

namespace spikefab {
namespace {

constexpr u32 none = 0xffffffff;

class Filler {
 public:
  Filler(const SpikeGraph& graph, const CoreSpaceMaker& limits, const std::vector<u8>& lines)
      : graph_(graph),
        limits_(limits),
        lines_(lines),
        core_(limits.make()),
        reached_(graph.neurons),
        last_core_(graph.sources(), none) {}

  FilledCores fill(const NeuronGroups& groups) {
    for (std::size_t g = groups.size(); g-- > 0;) {
      for (const u32 neuron : groups[g]) add(neuron);
      close();
    }
    std::reverse(out_.neurons.begin(), out_.neurons.end());
    while (count_output_axons()) halve_full_cores();
    return std::move(out_);
  }

 private:
  u32 lines_of(u32 neuron) const { return lines_.empty() ? 0 : lines_[neuron]; }

  void add(u32 neuron) {
    const u32 output_axons = reached_[neuron] + lines_of(neuron);
    std::optional<BrokenLimit> broken = core_->try_add(neuron, output_axons);
    if (broken && !open_.empty()) {
      FilledCores::FullBy& full = out_.full_by[broken->resource];
      ++full.cores;
      full.help = broken->help;
      close();
      broken = core_->try_add(neuron, output_axons);
    }
    if (broken) reject(neuron, *broken);
    open_.push_back(neuron);
  }

  void close() {
    if (open_.empty()) return;
    count_sources(open_, static_cast<u32>(out_.neurons.size()));
    out_.neurons.push_back(std::exchange(open_, {}));
    core_->clear();
  }

  // One more core is reached by all that these neurons hear.
  void count_sources(const std::vector<u32>& neurons, u32 core) {
    for (const u32 neuron : neurons) {
      for (const u32 source : graph_.sources_of(neuron)) {
        if (std::exchange(last_core_[source], core) == core) continue;
        if (source >= graph_.inputs) ++reached_[source - graph_.inputs];
      }
    }
  }

  [[noreturn]] void reject(u32 neuron, const BrokenLimit& broken) const {
    const GraphLayer& layer = graph_.layers[graph_.layer_of(neuron)];
    throw FitError(graph_.name + ": layer '" + printable(layer.name) + "', neuron " +
                   std::to_string(neuron - layer.first) + " alone needs " +
                   std::to_string(broken.need) + " " + broken.resource + "; a core of " +
                   limits_.name + " has " + std::to_string(broken.have) +
                   (*broken.help ? " (what helps: " + std::string(broken.help) + ")" : ""));
  }

  // With all cores known, neurons that feed their own layer or earlier ones, too. True if a core
  // has too many.
  bool count_output_axons() {
    std::fill(reached_.begin(), reached_.end(), 0);
    std::fill(last_core_.begin(), last_core_.end(), none);
    for (u32 c = 0; c < out_.neurons.size(); ++c) count_sources(out_.neurons[c], c);
    out_.output_axons.assign(out_.neurons.size(), 0);
    bool too_many = false;
    for (u32 c = 0; c < out_.neurons.size(); ++c) {
      u64 sum = 0;
      for (const u32 neuron : out_.neurons[c]) sum += reached_[neuron] + lines_of(neuron);
      out_.output_axons[c] = static_cast<u32>(std::min<u64>(sum, none));
      too_many |= sum > limits_.output_axons;
    }
    return too_many;
  }

  void halve_full_cores() {
    std::vector<std::vector<u32>> cores;
    for (u32 c = 0; c < out_.neurons.size(); ++c) {
      std::vector<u32>& neurons = out_.neurons[c];
      if (out_.output_axons[c] <= limits_.output_axons) {
        cores.push_back(std::move(neurons));
        continue;
      }
      if (neurons.size() == 1) {
        reject(neurons[0], {"output axons", limits_.output_axons, out_.output_axons[c],
                            "neurons that reach fewer cores"});
      }
      ++out_.full_by["output axons"].cores;
      const auto middle = neurons.begin() + static_cast<std::ptrdiff_t>(neurons.size() / 2);
      cores.emplace_back(neurons.begin(), middle);
      cores.emplace_back(middle, neurons.end());
    }
    out_.neurons = std::move(cores);
  }

  const SpikeGraph& graph_;
  const CoreSpaceMaker& limits_;
  const std::vector<u8>& lines_;
  std::unique_ptr<CoreSpace> core_;
  std::vector<u32> open_;       // neurons of the core that is being filled
  std::vector<u32> reached_;    // [neuron] cores that it sends to, among those that are closed
  std::vector<u32> last_core_;  // [source] that counted it
  FilledCores out_;
};

}  // namespace

FilledCores fill_cores(const SpikeGraph& graph, const CoreSpaceMaker& limits,
                       const NeuronGroups& groups, const std::vector<u8>& lines) {
  return Filler(graph, limits, lines).fill(groups);
}

Partition partition_of(const FilledCores& cores, u32 neurons) {
  Partition partition;
  partition.cores = static_cast<u32>(cores.neurons.size());
  partition.core.assign(neurons, none);
  for (u32 c = 0; c < partition.cores; ++c) {
    for (const u32 neuron : cores.neurons[c]) partition.core[neuron] = c;
  }
  return partition;
}

}  // namespace spikefab
