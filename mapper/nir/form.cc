#include "mapper/nir/form.h"

#include <map>

#include "mapper/nir/form_draft.h"

namespace spikefab {
namespace {

enum class Padding { numbers, same };

// Along one axis: does NIR's formula give this number of outputs?
bool is_said_by(Padding padding, const Window& window, u32 Extent::*axis, u32 inputs, u32 outputs) {
  const i64 reach = (i64{window.kernel.*axis} - 1) * (window.dilation.*axis);
  if (padding == Padding::same) {  // the smaller half lies at the front, as in torch
    return window.stride.*axis == 1 && outputs == inputs && window.padding.*axis == reach / 2;
  }
  const i64 room = i64{inputs} + 2 * i64{window.padding.*axis} - reach - 1;
  return room >= 0 && room / (window.stride.*axis) + 1 == outputs;
}

bool is_said_by(Padding padding, const Node& node, const Window& window) {
  const Shape& in = node.input_shape;
  const Shape& out = node.output_shape;
  const u32 in_height = in.size() == 3 ? in[1] : 1;
  const u32 out_height = out.size() == 3 ? out[1] : 1;
  return is_said_by(padding, window, &Extent::y, in_height, out_height) &&
         is_said_by(padding, window, &Extent::x, in.back(), out.back());
}

// Readers count an edge that stands twice once; a Scale in its place says it without doubt.
void use_scales_for_repeated_edges(NirFormDraft& draft) {
  std::map<std::pair<u32, u32>, u32> times;
  std::vector<Edge>& edges = draft.network().edges;
  for (const Edge& edge : edges) ++times[{edge.from, edge.to}];
  std::erase_if(edges, [&, seen = std::map<std::pair<u32, u32>, u32>()](const Edge& edge) mutable {
    return ++seen[{edge.from, edge.to}] > 1;
  });
  const std::size_t count = edges.size();
  for (std::size_t e = 0; e < count; ++e) {
    const Edge edge = edges[e];
    const u32 factor = times[{edge.from, edge.to}];
    if (factor == 1) continue;
    const Node& from = draft.node(edge.from);
    Node scale;
    scale.name = from.name + ".times_" + std::to_string(factor);
    scale.kind = Scale{{static_cast<float>(factor)}};
    scale.input_shape = scale.output_shape = from.output_shape;
    draft.notes().add("an edge that stands several times is written as a Scale",
                      from.name + " -> " + draft.node(edge.to).name);
    draft.insert_on_edge(e, std::move(scale));
  }
}

// The reference reader computes the shapes of these wrongly, and then refuses them.
void note_what_reference_reader_refuses(NirFormDraft& draft) {
  for (u32 i = 0; i < draft.network().nodes.size(); ++i) {
    const auto* convolution = draft.node(i).as<Convolution>();
    if (!convolution) continue;
    const Extent kernel = convolution->window.kernel;
    const bool flat = draft.node(i).input_shape.size() == 2;
    if (convolution->groups > 1) {
      draft.note("NIR's own reader takes convolutions with groups only with type_check=False", i);
    }
    if (!flat && kernel.y != kernel.x) {
      draft.note("NIR's own reader takes kernels that are not square only with type_check=False",
                 i);
    }
  }
}

}  // namespace

NirPadding nir_padding_of(const Node& node, const Window& window) {
  if (is_said_by(Padding::numbers, node, window)) return NirPadding::numbers;
  return is_said_by(Padding::same, node, window) ? NirPadding::same : NirPadding::none;
}

NirForm to_nir_form(const Network& network) {
  check_network(network);
  if (network.nodes.empty()) throw InputError(network.path, "holds a network without nodes");
  NirFormDraft draft(network);
  draft.name_nodes();
  use_scales_for_repeated_edges(draft);
  use_nir_nodes(draft);
  draft.problems().throw_if_any();
  agree_on_shapes(draft);
  draft.problems().throw_if_any();
  note_what_reference_reader_refuses(draft);
  check_network(draft.network());
  return {std::move(draft.network()), draft.notes().lines()};
}

}  // namespace spikefab
