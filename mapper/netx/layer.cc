#include "mapper/netx/layer.h"

#include <algorithm>
#include <array>

#include "base/memory.h"
#include "base/suggest.h"
#include "mapper/netx/fields.h"

namespace spikefab {
namespace {

constexpr u64 max_neurons = u64{1} << 31;
constexpr i64 max_weight = 1 << 20;  // far more than a chip has; the mapper knows its limits

struct TypeName {
  std::string_view name;
  NetxType type;
};
constexpr std::array type_names = {TypeName{"input", NetxType::input},
                                   TypeName{"dense", NetxType::dense},
                                   TypeName{"dense_rec", NetxType::recurrent_dense},
                                   TypeName{"conv", NetxType::convolution},
                                   TypeName{"pool", NetxType::pooling},
                                   TypeName{"flatten", NetxType::flatten}};

std::vector<std::string> known_types() {
  std::vector<std::string> names;
  for (const TypeName& type : type_names) names.emplace_back(type.name);
  return names;
}

// One group of /layer.
class LayerReader {
 public:
  LayerReader(const Hdf5Group& group, Problems& problems)
      : group_(group), problems_(problems), fields_(group, problems) {}

  NetxLayer read() {
    layer_.place = group_.place;
    if (!read_type()) return layer_;  // what its fields mean is not known
    read_shape();
    if (layer_.type != NetxType::flatten) {
      read_neurons();
      read_weights();
      if (has_window(layer_.type)) read_window();
      layer_.delay = fields_.integers_if_there("delay", 0, 62);  // 6 bits [lava-dl, netx/utils.py]
      check_one_or_each("delay", layer_.delay);
    }
    fields_.finish();
    return layer_;
  }

 private:
  bool read_type() {
    const std::string name = fields_.text("type");
    for (const TypeName& type : type_names) {
      if (type.name != name) continue;
      layer_.type = type.type;
      return true;
    }
    if (name.empty()) return false;
    fields_.add_problem(
        "type", "'" + printable(name) + "' is not read here" + did_you_mean(name, known_types()),
        "types that are read: " + join(known_types(), ", "));
    return false;
  }

  void read_shape() {
    for (const i32 side : fields_.integers("shape", 1, max_netx_side)) {
      layer_.shape.push_back(static_cast<u32>(side));
    }
    if (layer_.shape.size() > 3) {
      fields_.add_problem("shape", "has more than channels, height and width");
    }
    if (layer_.neuron_count() > max_neurons) fields_.add_problem("shape", "is too large");
  }

  void read_neurons() {
    const Hdf5Group* group = fields_.group("neuron");
    if (group == nullptr) return;
    NetxFields fields(*group, problems_);
    NetxNeurons neurons;
    neurons.type = fields.text("type");
    if (neurons.type != "LOIHI" && neurons.type != "CUBA") {
      fields.add_problem("type", "'" + printable(neurons.type) + "' is not read here",
                         "types that are read: LOIHI, CUBA");
      layer_.neurons = std::move(neurons);
      return;  // the others have other fields
    }
    neurons.current_decay = fields.integers("iDecay", 0, 4096);
    neurons.voltage_decay = fields.integers("vDecay", 0, 4096);
    neurons.threshold = fields.integers("vThMant", 0, 131071);  // 17 bits
    neurons.refractory_delay = fields.integers("refDelay", 0, 63);
    for (const auto& [name, values] :
         {std::pair{"iDecay", &neurons.current_decay}, std::pair{"vDecay", &neurons.voltage_decay},
          std::pair{"vThMant", &neurons.threshold},
          std::pair{"refDelay", &neurons.refractory_delay}}) {
      check_one_or_each(std::string("neuron/") + name, *values);
    }
    if (fields.has("wgtExp")) neurons.weight_exponent = fields.integer("wgtExp", -8, 7);
    if (fields.has("gradedSpike")) neurons.has_graded_spikes = fields.integer("gradedSpike", 0, 1);
    fields.ignore({"wgtExp", "gradedSpike", "theta", "tauRho", "scaleRho"});  // of training
    fields.finish();
    layer_.neurons = std::move(neurons);
  }

  void check_one_or_each(const std::string& name, const std::vector<i32>& values) {
    const u64 count = values.size();
    if (count <= 1 || count == layer_.neuron_count()) return;
    if (!layer_.shape.empty() && count == layer_.shape[0]) return;
    fields_.add_problem(name, "has " + std::to_string(count) + " values for shape " +
                                  netx_sides(layer_.shape) +
                                  " (one, one per channel or one per neuron)");
  }

  void read_weights() {
    if (fields_.group("weight") != nullptr) {
      fields_.add_problem("weight", "is complex, which is not read here",
                          "only LOIHI and CUBA neurons are read, not resonating ones");
      return;
    }
    const bool is_needed = layer_.type != NetxType::input;
    layer_.weight = is_needed ? fields_.integers("weight", -max_weight, max_weight)
                              : fields_.integers_if_there("weight", -max_weight, max_weight);
    layer_.weight_shape = fields_.shape_of("weight");
    layer_.bias = fields_.integers_if_there("bias", -max_weight, max_weight);
    check_one_or_each("bias", layer_.bias);
    if (layer_.type == NetxType::input && layer_.weight.size() > 1) {
      fields_.add_problem("weight", "of an input must be one number");
    }
    if (is_dense(layer_.type)) read_dense();
    if (has_window(layer_.type)) drop_time_axis();
  }

  // A vector is a matrix whose sides are dropped where they are 1.
  void read_dense() {
    const u64 outputs = layer_.neuron_count();
    std::vector<u32>& sides = layer_.weight_shape;
    const u64 count = layer_.weight.size();
    if (sides.size() == 1 && count % outputs == 0) {
      sides = {static_cast<u32>(outputs), static_cast<u32>(count / outputs)};
    }
    if (count > 0 && (sides.size() != 2 || sides[0] != outputs)) {
      fields_.add_problem("weight", "has the sides " + netx_sides(sides) + " (must be " +
                                        std::to_string(outputs) + " x inputs)");
    }
    expect_size("outFeatures", outputs);
    fields_.ignore({"inFeatures"});
    if (sides.size() == 2) expect_size("inFeatures", sides[1]);
    if (layer_.type != NetxType::recurrent_dense) return;
    layer_.recurrent_weight = fields_.integers("weight_rec", -max_weight, max_weight);
    if (layer_.recurrent_weight.size() != checked_product({outputs, outputs})) {
      fields_.add_problem("weight_rec", "must be neurons x neurons");
    }
  }

  // What the file says again must be the same.
  void expect_size(const std::string& name, u64 size) {
    const std::vector<i32> said = fields_.integers_if_there(name, 1, max_netx_side);
    if (said.empty() || (said.size() == 1 && static_cast<u64>(said[0]) == size)) return;
    fields_.add_problem(name, "is " + std::to_string(said[0]) + ", but weight and shape say " +
                                  std::to_string(size));
  }

  void drop_time_axis() {
    std::vector<u32>& sides = layer_.weight_shape;
    if (sides.size() == 5 && sides[4] == 1) sides.pop_back();
    if (sides.size() == 4 || layer_.weight.empty()) return;
    fields_.add_problem(
        "weight", "has the sides " + netx_sides(sides) + " (must be out x in x height x width)");
  }

  void read_window() {
    fields_.ignore({"groups", "inChannels", "outChannels"});
    read_pair("kernelSize", 1, &NetxWindow::kernel);
    read_pair("stride", 1, &NetxWindow::stride);
    read_pair("padding", 0, &NetxWindow::padding);
    read_pair("dilation", 1, &NetxWindow::dilation);
    if (layer_.shape.size() != 3) {
      fields_.add_problem("shape", "must be channels, height and width");
      return;
    }
    if (layer_.weight_shape.size() != 4) return;
    const std::vector<u32>& sides = layer_.weight_shape;
    if (sides[2] != layer_.rows.kernel || sides[3] != layer_.columns.kernel) {
      fields_.add_problem("kernelSize", "is not the size of weight, " + netx_sides(sides));
    }
    if (layer_.type == NetxType::convolution) read_channels(sides);
  }

  void read_pair(const std::string& name, i64 least, u32 NetxWindow::*part) {
    const std::vector<i32> pair = fields_.integers(name, least, max_netx_side);
    if (pair.size() > 2) fields_.add_problem(name, "must be one or two numbers");
    if (pair.empty()) return;
    layer_.rows.*part = static_cast<u32>(pair[0]);
    layer_.columns.*part = static_cast<u32>(pair.back());
  }

  void read_channels(const std::vector<u32>& sides) {
    if (fields_.has("groups")) {
      layer_.groups = static_cast<u32>(fields_.integer("groups", 1, max_netx_side));
    }
    expect_size("outChannels", sides[0]);
    expect_size("inChannels", checked_product({sides[1], layer_.groups}));
    if (sides[0] != layer_.shape[0]) {
      fields_.add_problem("weight", "has " + std::to_string(sides[0]) + " channels, but shape " +
                                        std::to_string(layer_.shape[0]));
    }
    if (sides[0] % layer_.groups != 0) {
      fields_.add_problem("groups", "does not divide the channels");
    }
  }

  const Hdf5Group& group_;
  Problems& problems_;
  NetxFields fields_;
  NetxLayer layer_;
};

}  // namespace

std::string_view name_of(NetxType type) {
  for (const TypeName& known : type_names) {
    if (known.type == type) return known.name;
  }
  return "";
}

u64 NetxLayer::neuron_count() const {
  u64 count = 1;
  for (const u32 side : shape) count = checked_product({count, side});
  return count;
}

bool has_window(NetxType type) {
  return type == NetxType::convolution || type == NetxType::pooling;
}

bool is_dense(NetxType type) {
  return type == NetxType::dense || type == NetxType::recurrent_dense;
}

std::string netx_sides(const std::vector<u32>& sides) {
  std::vector<std::string> texts;
  for (const u32 side : sides) texts.push_back(std::to_string(side));
  return texts.empty() ? "a single value" : join(texts, " x ");
}

NetxLayer read_netx_layer(const Hdf5Group& group, Problems& problems) {
  return LayerReader(group, problems).read();
}

}  // namespace spikefab
