// What it takes to read text.
#pragma once

#include <charconv>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace spikefab {

// In ASCII.
std::string lower_case(std::string_view text);
std::string_view trimmed(std::string_view text);

// The words between commas; an empty text is one empty word.
std::vector<std::string> split_list(const std::string& text, char separator = ',');

// The text as a number, if it is one and nothing else.
template <class T>
std::optional<T> parse_number(std::string_view text) {
  const char* begin = text.data();
  const char* end = begin + text.size();
  T value = 0;
  const auto [stop, error] = std::from_chars(begin, end, value);
  if (error != std::errc() || stop != end) return std::nullopt;
  return value;
}

}  // namespace spikefab
