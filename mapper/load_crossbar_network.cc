// Model files of crossbar networks: the schema's rules (mapper/crossbar_network.proto), then what
// must fit together: windows and sides, groups and channels, axons and the chip.
#include <algorithm>
#include <filesystem>
#include <map>
#include <numeric>

#include "arch/chip_message.h"
#include "arch/neurons/ranc.h"
#include "base/suggest.h"
#include "base/yaml_binder.h"
#include "mapper/crossbar_network.h"
#include "mapper/crossbar_network.pb.h"
#include "mapper/crossbar_weights.h"

namespace spikefab {
namespace {

constexpr u32 max_layers = 64;

// Rows and columns of an image or of a layer's positions; 0 if a problem has hidden them.
struct Side {
  u32 rows = 0;
  u32 columns = 0;
  bool is_known() const { return rows > 0; }
  std::string text() const { return std::to_string(rows) + " x " + std::to_string(columns); }
};

// Follows the sizes from the image through the layers.
class LayerChecker {
 public:
  LayerChecker(const schema::CrossbarNetwork& message, const Chip& chip, const PlaceOf& place_of,
               Problems& problems)
      : message_(message), chip_(chip), place_of_(place_of), problems_(problems) {}

  std::vector<CrossbarLayer> layers() {
    std::vector<CrossbarLayer> layers;
    if (message_.layers().empty() || message_.layers_size() > static_cast<int>(max_layers)) {
      add("layers", ": there are " + std::to_string(message_.layers_size()),
          "must be 1.." + std::to_string(max_layers));
      return layers;
    }
    side_ = {message_.images().rows(), message_.images().columns()};
    for (int i = 0; i < message_.layers_size(); ++i) {
      path_ = "layers[" + std::to_string(i) + "]";
      layers.push_back(layer(message_.layers(i)));
    }
    check_outputs(layers.back());
    return layers;
  }

 private:
  void add(const std::string& path, const std::string& what, std::string hint) {
    problems_.add({place_of_(path), path + what, std::move(hint)});
  }
  void add(const std::string& key, u64 value, std::string hint) {
    add(path_ + "." + key, " = " + std::to_string(value), std::move(hint));
  }

  CrossbarLayer layer(const schema::CrossbarLayer& message) {
    CrossbarLayer layer;
    layer.window = message.window();
    layer.stride = message.stride();
    layer.groups = message.groups();
    layer.copies = message.copies();
    layer.features = message.features();
    const bool sees_known_side = side_.is_known();
    side_ = side_after(layer);
    layer.side_rows = side_.rows;
    layer.side_columns = side_.columns;
    check_groups(layer);
    // A wrong window says nothing about axons.
    if (side_.is_known() || !sees_known_side) layer.inputs = inputs(layer);
    channels_ = layer.features;
    return layer;
  }

  Side side_after(const CrossbarLayer& layer) {
    if (!side_.is_known()) return {};
    const u32 smaller = std::min(side_.rows, side_.columns);
    if (layer.window > smaller) {
      add("window", layer.window,
          "must be 1.." + std::to_string(smaller) + "; the layer sees " + side_.text());
      return {};
    }
    if (layer.stride > layer.window) {
      add("stride", layer.stride,
          "must be 1.." + std::to_string(layer.window) + ", the window; what is between windows " +
              "would be seen by nobody");
      return {};
    }
    const u32 rows = side_.rows - layer.window;
    const u32 columns = side_.columns - layer.window;
    if (rows % layer.stride != 0 || columns % layer.stride != 0) {
      add("stride", layer.stride,
          "windows of " + std::to_string(layer.window) + " would not end at the edge of " +
              side_.text() + "; the nearest that fits is " +
              std::to_string(nearest_stride(layer, std::gcd(rows, columns))));
      return {};
    }
    return {rows / layer.stride + 1, columns / layer.stride + 1};
  }

  // A divisor of `rest`, at most the window; the smaller of two that are as near.
  static u32 nearest_stride(const CrossbarLayer& layer, u32 rest) {
    u32 best = 1;
    for (u32 stride = 1; stride <= layer.window; ++stride) {
      const auto distance = [&](u32 s) {
        return s > layer.stride ? s - layer.stride : layer.stride - s;
      };
      if (rest % stride == 0 && distance(stride) < distance(best)) best = stride;
    }
    return best;
  }

  void check_groups(const CrossbarLayer& layer) {
    if (channels_ % layer.groups != 0) {
      add("groups", layer.groups,
          "must divide " + std::to_string(channels_) + ", the channels that the layer sees");
    }
    if (layer.features % layer.groups != 0) {
      add("features", layer.features,
          "must be a multiple of " + std::to_string(layer.groups) + ", the groups");
    }
  }

  // Of a neuron; 0 if its axons are not on the chip. The schema's limits keep products in 64 bits.
  u32 inputs(const CrossbarLayer& layer) {
    const u64 inputs = u64{channels_} / layer.groups * layer.window * layer.window;
    const u64 axons = inputs * layer.copies;
    if (axons > chip_.axons) {
      add(path_,
          ": a neuron needs " + std::to_string(axons) + " axons, which are " +
              std::to_string(inputs) + " inputs x " + std::to_string(layer.copies) +
              (layer.copies == 1 ? " copy" : " copies"),
          "a core of the chip has " + std::to_string(chip_.axons) +
              "; a smaller window, fewer copies or more groups need fewer");
      return 0;
    }
    return static_cast<u32>(inputs);
  }

  void check_outputs(const CrossbarLayer& last) {
    if (last.features % message_.classes() != 0) {
      add("features", last.features,
          "must be a multiple of " + std::to_string(message_.classes()) + ", the classes");
    }
    const u64 positions = u64{last.side_rows} * last.side_columns;
    const u64 lines = message_.networks() * positions * last.features;
    if (lines > max_outputs) {
      add(path_,
          ": the network has " + std::to_string(lines) + " outputs, which are " +
              std::to_string(message_.networks()) + " networks x " + std::to_string(positions) +
              " positions x " + std::to_string(last.features) + " features",
          "an output bus has at most " + std::to_string(max_outputs) + " lines");
    }
  }

  const schema::CrossbarNetwork& message_;
  const Chip& chip_;
  const PlaceOf& place_of_;
  Problems& problems_;
  std::string path_;  // of the layer
  Side side_;         // what the layer sees, then what it has
  u32 channels_ = 1;  // of what the layer sees
};

Chip chip_of(const schema::CrossbarNetwork& message, const PlaceOf& place_of, Problems& problems) {
  const auto place_in_chip = [&](const std::string& path) { return place_of("chip." + path); };
  Chip chip = chip_from_message(message.chip(), place_in_chip, problems);
  const std::vector<std::string> models = neuron_model_names();
  if (models.at(chip.neuron_model) != neurons::Ranc::name) {
    problems.add({place_of("chip.core.neuron.model"),
                  "chip.core.neuron.model = '" + models[chip.neuron_model] + "'",
                  "must be 'ranc'; the network is trained for neurons that keep nothing"});
  }
  return chip;
}

Encoding encoding_of(const schema::ImageEncoder& encoder, const PlaceOf& place_of,
                     Problems& problems) {
  const std::map<std::string, i32> params(encoder.params().begin(), encoder.params().end());
  return make_encoding(encoder.name(), encoder.ticks(), params, place_of, problems);
}

ModelCard card_of(const schema::ModelCard& message, const PlaceOf& place_of, Problems& problems) {
  const auto check = [&](const std::string& key, u64 value) {
    if (value <= message.images()) return;
    const std::string path = "card." + key;
    problems.add({place_of(path), path + " = " + std::to_string(value),
                  "must be 0.." + std::to_string(message.images()) + ", card.images"});
  };
  check("correct", message.correct());
  check("ties", message.ties());
  if (message.images() > 0 && message.correct() == 0) {
    problems.add({place_of("card"), "card.correct is missing",
                  "card.images needs it; card.ties is 0 if not given"});
  }
  ModelCard card;
  card.cores = message.cores();
  card.neurons = message.neurons();
  card.connections = message.connections();
  card.correct = message.correct();
  card.ties = message.ties();
  card.images = message.images();
  card.trained = message.trained();
  card.place = place_of("card");
  return card;
}

// The weights file must lie beside the model file, so that no model file can name another one.
CrossbarWeightsFile weights_file_of(const schema::CrossbarNetwork& message, const std::string& path,
                                    const PlaceOf& place_of, Problems& problems) {
  const std::string& name = message.weights().file();
  const std::string& sha256 = message.weights().sha256();
  if (name.empty() || name == "." || name == ".." || name.find('/') != std::string::npos) {
    problems.add({place_of("weights.file"), "weights.file = '" + printable(name) + "'",
                  "must be the name of a file in the same folder, without '/'"});
  }
  constexpr std::size_t sha256_digits = 64;
  if (sha256.size() != sha256_digits ||
      sha256.find_first_not_of("0123456789abcdef") != std::string::npos) {
    problems.add({place_of("weights.sha256"), "weights.sha256 = '" + printable(sha256, 64) + "'",
                  "must be 64 digits 0-9 or a-f, as sha256sum prints them"});
  }
  const auto folder = std::filesystem::path(path).parent_path();
  return {(folder / name).string(), sha256, place_of("weights.sha256"), message.networks()};
}

}  // namespace

CrossbarNetwork load_crossbar_network(const std::string& path) {
  schema::CrossbarNetwork message;
  Problems problems;
  const YamlPlaces places = bind_yaml({path}, message, problems);
  problems.throw_if_any();
  const PlaceOf place_of = [&](const std::string& field_path) { return places.of(field_path); };
  if (message.name().empty()) {
    message.set_name(printable(std::filesystem::path(path).stem().string()));
  }
  if (message.chip().name().empty()) message.mutable_chip()->set_name(message.name());

  CrossbarNetwork network;
  network.name = message.name();
  network.path = path;
  network.chip = chip_of(message, place_of, problems);
  network.rows = message.images().rows();
  network.columns = message.images().columns();
  network.encoding = encoding_of(message.encoder(), place_of, problems);
  network.decoder = message.decoder();
  network.decoder_place = place_of("decoder");
  network.classes = message.classes();
  network.card = card_of(message.card(), place_of, problems);
  network.layers = LayerChecker(message, network.chip, place_of, problems).layers();
  const CrossbarWeightsFile weights = weights_file_of(message, path, place_of, problems);
  problems.throw_if_any();
  network.weights_path = weights.path;
  network.networks = load_crossbar_weights(weights, network.chip, network.layers);
  return network;
}

}  // namespace spikefab
