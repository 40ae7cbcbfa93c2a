// The parameters of one NIR node: by any of their names, checked, and those left over.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/error.h"
#include "mapper/nir/graph.h"

namespace spikefab {

class NirParameters {
 public:
  NirParameters(const NirNode& node, NirNotes& notes, Problems& problems)
      : node_(node), notes_(notes), problems_(problems) {}

  using Names = std::vector<std::string>;

  // The first of `names` that the file has, if it holds numbers; nullptr otherwise, which is a
  // problem unless it may be absent.
  const Hdf5Dataset* find(const Names& names);
  const Hdf5Dataset* need(const Names& names);

  // One value per neuron or one for all; `otherwise` if it is absent.
  Parameter values(const Names& names);
  Parameter values_or(const Names& names, double otherwise);
  // The shape that all parameters read so far agree on; nothing if all are single numbers.
  std::optional<Shape> common_shape() const { return common_; }

  std::vector<float> floats(const Hdf5Dataset& dataset) const;
  // Extents: dimensions of arrays, 0 or more.
  std::optional<Shape> shape_of(const Hdf5Dataset& dataset);
  // A list of integers, such as (34, 34) or 34; of `min` or more.
  std::optional<std::vector<i32>> integers(const Hdf5Dataset& dataset, i32 min);
  // One or `count` integers, as `count`; `otherwise` if it is absent.
  std::vector<u32> extents(const std::string& name, std::size_t count, i32 min, u32 otherwise);

  std::string text(const std::string& name);
  void add_problem(const std::string& name, std::string what, std::string hint = "");
  void note(const std::string& what) { notes_.add(what, node_.name); }
  void note_leftovers();

 private:
  const Hdf5Dataset* any(const Names& names);
  Parameter take(const Hdf5Dataset& dataset);

  const NirNode& node_;
  NirNotes& notes_;
  Problems& problems_;
  std::set<std::string> used_ = {"type"};
  std::optional<Shape> common_;
  bool single_ = false;  // some parameter was a single number
};

}  // namespace spikefab
