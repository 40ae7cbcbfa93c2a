#include "cli/tool.h"

#include <algorithm>
#include <new>
#include <system_error>

#include "cli/common_options.h"
#include "cli/help.h"
#include "cli/log.h"
#include "cli/parse.h"
#include "cli/result.h"

namespace spikefab::cli {
namespace {

using Words = std::vector<std::string>;

// `spikefab`, `--help` and `--version` are verbs in another spelling.
Words with_verb(Words words) {
  if (words.empty() || words[0] == "--help" || words[0] == "-h") return {"help"};
  if (words[0] == "--version") words[0] = "version";
  if (words[0].starts_with("-")) {
    throw UsageError("unknown option '" + printable(words[0]) + "'", "options follow the verb");
  }
  return words;
}

int run_verb(const Words& words) {
  const auto command = Registry<Command>::make(words[0]);
  const Description description = command->describe();
  const Arguments arguments = parse(description, words);
  if (arguments.has("help")) {
    print(verb_help(words[0], description));
    return exit_ok;
  }
  apply_common_options(arguments);
  return command->run(arguments);
}

int report_usage(const std::string& what, const Words& words) {
  const auto verbs = Registry<Command>::names();
  const bool known = !words.empty() && std::binary_search(verbs.begin(), verbs.end(), words[0]);
  log_error("{}; try 'spikefab {}--help'", what, known ? words[0] + " " : "");
  return exit_usage;
}

int report_internal(const char* what) {
  log_error("internal error: {}", what);
  log_error("this is a bug: please report it with the output of 'spikefab doctor' and the command");
  return exit_internal;
}

int report_resource(const std::string& what) {
  log_error("{}", what);
  return exit_resource;
}

}  // namespace

int run_tool(const std::vector<std::string>& typed) try {
  const int code = run_verb(with_verb(typed));
  flush_stdout();
  return code;
} catch (const UsageError& e) {
  return report_usage(e.what(), typed);
} catch (const InputError& e) {
  for (const Problem& problem : e.problems()) log_error("{}", problem.text());
  return exit_input;
} catch (const FitError& e) {
  log_error("{}", e.what());
  return exit_no_fit;
} catch (const ResourceError& e) {
  return report_resource(e.what());
} catch (const std::system_error& e) {
  return report_resource(e.what());
} catch (const std::bad_alloc&) {
  return report_resource("out of memory");
} catch (const std::exception& e) {
  return report_internal(e.what());
} catch (...) {
  return report_internal("unknown exception");
}

}  // namespace spikefab::cli
