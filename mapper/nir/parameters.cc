#include "mapper/nir/parameters.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/suggest.h"

namespace spikefab {
namespace {

Shape narrow(const std::vector<u64>& shape) {
  Shape out;
  for (const u64 side : shape) {
    out.push_back(static_cast<u32>(std::min<u64>(side, std::numeric_limits<u32>::max())));
  }
  return out;
}

}  // namespace

const Hdf5Dataset* NirParameters::any(const Names& names) {
  const Hdf5Dataset* first = nullptr;
  for (const std::string& name : names) {
    const auto found = node_.group->datasets.find(name);
    if (found == node_.group->datasets.end()) continue;
    used_.insert(name);
    if (!first) first = &found->second;
  }
  return first;
}

const Hdf5Dataset* NirParameters::find(const Names& names) {
  const Hdf5Dataset* found = any(names);
  if (!found || found->kind == Hdf5Kind::none) return nullptr;
  if (!found->numbers.empty()) return found;
  problems_.add({found->place, found->kind == Hdf5Kind::text ? "is text" : "is empty",
                 "must be a number or an array of numbers"});
  return nullptr;
}

const Hdf5Dataset* NirParameters::need(const Names& names) {
  const Hdf5Dataset* found = any(names);
  if (!found || found->kind == Hdf5Kind::none) {
    add_problem(names[0], "is missing");
    return nullptr;
  }
  return find(names);
}

Parameter NirParameters::take(const Hdf5Dataset& dataset) {
  if (dataset.numbers.size() == 1 && dataset.shape.empty()) {
    single_ = true;
  } else if (const Shape shape = narrow(dataset.shape); !common_ || size_of(*common_) == 1) {
    common_ = shape;
  } else if (shape != *common_ && size_of(shape) != 1) {
    problems_.add({dataset.place,
                   "is " + shape_text(shape) + ", but others are " + shape_text(*common_),
                   "all parameters of neurons must have one shape"});
  }
  return {dataset.numbers};
}

Parameter NirParameters::values(const Names& names) {
  const Hdf5Dataset* dataset = need(names);
  return dataset ? take(*dataset) : Parameter{{1}};
}

Parameter NirParameters::values_or(const Names& names, double otherwise) {
  const Hdf5Dataset* dataset = find(names);
  return dataset ? take(*dataset) : Parameter{{otherwise}};
}

std::vector<float> NirParameters::floats(const Hdf5Dataset& dataset) const {
  std::vector<float> values;
  values.reserve(dataset.numbers.size());
  for (const double number : dataset.numbers) values.push_back(static_cast<float>(number));
  return values;
}

std::optional<std::vector<i32>> NirParameters::integers(const Hdf5Dataset& dataset, i32 min) {
  constexpr std::size_t max_count = 16;
  std::vector<i32> out;
  for (const double number : dataset.numbers) {
    const bool ok = number >= min && number <= std::numeric_limits<i32>::max() &&
                    number == std::floor(number) && out.size() < max_count;
    if (!ok) {
      problems_.add({dataset.place,
                     "must be at most 16 integers of " + std::to_string(min) + " or more", ""});
      return {};
    }
    out.push_back(static_cast<i32>(number));
  }
  return out;
}

std::optional<Shape> NirParameters::shape_of(const Hdf5Dataset& dataset) {
  const auto sides = integers(dataset, 1);
  if (!sides) return {};
  return Shape(sides->begin(), sides->end());
}

std::vector<u32> NirParameters::extents(const std::string& name, std::size_t count, i32 min,
                                        u32 otherwise) {
  std::vector<u32> out(count, otherwise);
  const Hdf5Dataset* dataset = find({name});
  if (!dataset) return out;
  const auto values = integers(*dataset, min);
  if (!values) return out;
  if (values->size() != 1 && values->size() != count) {
    problems_.add({dataset->place, "holds " + std::to_string(values->size()) + " numbers",
                   "must be 1 or " + std::to_string(count)});
    return out;
  }
  for (std::size_t i = 0; i < count; ++i) {
    out[i] = static_cast<u32>((*values)[values->size() == 1 ? 0 : i]);
  }
  return out;
}

std::string NirParameters::text(const std::string& name) {
  const auto found = node_.group->datasets.find(name);
  if (found == node_.group->datasets.end() || found->second.texts.size() != 1) return "";
  used_.insert(name);
  return found->second.texts[0];
}

void NirParameters::add_problem(const std::string& name, std::string what, std::string hint) {
  problems_.add({node_.group->place, (name.empty() ? "" : name + " ") + what, std::move(hint)});
}

void NirParameters::note_leftovers() {
  if (single_) note("parameters that are single numbers are for all neurons of the node");
  for (const auto& [name, dataset] : node_.group->datasets) {
    if (used_.contains(name)) continue;
    notes_.add("parameters that NIR does not have are ignored", node_.name + "/" + name);
  }
  for (const auto& [name, group] : node_.group->groups) {
    if (name == "metadata") continue;
    notes_.add("parameters that NIR does not have are ignored", node_.name + "/" + name);
  }
}

}  // namespace spikefab
