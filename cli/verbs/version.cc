// spikefab version
#include <fmt/core.h>
#include <google/protobuf/stubs/common.h>
#include <spdlog/version.h>
#include <boost/version.hpp>
#include <nlohmann/json.hpp>

#include "cli/command.h"
#include "cli/provenance.h"

namespace spikefab::cli {
namespace {

std::string dotted(int a, int b, int c) { return fmt::format("{}.{}.{}", a, b, c); }

Json libraries() {
  return {
      {"boost", dotted(BOOST_VERSION / 100000, BOOST_VERSION / 100 % 1000, BOOST_VERSION % 100)},
      {"fmt", dotted(FMT_VERSION / 10000, FMT_VERSION / 100 % 100, FMT_VERSION % 100)},
      {"nlohmann_json", dotted(NLOHMANN_JSON_VERSION_MAJOR, NLOHMANN_JSON_VERSION_MINOR,
                               NLOHMANN_JSON_VERSION_PATCH)},
      {"protobuf", google::protobuf::internal::VersionString(GOOGLE_PROTOBUF_VERSION)},
      {"spdlog", dotted(SPDLOG_VER_MAJOR, SPDLOG_VER_MINOR, SPDLOG_VER_PATCH)}};
}

class Version : public Command {
 public:
  Description describe() const override {
    Description d;
    d.text = "Shows version, commit, compiler and libraries of this build.";
    d.options.add_options()("json", flag_value(), json_help);
    d.examples = {{"version", "for people"}, {"version --json", "for programs"}};
    return d;
  }

  int run(const Arguments& arguments) override {
    Json document = build_facts();
    document["libraries"] = libraries();
    print_result(document, arguments);
    return exit_ok;
  }
};

SPIKEFAB_REGISTER(Command, "version", Version, "show version and build");

}  // namespace
}  // namespace spikefab::cli
