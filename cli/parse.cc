#include "cli/parse.h"

#include <algorithm>
#include <boost/program_options/errors.hpp>
#include <boost/program_options/parsers.hpp>
#include <boost/program_options/positional_options.hpp>

#include "base/suggest.h"
#include "cli/common_options.h"
#include "cli/options.h"

namespace po = boost::program_options;

namespace spikefab::cli {
namespace {

po::options_description options_of(const Description& description) {
  po::options_description all;
  all.add(description.options).add(common_options());
  for (const Positional& p : description.positionals) {
    if (all.find_nothrow(p.option, false) != nullptr) continue;
    all.add_options()(p.option.c_str(), texts_value(p.name));
  }
  return all;
}

po::positional_options_description positionals_of(const Description& description) {
  po::positional_options_description all;
  for (const Positional& p : description.positionals) {
    all.add(p.option.c_str(), p.repeats() ? -1 : 1);
  }
  return all;
}

// "; did you mean '--cores'?" for a beginning such as "--cor", or "".
std::string did_you_begin(const std::string& name, const std::vector<std::string>& known) {
  std::vector<std::string> matches;
  for (const std::string& option : known) {
    if (option.starts_with(name)) matches.push_back("'" + option + "'");
  }
  return matches.empty() ? "" : "; did you mean " + join(matches, " or ") + "?";
}

// Boost's name of an unknown option has its dashes, and sometimes "=value".
[[noreturn]] void throw_unknown(const std::string& given, const Description& description) {
  const std::string name = given.substr(0, given.find('='));
  std::vector<std::string> known;
  for (const OptionInfo& option : all_options(description))
    known.push_back("--" + option.long_name);
  std::string hint = name.size() > 3 ? did_you_begin(name, known) : "";
  if (hint.empty()) hint = did_you_mean(name, known);
  throw UsageError("unknown option '" + printable(name) + "'" + hint);
}

// To Boost each positional is an option that can be named; to us only if the verb says so.
void refuse_named_positionals(const po::parsed_options& parsed, const Description& description) {
  const auto known = all_options(description);
  for (const auto& option : parsed.options) {
    const auto is_it = [&](const OptionInfo& info) { return info.long_name == option.string_key; };
    if (option.position_key >= 0 || std::any_of(known.begin(), known.end(), is_it)) continue;
    throw_unknown("--" + option.string_key, description);
  }
}

po::variables_map parse_words(const Description& description,
                              const std::vector<std::string>& words) {
  const auto options = options_of(description);
  const auto positionals = positionals_of(description);
  const int style =
      po::command_line_style::default_style & ~int{po::command_line_style::allow_guessing};
  po::variables_map values;
  try {
    const auto parsed = po::command_line_parser({words.begin() + 1, words.end()})
                            .options(options)
                            .positional(positionals)
                            .style(style)
                            .run();
    refuse_named_positionals(parsed, description);
    po::store(parsed, values);
  } catch (const po::unknown_option& e) {
    throw_unknown(e.get_option_name(), description);
  } catch (const po::too_many_positional_options_error&) {
    throw UsageError("too many arguments");
  } catch (const po::error& e) {
    throw UsageError(e.what());
  }
  return values;
}

void check_choices(const std::string& name, const std::string& value_name,
                   const std::vector<std::string>& values) {
  const auto choices = choices_of(value_name);
  if (choices.empty()) return;
  const bool is_list = value_name.find(',') != std::string::npos;
  for (const std::string& value : values) {
    for (const std::string& word : is_list ? split_list(value) : std::vector{value}) {
      const std::string choice = takes_more(value_name) ? word.substr(0, word.find(':')) : word;
      if (std::find(choices.begin(), choices.end(), choice) != choices.end()) continue;
      throw UsageError(name + " = " + printable(word) + " (must be " +
                       (is_list ? "of " : "one of ") + join(choices, ", ") +
                       did_you_mean(word, choices) + ")");
    }
  }
}

void check(const Description& description, const Arguments& arguments) {
  for (const OptionInfo& option : all_options(description)) {
    if (choices_of(option.value_name).empty()) continue;
    check_choices("--" + option.long_name, option.value_name, arguments.texts(option.long_name));
  }
  for (const Positional& p : description.positionals) {
    if (p.needed() && !arguments.has(p.option)) {
      throw UsageError("missing " + p.name);
    }
    if (!choices_of(p.name).empty()) check_choices(p.option, p.name, arguments.texts(p.option));
  }
}

}  // namespace

Arguments parse(const Description& description, const std::vector<std::string>& words) {
  Arguments arguments(words, parse_words(description, words));
  if (!arguments.has("help")) check(description, arguments);
  return arguments;
}

}  // namespace spikefab::cli
