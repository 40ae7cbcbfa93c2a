// Numbers and text out of the bytes of datasets.
#include <algorithm>
#include <bit>
#include <cmath>

#include "mapper/hdf5/heap.h"
#include "mapper/hdf5/type.h"

namespace spikefab {
namespace {

constexpr u64 largest_exact = u64{1} << 53;  // up to it, a double holds every integer

u64 bits_of(std::span<const u8> bytes, bool is_big_endian) {
  const u64 bits = little_endian(bytes);
  return is_big_endian ? __builtin_bswap64(bits) >> (64 - 8 * bytes.size()) : bits;
}

double half_to_double(u64 bits) {
  const int exponent = static_cast<int>(bits >> 10 & 31);
  const auto mantissa = static_cast<double>(bits & 1023);
  double value = std::ldexp(1024 + mantissa, exponent - 25);
  if (exponent == 0) value = std::ldexp(mantissa, -24);
  if (exponent == 31) value = mantissa == 0 ? HUGE_VAL : std::nan("");
  return bits >> 15 ? -value : value;
}

double real_of(u64 bits, u64 bytes) {
  if (bytes == 8) return std::bit_cast<double>(bits);
  if (bytes == 4) return static_cast<double>(std::bit_cast<float>(static_cast<u32>(bits)));
  return half_to_double(bits);
}

// Throws if a double cannot hold it.
double integer_of(const Hdf5File& file, const Hdf5Type& type, u64 bits, u64 index) {
  const u64 unused = 64 - 8 * type.bytes;
  const i64 extended = static_cast<i64>(bits << unused) >> unused;  // by its highest bit
  const bool is_negative = type.is_signed && extended < 0;
  const u64 magnitude = is_negative ? u64{0} - static_cast<u64>(extended) : bits;
  if (magnitude > largest_exact) {
    file.fail("element " + std::to_string(index) + " is an integer beyond 2^53",
              "all that networks are made of is smaller; is it the right file?");
  }
  if (type.kind == Hdf5Kind::boolean && magnitude > 1) {
    file.fail("element " + std::to_string(index) + " is neither FALSE nor TRUE", "export it again");
  }
  return is_negative ? -static_cast<double>(magnitude) : static_cast<double>(magnitude);
}

// An element is a length, an address and a number in the heap there.
std::string text_in_heap(Hdf5File& file, Hdf5Heap& heap, std::span<const u8> element) {
  const u64 bytes = little_endian(element.first(4));
  if (bytes == 0) return "";
  const u64 address = little_endian(element.subspan(4, file.address_bytes()));
  const u64 number = little_endian(element.last(4));
  const std::span<const u8> object = heap.find(file, address, static_cast<u32>(number));
  if (bytes > object.size()) {
    file.fail_damaged(address, "text " + std::to_string(number) + " has " +
                                   std::to_string(object.size()) + " bytes, not " +
                                   std::to_string(bytes));
  }
  file.count_memory(bytes);
  return {object.begin(), object.begin() + static_cast<std::ptrdiff_t>(bytes)};
}

std::string padded_text(const Hdf5Type& type, std::span<const u8> element) {
  std::string text(element.begin(), std::find(element.begin(), element.end(), 0));
  if (type.is_padded_by_space) text.erase(text.find_last_not_of(' ') + 1);
  return text;
}

}  // namespace

std::vector<double> decode_hdf5_numbers(Hdf5File& file, const Hdf5Type& type,
                                        std::span<const u8> bytes) {
  const u64 count = bytes.size() / type.bytes;
  file.count_memory(count * sizeof(double));
  std::vector<double> numbers(count);
  for (u64 i = 0; i < count; ++i) {
    const u64 bits = bits_of(bytes.subspan(i * type.bytes, type.bytes), type.is_big_endian);
    numbers[i] =
        type.kind == Hdf5Kind::real ? real_of(bits, type.bytes) : integer_of(file, type, bits, i);
  }
  return numbers;
}

std::vector<std::string> decode_hdf5_texts(Hdf5File& file, Hdf5Heap& heap, const Hdf5Type& type,
                                           std::span<const u8> bytes) {
  const u64 count = bytes.size() / type.bytes;
  file.count_memory(count * sizeof(std::string));
  std::vector<std::string> texts;
  texts.reserve(count);
  for (u64 i = 0; i < count; ++i) {
    const std::span<const u8> element = bytes.subspan(i * type.bytes, type.bytes);
    if (!type.is_in_heap) file.count_memory(type.bytes);
    texts.push_back(type.is_in_heap ? text_in_heap(file, heap, element)
                                    : padded_text(type, element));
  }
  return texts;
}

}  // namespace spikefab
