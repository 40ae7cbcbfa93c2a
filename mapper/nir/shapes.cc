#include "mapper/nir/shapes.h"

#include <algorithm>
#include <deque>

#include "base/suggest.h"
#include "mapper/nir/shape_rules.h"
#include "mapper/nir/transposed.h"

namespace spikefab {
namespace {

using MaybeShape = std::optional<Shape>;

// What may be put right; tried from left to right.
struct Repairs {
  bool pool_stride = false;   // stride 1 means the size of the kernel
  bool uniform_size = false;  // parameters that are all the same are for any number of neurons
};

// Without what is 1 at its front, down to `rank` dimensions.
Shape without_batch(Shape shape, std::size_t rank) {
  while (shape.size() > rank && shape[0] == 1) shape.erase(shape.begin());
  return shape;
}

bool differ_by_ones(Shape a, Shape b) {
  std::erase(a, 1u);
  std::erase(b, 1u);
  return a == b;
}

bool ends_with(const Shape& shape, const Shape& end) {
  return shape.size() > end.size() && std::equal(end.rbegin(), end.rend(), shape.rbegin());
}

// One try to find all shapes.
class Attempt {
 public:
  Attempt(const NirGraph& graph, const std::vector<NirDraft>& drafts, Repairs repairs)
      : graph_(graph),
        drafts_(drafts),
        repairs_(repairs),
        in_(drafts.size()),
        out_(drafts.size()),
        padding_(drafts.size()),
        targets_(drafts.size()) {
    for (const Edge& edge : graph.edges) targets_[edge.from].push_back(edge.to);
  }

  void run() {
    for (u32 i = 0; i < drafts_.size(); ++i) {
      if (drafts_[i].node.as<Input>()) start(i, input_shape(i));
    }
    flow();
    for (u32 i = 0; i < drafts_.size(); ++i) {
      if (!in_[i] && drafts_[i].stated && !is_window(i)) start(i, *drafts_[i].stated);
      if (!in_[i] && is_window(i) && full_stated(i)) start(i, *drafts_[i].stated);
      flow();
    }
    flow_backwards();
    if (problems_.empty()) find_unknown();
    if (problems_.empty()) check_edges();
  }

  const Problems& problems() const { return problems_; }
  const NirNotes& notes() const { return notes_; }

  void commit(std::vector<NirDraft>& drafts) const {
    for (u32 i = 0; i < drafts.size(); ++i) {
      Node& node = drafts[i].node;
      node.input_shape = *in_[i];
      node.output_shape = *out_[i];
      const MaybeShape& stated = drafts[i].stated;
      if (is_elementwise(node) && stated && size_of(*stated) != node.inputs())
        keep_one_for_all(node);
      if (auto* convolution = std::get_if<Convolution>(&node.kind)) {
        convolution->window.padding = padding_[i];
      }
      if (auto* pooling = std::get_if<Pooling>(&node.kind)) pooling->window = window_of(i);
    }
  }

 private:
  bool is_window(u32 i) const {
    return drafts_[i].node.as<Convolution>() || drafts_[i].node.as<Pooling>();
  }
  std::size_t rank_of_window(u32 i) const { return graph_.nodes[i].type == "Conv1d" ? 2 : 3; }
  bool full_stated(u32 i) const {
    return drafts_[i].stated && drafts_[i].stated->size() == rank_of_window(i);
  }
  // What the file says about the input of a node, if that is all of its shape.
  MaybeShape known_input(u32 i) const {
    if (is_window(i) && !full_stated(i)) return {};
    return drafts_[i].stated;
  }

  void add(u32 i, std::string what, std::string hint = "") {
    problems_.add({drafts_[i].node.place, std::move(what), std::move(hint)});
  }
  void note(u32 i, const std::string& what) { notes_.add(what, drafts_[i].node.name); }

  // The shape of an Input, or of one that was added: from the nodes behind it, where they say more.
  Shape input_shape(u32 i) {
    const MaybeShape& stated = drafts_[i].stated;
    for (const u32 target : targets_[i]) {
      const MaybeShape known = known_input(target);
      if (drafts_[target].node.as<Output>()) continue;
      if (known && !stated) return *known;
      if (known && *known == *stated) return *known;
      if (known && size_of(*known) == size_of(*stated)) {
        const bool says_more = stated->size() > known->size() && !is_window(target);
        if (says_more && !differ_by_ones(*stated, *known)) return *stated;
        note(i, "the shape of an Input differs from what reads it by dimensions of 1");
        return *known;
      }
      if (known && ends_with(*stated, *known)) {
        note(i,
             "the shape of an Input has a dimension too many at its front, which is taken for "
             "time");
        return *known;
      }
      if (stated && is_window(target) && stated->size() > rank_of_window(target)) {
        note(i, "the shape of an Input has a batch dimension of 1, which is left out");
        return without_batch(*stated, rank_of_window(target));
      }
    }
    if (stated) return *stated;
    add(i, "has no shape, and what reads it states none", "give the node input_shape");
    return {1};
  }

  void start(u32 i, const Shape& shape) {
    if (receive(i, shape)) queue_.push_back(i);
  }

  void flow() {
    while (!queue_.empty()) {
      const u32 from = queue_.front();
      queue_.pop_front();
      for (const u32 to : targets_[from]) {
        if (!in_[to]) start(to, *out_[from]);
      }
    }
  }

  // A node that nothing leads to takes the shape that its reader has, if it keeps shapes.
  void flow_backwards() {
    bool changed = true;
    while (changed) {
      changed = false;
      for (u32 i = 0; i < drafts_.size(); ++i) {
        if (in_[i] || !is_elementwise(drafts_[i].node)) continue;
        for (const u32 to : targets_[i]) {
          if (in_[i] || !in_[to]) continue;
          start(i, *in_[to]);
          flow();
          changed = true;
        }
      }
    }
  }

  void find_unknown() {
    for (u32 i = 0; i < drafts_.size(); ++i) {
      if (in_[i]) continue;
      add(i, "has a shape that does not follow from the file",
          "nothing with a known shape leads to it");
    }
  }

  void check_edges() {
    for (const Edge& edge : graph_.edges) {
      const Shape& from = *out_[edge.from];
      const Shape& to = *in_[edge.to];
      if (from == to) continue;
      if (size_of(from) == size_of(to)) {
        note(edge.to,
             "shapes that meet differ, but have the same number of elements (a batch of "
             "1, or a Flatten that starts at 1)");
        continue;
      }
      add(edge.to, "reads " + shape_text(to) + ", but '" + printable(drafts_[edge.from].node.name) +
                       "' gives " + shape_text(from));
    }
  }

  // Sets the shapes of a node that reads `shape`; false with a problem if it cannot.
  bool receive(u32 i, const Shape& shape) {
    const NirDraft& draft = drafts_[i];
    if (const auto* dense = draft.node.as<Dense>()) return receive_dense(i, *dense, shape);
    if (is_window(i)) return receive_window(i, shape);
    if (draft.node.as<Reshape>()) return set(i, shape, flattened(i, shape));
    if (draft.node.as<Input>()) return set(i, shape, shape);
    const MaybeShape& stated = draft.stated;
    if (!stated || size_of(*stated) == size_of(shape)) return set(i, shape, shape);
    if (is_elementwise(draft.node) && size_of(*stated) == 1) return set(i, shape, shape);
    if (repairs_.uniform_size && is_elementwise(draft.node) && same_for_all(draft.node)) {
      note(i, "parameters that are the same for all are taken for another number of neurons");
      return set(i, shape, shape);
    }
    return mismatch(i, shape);
  }

  bool set(u32 i, const Shape& in, const Shape& out) {
    in_[i] = in;
    out_[i] = out;
    return true;
  }

  bool mismatch(u32 i, const Shape& shape) {
    const std::string what = drafts_[i].node.as<Output>() ? "is of " : "is made for ";
    add(i, what + shape_text(*drafts_[i].stated) + ", but gets " + shape_text(shape));
    set(i, *drafts_[i].stated, *drafts_[i].stated);
    return false;
  }

  bool receive_dense(u32 i, const Dense& dense, const Shape& shape) {
    Shape out(drafts_[i].stated->begin(), drafts_[i].stated->end() - 1);
    out.push_back(dense.outputs);
    if (size_of(shape) == size_of(*drafts_[i].stated)) return set(i, *drafts_[i].stated, out);
    mismatch(i, shape);
    out_[i] = out;
    return false;
  }

  Shape flattened(u32 i, const Shape& shape) {
    const auto rank = static_cast<i32>(shape.size());
    const auto dimension = [&](i32 d) { return std::clamp(d < 0 ? d + rank : d, 0, rank - 1); };
    const i32 first = dimension(drafts_[i].start_dim);
    const i32 last = std::max(first, dimension(drafts_[i].end_dim));
    Shape out(shape.begin(), shape.begin() + first);
    const Shape joined(shape.begin() + first, shape.begin() + last + 1);
    out.push_back(static_cast<u32>(std::min<u64>(size_of(joined), ~u32{0})));
    out.insert(out.end(), shape.begin() + last + 1, shape.end());
    return out;
  }

  Window window_of(u32 i) const {
    if (const auto* convolution = drafts_[i].node.as<Convolution>()) return convolution->window;
    Window window = drafts_[i].node.as<Pooling>()->window;
    const bool overlaps =
        window.kernel.y > 1 && window.stride.y == 1 && window.kernel.x > 1 && window.stride.x == 1;
    if (repairs_.pool_stride && overlaps) window.stride = window.kernel;
    return window;
  }

  bool receive_window(u32 i, const Shape& given) {
    const std::size_t rank = rank_of_window(i);
    Shape shape = without_batch(given, rank);
    if (shape.size() + 1 == rank) shape.insert(shape.begin(), 1);  // one channel
    if (shape.size() != rank) {
      add(i, "gets " + shape_text(given),
          "needs channels and " + std::to_string(rank - 1) + " more");
      return false;
    }
    const MaybeShape& stated = drafts_[i].stated;
    if (stated && (*stated)[0] != shape[0]) {
      add(i, "is made for " + std::to_string((*stated)[0]) + " channels, but gets " +
                 std::to_string(shape[0]));
      return false;
    }
    if (stated && stated->size() == rank && *stated != shape) {
      note(i, "input_shape differs from what comes in, which is taken");
    }
    const Window window = window_of(i);
    if (window.stride.y != 1 && drafts_[i].node.as<Pooling>() && repairs_.pool_stride) {
      note(i,
           "a pooling has stride 1, with which the next shapes do not fit; it is taken as large "
           "as its kernel");
    }
    if (window_reach(window, &Extent::y) > max_window_reach ||
        window_reach(window, &Extent::x) > max_window_reach) {
      add(i, "has a kernel that with its dilation reaches beyond 2^31 elements");
      return false;
    }
    const bool same = drafts_[i].same_padding;
    const auto height = rank == 3 ? window_outputs(shape[1], window, &Extent::y, same) : 1;
    const auto width = window_outputs(shape.back(), window, &Extent::x, same);
    if (height < 1 || width < 1) {
      add(i, "has a window larger than its input, " + shape_text(shape) + " with padding");
      return false;
    }
    padding_[i] = same ? same_padding(window) : window.padding;
    const bool keeps_channels = drafts_[i].node.as<Pooling>() != nullptr;
    Shape out = {keeps_channels ? shape[0] : drafts_[i].node.output_shape[0]};
    if (rank == 3) out.push_back(static_cast<u32>(height));
    out.push_back(static_cast<u32>(width));
    return set(i, shape, out);
  }

  const NirGraph& graph_;
  const std::vector<NirDraft>& drafts_;
  Repairs repairs_;
  std::vector<MaybeShape> in_;
  std::vector<MaybeShape> out_;
  std::vector<Extent> padding_;
  std::vector<std::vector<u32>> targets_;
  std::deque<u32> queue_;
  Problems problems_;
  NirNotes notes_;
};

void note_ports(const NirGraph& graph, const NirDrafts& drafts, NirNotes& notes) {
  for (std::size_t p = 0; p < graph.ports.size(); ++p) {
    const NirPort& port = graph.ports[p];
    for (const u32 neighbour : port.neighbours) {
      const Node& node = drafts.nodes[neighbour].node;
      const u64 size = port.node.type == "Input" ? node.inputs() : node.outputs();
      if (!drafts.ports[p] || size_of(*drafts.ports[p]) == size) continue;
      notes.add("ports of sub-graphs that state a wrong shape are ignored", port.node.name);
    }
  }
}

}  // namespace

void infer_nir_shapes(const NirGraph& graph, NirDrafts& drafts, NirNotes& notes) {
  turn_transposed_weights(graph, drafts.nodes, notes);
  Problems first;
  for (const Repairs repairs :
       {Repairs{false, false}, Repairs{true, false}, Repairs{false, true}}) {
    Attempt attempt(graph, drafts.nodes, repairs);
    attempt.run();
    if (attempt.problems().empty()) {
      notes.add_all(attempt.notes());
      attempt.commit(drafts.nodes);
      return note_ports(graph, drafts, notes);
    }
    if (first.empty()) first = attempt.problems();
  }
  first.throw_if_any();
}

}  // namespace spikefab
