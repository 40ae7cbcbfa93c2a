#include "tests/support/in_process_tool.h"

#include <system_error>

#include "cli/command.h"
#include "cli/common_options.h"
#include "cli/log.h"
#include "cli/parse.h"

namespace spikefab::test {
namespace {

int fail(int code, const char* what) {
  cli::log_error("{}", what);
  return code;
}

}  // namespace

int run_tool_in_process(const std::vector<std::string>& words) try {
  const auto command = Registry<cli::Command>::make(words.at(0));
  const cli::Arguments arguments = cli::parse(command->describe(), words);
  cli::apply_common_options(arguments);
  return command->run(arguments);
} catch (const UsageError& e) {
  return fail(cli::exit_usage, e.what());
} catch (const InputError& e) {
  return fail(cli::exit_input, e.what());
} catch (const ResourceError& e) {
  return fail(cli::exit_resource, e.what());
} catch (const std::system_error& e) {
  return fail(cli::exit_resource, e.what());
} catch (const std::bad_alloc& e) {
  return fail(cli::exit_resource, e.what());
} catch (const std::exception& e) {
  return fail(cli::exit_internal, e.what());
}

}  // namespace spikefab::test
