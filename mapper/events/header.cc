#include "mapper/events/header.h"

#include "base/error.h"
#include "base/suggest.h"

namespace spikefab {
namespace {

constexpr u64 max_header_bytes = u64{4} << 20;  // jAER writes all its settings there

bool is_control(u8 c) { return (c < 0x20 && c != '\t' && c != '\r') || c == 0x7f; }

// The next line with its end if it begins with the mark and is text, or else nothing: the data
// begin.
std::string_view peek_line(EventBytes& bytes, std::string_view mark) {
  std::size_t length = 0;
  for (std::size_t room = 256; room <= EventBytes::max_piece; room *= 4) {
    const std::span<const u8> ahead = bytes.peek(room);
    const std::string_view text(reinterpret_cast<const char*>(ahead.data()), ahead.size());
    if (!text.starts_with(mark)) return {};
    while (length < text.size() && text[length] != '\n') {
      if (is_control(ahead[length])) return {};
      ++length;
    }
    if (length < text.size()) return text.substr(0, length + 1);
    if (ahead.size() < room) return text;  // the file's last line
  }
  throw InputError(bytes.place(),
                   "header line of more than " + std::to_string(EventBytes::max_piece) + " bytes");
}

}  // namespace

HeaderLine EventHeader::value(std::string_view key) const {
  for (const HeaderLine& line : lines) {
    if (!lower_case(line.text).starts_with(lower_case(key))) continue;
    return {line.offset, std::string(trimmed(std::string_view(line.text).substr(key.size())))};
  }
  return {};
}

EventHeader read_event_header(EventBytes& bytes, std::string_view mark, std::string_view end) {
  EventHeader header;
  while (!header.has_end) {
    const u64 offset = bytes.offset();
    const std::string_view line = peek_line(bytes, mark);
    if (line.empty()) break;
    HeaderLine taken = {offset, std::string(trimmed(line.substr(mark.size())))};
    bytes.skip(line.size());
    if (bytes.offset() > max_header_bytes) {
      throw InputError(bytes.place(offset), "the header does not end within " +
                                                std::to_string(max_header_bytes) + " bytes");
    }
    header.has_end = lower_case(taken.text) == end;
    if (!header.has_end) header.lines.push_back(std::move(taken));
  }
  return header;
}

u32 parse_pixels(const EventBytes& bytes, const HeaderLine& line, std::string_view text) {
  const std::string_view number = trimmed(text);
  const u32 value = parse_number<u32>(number).value_or(0);
  if (value < 1 || value > 0x10000) {
    throw InputError(bytes.place(line.offset), "'" + printable(number) + "' pixels in the header",
                     "must be 1..65536");
  }
  return value;
}

}  // namespace spikefab
