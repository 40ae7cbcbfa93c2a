// HDF5 files for tests: those that there are, and a writer of ones that no library would write.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/hd.h"

namespace spikefab::test {

// Every .nir and .net file below $SPIKEFAB_DATA/nir, by name; none if there is no such folder.
std::vector<std::string> find_model_files();

// A file of tests/fixtures/hdf5; and all of them, by name.
std::string hdf5_fixture(const std::string& name);
std::vector<std::string> find_hdf5_fixtures();

std::string little_endian_bytes(u64 value, u64 bytes);

// Writes objects as HDF5 1.8 does (superblock and object headers of version 2), without checksums.
class RawHdf5Writer {
 public:
  struct Message {
    u32 type = 0;
    std::string body;
    u32 flags = 0;
  };

  RawHdf5Writer();
  u64 add(std::string_view block);  // returns its address
  u64 add_object(const std::vector<Message>& messages);
  u64 add_group(const std::vector<Message>& links);
  u64 end() const { return bytes_.size(); }  // address of what is added next
  std::string file(u64 root) const;

  static Message link(const std::string& name, u64 address);
  static Message shape(const std::vector<u64>& sides);
  static Message integers(u64 bytes);  // signed
  static Message doubles();
  static Message text(u64 bytes);  // padded by zeros
  static Message contiguous(u64 address, u64 bytes);
  static Message chunked(u64 tree, const std::vector<u64>& sides, u64 element_bytes);
  static Message deflated();

  // A leaf that points at one chunk, which begins at 0.
  static std::string chunk_tree(u64 chunk, u64 stored_bytes, u64 rank);

 private:
  std::string bytes_;
};

}  // namespace spikefab::test
