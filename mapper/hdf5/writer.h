// HDF5 files, made in memory by libhdf5 in the layout of its first versions, which all tools read.
// For writing only: what comes from others is read by mapper/hdf5/hdf5.h, which is our own.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "base/hd.h"

namespace spikefab {

// A group that is being filled. Names must be UTF-8 and not empty or ".", without '/' and zero
// bytes, and stand once in their group. All functions throw ResourceError if libhdf5 fails.
class Hdf5OutputGroup {
 public:
  ~Hdf5OutputGroup();
  Hdf5OutputGroup(Hdf5OutputGroup&& other) noexcept;
  Hdf5OutputGroup& operator=(Hdf5OutputGroup&&) = delete;

  Hdf5OutputGroup add_group(const std::string& name);
  // Row-major; an empty shape is a scalar. In the file: little-endian, and UTF-8 of any length.
  void add(const std::string& name, const std::vector<u64>& shape, std::span<const float> values);
  void add(const std::string& name, const std::vector<u64>& shape, std::span<const double> values);
  void add(const std::string& name, const std::vector<u64>& shape, std::span<const i64> values);
  void add(const std::string& name, const std::vector<u64>& shape,
           std::span<const std::string> values);
  void add_text(const std::string& name, const std::string& value) { add(name, {}, {&value, 1}); }
  void add_integer(const std::string& name, i64 value) { add(name, {}, {&value, 1}); }

 private:
  friend class Hdf5Output;
  struct Types {  // handles of libhdf5
    i64 in_memory;
    i64 in_file;
  };
  Hdf5OutputGroup(const std::string& path, u32 deflate_level, i64 id);
  void add_values(const std::string& name, const std::vector<u64>& shape, Types types,
                  u64 value_bytes, const void* values);

  const std::string* path_;  // of the file, for messages
  u32 deflate_level_;
  i64 id_;
};

class Hdf5Output {
 public:
  // `path` is for messages only. Arrays of numbers are compressed if the level is 1 to 9.
  explicit Hdf5Output(std::string path, u32 deflate_level = 0);
  ~Hdf5Output();
  Hdf5Output(const Hdf5Output&) = delete;
  Hdf5Output& operator=(const Hdf5Output&) = delete;

  Hdf5OutputGroup root();  // must not outlive this

  // The file as it is now: equal content, equal bytes.
  std::vector<std::byte> bytes();

 private:
  std::string path_;
  u32 deflate_level_;
  i64 id_ = -1;
};

}  // namespace spikefab
