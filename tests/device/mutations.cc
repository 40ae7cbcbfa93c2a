#include "tests/device/mutations.h"

#include <algorithm>
#include <sstream>

namespace spikefab::test {

namespace {

// Begin and end of a line; the end is that of its text.
std::pair<u64, u64> range_of(const std::string& text, u32 line) {
  u64 begin = 0;
  for (u32 n = 1; n < line; ++n) begin = std::min(text.find('\n', begin), text.size() - 1) + 1;
  return {begin, std::min(text.find('\n', begin), text.size())};
}

constexpr std::string_view orders[] = {".acquire", ".release", ".acq_rel"};

// Numbers of the lines whose instruction, without its operands, passes the test.
template <class Test>
std::vector<u32> lines_where(const std::string& ptx, Test&& test) {
  std::vector<u32> lines;
  std::istringstream text(ptx);
  std::string line;
  for (u32 number = 1; std::getline(text, line); ++number) {
    std::istringstream words(line);
    std::string word;
    words >> word;
    if (word.starts_with('@')) words >> word;
    if (test(word)) lines.push_back(number);
  }
  return lines;
}

}  // namespace

std::vector<u32> barrier_lines(const std::string& ptx) {
  return lines_where(ptx, [](const std::string& word) {
    const bool waits = word.starts_with("bar.") || word.starts_with("barrier.");
    return waits && word.find("red") == word.npos;
  });
}

std::vector<u32> ordering_lines(const std::string& ptx) {
  return lines_where(ptx, [](const std::string& word) {
    return std::any_of(std::begin(orders), std::end(orders),
                       [&](std::string_view order) { return word.find(order) != word.npos; });
  });
}

std::string relaxed_at(const std::string& ptx, u32 line) {
  const auto [begin, end] = range_of(ptx, line);
  std::string text = ptx.substr(begin, end - begin);
  for (const std::string_view order : orders) {
    const auto found = text.find(order);
    if (found != text.npos) text.replace(found, order.size(), ".relaxed");
  }
  return ptx.substr(0, begin) + text + ptx.substr(end);
}

std::string line_of(const std::string& ptx, u32 line) {
  const auto [begin, end] = range_of(ptx, line);
  const u64 first = std::min(ptx.find_first_not_of(" \t", begin), end);
  return ptx.substr(first, end - first);
}

std::string without_line(const std::string& ptx, u32 line) {
  const auto [begin, end] = range_of(ptx, line);
  return ptx.substr(0, begin) + ptx.substr(end);
}

}  // namespace spikefab::test
