#include "base/specification.h"

#include <algorithm>
#include <charconv>
#include <set>

#include "base/error.h"
#include "base/suggest.h"

namespace spikefab {
namespace {

std::string range_text(const ParamSpec& spec) {
  return std::to_string(spec.min) + ".." + std::to_string(spec.max);
}

std::vector<std::string> names_of(const std::vector<ParamSpec>& options) {
  std::vector<std::string> names;
  for (const ParamSpec& spec : options) names.emplace_back(spec.name);
  return names;
}

// Sets the option of one "OPTION=VALUE".
void set_option(const std::string& who, const std::string& setting,
                const std::vector<ParamSpec>& options, std::vector<i32>& values) {
  const auto equals = setting.find('=');
  const std::string name = setting.substr(0, equals);
  const auto spec = std::find_if(options.begin(), options.end(),
                                 [&](const ParamSpec& s) { return s.name == name; });
  if (spec == options.end()) {
    const std::vector<std::string> names = names_of(options);
    throw UsageError(who + " has no option '" + printable(name) + "'",
                     names.empty()
                         ? "it has none"
                         : "have: " + join(names, ", ") + "; 'spikefab list' explains them" +
                               did_you_mean(name, names));
  }
  const std::string text = equals == std::string::npos ? "" : setting.substr(equals + 1);
  i32 value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value < spec->min ||
      value > spec->max) {
    throw UsageError(who + ": " + name + " = '" + printable(text) + "' (must be " +
                     range_text(*spec) + "): " + std::string(spec->help));
  }
  values[static_cast<u64>(spec - options.begin())] = value;
}

}  // namespace

std::string name_in(const std::string& specification) {
  return specification.substr(0, specification.find(':'));
}

std::vector<i32> values_in(const std::string& specification, std::string_view kind,
                           const std::vector<ParamSpec>& options) {
  const std::string who = std::string(kind) + " " + name_in(specification);
  std::vector<i32> values;
  for (const ParamSpec& spec : options) values.push_back(spec.value);
  std::set<std::string> given;
  for (auto begin = specification.find(':'); begin != std::string::npos;) {
    const auto comma = specification.find(',', begin + 1);
    const std::string setting = specification.substr(begin + 1, comma - begin - 1);
    set_option(who, setting, options, values);
    if (!given.insert(setting.substr(0, setting.find('='))).second) {
      throw UsageError(who + ": an option is given twice: " + printable(setting));
    }
    begin = comma;
  }
  return values;
}

}  // namespace spikefab
