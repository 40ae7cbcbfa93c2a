// Shapes that agree on every edge (declared in nir_form_draft.h). Where they differ, a Flatten is
// put in; where none can help, nodes that keep shapes take that of a neighbour.
#include <algorithm>
#include <set>

#include "base/suggest.h"
#include "mapper/nir/form_draft.h"

namespace spikefab {

std::vector<Shape> flatten_steps(const Shape& from, const Shape& to) {
  std::vector<Shape> steps;
  Shape shape = from;
  std::size_t next = 0;  // of the dimensions of `from`
  for (std::size_t i = 0; i < to.size(); ++i) {
    const std::size_t first = next;
    u64 product = 1;
    while (next < from.size() && (next == first || product < to[i])) product *= from[next++];
    const bool last = i + 1 == to.size();
    while (last && next < from.size() && from[next] == 1) ++next;
    if (next == first || product != to[i]) return {};
    if (next - first == 1) continue;
    const auto at = shape.begin() + static_cast<std::ptrdiff_t>(i);
    shape.erase(at + 1, at + static_cast<std::ptrdiff_t>(next - first));
    *at = to[i];
    steps.push_back(shape);
  }
  if (next != from.size()) return {};
  if (steps.empty()) steps.push_back(from);
  return steps;
}

namespace {

class ShapeForm {
 public:
  explicit ShapeForm(NirFormDraft& draft) : draft_(draft), edges_of_(draft.network().nodes.size()) {
    const std::vector<Edge>& edges = draft.network().edges;
    for (std::size_t e = 0; e < edges.size(); ++e) {
      edges_of_[edges[e].from].push_back(e);
      if (edges[e].to != edges[e].from) edges_of_[edges[e].to].push_back(e);
    }
  }

  // Each change lowers the sum of the costs, which is a number of 0 or more: it ends.
  void settle() {
    for (bool changed = true; changed;) {
      changed = false;
      for (u32 i = 0; i < edges_of_.size(); ++i) changed |= improve(i);
    }
    for (const u32 i : changed_) draft_.note("shapes are stated as the nodes around need them", i);
  }

  // What readers cannot find the shape of.
  void refuse_loose_nodes() {
    for (u32 i = 0; i < edges_of_.size(); ++i) {
      if (!node(i).as<Reshape>() && !node(i).as<Pooling>()) continue;
      const bool reads = std::any_of(edges_of_[i].begin(), edges_of_[i].end(),
                                     [&](std::size_t e) { return edge(e).to == i; });
      if (!reads) draft_.refuse(i, "reads nothing, and NIR does not say its shape", "remove it");
    }
  }

  void put_in_flattens() {
    split_reshapes();
    const std::size_t count = draft_.network().edges.size();
    for (std::size_t e = 0; e < count; ++e) join(e);
  }

 private:
  struct Shapes {
    Shape in;
    Shape out;
  };
  static constexpr u64 impossible = 1'000'000;
  static constexpr u64 at_an_end = 1'000;  // impossible, but an Input or Output can change

  Node& node(u32 index) { return draft_.node(index); }
  Edge edge(std::size_t e) { return draft_.network().edges[e]; }

  bool has_own_shapes(u32 i) {
    return node(i).as<Dense>() || node(i).as<Convolution>() || node(i).as<Pooling>();
  }

  // How many Flattens it takes.
  static u64 cost(const Shape& from, const Shape& to) {
    if (from == to) return 0;
    const std::vector<Shape> steps = flatten_steps(from, to);
    return steps.empty() ? impossible : steps.size();
  }

  u64 cost(const Edge& edge) {
    const Node& from = node(edge.from);
    const Node& to = node(edge.to);
    const u64 flattens = cost(from.output_shape, to.input_shape);
    const bool end = from.as<Input>() || to.as<Output>();
    return end && flattens == impossible ? at_an_end : flattens;
  }

  // Of a node and the edges at it.
  u64 cost(u32 i) {
    u64 sum = node(i).as<Reshape>() ? cost(node(i).input_shape, node(i).output_shape) : 0;
    for (const std::size_t e : edges_of_[i]) sum += cost(edge(e));
    return sum;
  }

  // Its own, those of its neighbours, and a flat one, which any shape can be joined to.
  std::vector<Shapes> choices(u32 i) {
    std::set<Shape> in;
    std::set<Shape> out;
    for (const std::size_t e : edges_of_[i]) {
      if (edge(e).to == i) in.insert(node(edge(e).from).output_shape);
      if (edge(e).from == i) out.insert(node(edge(e).to).input_shape);
    }
    const Shape flat = {static_cast<u32>(node(i).outputs())};
    in.insert({node(i).input_shape, flat});
    out.insert({node(i).output_shape, flat});
    std::vector<Shapes> all;
    if (!node(i).as<Reshape>()) {
      in.insert(out.begin(), out.end());
      for (const Shape& shape : in) all.push_back({shape, shape});
      return all;
    }
    for (const Shape& a : in) {
      for (const Shape& b : out) all.push_back({a, b});
    }
    return all;
  }

  void set(u32 i, const Shapes& shapes) {
    node(i).input_shape = shapes.in;
    node(i).output_shape = shapes.out;
  }

  // An Input or population keeps its shape if it can; a Reshape is there to be changed.
  bool improve(u32 i) {
    if (has_own_shapes(i)) return false;
    u64 least = cost(i);
    if (least < (node(i).as<Reshape>() ? 1 : at_an_end)) return false;
    Shapes best = {node(i).input_shape, node(i).output_shape};
    const Shapes before = best;
    for (const Shapes& choice : choices(i)) {
      set(i, choice);
      const u64 now = cost(i);
      if (now >= least) continue;
      least = now;
      best = choice;
    }
    set(i, best);
    const bool changed = best.in != before.in || best.out != before.out;
    if (changed) changed_.insert(i);
    return changed;
  }

  // NIR's Flatten joins one range of dimensions.
  void split_reshapes() {
    for (u32 i = 0; i < edges_of_.size(); ++i) {
      if (!node(i).as<Reshape>()) continue;
      const Shape in = node(i).input_shape;
      const Shape out = node(i).output_shape;
      const std::vector<Shape> steps = flatten_steps(in, out);
      if (steps.empty()) {
        draft_.refuse(i, "reshapes " + shape_text(in) + " into " + shape_text(out),
                      "NIR can join dimensions, not split them");
        continue;
      }
      node(i).output_shape = steps[0];
      u32 last = i;
      for (std::size_t s = 1; s < steps.size(); ++s) {
        last = draft_.insert_behind(last, flatten(steps[s - 1], steps[s], node(i).name));
      }
    }
  }

  void join(std::size_t e) {
    const u32 from = edge(e).from;
    const u32 to = edge(e).to;
    const Shape given = node(from).output_shape;
    const Shape read = node(to).input_shape;
    if (given == read) return;
    const std::vector<Shape> steps = flatten_steps(given, read);
    if (steps.empty()) {
      return draft_.refuse(to,
                           "reads " + shape_text(read) + ", but '" + printable(node(from).name) +
                               "' gives " + shape_text(given),
                           "NIR can join dimensions, not split them");
    }
    Shape before = given;
    for (const Shape& step : steps) {
      draft_.insert_on_edge(e, flatten(before, step, node(from).name + ".flatten"));
      before = step;
    }
    draft_.note("a Flatten is put in behind a node, as what reads it has another shape", from);
  }

  static Node flatten(const Shape& from, const Shape& to, const std::string& name) {
    Node node;
    node.name = name;
    node.kind = Reshape{};
    node.input_shape = from;
    node.output_shape = to;
    return node;
  }

  NirFormDraft& draft_;
  std::vector<std::vector<std::size_t>> edges_of_;  // of each node, both directions
  std::set<u32> changed_;
};

}  // namespace

void agree_on_shapes(NirFormDraft& draft) {
  ShapeForm form(draft);
  form.refuse_loose_nodes();
  form.settle();
  form.put_in_flattens();
}

}  // namespace spikefab
