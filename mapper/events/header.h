// The lines of text that recordings begin with: "# ..." (AEDAT) or "% keyword value" (Prophesee).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/text.h"
#include "mapper/events/bytes.h"
#include "mapper/events/recording.h"

namespace spikefab {

struct HeaderLine {
  u64 offset = 0;    // of the line in the file
  std::string text;  // without the mark, the end of the line, and blanks around it
};

struct EventHeader {
  std::vector<HeaderLine> lines;
  bool has_end = false;  // the line that ends it was there

  // The text behind `key` of the first line that begins with it, whatever the case, with the line's
  // offset; no text if there is none.
  HeaderLine value(std::string_view key) const;
};

// Takes the lines that begin with `mark`, up to and without the line `end` (in lower case). Without
// it the header ends before the first line that does not begin with the mark or is no text.
EventHeader read_event_header(EventBytes& bytes, std::string_view mark, std::string_view end);

// Throws InputError at the line unless the text is a number of pixels.
u32 parse_pixels(const EventBytes& bytes, const HeaderLine& line, std::string_view text);

}  // namespace spikefab
