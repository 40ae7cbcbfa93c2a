// Text with an event in each line (.csv, .txt): time, x, y, polarity, or in the order that the
// first line names. Separated by commas, semicolons, tabs or blanks. Lines that begin with # are
// left out.
#include <cmath>
#include <optional>

#include "base/error.h"
#include "base/suggest.h"
#include "mapper/event_readers/csv_columns.h"
#include "mapper/events/bytes.h"
#include "mapper/events/collector.h"
#include "mapper/events/header.h"
#include "mapper/events/reader.h"

namespace spikefab {
namespace {

constexpr std::size_t max_line = 4096;
constexpr double max_time_us = 9007199254740992;  // 2^53, 285 years
constexpr std::string_view geometry_key = "%geometry:";
constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

std::optional<double> parse_real(std::string_view text) {
  if (text.starts_with('+')) text.remove_prefix(1);
  const std::optional<double> value = parse_number<double>(text);
  return value && std::isfinite(*value) ? value : std::nullopt;
}

// 0 unless it is a number of pixels.
u32 parse_side(std::string_view text) {
  const double side = parse_real(text).value_or(0);
  const bool is_side = side >= 1 && side <= 0x10000 && side == std::floor(side);
  return is_side ? static_cast<u32>(side) : 0;
}

class Reader {
 public:
  explicit Reader(const std::string& path) : bytes_(path), collector_(path) {}

  EventRecording read() {
    if (as_text(bytes_.peek(byte_order_mark.size())) == byte_order_mark) {
      bytes_.skip(byte_order_mark.size());
    }
    while (take_line()) {
      const std::string_view text = trimmed(line_);
      if (text.empty() || text.starts_with('#')) continue;
      if (text.starts_with('%')) {
        take_geometry(text);
      } else if (!has_columns_) {
        take_first_line();
      } else {
        take_event();
      }
    }
    return collector_.take();
  }

 private:
  static std::string_view as_text(std::span<const u8> bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
  }

  // False at the end of the file.
  bool take_line() {
    ++line_number_;
    const std::string_view ahead = as_text(bytes_.peek(max_line + 1));
    if (ahead.empty()) return false;
    const std::size_t end = ahead.find('\n');
    if (end == ahead.npos && ahead.size() > max_line) {
      throw InputError(place(), "line of more than " + std::to_string(max_line) + " bytes",
                       "is this a text file of events?");
    }
    line_ = ahead.substr(0, end);
    bytes_.skip(end == ahead.npos ? ahead.size() : end + 1);
    return true;
  }

  std::string place() const { return bytes_.path() + ":" + std::to_string(line_number_); }
  std::string place(const CsvField& field) const {
    return place() + ":" + std::to_string(field.column);
  }

  // "%geometry:640,480", as Metavision writes before events in the order x, y, p, t.
  void take_geometry(std::string_view text) {
    if (!text.starts_with(geometry_key)) {
      throw InputError(place() + ":1", "'" + printable(text) + "' is no event",
                       "of lines with %, only %geometry:WIDTH,HEIGHT is known");
    }
    const auto sides = csv_fields(text.substr(geometry_key.size()), ',');
    const u32 width = sides.size() == 2 ? parse_side(sides[0].text) : 0;
    const u32 height = sides.size() == 2 ? parse_side(sides[1].text) : 0;
    if (width == 0 || height == 0) {
      throw InputError(place() + ":1", "'" + printable(text) + "'",
                       "must be %geometry:WIDTH,HEIGHT, each 1..65536");
    }
    if (has_columns_) {
      throw InputError(place() + ":1", "geometry after the first line", "it must come before");
    }
    collector_.set_sensor({width, height});
    columns_ = {.time = 3, .x = 0, .y = 1, .polarity = 2};
  }

  void take_first_line() {
    has_columns_ = true;
    if (is_csv_heading(line_)) {
      columns_ = named_csv_columns(line_, place(), collector_);
      return;
    }
    columns_.separator = csv_separator(line_);
    collector_.note(columns_.x == 0 ? "no names of columns: read as x, y, p, t, as after %geometry"
                                    : "no names of columns: read as t, x, y, p");
    take_event();
  }

  void take_event() {
    const std::vector<CsvField> fields = csv_fields(line_, columns_.separator);
    if (fields.size() != columns_.fields) {
      throw InputError(place() + ":1", std::to_string(fields.size()) + " fields (must be " +
                                           std::to_string(columns_.fields) + ")");
    }
    const Event event = {.time_us = parse_time(fields[columns_.time]),
                         .x = parse_coordinate(fields[columns_.x], "x"),
                         .y = parse_coordinate(fields[columns_.y], "y"),
                         .polarity = parse_polarity(fields[columns_.polarity])};
    collector_.add(event, [&] { return place(fields[columns_.x]); });
  }

  u64 parse_time(const CsvField& field) const {
    const auto number = parse_real(field.text);
    const double time_us = number.value_or(-1) * columns_.us_per_unit;
    if (!number || time_us < 0 || time_us > max_time_us) {
      throw InputError(place(field), "time '" + printable(field.text) + "'",
                       "must be a number from 0 to 2^53 us");
    }
    if (columns_.us_per_unit == 1 && time_us != std::floor(time_us)) {
      throw InputError(place(field), "time " + printable(field.text) + " is no whole number of us",
                       columns_.are_named
                           ? "name the column t_s or t_ms if these are seconds or milliseconds"
                           : "name the columns in the first line, such as t_s,x,y,p for seconds");
    }
    return static_cast<u64>(std::llround(time_us));
  }

  u16 parse_coordinate(const CsvField& field, const char* name) const {
    const auto number = parse_real(field.text);
    if (!number || *number < 0 || *number > 0xffff || *number != std::floor(*number)) {
      throw InputError(place(field), std::string(name) + " '" + printable(field.text) + "'",
                       "must be a whole number, 0..65535");
    }
    return static_cast<u16>(*number);
  }

  u8 parse_polarity(const CsvField& field) const {
    const auto number = parse_real(field.text);
    if (!number || (*number != 0 && *number != 1 && *number != -1)) {
      throw InputError(place(field), "polarity '" + printable(field.text) + "'",
                       "must be 1, or 0 or -1 for darker");
    }
    return *number == 1 ? 1 : 0;
  }

  EventBytes bytes_;
  EventCollector collector_;
  CsvColumns columns_;
  bool has_columns_ = false;
  u64 line_number_ = 0;
  std::string line_;
};

class Csv : public EventReader {
 public:
  std::vector<std::string> extensions() const override { return {".csv", ".txt"}; }
  bool claims(std::string_view head, const std::string& name) const override {
    const bool is_text = head.find('\0') == head.npos;
    return is_text && (name.ends_with(".csv") || name.ends_with(".txt"));
  }
  EventRecording read(const std::string& path) const override { return Reader(path).read(); }
};

SPIKEFAB_REGISTER(EventReader, "csv", Csv, "text with an event in each line: t,x,y,p (.csv, .txt)");

}  // namespace
}  // namespace spikefab
