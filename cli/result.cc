#include "cli/result.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <system_error>

#include "cli/escape.h"
#include "cli/numbers.h"

namespace spikefab::cli {
namespace {

std::string label(std::string key) {
  std::replace(key.begin(), key.end(), '_', ' ');
  return key;
}

bool is_table(const Json& value) {
  return value.is_array() && !value.empty() && value.front().is_object();
}

std::string cell(const Json& value) {
  if (value.is_string()) return escaped(value.get<std::string>());
  if (value.is_boolean()) return value.get<bool>() ? "yes" : "no";
  if (value.is_number_float()) return rounded(value.get<double>());
  if (value.is_number_unsigned()) return grouped(value.get<u64>());
  if (value.is_array()) {
    std::string text;
    for (const Json& item : value) text += (text.empty() ? "" : ", ") + cell(item);
    return text.empty() ? "none" : text;
  }
  return value.is_null() ? "-" : value.dump();
}

std::string lines(const Json& object, const std::string& indent) {
  std::size_t width = 0;
  for (const auto& [key, value] : object.items()) width = std::max(width, key.size());
  std::string text;
  for (const auto& [key, value] : object.items()) {
    if (is_table(value) || value.is_object()) continue;
    text += fmt::format("{}{:<{}}  {}\n", indent, label(key), width, cell(value));
  }
  return text;
}

// Columns are the keys of the first row; numbers are aligned to the right.
std::string table(const Json& rows) {
  std::vector<std::string> keys;
  for (const auto& [key, value] : rows.front().items()) keys.push_back(key);
  std::vector<std::size_t> width;
  for (const std::string& key : keys) width.push_back(key.size());
  for (const Json& row : rows) {
    for (std::size_t i = 0; i < keys.size(); ++i) {
      width[i] = std::max(width[i], cell(row.at(keys[i])).size());
    }
  }

  std::string text = " ";
  for (std::size_t i = 0; i < keys.size(); ++i) {
    const bool right = rows.front().at(keys[i]).is_number();
    text += right ? fmt::format(" {:>{}}", label(keys[i]), width[i])
                  : fmt::format(" {:<{}}", label(keys[i]), width[i]);
  }
  for (const Json& row : rows) {
    text.erase(text.find_last_not_of(' ') + 1);
    text += "\n ";
    for (std::size_t i = 0; i < keys.size(); ++i) {
      const Json& value = row.at(keys[i]);
      text += value.is_number() ? fmt::format(" {:>{}}", cell(value), width[i])
                                : fmt::format(" {:<{}}", cell(value), width[i]);
    }
  }
  text.erase(text.find_last_not_of(' ') + 1);
  return text + "\n";
}

}  // namespace

std::string to_table(const Json& document) {
  std::string text = lines(document, "");
  for (const auto& [key, value] : document.items()) {
    if (!is_table(value) && !value.is_object()) continue;
    if (!text.empty()) text += '\n';
    text += label(key) + "\n" + (value.is_object() ? lines(value, "  ") : table(value));
  }
  return text;
}

std::string to_json_text(const Json& document) {
  Json versioned = {{"schema_version", schema_version}};
  versioned.update(document);
  return versioned.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

void print_result(const Json& document, const Arguments& arguments) {
  print(arguments.has("json") ? to_json_text(document) : to_table(document));
}

void print(const std::string& text) {
  if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size()) {
    throw std::system_error(errno, std::generic_category(), "cannot write to stdout");
  }
}

void flush_stdout() {
  if (std::fflush(stdout) != 0) {
    throw std::system_error(errno, std::generic_category(), "cannot write to stdout");
  }
}

}  // namespace spikefab::cli
