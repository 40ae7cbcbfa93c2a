#include "mapper/event_readers/prophesee_header.h"

#include "base/error.h"
#include "base/suggest.h"

namespace spikefab {
namespace {

// "3.0" of "EVT3;height=720;width=1280", "2.1" of "EVT21".
std::string version_of_format(std::string_view format) {
  const std::string name = lower_case(format.substr(0, format.find(';')));
  if (!name.starts_with("evt") || name.size() < 4) return "";
  return name.substr(3, 1) + "." + (name.size() > 4 ? name.substr(4) : "0");
}

std::string version_of(const EventHeader& header) {
  const std::string version = header.value("evt ").text;
  return version.empty() ? version_of_format(header.value("format ").text) : version;
}

// The part "height=720" of a format.
std::string_view format_value(std::string_view format, std::string_view key) {
  const std::size_t at = format.find(";" + std::string(key) + "=");
  if (at == format.npos) return {};
  const std::string_view rest = format.substr(at + key.size() + 2);
  return rest.substr(0, rest.find(';'));
}

// No size if the line is not there.
SensorSize size_of_format(const EventBytes& bytes, const HeaderLine& format) {
  const std::string_view width = format_value(format.text, "width");
  const std::string_view height = format_value(format.text, "height");
  if (width.empty() && height.empty()) return {};
  return {parse_pixels(bytes, format, width), parse_pixels(bytes, format, height)};
}

SensorSize size_of_geometry(const EventBytes& bytes, const HeaderLine& geometry) {
  if (geometry.text.empty()) return {};
  const std::size_t x = std::min(geometry.text.find('x'), geometry.text.size());
  const std::string_view text = geometry.text;
  return {parse_pixels(bytes, geometry, text.substr(0, x)),
          parse_pixels(bytes, geometry, text.substr(std::min(x + 1, text.size())))};
}

std::string text_of(SensorSize size) {
  return std::to_string(size.width) + " x " + std::to_string(size.height);
}

void set_sensor(const EventBytes& bytes, const EventHeader& header, EventCollector& collector) {
  const SensorSize format = size_of_format(bytes, header.value("format "));
  const HeaderLine line = header.value("geometry ");
  const SensorSize geometry = size_of_geometry(bytes, line);
  if (format.width != 0 && geometry.width != 0 && format != geometry) {
    throw InputError(
        bytes.place(line.offset),
        "geometry " + text_of(geometry) + ", but the line 'format' says " + text_of(format));
  }
  const SensorSize size = format.width != 0 ? format : geometry;
  if (size.width != 0) collector.set_sensor(size);
}

}  // namespace

std::string evt_version(std::string_view head) {
  EventHeader header;
  for (std::string_view rest = head; rest.starts_with("% ");) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    header.lines.push_back({0, std::string(trimmed(rest.substr(2, end - 2)))});
    rest = rest.substr(std::min(end + 1, rest.size()));
  }
  return version_of(header);
}

void take_raw_header(EventBytes& bytes, const std::string& version, EventCollector& collector) {
  const EventHeader header = read_event_header(bytes, "% ", "end");
  const std::string stated = version_of(header);
  if (!stated.empty() && stated != version) {
    throw InputError(bytes.path() + ": byte 0",
                     "the header says EVT " + printable(stated) + ", not " + version);
  }
  const HeaderLine endianness = header.value("endianness ");
  if (!endianness.text.empty() && lower_case(endianness.text) != "little") {
    throw InputError(bytes.place(endianness.offset),
                     "endianness " + printable(endianness.text) + " (must be little)");
  }
  set_sensor(bytes, header, collector);
}

void note_raw_tail(u64 bytes, EventCollector& collector) {
  collector.note_left_out(bytes, "bytes at the end, which are no whole word,");
}

}  // namespace spikefab
