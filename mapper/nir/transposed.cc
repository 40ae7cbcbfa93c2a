#include "mapper/nir/transposed.h"

#include <algorithm>

namespace spikefab {
namespace {

// How many elements a neighbour has for sure, or 0.
u64 sure_size(const NirDraft& draft) {
  const Node& node = draft.node;
  const bool sure = node.as<Input>() || node.as<Output>() || node.as<Neurons>();
  return sure && draft.stated ? size_of(*draft.stated) : 0;
}

struct Fit {
  bool as_it_is = true;
  bool turned = true;
};

Fit fit_of(u32 index, const NirGraph& graph, const std::vector<NirDraft>& drafts) {
  const Dense& dense = *drafts[index].node.as<Dense>();
  Fit fit;
  for (const Edge& edge : graph.edges) {
    const u64 before = edge.to == index ? sure_size(drafts[edge.from]) : 0;
    const u64 after = edge.from == index ? sure_size(drafts[edge.to]) : 0;
    if (before > 0) {
      fit.as_it_is &= before == dense.inputs;
      fit.turned &= before == dense.outputs;
    }
    if (after > 0) {
      fit.as_it_is &= after == dense.outputs;
      fit.turned &= after == dense.inputs;
    }
  }
  const u64 biases = drafts[index].node.bias.size();
  fit.turned &= dense.blocks == 1 && (biases <= 1 || biases == dense.inputs);
  return fit;
}

void turn(NirDraft& draft) {
  Dense& dense = *std::get_if<Dense>(&draft.node.kind);
  std::vector<float> turned(dense.weight.size());
  for (u64 o = 0; o < dense.outputs; ++o) {
    for (u64 i = 0; i < dense.inputs; ++i) {
      turned[i * dense.outputs + o] = dense.weight[o * dense.inputs + i];
    }
  }
  dense.weight = std::move(turned);
  std::swap(dense.inputs, dense.outputs);
  draft.stated = Shape{dense.inputs};
}

}  // namespace

void turn_transposed_weights(const NirGraph& graph, std::vector<NirDraft>& drafts,
                             NirNotes& notes) {
  bool some_need_it = false;
  for (u32 i = 0; i < drafts.size(); ++i) {
    if (!drafts[i].node.as<Dense>()) continue;
    const Fit fit = fit_of(i, graph, drafts);
    if (!fit.turned) return;
    some_need_it |= !fit.as_it_is;
  }
  if (!some_need_it) return;
  for (NirDraft& draft : drafts) {
    if (!draft.node.as<Dense>()) continue;
    turn(draft);
    notes.add("weights are turned from inputs x outputs, as their neighbours need them",
              draft.node.name);
  }
}

}  // namespace spikefab
