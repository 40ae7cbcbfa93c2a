#include "mapper/first_fit.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

#include "base/error.h"
#include "base/suggest.h"

namespace spikefab {
namespace {

constexpr u32 none = 0xffffffff;

// Neurons of a layer in the order in which they are placed. A feature map is walked in strips as
// high as the square that a core has room for, column by column.
std::vector<u32> walk(const QuantisedLayer& layer, u32 neurons_per_core) {
  std::vector<u32> order;
  order.reserve(layer.size);
  const bool is_map = layer.shape.size() == 2 || layer.shape.size() == 3;
  const u32 channels = is_map ? layer.shape[0] : 1;
  const u32 width = is_map ? layer.shape.back() : static_cast<u32>(layer.size);
  const u32 height = layer.shape.size() == 3 ? layer.shape[1] : 1;
  const double positions = double(neurons_per_core) / std::max(channels, 1u);
  const u32 strip = std::max(1u, static_cast<u32>(std::sqrt(std::max(positions, 1.0))));
  for (u32 top = 0; top < height; top += strip) {
    for (u32 x = 0; x < width; ++x) {
      for (u32 y = top; y < std::min(top + strip, height); ++y) {
        for (u32 c = 0; c < channels; ++c) {
          order.push_back(static_cast<u32>(layer.first + (u64{c} * height + y) * width + x));
        }
      }
    }
  }
  return order;
}

class FirstFit {
 public:
  FirstFit(const QuantisedNetwork& network, const FirstFitOptions& options)
      : network_(network),
        options_(options),
        core_(network, options.neurons_per_core),
        lines_(network.neurons),
        reached_(network.neurons) {
    for (const u32 neuron : neurons_on_the_bus(network)) {
      lines_[neuron] = 1;
      ++bus_lines_;
    }
  }

  Placement place() {
    check_bus();
    for (std::size_t l = network_.layers.size(); l-- > 0;) {
      for (const u32 neuron : walk(network_.layers[l], network_.chip.neurons)) add(neuron);
    }
    close();
    std::reverse(result_.cores.begin(), result_.cores.end());
    while (count_output_axons()) split_full_cores();
    check_mesh();
    return std::move(result_);
  }

 private:
  std::string layer_name(u32 neuron) const {
    return printable(network_.layers[network_.layer_of_neuron(neuron)].name);
  }
  std::string chip_name() const { return "chip '" + printable(network_.chip.name) + "'"; }

  void check_bus() const {
    if (bus_lines_ <= max_outputs) return;
    throw FitError(network_.path + ": its outputs read " + std::to_string(bus_lines_) +
                   " neurons; the output bus has up to " + std::to_string(max_outputs) + " lines");
  }

  void add(u32 neuron) {
    const u32 output_axons = reached_[neuron] + lines_[neuron];
    std::optional<BrokenLimit> broken = core_.try_add(neuron, output_axons);
    if (broken && !core_.empty()) {
      ++filled_by_[broken->resource];
      help_[broken->resource] = broken->help;
      close();
      broken = core_.try_add(neuron, output_axons);
    }
    if (broken) reject(neuron, *broken);
  }

  void close() {
    if (core_.empty()) return;
    for (const u32 source : core_.sources()) count_reached(source);
    result_.cores.push_back({core_.neurons(), core_.use()});
    core_.clear();
  }

  void count_reached(u32 source) {
    if (source >= network_.input_elements) ++reached_[source - network_.input_elements];
  }

  [[noreturn]] void reject(u32 neuron, const BrokenLimit& broken) const {
    const u64 number = neuron - network_.layers[network_.layer_of_neuron(neuron)].first;
    throw FitError(network_.path + ": layer '" + layer_name(neuron) + "', neuron " +
                   std::to_string(number) + " alone needs " + std::to_string(broken.need) + " " +
                   broken.resource + "; a core of " + chip_name() + " has " +
                   std::to_string(broken.have) +
                   (*broken.help ? " (what helps: " + std::string(broken.help) + ")" : ""));
  }

  // With all cores known, neurons that feed their own layer or earlier ones, too. True if a core
  // has too many.
  bool count_output_axons() {
    std::fill(reached_.begin(), reached_.end(), 0);
    std::vector<u32> last_core(network_.sources(), none);
    for (u32 c = 0; c < result_.cores.size(); ++c) {
      for (const u32 neuron : result_.cores[c].neurons) {
        for (u64 s = network_.synapse_begin[neuron]; s < network_.synapse_begin[neuron + 1]; ++s) {
          const u32 source = network_.source[s];
          if (std::exchange(last_core[source], c) != c) count_reached(source);
        }
      }
    }
    bool too_many = false;
    for (PlannedCore& core : result_.cores) {
      core.use.output_axons = 0;
      for (const u32 neuron : core.neurons) {
        core.use.output_axons += reached_[neuron] + lines_[neuron];
      }
      too_many |= core.use.output_axons > network_.chip.limits.output_axons;
    }
    return too_many;
  }

  void split_full_cores() {
    std::vector<PlannedCore> cores;
    for (PlannedCore& core : result_.cores) {
      const u64 limit = network_.chip.limits.output_axons;
      if (core.use.output_axons <= limit) {
        cores.push_back(std::move(core));
        continue;
      }
      if (core.neurons.size() == 1) {
        reject(core.neurons[0],
               {"output axons", limit, core.use.output_axons, "neurons that reach fewer cores"});
      }
      ++filled_by_["output axons"];
      const auto middle =
          core.neurons.begin() + static_cast<std::ptrdiff_t>(core.neurons.size() / 2);
      cores.push_back(planned({core.neurons.begin(), middle}));
      cores.push_back(planned({middle, core.neurons.end()}));
    }
    result_.cores = std::move(cores);
  }

  // Part of a core that fits.
  PlannedCore planned(std::vector<u32> neurons) {
    core_.clear();
    for (const u32 neuron : neurons) {
      const auto broken = core_.try_add(neuron, 0);
      SPIKEFAB_ASSERT(!broken);
    }
    PlannedCore core = {std::move(neurons), core_.use()};
    core_.clear();
    return core;
  }

  void check_mesh() const {
    const Mesh& mesh = network_.chip.mesh;
    const u64 places = u64{mesh.size()} - (bus_lines_ > 0 && mesh.size() > 0 ? 1 : 0);
    const u64 need = result_.cores.size();
    if (need <= places) return;
    throw FitError(network_.path + ": needs " + std::to_string(need) + " cores (" + by_layer() +
                   "); " + chip_name() + " has " + std::to_string(places) + " (a mesh of " +
                   std::to_string(mesh.width) + " x " + std::to_string(mesh.height) +
                   (bus_lines_ > 0 ? ", less one for the output bus" : "") + "); " + why_full() +
                   "a larger mesh, or a chip with larger cores, has room");
  }

  // "conv1 96, fc 3", the largest layers first.
  std::string by_layer() const {
    std::vector<u64> cores(network_.layers.size());
    for (const PlannedCore& core : result_.cores) {
      ++cores[network_.layer_of_neuron(core.neurons.front())];
    }
    std::vector<u32> order(cores.size());
    for (u32 l = 0; l < order.size(); ++l) order[l] = l;
    std::stable_sort(order.begin(), order.end(), [&](u32 a, u32 b) { return cores[a] > cores[b]; });
    constexpr std::size_t shown = 5;
    std::vector<std::string> parts;
    for (const u32 l : order) {
      if (cores[l] == 0 || parts.size() == shown) break;
      parts.push_back("'" + printable(network_.layers[l].name) + "' " + std::to_string(cores[l]));
    }
    return join(parts, ", ");
  }

  std::string why_full() const {
    const auto most =
        std::max_element(filled_by_.begin(), filled_by_.end(),
                         [](const auto& a, const auto& b) { return a.second < b.second; });
    if (most == filled_by_.end()) return "";
    const auto help = help_.find(most->first);
    const std::string what = help == help_.end() ? "" : help->second;
    return std::to_string(most->second) + " cores are full by their " + most->first +
           (what.empty() ? "; " : " (what helps: " + what + "); ");
  }

  const QuantisedNetwork& network_;
  const FirstFitOptions& options_;
  CoreBuilder core_;
  std::vector<u8> lines_;     // [neuron] of the output bus
  std::vector<u32> reached_;  // [neuron] cores that it sends to, among those that are closed
  u64 bus_lines_ = 0;
  std::map<std::string, u64> filled_by_;  // resources that closed cores
  std::map<std::string, std::string> help_;
  Placement result_;
};

}  // namespace

std::vector<u32> neurons_on_the_bus(const QuantisedNetwork& network) {
  std::vector<u32> neurons;
  for (const QuantisedOutput& output : network.outputs) {
    for (const QuantisedTerm& term : output.terms) {
      if (!term.is_potential) neurons.push_back(term.neuron);
    }
  }
  std::sort(neurons.begin(), neurons.end());
  neurons.erase(std::unique(neurons.begin(), neurons.end()), neurons.end());
  return neurons;
}

Placement first_fit(const QuantisedNetwork& network, const FirstFitOptions& options) {
  return FirstFit(network, options).place();
}

}  // namespace spikefab
