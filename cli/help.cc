#include "cli/help.h"

#include <algorithm>
#include <cctype>

#include "cli/options.h"

namespace spikefab::cli {
namespace {

constexpr std::size_t columns = 80;

// Words of `text` filled into lines that begin at column `indent`; the first line is begun already.
std::string filled(const std::string& text, std::size_t indent) {
  std::string out;
  std::size_t column = indent;
  for (const std::string& word : split_list(text, ' ')) {
    if (column > indent && column + 1 + word.size() > columns) {
      out += "\n" + std::string(indent, ' ');
      column = indent;
    }
    if (column > indent) out += ' ', ++column;
    out += word;
    column += word.size();
  }
  return out;
}

// "  left    right", with right on its own line if left is wide.
std::string row(const std::string& left, const std::string& right, std::size_t indent) {
  std::string out = "  " + left;
  if (out.size() + 2 > indent) {
    out += "\n" + std::string(indent, ' ');
  } else {
    out.resize(indent, ' ');
  }
  return out + filled(right, indent) + "\n";
}

constexpr std::size_t longest_name = 60;  // of an argument

// A long list of choices is called after what it is a choice of.
std::string short_name(const Positional& p) {
  if (p.name.size() <= longest_name) return p.name;
  std::string name = p.option;
  std::transform(name.begin(), name.end(), name.begin(),
                 [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  return name;
}

std::string argument_help(const Positional& p) {
  if (p.name.size() <= longest_name) return p.help;
  return p.help + ": " + join(choices_of(p.name), ", ");
}

std::string usage_of(const Positional& p) {
  const std::string name = short_name(p);
  switch (p.count) {
    case Positional::at_most_one:
      return "[" + name + "]";
    case Positional::at_least_one:
      return name + "...";
    case Positional::any:
      return "[" + name + "...]";
    default:
      return name;
  }
}

std::string usage(const std::string& verb, const Description& description) {
  std::string text = "spikefab " + verb + " [options]";
  for (const Positional& p : description.positionals) text += " " + usage_of(p);
  return "Usage:\n  " + filled(text, 2) + "\n";
}

std::string arguments(const Description& description) {
  if (description.positionals.empty()) return "";
  std::string text = "\nArguments:\n";
  for (const Positional& p : description.positionals) {
    text += row(short_name(p), argument_help(p), 24);
  }
  return text;
}

std::string options(const Description& description) {
  std::string text = "\nOptions:\n";
  for (const OptionInfo& option : all_options(description)) {
    std::string help = option.help;
    if (!option.default_value.empty()) help += " [" + option.default_value + "]";
    text += row(option.left_side(), help, 30);
  }
  return text;
}

std::string examples(const std::vector<Example>& examples) {
  std::string text = "\nExamples:\n";
  for (const Example& e : examples) {
    text += "  spikefab " + e.command + "\n      " + filled(e.help, 6) + "\n";
  }
  return text;
}

std::string exit_codes(std::vector<ExitCodeHelp> codes) {
  codes.push_back({exit_ok, "success"});
  codes.push_back({exit_internal, "internal error: a bug of ours, please report it"});
  codes.push_back({exit_usage, "wrong command line"});
  std::sort(codes.begin(), codes.end(), [](auto& a, auto& b) { return a.code < b.code; });
  std::string text = "\nExit codes:\n";
  for (const ExitCodeHelp& c : codes) text += row(std::to_string(c.code), c.help, 7);
  return text;
}

}  // namespace

std::string overview_help() {
  std::string text =
      "Spikefab simulates many-core neuromorphic chips.\n\n"
      "Usage:\n  spikefab VERB [options] ...\n\nVerbs:\n";
  for (const auto& [name, entry] : Registry<Command>::all()) text += row(name, entry.help, 16);
  text += "\nOptions:\n" + row("--help", "show this help; after a verb, that of the verb", 16) +
          row("--version", "same as 'spikefab version'", 16);
  text += examples({{"demo", "see it work"},
                    {"help run", "what a verb takes, with examples"},
                    {"ranc input.json output.txt config.json 100", "as RANC's ranc_sim"}});
  return text +
         exit_codes({{exit_input, "bad input file"},
                     {exit_no_fit, "the network does not fit the chip"},
                     {exit_resource, "too little memory, disk or time, or no such engine here"},
                     {exit_comparison, "results differ, or a threshold is missed"},
                     {130, "stopped by SIGINT (143: by SIGTERM) after a clean stop"}});
}

std::string verb_help(const std::string& verb, const Description& description) {
  return filled(description.text, 0) + "\n\n" + usage(verb, description) + arguments(description) +
         options(description) + examples(description.examples) + exit_codes(description.exit_codes);
}

}  // namespace spikefab::cli
