#include "tests/support/crossbar_files.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <numeric>

#include "base/error.h"
#include "base/files.h"
#include "base/random.h"
#include "base/registry.h"
#include "mapper/encoder.h"

namespace spikefab::test {
namespace {

class Generator {
 public:
  explicit Generator(u64 seed) : random_(seed) { net_.name = "random_" + std::to_string(seed); }

  CrossbarNetwork any() {
    net_.rows = between(1, 9);
    net_.columns = between(1, 9);
    net_.classes = between(1, 5);
    net_.chip.weights = between(1, 5);
    net_.chip.slots = between(2, 4);
    side_rows_ = net_.rows;
    side_columns_ = net_.columns;
    const u32 layers = between(1, 4);
    for (u32 l = 0; l < layers; ++l) add_layer(l + 1 == layers);
    fill(between(1, 3));
    net_.chip.axons = most_axons() + between(0, 9);
    net_.chip.neurons = between(1, 12);
    net_.chip.mesh = {.width = between(1, 4), .height = 2};
    make_chip_large_enough();
    return net_;
  }

  CrossbarNetwork digits() {
    net_.rows = net_.columns = 28;
    net_.classes = 10;
    net_.chip.mesh = {.width = 8, .height = 8};
    net_.chip.axons = 128;
    net_.chip.neurons = 64;
    net_.encoding.ticks = 2;
    side_rows_ = side_columns_ = 28;
    set_layer({.window = 10, .stride = 6, .features = 20});
    set_layer({.window = 2, .stride = 2, .groups = 2, .copies = 2, .features = 40});
    fill(2);
    return net_;
  }

 private:
  u32 between(u32 low, u32 high) {
    return static_cast<u32>(random_.between(static_cast<i32>(low), static_cast<i32>(high)));
  }
  bool one_in(u32 n) { return between(1, n) == 1; }

  // A layer with windows that end at the edge.
  void add_layer(bool is_last) {
    CrossbarLayer layer;
    do {
      layer.window = between(1, std::min({side_rows_, side_columns_, 4u}));
      layer.stride = between(1, layer.window);
    } while ((side_rows_ - layer.window) % layer.stride != 0 ||
             (side_columns_ - layer.window) % layer.stride != 0);
    do {
      layer.groups = between(1, std::min(channels_, 8u));
    } while (channels_ % layer.groups != 0);
    layer.copies = one_in(2) ? 1 : between(1, 4);
    layer.features = layer.groups * between(1, 4);
    if (is_last) layer.features = std::lcm(layer.groups, net_.classes) * between(1, 2);
    set_layer(layer);
  }

  void set_layer(CrossbarLayer layer) {
    layer.side_rows = side_rows_ = (side_rows_ - layer.window) / layer.stride + 1;
    layer.side_columns = side_columns_ = (side_columns_ - layer.window) / layer.stride + 1;
    layer.inputs = channels_ / layer.groups * layer.window * layer.window;
    channels_ = layer.features;
    net_.layers.push_back(layer);
  }

  u32 most_axons() const {
    u32 most = 0;
    for (const CrossbarLayer& layer : net_.layers) most = std::max(most, layer.axons());
    return most;
  }

  void fill(u32 networks) {
    net_.decoder = "votes";
    net_.encoding.params = {128};
    net_.chip.name = "chip_of_" + net_.name;
    net_.chip.neuron_params = default_neuron_params(net_.chip.neuron_model);
    net_.networks.resize(networks);
    for (auto& network : net_.networks) {
      for (const CrossbarLayer& layer : net_.layers) network.push_back(weights_of(layer));
    }
  }

  CrossbarWeights weights_of(const CrossbarLayer& layer) {
    CrossbarWeights weights;
    const u32 connected_of_8 = between(1, 7);
    for (u32 f = 0; f < layer.features; ++f) {
      weights.leak.push_back(number());
      for (u32 w = 0; w < net_.chip.weights; ++w) weights.weight.push_back(number());
      for (u32 word = 0; word < layer.axon_words(); ++word) weights.connections.push_back(0);
      for (u32 a = 0; a < layer.axons(); ++a) {
        u64& bits = weights.connections[f * layer.axon_words() + a / word_bits];
        if (between(1, 8) <= connected_of_8) bits |= u64{1} << a % word_bits;
      }
    }
    return weights;
  }

  // Small, so that sums are often 0; sometimes at the limit.
  i16 number() {
    if (one_in(30)) return static_cast<i16>(one_in(2) ? 0x7fff : -0x8000);
    return static_cast<i16>(random_.between(-3, 3));
  }

  void make_chip_large_enough() {
    for (int tries = 0; tries < 200; ++tries) {
      try {
        assemble(net_);
        return;
      } catch (const FitError& error) {
        const bool is_core = std::string(error.what()).find("a core has") != std::string::npos;
        Chip& chip = net_.chip;
        if (is_core) {
          chip.neurons += 1 + chip.neurons / 8;
        } else {
          ++(chip.mesh.width < chip.mesh.height ? chip.mesh.width : chip.mesh.height);
        }
      }
    }
    SPIKEFAB_ASSERT(!"a random network needs a chip that is too large");
  }

  RandomStream random_;
  CrossbarNetwork net_;
  u32 side_rows_ = 0;
  u32 side_columns_ = 0;
  u32 channels_ = 1;
};

std::string encoder_params(const Encoding& encoding) {
  const auto params = Registry<Encoder>::make(encoding.encoder)->params();
  std::string text;
  for (std::size_t i = 0; i < params.size(); ++i) {
    text += fmt::format("{}{}: {}", i == 0 ? "" : ", ", params[i].name, encoding.params.at(i));
  }
  return text;
}

std::string card_lines(const ModelCard& card) {
  std::string text;
  const std::map<std::string, u64> numbers = {
      {"cores", card.cores},     {"neurons", card.neurons}, {"connections", card.connections},
      {"correct", card.correct}, {"ties", card.ties},       {"images", card.images}};
  for (const auto& [name, value] : numbers) {
    if (value != 0) text += fmt::format("  {}: {}\n", name, value);
  }
  if (!card.trained.empty()) text += fmt::format("  trained: \"{}\"\n", card.trained);
  return text.empty() ? "" : "card:\n" + text;
}

void add_number(i16 value, std::string& bytes) {
  bytes += static_cast<char>(value & 0xff);
  bytes += static_cast<char>(value >> 8 & 0xff);
}

}  // namespace

CrossbarNetwork random_crossbar_network(u64 seed) { return Generator(seed).any(); }

CrossbarNetwork random_digit_network(u64 seed) { return Generator(seed).digits(); }

std::string crossbar_yaml(const CrossbarNetwork& network, const std::string& weights_file) {
  const Chip& chip = network.chip;
  const Encoding& encoding = network.encoding;
  std::string text = fmt::format(
      R"(name: {}
chip:
  name: {}
  mesh: {{width: {}, height: {}}}
  core:
    crossbar: {{axons: {}, neurons: {}, weights: {}, slots: {}}}
images: {{rows: {}, columns: {}}}
encoder: {{name: {}, ticks: {}, params: {{{}}}}}
decoder: {}
classes: {}
networks: {}
layers:
)",
      network.name, chip.name, chip.mesh.width, chip.mesh.height, chip.axons, chip.neurons,
      chip.weights, chip.slots, network.rows, network.columns, encoding.encoder, encoding.ticks,
      encoder_params(encoding), network.decoder, network.classes, network.networks.size());
  for (const CrossbarLayer& layer : network.layers) {
    text += fmt::format("  - {{window: {}, stride: {}, groups: {}, copies: {}, features: {}}}\n",
                        layer.window, layer.stride, layer.groups, layer.copies, layer.features);
  }
  text += fmt::format("weights: {{file: {}, sha256: \"{}\"}}\n", weights_file,
                      sha256_of_text(crossbar_weights_bytes(network)));
  return text + card_lines(network.card);
}

std::string crossbar_weights_bytes(const CrossbarNetwork& network) {
  std::string bytes;
  const u32 types = network.chip.weights;
  for (const auto& layers : network.networks) {
    for (std::size_t l = 0; l < layers.size(); ++l) {
      const CrossbarLayer& layer = network.layers[l];
      for (u32 f = 0; f < layer.features; ++f) {
        add_number(layers[l].leak[f], bytes);
        for (u32 w = 0; w < types; ++w) add_number(layers[l].weight[f * types + w], bytes);
        for (u32 a = 0; a < layer.axons(); a += 8) {
          const u64 word = layers[l].connections[f * layer.axon_words() + a / word_bits];
          bytes += static_cast<char>(word >> a % word_bits & 0xff);
        }
      }
    }
  }
  return bytes;
}

std::string write_crossbar_network(const CrossbarNetwork& network, const std::string& folder) {
  const std::string weights_file = network.name + ".weights";
  const std::string path = folder + "/" + network.name + ".yaml";
  std::ofstream(folder + "/" + weights_file, std::ios::binary) << crossbar_weights_bytes(network);
  std::ofstream(path, std::ios::binary) << crossbar_yaml(network, weights_file);
  return path;
}

}  // namespace spikefab::test
