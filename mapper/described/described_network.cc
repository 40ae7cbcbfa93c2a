// Files of described networks: the schema's rules, then what must fit together, layer by layer.
#include "mapper/described/described_network.h"

#include <algorithm>
#include <filesystem>

#include "base/memory.h"
#include "base/mix.h"
#include "base/suggest.h"
#include "base/yaml_binder.h"
#include "mapper/described/described_network.pb.h"
#include "mapper/described/network_draft.h"

namespace spikefab {
namespace {

constexpr u64 max_layers = 65536;             // with repeated ones
constexpr u64 max_layer_size = u64{1} << 24;  // elements or neurons
constexpr u64 max_population_neurons = 262144;

using Kind = schema::DescribedLayer::KindCase;

NeuronType type_of(const schema::DescribedNetwork& message) {
  return message.neurons() == schema::DescribedNetwork::threshold ? NeuronType::threshold
                                                                  : NeuronType::integrate_and_fire;
}

class LayerReader {
 public:
  LayerReader(const schema::DescribedNetwork& message, const YamlPlaces& places,
              const std::string& path)
      : message_(message), places_(places), draft_(path, type_of(message)) {}

  DescribedNetwork read() {
    if (message_.layers().empty()) fail("layers", ": there are none", "at least one is needed");
    for (int i = 0; i < message_.layers_size(); ++i) {
      path_ = "layers[" + std::to_string(i) + "]";
      add_copies(message_.layers(i), std::to_string(i));
    }
    return draft_.finish();
  }

 private:
  [[noreturn]] void fail(const std::string& path, const std::string& what,
                         const std::string& hint) const {
    throw InputError(places_.of(path), path + what, hint);
  }
  [[noreturn]] void fail_value(const std::string& key, u64 value, const std::string& hint) const {
    fail(path_ + "." + key, " = " + std::to_string(value), hint);
  }

  std::string place_of_node(const std::string& path, const std::string& name) const {
    return places_.of(path) + ": layer '" + printable(name) + "'";
  }

  // The key below which the layer's own keys are, such as "dense".
  static std::string kind_name(const schema::DescribedLayer& layer) {
    const auto* field = layer.GetDescriptor()->FindFieldByNumber(layer.kind_case());
    return field == nullptr ? "" : field->name();
  }

  void add_copies(const schema::DescribedLayer& layer, const std::string& number) {
    check_order(layer);
    layers_ += layer.repeat();
    if (layers_ > max_layers) {
      fail_value("repeat", layer.repeat(),
                 "a network has up to " + std::to_string(max_layers) + " layers; these are " +
                     std::to_string(layers_));
    }
    LayerPlan plan = plan_of(layer);
    const std::string name = layer.name().empty() ? kind_name(layer) + "_" + number : layer.name();
    for (u32 copy = 1; copy <= layer.repeat(); ++copy) {
      plan.name = layer.repeat() == 1 ? name : name + "_" + std::to_string(copy);
      plan.place = place_of_node(path_, plan.name);
      plan.seed = mix64(message_.seed() ^ mix64(++seeds_));
      try {
        add(layer, plan);
      } catch (const ResourceError& error) {
        throw ResourceError(plan.place + ": " + error.what());
      }
      check_size();
    }
  }

  void check_size() const {
    const u64 size = size_of(draft_.shape());
    if (size <= max_layer_size) return;
    fail(path_, ": has " + shape_text(draft_.shape()) + " neurons",
         "at most " + std::to_string(max_layer_size));
  }

  LayerPlan plan_of(const schema::DescribedLayer& layer) const {
    LayerPlan plan;
    plan.rate = static_cast<float>(layer.rate());
    plan.threshold = layer.threshold();
    plan.longest_delay = layer.longest_delay();
    return plan;
  }

  void check_order(const schema::DescribedLayer& layer) const {
    const std::string kind = path_ + "." + kind_name(layer);
    switch (layer.kind_case()) {
      case Kind::KIND_NOT_SET:
        fail(path_, ": has no kind",
             "one of: input, relay, dense, convolution, depthwise, pooling, sheet, populations, "
             "random");
      case Kind::kInput:
      case Kind::kSheet:
      case Kind::kPopulations:
      case Kind::kRandom:
        if (draft_.nodes() > 0) fail(kind, ": reads no layer", "it must be the first one");
        if (layer.repeat() != 1) fail_value("repeat", layer.repeat(), "must be 1 for this kind");
        return;
      default:
        if (!draft_.shape().empty()) return;
        fail(kind, ": has no layer to read",
             "an input must stand before it; populations cannot be read");
    }
  }

  void add(const schema::DescribedLayer& layer, const LayerPlan& plan) {
    switch (layer.kind_case()) {
      case Kind::kInput:
        return draft_.add_input(plan, shape_of(layer.input()));
      case Kind::kRelay:
        return draft_.add_relay(plan);
      case Kind::kDense:
        return layer.dense().recurrent() ? draft_.add_recurrent_dense(plan, layer.dense().neurons())
                                         : draft_.add_dense(plan, layer.dense().neurons());
      case Kind::kConvolution:
        return add_windows(plan, "convolution", windows_of(layer.convolution()));
      case Kind::kDepthwise:
        return add_windows(plan, "depthwise", windows_of(layer.depthwise()));
      case Kind::kPooling:
        return add_pooling(plan, layer.pooling());
      case Kind::kSheet:
        return draft_.add_sheet(plan, sheet_of(layer.sheet()));
      case Kind::kPopulations:
        return draft_.add_populations(plan, populations_of(layer.populations()));
      case Kind::kRandom:
        return add_random(plan, layer.random());
      case Kind::KIND_NOT_SET:
        break;
    }
  }

  Shape shape_of(const schema::InputLayer& layer) const {
    const Shape shape(layer.shape().begin(), layer.shape().end());
    if (shape.empty() || shape.size() > 3) {
      fail(path_ + ".input.shape", ": has " + std::to_string(shape.size()) + " numbers",
           "must be 1..3");
    }
    u64 size = 1;
    for (const u32 side : shape) size = checked_product({size, side});
    if (size > max_layer_size) {
      fail(path_ + ".input.shape", ": has " + shape_text(shape) + " elements",
           "at most " + std::to_string(max_layer_size));
    }
    return shape;
  }

  static WindowPlan windows_of(const schema::ConvolutionLayer& layer) {
    WindowPlan plan = square(layer);
    plan.channels = layer.channels();
    return plan;
  }
  // All weights above zero: else some of the few channels would never spike.
  static WindowPlan windows_of(const schema::DepthwiseLayer& layer) {
    WindowPlan plan = square(layer);
    plan.weights = WeightSet::excitatory;
    return plan;
  }
  template <class Message>
  static WindowPlan square(const Message& layer) {
    WindowPlan plan;
    plan.window.kernel = {layer.kernel(), layer.kernel()};
    plan.window.stride = {layer.stride(), layer.stride()};
    plan.window.padding = {layer.padding(), layer.padding()};
    plan.far_padding = layer.far_padding();
    return plan;
  }

  void check_channels(const std::string& kind) const {
    if (draft_.shape().size() == 3) return;
    fail(path_ + "." + kind, ": reads " + shape_text(draft_.shape()),
         "must be channels x height x width");
  }

  void add_windows(const LayerPlan& plan, const std::string& kind, const WindowPlan& windows) {
    check_channels(kind);
    const u32 kernel = windows.window.kernel.y;
    const u32 padding = windows.window.padding.y;
    if (padding >= kernel) {
      fail_value(kind + ".padding", padding, "must be below the kernel, " + std::to_string(kernel));
    }
    const u32 side = std::min(draft_.shape()[1], draft_.shape()[2]);
    const u64 padded = u64{side} + 2 * padding + windows.far_padding;
    if (kernel > padded) {
      fail_value(kind + ".kernel", kernel,
                 "must be 1.." + std::to_string(padded) + "; the layer reads " +
                     shape_text(draft_.shape()));
    }
    draft_.add_windows(plan, windows);
  }

  void add_pooling(const LayerPlan& plan, const schema::PoolingLayer& layer) {
    check_channels("pooling");
    const u32 side = std::min(draft_.shape()[1], draft_.shape()[2]);
    if (layer.window() > side) {
      fail_value(
          "pooling.window", layer.window(),
          "must be 1.." + std::to_string(side) + "; the layer reads " + shape_text(draft_.shape()));
    }
    WindowPlan windows;
    windows.window.kernel = {layer.window(), layer.window()};
    windows.window.stride = windows.window.kernel;
    windows.weights = WeightSet::ones;
    draft_.add_windows(plan, windows);
  }

  Sheet sheet_of(const schema::SheetLayer& layer) const {
    const Sheet sheet = {layer.height(), layer.width(), layer.fan_out(), layer.sigma()};
    if (u64{sheet.height} * sheet.width > max_layer_size) {
      fail_value("sheet.width", sheet.width,
                 "must be 1.." + std::to_string(max_layer_size / sheet.height) +
                     "; a sheet has up to " + std::to_string(max_layer_size) + " neurons");
    }
    if (sheet.fan_out > sheet.most_targets()) {
      fail_value("sheet.fan_out", sheet.fan_out,
                 "at most " + std::to_string(sheet.most_targets()) +
                     ", a quarter of the neurons within 1.5 sigma");
    }
    return sheet;
  }

  void add_random(const LayerPlan& plan, const schema::RandomLayer& layer) {
    if (layer.fan_out() > layer.neurons() / 2) {
      fail_value("random.fan_out", layer.fan_out(),
                 "at most " + std::to_string(layer.neurons() / 2) + ", half of the neurons");
    }
    draft_.add_random(plan, layer.neurons(), layer.fan_out());
  }

  std::vector<PopulationPlan> populations_of(const schema::PopulationsLayer& layer) const {
    const std::string path = path_ + ".populations.members";
    if (layer.members().empty()) fail(path, ": there are none", "at least one is needed");
    std::vector<PopulationPlan> plans;
    u64 neurons = 0;
    for (int i = 0; i < layer.members_size(); ++i) {
      const schema::DescribedPopulation& member = layer.members(i);
      const std::string of_member = path + "[" + std::to_string(i) + "]";
      if (member.from_size() != layer.members_size()) {
        fail(of_member + ".from", ": has " + std::to_string(member.from_size()) + " probabilities",
             "must be " + std::to_string(layer.members_size()) + ", one for each member");
      }
      neurons += member.neurons();
      plans.push_back({member.name(),
                       places_.of(of_member),
                       member.neurons(),
                       static_cast<float>(member.rate()),
                       member.inhibitory() ? WeightSet::inhibitory : WeightSet::excitatory,
                       {member.from().begin(), member.from().end()}});
    }
    if (neurons > max_population_neurons) {
      fail(path, ": have " + std::to_string(neurons) + " neurons",
           "at most " + std::to_string(max_population_neurons) + " together");
    }
    return plans;
  }

  const schema::DescribedNetwork& message_;
  const YamlPlaces& places_;
  NetworkDraft draft_;
  std::string path_;  // of the layer
  u64 layers_ = 0;
  u64 seeds_ = 0;
};

}  // namespace

DescribedNetwork load_described_network(const std::string& path) {
  schema::DescribedNetwork message;
  Problems problems;
  const YamlPlaces places = bind_yaml({path}, message, problems);
  problems.throw_if_any();

  DescribedNetwork described = LayerReader(message, places, path).read();
  described.name = message.name().empty() ? printable(std::filesystem::path(path).stem().string())
                                          : message.name();
  return described;
}

}  // namespace spikefab
