#include "tests/support/npy.h"

#include <cstring>
#include <functional>
#include <map>
#include <numeric>
#include <stdexcept>

#include "tests/support/temp_folder.h"

namespace spikefab::test {
namespace {

template <class T>
double number_at(const char* bytes) {
  T value;
  std::memcpy(&value, bytes, sizeof value);
  return static_cast<double>(value);
}

struct Type {
  std::size_t bytes;
  double (*number)(const char*);
};

const std::map<std::string, Type> types = {
    {"|u1", {1, number_at<u8>}},    {"|i1", {1, number_at<signed char>}},
    {"|b1", {1, number_at<u8>}},    {"<i8", {8, number_at<i64>}},
    {"<f4", {4, number_at<float>}}, {"<f8", {8, number_at<double>}},
};

// What stands between `begin` and the next `end`.
std::string between(const std::string& text, const std::string& begin, char end) {
  const std::size_t from = text.find(begin);
  if (from == std::string::npos) throw std::runtime_error("no " + begin + " in a .npy file");
  const std::size_t first = from + begin.size();
  return text.substr(first, text.find(end, first) - first);
}

}  // namespace

NpyArray read_npy(const std::string& path) {
  const std::string file = read_whole_file(path);
  if (!file.starts_with("\x93NUMPY\x01")) throw std::runtime_error(path + ": no .npy, version 1");
  const std::size_t header_size =
      static_cast<unsigned char>(file[8]) + 256u * static_cast<unsigned char>(file[9]);
  const std::string header = file.substr(10, header_size);
  const Type type = types.at(between(header, "'descr': '", '\''));
  const bool by_column = between(header, "'fortran_order': ", ',') == "True";
  NpyArray array;
  std::string sides = between(header, "'shape': (", ')');
  while (sides.find_first_of("0123456789") != std::string::npos) {
    sides.erase(0, sides.find_first_of("0123456789"));
    std::size_t length = 0;
    array.shape.push_back(std::stoull(sides, &length));
    sides.erase(0, length);
  }
  const u64 count =
      std::accumulate(array.shape.begin(), array.shape.end(), u64{1}, std::multiplies<>());
  if (file.size() != 10 + header_size + count * type.bytes) {
    throw std::runtime_error(path + ": has the wrong size");
  }
  if (by_column && array.shape.size() != 2) throw std::runtime_error(path + ": no matrix");
  for (u64 i = 0; i < count; ++i) {
    const u64 columns = by_column ? array.shape[1] : 1;
    const u64 at = by_column ? i % columns * array.shape[0] + i / columns : i;
    array.numbers.push_back(type.number(file.data() + 10 + header_size + at * type.bytes));
  }
  return array;
}

}  // namespace spikefab::test
