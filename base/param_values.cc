#include "base/param_values.h"

#include <algorithm>

#include "base/suggest.h"

namespace spikefab {
namespace {

std::string have(const std::vector<std::string>& names, const std::string& word) {
  return "have: " + join(names, ", ") + did_you_mean(word, names);
}

std::vector<std::string> names_of(const std::vector<ParamSpec>& params) {
  std::vector<std::string> names;
  for (const ParamSpec& param : params) names.emplace_back(param.name);
  return names;
}

std::string range_text(const ParamSpec& param) {
  const std::string unit = param.unit.empty() ? "" : " " + std::string(param.unit);
  return "must be " + std::to_string(param.min) + ".." + std::to_string(param.max) + unit + "; " +
         std::string(param.help);
}

}  // namespace

std::optional<u32> find_choice(const std::string& path, const std::string& name,
                               const std::vector<std::string>& names, const PlaceOf& place_of,
                               Problems& problems) {
  const auto found = std::find(names.begin(), names.end(), name);
  if (found != names.end()) return static_cast<u32>(found - names.begin());
  problems.add({place_of(path), path + " = '" + printable(name) + "'", have(names, name)});
  return std::nullopt;
}

std::vector<i32> default_values(const std::vector<ParamSpec>& params) {
  std::vector<i32> values;
  for (const ParamSpec& param : params) values.push_back(param.value);
  return values;
}

void set_params(const std::string& path, const std::map<std::string, i32>& given,
                const std::vector<ParamSpec>& params, const PlaceOf& place_of, Problems& problems,
                std::vector<i32>& values) {
  for (const auto& [name, value] : given) {
    const std::string full = path + "." + printable(name);
    const auto found = std::find_if(params.begin(), params.end(),
                                    [&](const ParamSpec& param) { return param.name == name; });
    if (found == params.end()) {
      problems.add({place_of(full), full + ": no such parameter", have(names_of(params), name)});
    } else if (value < found->min || value > found->max) {
      problems.add({place_of(full), full + " = " + std::to_string(value), range_text(*found)});
    } else {
      values[static_cast<std::size_t>(found - params.begin())] = value;
    }
  }
}

}  // namespace spikefab
