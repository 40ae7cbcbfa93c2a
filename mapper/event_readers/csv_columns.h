// Which column of a text file of events is what: by its first line or the usual order.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/hd.h"
#include "mapper/events/collector.h"

namespace spikefab {

// A field of a line: the text without blanks around it, and the column (from 1) that it begins at.
struct CsvField {
  std::string_view text;
  std::size_t column = 1;
};

struct CsvColumns {
  static constexpr u32 count = 4;  // time, x, y, polarity
  char separator = ',';
  u32 time = 0;
  u32 x = 1;
  u32 y = 2;
  u32 polarity = 3;
  double us_per_unit = 1;  // of the time; 1: whole numbers only
  u32 fields = count;      // of a line
  bool are_named = false;
};

// The separator that a line has: the first of , ; tab that it holds, or else blanks.
char csv_separator(std::string_view line);

std::vector<CsvField> csv_fields(std::string_view line, char separator);

// Whether a line names columns: no number stands at its beginning.
bool is_csv_heading(std::string_view line);

// The columns of a heading. Throws InputError at `place`, a line, with the names that are known.
CsvColumns named_csv_columns(std::string_view line, const std::string& place,
                             EventCollector& collector);

}  // namespace spikefab
