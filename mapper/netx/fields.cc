#include "mapper/netx/fields.h"

#include <cmath>

#include "base/suggest.h"

namespace spikefab {

const Hdf5Group* NetxFields::group(const std::string& name) {
  known_.insert(name);
  const auto found = group_.groups.find(name);
  return found == group_.groups.end() ? nullptr : &found->second;
}

const Hdf5Dataset* NetxFields::find(const std::string& name) {
  known_.insert(name);
  const auto found = group_.datasets.find(name);
  if (found != group_.datasets.end()) return &found->second;
  problems_.add({group_.place, "has no " + name, ""});
  return nullptr;
}

std::string NetxFields::text(const std::string& name) {
  const Hdf5Dataset* dataset = find(name);
  if (dataset == nullptr) return "";
  if (dataset->texts.size() == 1) return dataset->texts[0];
  add_problem(name, "must be one text");
  return "";
}

std::vector<i32> NetxFields::integers(const std::string& name, i64 least, i64 most) {
  const Hdf5Dataset* dataset = find(name);
  if (dataset == nullptr) return {};
  if (dataset->numbers.empty()) {
    add_problem(name, "holds no numbers");
    return {};
  }
  std::vector<i32> values;
  values.reserve(dataset->numbers.size());
  for (const double value : dataset->numbers) {
    const bool is_whole = std::trunc(value) == value;  // not so of NaN
    if (!is_whole || value < static_cast<double>(least) || value > static_cast<double>(most)) {
      add_problem(name,
                  "element " + std::to_string(values.size()) + " is " + std::to_string(value) +
                      " (must be an integer of " + std::to_string(least) + " to " +
                      std::to_string(most) + ")",
                  is_whole ? "" : "export the network with quantized weights");
      return {};
    }
    values.push_back(static_cast<i32>(value));
  }
  return values;
}

i32 NetxFields::integer(const std::string& name, i64 least, i64 most) {
  const std::vector<i32> values = integers(name, least, most);
  if (values.size() == 1) return values[0];
  if (values.size() > 1) add_problem(name, "must be one number");
  return static_cast<i32>(least);
}

std::vector<i32> NetxFields::integers_if_there(const std::string& name, i64 least, i64 most) {
  known_.insert(name);
  return has(name) ? integers(name, least, most) : std::vector<i32>();
}

void NetxFields::ignore(const std::vector<std::string>& names) {
  known_.insert(names.begin(), names.end());
}

std::vector<u32> NetxFields::shape_of(const std::string& name) const {
  std::vector<u32> shape;
  const auto found = group_.datasets.find(name);
  if (found == group_.datasets.end()) return shape;
  for (const u64 side : found->second.shape) shape.push_back(static_cast<u32>(side));
  return shape;
}

void NetxFields::add_problem(const std::string& name, const std::string& what,
                             const std::string& hint) {
  problems_.add({group_.place + "/" + name, what, hint});
}

void NetxFields::finish() {
  const std::vector<std::string> known(known_.begin(), known_.end());
  const auto check = [&](const std::string& name) {
    if (known_.count(name) > 0) return;
    add_problem(printable(name), "is not known here" + did_you_mean(name, known),
                "known: " + join(known, ", "));
  };
  for (const auto& [name, dataset] : group_.datasets) check(name);
  for (const auto& [name, group] : group_.groups) check(name);
}

}  // namespace spikefab
