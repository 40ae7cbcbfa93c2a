#include "cli/options.h"

#include <boost/program_options/cmdline.hpp>
#include <cctype>

#include "cli/common_options.h"

namespace spikefab::cli {
namespace {

constexpr const char* more = "[:...]";

OptionInfo info_of(const boost::program_options::option_description& option) {
  namespace style = boost::program_options::command_line_style;
  OptionInfo info;
  info.long_name = option.long_name();
  const std::string short_name = option.canonical_display_name(style::allow_dash_for_short);
  if (short_name.size() == 2 && short_name[0] == '-') info.short_name = short_name.substr(1);
  info.help = option.description();
  if (option.semantic()->max_tokens() == 0) return info;

  // Boost writes "NAME" or "NAME (=default)".
  const std::string name = option.semantic()->name();
  const auto equals = name.find(" (=");
  info.value_name = name.substr(0, equals);
  if (equals != std::string::npos) {
    info.default_value = name.substr(equals + 3, name.size() - equals - 4);
  }
  return info;
}

}  // namespace

std::string OptionInfo::left_side() const {
  std::string text = short_name.empty() ? "    " : "-" + short_name + ", ";
  text += "--" + long_name;
  return value_name.empty() ? text : text + " " + value_name;
}

std::vector<OptionInfo> all_options(const Description& description) {
  std::vector<OptionInfo> infos;
  for (const auto& option : description.options.options()) infos.push_back(info_of(*option));
  const auto common = common_options();
  for (const auto& option : common.options()) infos.push_back(info_of(*option));
  return infos;
}

std::vector<std::string> choices_of(const std::string& value_name) {
  if (value_name.empty() || std::isupper(static_cast<unsigned char>(value_name[0]))) return {};
  const std::string words = value_name.substr(0, value_name.find(more));
  return split_list(words, words.find('|') == std::string::npos ? ',' : '|');
}

bool takes_more(const std::string& value_name) { return value_name.ends_with(more); }

}  // namespace spikefab::cli
