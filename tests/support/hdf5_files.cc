#include "tests/support/hdf5_files.h"

#include <algorithm>
#include <filesystem>

#include "tests/support/data_folder.h"

namespace spikefab::test {
namespace {

namespace fs = std::filesystem;

std::vector<std::string> files_below(const fs::path& folder,
                                     const std::vector<std::string>& extensions) {
  std::vector<std::string> files;
  if (!fs::is_directory(folder)) return files;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    const std::string extension = entry.path().extension().string();
    const bool is_wanted = std::count(extensions.begin(), extensions.end(), extension) > 0;
    if (entry.is_regular_file() && is_wanted) files.push_back(entry.path().string());
  }
  std::sort(files.begin(), files.end());
  return files;
}

constexpr const char* fixtures = SPIKEFAB_SOURCE_DIR "/tests/fixtures/hdf5";
constexpr u64 superblock_bytes = 48;
constexpr u64 undefined = ~u64{0};

std::string number(u64 value, u64 bytes) { return little_endian_bytes(value, bytes); }

}  // namespace

std::vector<std::string> find_model_files() {
  return files_below(fs::path(data_folder()) / "nir", {".nir", ".net"});
}

std::string hdf5_fixture(const std::string& name) { return std::string(fixtures) + "/" + name; }

std::vector<std::string> find_hdf5_fixtures() { return files_below(fixtures, {".h5"}); }

std::string little_endian_bytes(u64 value, u64 bytes) {
  std::string text;
  for (u64 i = 0; i < bytes; ++i) text += static_cast<char>(value >> (8 * i) & 255);
  return text;
}

RawHdf5Writer::RawHdf5Writer() : bytes_(superblock_bytes, '\0') {}

u64 RawHdf5Writer::add(std::string_view block) {
  const u64 address = bytes_.size();
  bytes_ += block;
  return address;
}

u64 RawHdf5Writer::add_object(const std::vector<Message>& messages) {
  std::string body;
  for (const Message& message : messages) {
    body += number(message.type, 1) + number(message.body.size(), 2) + number(message.flags, 1);
    body += message.body;
  }
  constexpr u64 size_of_4_bytes = 2;
  return add("OHDR" + number(2, 1) + number(size_of_4_bytes, 1) + number(body.size(), 4) + body +
             number(0, 4));
}

u64 RawHdf5Writer::add_group(const std::vector<Message>& links) {
  const std::string no_heap = number(0, 2) + number(undefined, 8) + number(undefined, 8);
  std::vector<Message> messages = {{0x02, no_heap, 0}};
  messages.insert(messages.end(), links.begin(), links.end());
  return add_object(messages);
}

std::string RawHdf5Writer::file(u64 root) const {
  const std::string superblock = std::string("\x89HDF\r\n\x1a\n\x02\x08\x08\x00", 12) +
                                 number(0, 8) + number(undefined, 8) + number(bytes_.size(), 8) +
                                 number(root, 8) + number(0, 4);
  return superblock + bytes_.substr(superblock_bytes);
}

RawHdf5Writer::Message RawHdf5Writer::link(const std::string& name, u64 address) {
  return {0x06, number(1, 1) + number(0, 1) + number(name.size(), 1) + name + number(address, 8),
          0};
}

RawHdf5Writer::Message RawHdf5Writer::shape(const std::vector<u64>& sides) {
  std::string body = number(2, 1) + number(sides.size(), 1) + number(0, 1) + number(1, 1);
  for (const u64 side : sides) body += number(side, 8);
  return {0x01, body, 0};
}

RawHdf5Writer::Message RawHdf5Writer::integers(u64 bytes) {
  return {0x03,
          number(0x10, 1) + number(8, 3) + number(bytes, 4) + number(0, 2) + number(8 * bytes, 2),
          0};
}

RawHdf5Writer::Message RawHdf5Writer::doubles() {
  const std::string exponent_and_mantissa =
      number(52, 1) + number(11, 1) + number(0, 1) + number(52, 1) + number(1023, 4);
  return {0x03,
          number(0x11, 1) + number(0x3f20, 3) + number(8, 4) + number(0, 2) + number(64, 2) +
              exponent_and_mantissa,
          0};
}

RawHdf5Writer::Message RawHdf5Writer::text(u64 bytes) {
  return {0x03, number(0x13, 1) + number(1, 3) + number(bytes, 4), 0};
}

RawHdf5Writer::Message RawHdf5Writer::contiguous(u64 address, u64 bytes) {
  return {0x08, number(3, 1) + number(1, 1) + number(address, 8) + number(bytes, 8), 0};
}

RawHdf5Writer::Message RawHdf5Writer::chunked(u64 tree, const std::vector<u64>& sides,
                                              u64 element_bytes) {
  std::string body = number(3, 1) + number(2, 1) + number(sides.size() + 1, 1) + number(tree, 8);
  for (const u64 side : sides) body += number(side, 4);
  return {0x08, body + number(element_bytes, 4), 0};
}

RawHdf5Writer::Message RawHdf5Writer::deflated() {
  return {0x0b,
          number(2, 1) + number(1, 1) + number(1, 2) + number(0, 2) + number(1, 2) + number(4, 4),
          0};
}

std::string RawHdf5Writer::chunk_tree(u64 chunk, u64 stored_bytes, u64 rank) {
  std::string tree = "TREE" + number(1, 1) + number(0, 1) + number(1, 2) + number(undefined, 8) +
                     number(undefined, 8) + number(stored_bytes, 4) + number(0, 4);
  return tree + std::string(8 * (rank + 1), '\0') + number(chunk, 8);
}

}  // namespace spikefab::test
