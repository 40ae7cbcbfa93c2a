#include "tests/support/mutator.h"

#include <array>
#include <cctype>
#include <cstring>
#include <string_view>
#include <vector>

#include "base/hd.h"

namespace spikefab::test {
namespace {

using namespace std::string_view_literals;

constexpr std::array words = {"99999999999999999999"sv,
                              "-1"sv,
                              "1e999"sv,
                              "-0"sv,
                              "2147483648"sv,
                              "-2147483649"sv,
                              "65536"sv,
                              "1.5"sv,
                              "010"sv,
                              "0x10"sv,
                              "null"sv,
                              "true"sv,
                              "NaN"sv,
                              "Infinity"sv,
                              "\"\""sv,
                              "[]"sv,
                              "{}"sv,
                              "[[[["sv,
                              "}"sv,
                              ","sv,
                              ":"sv,
                              "\""sv,
                              "\\u0000"sv,
                              "\\ud800"sv,
                              "\n"sv,
                              "\t"sv,
                              "\0"sv,
                              "\xff\xfe"sv,
                              "\xEF\xBB\xBF"sv,
                              "/*"sv,
                              "#"sv,
                              "&a [*a]"sv,
                              "*a"sv,
                              "<<: "sv,
                              "!!binary "sv,
                              "--- "sv,
                              "? "sv,
                              "|\n"sv,
                              "%YAML 9.9\n"sv,
                              "18446744073709551616"sv};

u64 below(std::mt19937_64& random, u64 limit) { return limit == 0 ? 0 : random() % limit; }

void flip_bytes(std::string& s, std::mt19937_64& random) {
  for (u64 i = 1 + below(random, 8); i > 0 && !s.empty(); --i) {
    s[below(random, s.size())] ^= static_cast<char>(1 + below(random, 255));
  }
}

void cut_off(std::string& s, std::mt19937_64& random) { s.resize(below(random, s.size())); }

std::string slice_of(const std::string& s, std::mt19937_64& random) {
  return s.substr(below(random, s.size()), 1 + below(random, 200));
}

void duplicate_slice(std::string& s, std::mt19937_64& random) {
  s.insert(below(random, s.size()), slice_of(s, random));
}

void delete_slice(std::string& s, std::mt19937_64& random) {
  s.erase(below(random, s.size()), 1 + below(random, 200));
}

// Eight bytes that are large, small or negative as a number of any width.
void overwrite_number(std::string& s, std::mt19937_64& random) {
  constexpr std::array<u64, 6> numbers = {0,          ~u64{0},          u64{1} << 63,
                                          0xffffffff, 0x7fffffffffffff, 0x80000000};
  const u64 number = numbers[below(random, numbers.size())];
  const u64 width = u64{1} << below(random, 4);
  if (s.size() < width) return;
  std::memcpy(s.data() + below(random, s.size() - width + 1), &number, width);
}

void insert_word(std::string& s, std::mt19937_64& random) {
  s.insert(below(random, s.size() + 1), words[below(random, words.size())]);
}

// Replaces a number or name, so that what is around it stays well-formed.
void replace_token(std::string& s, std::mt19937_64& random) {
  const auto in_token = [&](u64 i) {
    return i < s.size() && (std::isalnum(static_cast<unsigned char>(s[i])) || s[i] == '-');
  };
  u64 first = below(random, s.size());
  while (first < s.size() && !in_token(first)) ++first;
  u64 last = first;
  while (in_token(last)) ++last;
  s.replace(first, last - first, words[below(random, words.size())]);
}

void nest_deeply(std::string& s, std::mt19937_64& random) {
  constexpr std::array openings = {"["sv,  "{\"a\":"sv, "[{\"packets\":"sv,
                                   "- "sv, "a:\n "sv,   "{"sv};
  const std::string_view opening = openings[below(random, openings.size())];
  std::string nest;
  for (u64 depth = 10u << below(random, 11); depth > 0; --depth) nest += opening;
  s.insert(below(random, s.size() + 1), nest);
}

void mutate_bytes(std::string& s, std::mt19937_64& random) {
  constexpr std::array kinds = {flip_bytes, cut_off, duplicate_slice, delete_slice,
                                overwrite_number};
  kinds[below(random, kinds.size())](s, random);
}

void mutate_text(std::string& s, std::mt19937_64& random) {
  constexpr std::array kinds = {flip_bytes,    cut_off,       duplicate_slice,
                                delete_slice,  insert_word,   replace_token,
                                replace_token, replace_token, nest_deeply};
  kinds[below(random, kinds.size())](s, random);
}

// CRC-32C, bit by bit [RFC 3720, 12.1].
u32 crc32c(std::string_view bytes) {
  u32 crc = ~u32{0};
  for (const char c : bytes) {
    crc ^= static_cast<unsigned char>(c);
    for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ (crc & 1 ? 0x82f63b78u : 0u);
  }
  return ~crc;
}

template <class T>
T read_at(const std::string& s, u64 at) {
  T value;
  std::memcpy(&value, s.data() + at, sizeof value);
  return value;
}

// A .sfab file (arch/container.h) is 12 bytes and records of {u32 tag, u32 crc, u64 length,
// payload}.
constexpr u64 file_head = 12;
constexpr u64 record_head = 16;

// Where each record begins, as far as lengths can be followed; the last one may be cut.
std::vector<u64> record_begins(const std::string& file) {
  std::vector<u64> begins;
  for (u64 at = file_head; at < file.size() && file.size() - at >= record_head;) {
    begins.push_back(at);
    const u64 length = read_at<u64>(file, at + 8);
    if (length > file.size() - at - record_head) break;
    at += record_head + length;
  }
  return begins;
}

// Mutates one payload, the header's half of the time, and writes the length that belongs to it.
std::string mutate_sealed(const std::string& original, std::mt19937_64& random) {
  std::vector<u64> begins = record_begins(original);
  const u64 chosen = below(random, 2) == 0 ? 0 : below(random, begins.size());
  begins.push_back(original.size());
  const u64 begin = begins[chosen] + record_head;
  std::string payload = original.substr(begin, begins[chosen + 1] - begin);
  mutate_bytes(payload, random);
  std::string mutant = original.substr(0, begin) + payload + original.substr(begins[chosen + 1]);
  const u64 length = payload.size();
  std::memcpy(mutant.data() + begins[chosen] + 8, &length, sizeof length);
  seal(mutant);
  return mutant;
}

}  // namespace

void seal(std::string& bytes) {
  for (const u64 at : record_begins(bytes)) {
    const u64 length = read_at<u64>(bytes, at + 8);
    const u32 crc = crc32c(std::string_view(bytes).substr(at + record_head, length));
    std::memcpy(bytes.data() + at + 4, &crc, sizeof crc);
  }
}

std::string mutate(const std::string& original, Damage damage, std::mt19937_64& random) {
  if (damage == Damage::sealed) return mutate_sealed(original, random);
  std::string mutant = original;
  for (u64 times = 1 + below(random, 3); times > 0; --times) {
    if (damage == Damage::text) mutate_text(mutant, random);
    if (damage == Damage::bytes) mutate_bytes(mutant, random);
    if (mutant.empty()) break;
  }
  return mutant;
}

}  // namespace spikefab::test
