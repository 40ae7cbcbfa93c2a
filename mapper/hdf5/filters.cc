#include "mapper/hdf5/filters.h"

#include <zlib.h>

#include <algorithm>
#include <map>
#include <new>

#include "base/suggest.h"

namespace spikefab {
namespace {

constexpr u32 deflate = 1;
constexpr u32 shuffle = 2;
constexpr u32 fletcher32 = 3;
constexpr u64 checksum_bytes = 4;

// Of the library and of the registry of filters that The HDF Group keeps.
std::string name_of(u32 id, const std::string& name_in_file) {
  static const std::map<u32, std::string> names = {
      {4, "szip"},      {5, "nbit"},    {6, "scaleoffset"},    {32000, "lzf"},
      {32001, "blosc"}, {32004, "lz4"}, {32008, "bitshuffle"}, {32015, "zstd"}};
  const auto known = names.find(id);
  if (known != names.end()) return known->second;
  return std::to_string(id) + (name_in_file.empty() ? "" : " '" + printable(name_in_file) + "'");
}

std::string text_up_to_zero(std::span<const u8> bytes) {
  return {bytes.begin(), std::find(bytes.begin(), bytes.end(), 0)};
}

// One filter of a message of version 1 or 2 (IV.A.2.l).
Hdf5Filter read_filter(Hdf5File& file, Hdf5Cursor& cursor, u32 version) {
  constexpr u32 first_without_own_name = 256;  // below, version 2 has no names
  Hdf5Filter filter;
  filter.id = cursor.number32(2);
  const bool has_name = version == 1 || filter.id >= first_without_own_name;
  const u64 name_bytes = has_name ? cursor.number(2) : 0;
  cursor.skip(2);  // whether it is optional: it was applied all the same
  const u32 parameters = cursor.number32(2);
  const std::string name = text_up_to_zero(cursor.bytes(name_bytes));
  if (version == 1) cursor.skip((8 - name_bytes % 8) % 8);
  for (u32 i = 0; i < parameters; ++i) {
    const u64 parameter = cursor.number(4);
    if (i == 0) filter.parameter = parameter;
  }
  if (version == 1 && parameters % 2 == 1) cursor.skip(4);
  if (filter.id != deflate && filter.id != shuffle && filter.id != fletcher32) {
    file.fail("is compressed by filter " + name_of(filter.id, name) + ", which is not read",
              "save it with compression='gzip' or without compression");
  }
  return filter;
}

std::vector<u8> inflate(Hdf5File& file, std::span<const u8> packed, u64 max_bytes) {
  // As many bytes are made of one at most, whatever the chunk's size is said to be.
  const u64 room = std::min(max_bytes, packed.size() * 1032 + 64);
  file.count_inflated(room);
  std::vector<u8> bytes(room);
  uLongf unpacked = static_cast<uLongf>(room);
  const int status = uncompress(bytes.data(), &unpacked, packed.data(), packed.size());
  if (status == Z_MEM_ERROR) throw std::bad_alloc();
  if (status != Z_OK) file.fail("has a chunk with damaged gzip data", "export or copy it again");
  bytes.resize(unpacked);
  return bytes;
}

// First all first bytes of the elements, then all second ones, ...; what is left over stays behind.
std::vector<u8> unshuffle(std::span<const u8> bytes, u64 element_bytes) {
  std::vector<u8> whole(bytes.begin(), bytes.end());
  if (element_bytes <= 1) return whole;
  const u64 elements = bytes.size() / element_bytes;
  for (u64 byte = 0; byte < element_bytes && elements > 0; ++byte) {
    for (u64 i = 0; i < elements; ++i) {
      whole[i * element_bytes + byte] = bytes[byte * elements + i];
    }
  }
  return whole;
}

// Fletcher's checksum over big-endian words of 16 bits.
u32 checksum(std::span<const u8> bytes) {
  const auto fold = [](u32 sum) { return (sum & 0xffff) + (sum >> 16); };
  u32 low = 0;
  u32 high = 0;
  for (u64 i = 0; i < bytes.size(); i += 2) {
    const u32 second = i + 1 < bytes.size() ? bytes[i + 1] : u32{0};
    low = fold(low + (u32{bytes[i]} << 8 | second));
    high = fold(high + low);
  }
  return high << 16 | low;
}

std::vector<u8> without_checksum(Hdf5File& file, std::span<const u8> bytes) {
  if (bytes.size() < checksum_bytes) {
    file.fail("has a chunk that is shorter than its checksum", "export or copy it again");
  }
  const std::span<const u8> values = bytes.first(bytes.size() - checksum_bytes);
  if (little_endian(bytes.last(checksum_bytes)) != checksum(values)) {
    file.fail("has a chunk with a wrong checksum (fletcher32)", "export or copy it again");
  }
  return {values.begin(), values.end()};
}

}  // namespace

std::vector<Hdf5Filter> read_hdf5_filters(Hdf5File& file, const Hdf5Object& dataset) {
  constexpr u32 max_filters = 32;  // IV.A.2.l
  const Hdf5Message* message = dataset.find(Hdf5MessageType::filters);
  if (message == nullptr) return {};
  Hdf5Cursor cursor = open_hdf5_message(file, *message, "filters");
  const u32 version = cursor.number32(1);
  if (version != 1 && version != 2) {
    cursor.fail_damaged("version " + std::to_string(version) + " (1 and 2 are read)");
  }
  const u32 count = cursor.number32(1);
  if (count > max_filters) cursor.fail_damaged(std::to_string(count) + " filters");
  if (version == 1) cursor.skip(6);
  std::vector<Hdf5Filter> filters;
  for (u32 i = 0; i < count; ++i) filters.push_back(read_filter(file, cursor, version));
  return filters;
}

std::vector<u8> undo_hdf5_filters(Hdf5File& file, const std::vector<Hdf5Filter>& filters,
                                  u64 skipped, std::span<const u8> stored, u64 chunk_bytes) {
  std::vector<u8> bytes(stored.begin(), stored.end());
  for (u64 i = filters.size(); i > 0; --i) {
    if (skipped >> (i - 1) & 1) continue;
    const Hdf5Filter& filter = filters[i - 1];
    if (filter.id == deflate) {
      bytes = inflate(file, bytes, chunk_bytes + checksum_bytes * filters.size());
    }
    if (filter.id == shuffle) bytes = unshuffle(bytes, filter.parameter);
    if (filter.id == fletcher32) bytes = without_checksum(file, bytes);
  }
  if (bytes.size() != chunk_bytes) {
    file.fail("has a chunk of " + std::to_string(bytes.size()) + " bytes instead of " +
                  std::to_string(chunk_bytes),
              "export or copy it again");
  }
  return bytes;
}

}  // namespace spikefab
