#include "mapper/event_readers/csv_columns.h"

#include <algorithm>
#include <optional>

#include "base/error.h"
#include "base/suggest.h"
#include "mapper/events/header.h"

namespace spikefab {
namespace {

struct KnownName {
  const char* name;
  u32 CsvColumns::*column;
  double us_per_unit;  // of times
};

constexpr KnownName known_names[] = {
    {"t", &CsvColumns::time, 1},
    {"t_us", &CsvColumns::time, 1},
    {"time", &CsvColumns::time, 1},
    {"time_us", &CsvColumns::time, 1},
    {"ts", &CsvColumns::time, 1},
    {"timestamp", &CsvColumns::time, 1},
    {"timestamp_us", &CsvColumns::time, 1},
    {"t_ms", &CsvColumns::time, 1e3},
    {"time_ms", &CsvColumns::time, 1e3},
    {"timestamp_ms", &CsvColumns::time, 1e3},
    {"t_s", &CsvColumns::time, 1e6},
    {"time_s", &CsvColumns::time, 1e6},
    {"timestamp_s", &CsvColumns::time, 1e6},
    {"x", &CsvColumns::x, 0},
    {"y", &CsvColumns::y, 0},
    {"p", &CsvColumns::polarity, 0},
    {"pol", &CsvColumns::polarity, 0},
    {"polarity", &CsvColumns::polarity, 0},
};

std::vector<std::string> all_names() {
  std::vector<std::string> names;
  for (const KnownName& known : known_names) names.emplace_back(known.name);
  return names;
}

const KnownName* find_name(const std::string& name) {
  const auto* found = std::find_if(std::begin(known_names), std::end(known_names),
                                   [&](const KnownName& known) { return known.name == name; });
  return found == std::end(known_names) ? nullptr : found;
}

constexpr u32 unset = ~u32{0};

}  // namespace

char csv_separator(std::string_view line) {
  for (const char separator : {',', ';', '\t'}) {
    if (line.find(separator) != line.npos) return separator;
  }
  return ' ';
}

std::vector<CsvField> csv_fields(std::string_view line, char separator) {
  std::vector<CsvField> fields;
  for (std::size_t begin = 0; begin <= line.size();) {
    if (separator == ' ') {
      begin = line.find_first_not_of(" \t\r", begin);  // any number of blanks separate
      if (begin == line.npos) break;
    }
    const std::size_t end = std::min(line.find(separator, begin), line.size());
    const std::string_view text = trimmed(line.substr(begin, end - begin));
    const std::size_t at =
        text.empty() ? begin : static_cast<std::size_t>(text.data() - line.data());
    fields.push_back({text, at + 1});
    begin = end + 1;
  }
  return fields;
}

bool is_csv_heading(std::string_view line) {
  constexpr std::string_view number_begins = "0123456789+-.";
  const std::string_view text = trimmed(line);
  return !text.empty() && number_begins.find(text[0]) == number_begins.npos;
}

CsvColumns named_csv_columns(std::string_view line, const std::string& place,
                             EventCollector& collector) {
  CsvColumns columns = {.separator = csv_separator(line), .are_named = true};
  columns.time = columns.x = columns.y = columns.polarity = unset;
  columns.fields = 0;
  std::vector<std::string> unknown;
  for (const CsvField& field : csv_fields(line, columns.separator)) {
    const std::string name = lower_case(field.text);
    if (const KnownName* known = find_name(name)) {
      if (columns.*known->column != unset) {
        throw InputError(place + ":" + std::to_string(field.column),
                         "column '" + name + "' is there twice, or under another name");
      }
      columns.*known->column = columns.fields;
      if (known->us_per_unit > 0) columns.us_per_unit = known->us_per_unit;
    } else {
      unknown.push_back(printable(field.text));
    }
    ++columns.fields;
  }
  for (const auto& [column, name] : {std::pair{columns.time, "t"}, std::pair{columns.x, "x"},
                                     std::pair{columns.y, "y"}, std::pair{columns.polarity, "p"}}) {
    if (column != unset) continue;
    throw InputError(place + ":1", std::string("no column '") + name + "'",
                     "known names: " + join(all_names(), ", "));
  }
  if (!unknown.empty()) collector.note("columns " + join(unknown, ", ") + " are ignored");
  return columns;
}

}  // namespace spikefab
