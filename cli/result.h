// Results on stdout: one document, printed as a table for people or as JSON for programs.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "cli/arguments.h"

namespace spikefab::cli {

using Json = nlohmann::ordered_json;

inline constexpr int schema_version = 1;  // of all JSON that we print or write

// Numbers, texts and lists are lines "name  value" (underscores become spaces), lists of objects
// are tables, objects are sections. JSON gets "schema_version" in front.
void print_result(const Json& document, const Arguments& arguments);

std::string to_table(const Json& document);
std::string to_json_text(const Json& document);  // schema_version in front, newline at the end

// Writes to stdout; throws std::system_error if that fails.
void print(const std::string& text);
void flush_stdout();

// The option --json, for the verbs that have a result.
inline constexpr const char* json_help = "print the result as JSON";

}  // namespace spikefab::cli
