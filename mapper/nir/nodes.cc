#include "mapper/nir/nodes.h"

#include <algorithm>
#include <functional>
#include <map>

#include "base/suggest.h"
#include "mapper/nir/parameters.h"

namespace spikefab {
namespace {

using Read = std::function<void(NirParameters&, NirDraft&)>;

// --- Markers, reshaping and what has one number per element -------------------------------------

void read_input(NirParameters& p, NirDraft& draft) {
  draft.node.kind = Input{};
  if (const Hdf5Dataset* shape = p.need({"shape", "input_type"})) draft.stated = p.shape_of(*shape);
}

void read_output(NirParameters& p, NirDraft& draft) {
  draft.node.kind = Output{};
  if (const Hdf5Dataset* shape = p.find({"shape", "output_type"}))
    draft.stated = p.shape_of(*shape);
}

void read_flatten(NirParameters& p, NirDraft& draft) {
  draft.node.kind = Reshape{};
  const auto dimension = [&](const char* name, i32 otherwise) {
    const Hdf5Dataset* dataset = p.find({name});
    if (!dataset) return otherwise;
    const auto values = p.integers(*dataset, -16);
    return values ? (*values)[0] : otherwise;
  };
  draft.start_dim = dimension("start_dim", 1);
  draft.end_dim = dimension("end_dim", -1);
  p.find({"input_type"});  // follows from the nodes before; some exporters write zeros
}

void read_scale(NirParameters& p, NirDraft& draft) {
  const Parameter factor = p.values({"scale"});
  draft.node.kind = Scale{{factor.values.begin(), factor.values.end()}};
  draft.stated = p.common_shape();
}

void read_delay(NirParameters& p, NirDraft& draft) {
  draft.node.kind = Delay{p.values({"delay"})};
  draft.stated = p.common_shape();
}

// --- Neurons ------------------------------------------------------------------------------------

Read neurons_of(NeuronType type) {
  return [type](NirParameters& p, NirDraft& draft) {
    Neurons n;
    n.type = type;
    if (has_membrane(type)) n.r = p.values({"r"});
    if (has_leak(type)) {
      n.tau = p.values(has_synapse(type) ? NirParameters::Names{"tau_mem"}
                                         : NirParameters::Names{"tau"});
      n.v_leak = p.values({"v_leak"});
    }
    if (has_synapse(type)) {
      n.tau_syn = p.values({"tau_syn"});
      n.w_in = p.values_or({"w_in"}, 1);
    }
    if (type == NeuronType::threshold) {
      n.v_threshold = p.values({"threshold"});
    } else if (spikes(type)) {
      n.v_threshold = p.values({"v_threshold", "v_th", "theta"});
      if (p.find({"v_reset"})) n.v_reset = p.values({"v_reset"});
    }
    const auto not_positive = [](double v) { return v <= 0; };
    if (std::any_of(n.r.values.begin(), n.r.values.end(), not_positive)) {
      p.note("r is not above 0 in some neurons");
    }
    const std::vector<double>& threshold = n.v_threshold.values;
    if (std::any_of(threshold.begin(), threshold.end(), not_positive)) {
      p.note("the threshold is not above 0 in some neurons");
    }
    draft.node.kind = std::move(n);
    draft.stated = p.common_shape();
  };
}

// --- Matrices -----------------------------------------------------------------------------------

void read_bias(NirParameters& p, NirDraft& draft, u64 outputs, u64 repeats) {
  const Hdf5Dataset* bias = p.find({"bias"});
  if (!bias) return;
  const std::vector<float> values = p.floats(*bias);
  if (bias->kind == Hdf5Kind::boolean && values.size() == 1 && values[0] == 0) {
    return p.note("bias is False, which is none");
  }
  if (values.size() != 1 && values.size() != outputs && values.size() != outputs * repeats) {
    return p.add_problem("bias", "has " + std::to_string(values.size()) + " values",
                         "must have one per output, which are " + std::to_string(outputs));
  }
  for (u64 i = 0; i < (values.size() == outputs ? repeats : 1); ++i) {
    draft.node.bias.insert(draft.node.bias.end(), values.begin(), values.end());
  }
}

// y = W x; dimensions before the last two are blocks with a matrix each.
void read_dense(NirParameters& p, NirDraft& draft) {
  const Hdf5Dataset* weight = p.need({"weight", "weights"});
  if (!weight) return;
  const std::vector<u64>& shape = weight->shape;
  const bool fits = shape.size() >= 2 && std::all_of(shape.begin(), shape.end(), [](u64 side) {
                      return side > 0 && side < u64{1} << 31;
                    });
  if (!fits) return p.add_problem("weight", "is no matrix", "must be outputs x inputs");
  Dense dense;
  dense.outputs = static_cast<u32>(shape[shape.size() - 2]);
  dense.inputs = static_cast<u32>(shape.back());
  Shape stated(shape.begin(), shape.end() - 2);
  dense.blocks = static_cast<u32>(size_of(stated));
  dense.weight = p.floats(*weight);
  stated.push_back(dense.inputs);
  draft.stated = stated;
  read_bias(p, draft, dense.outputs, dense.blocks);
  draft.node.kind = std::move(dense);
}

// --- Windows ------------------------------------------------------------------------------------

// In one dimension: height 1.
Extent extent(const std::vector<u32>& sides, u32 other) {
  return sides.size() == 2 ? Extent{sides[0], sides[1]} : Extent{other, sides[0]};
}

Read convolution_of(std::size_t dimensions) {
  return [dimensions](NirParameters& p, NirDraft& draft) {
    const Hdf5Dataset* weight = p.need({"weight", "weights"});
    if (!weight) return;
    const Shape shape(weight->shape.begin(), weight->shape.end());
    if (shape.size() != dimensions + 2 || size_of(shape) != weight->numbers.size()) {
      return p.add_problem("weight", "is " + shape_text(shape),
                           "must be channels out x channels in x kernel");
    }
    Convolution c;
    c.weight = p.floats(*weight);
    c.window.kernel = extent({shape.begin() + 2, shape.end()}, 1);
    c.window.stride = extent(p.extents("stride", dimensions, 1, 1), 1);
    c.window.dilation = extent(p.extents("dilation", dimensions, 1, 1), 1);
    c.groups = p.extents("groups", 1, 1, 1)[0];
    const std::string padding = p.text("padding");
    draft.same_padding = padding == "same";
    if (!padding.empty() && padding != "same" && padding != "valid") {
      p.add_problem("padding", "= '" + printable(padding) + "'", "must be numbers, same or valid");
    }
    c.window.padding =
        padding.empty() ? extent(p.extents("padding", dimensions, 0, 0), 0) : Extent{0, 0};
    if (draft.same_padding && (c.window.stride.y != 1 || c.window.stride.x != 1)) {
      p.add_problem("padding", "= 'same' with a stride above 1", "as torch, we have it for 1 only");
    }
    Shape stated = {static_cast<u32>(std::min<u64>(u64{shape[1]} * c.groups, u64{1} << 31))};
    if (const Hdf5Dataset* image = p.find({"input_shape"})) {
      const auto sides = p.extents("input_shape", dimensions, 1, 0);
      stated.insert(stated.end(), sides.begin(), sides.end());
      if (image->numbers.size() == 1 && dimensions == 2) p.note("input_shape is one number, twice");
    }
    draft.stated = stated;  // channels only, if there is no input_shape
    draft.node.output_shape = {shape[0]};
    read_bias(p, draft, shape[0], 1);
    draft.node.kind = std::move(c);
  };
}

Read pooling_of(bool mean) {
  return [mean](NirParameters& p, NirDraft& draft) {
    p.need({"kernel_size"});
    Pooling pooling;
    pooling.mean = mean;
    const std::vector<u32> kernel = p.extents("kernel_size", 2, 1, 1);
    pooling.window.kernel = extent(kernel, 1);
    pooling.window.stride =
        p.find({"stride"}) ? extent(p.extents("stride", 2, 1, 1), 1) : pooling.window.kernel;
    pooling.window.padding = extent(p.extents("padding", 2, 0, 0), 0);
    draft.node.kind = pooling;
  };
}

const std::map<std::string, Read>& readers() {
  static const std::map<std::string, Read> all = {
      {"Input", read_input},
      {"Output", read_output},
      {"Affine", read_dense},
      {"Linear", read_dense},
      {"Scale", read_scale},
      {"Conv1d", convolution_of(1)},
      {"Conv2d", convolution_of(2)},
      {"SumPool2d", pooling_of(false)},
      {"AvgPool2d", pooling_of(true)},
      {"Flatten", read_flatten},
      {"Delay", read_delay},
      {"Threshold", neurons_of(NeuronType::threshold)},
      {"I", neurons_of(NeuronType::integrator)},
      {"IF", neurons_of(NeuronType::integrate_and_fire)},
      {"LI", neurons_of(NeuronType::leaky)},
      {"LIF", neurons_of(NeuronType::leaky_fire)},
      {"CubaLI", neurons_of(NeuronType::cuba_leaky)},
      {"CubaLIF", neurons_of(NeuronType::cuba_fire)},
  };
  return all;
}

NirDraft read_node(const NirNode& node, NirNotes& notes, Problems& problems) {
  NirDraft draft;
  draft.node.name = node.name;
  if (!node.group) {  // added by us
    draft.node.kind = node.type == "Input" ? NodeKind(Input{}) : NodeKind(Output{});
    draft.node.place = "added node '" + printable(node.name) + "'";
    return draft;
  }
  draft.node.place = node.group->place;
  const auto reader = readers().find(node.type);
  if (reader == readers().end()) {
    std::vector<std::string> types;
    for (const auto& [type, read] : readers()) types.push_back(type);
    problems.add({node.group->place, "is of type '" + printable(node.type) + "'",
                  "have: " + join(types, ", ") + did_you_mean(node.type, types)});
    return draft;
  }
  NirParameters parameters(node, notes, problems);
  reader->second(parameters, draft);
  parameters.note_leftovers();
  return draft;
}

}  // namespace

NirDrafts read_nir_nodes(const NirGraph& graph, NirNotes& notes, Problems& problems) {
  NirDrafts drafts;
  for (const NirNode& node : graph.nodes) {
    drafts.nodes.push_back(read_node(node, notes, problems));
  }
  for (const NirPort& port : graph.ports) {
    drafts.ports.push_back(read_node(port.node, notes, problems).stated);
  }
  return drafts;
}

}  // namespace spikefab
