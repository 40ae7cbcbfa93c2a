// The container of all binary files (.sfab): magic, version, then records of
// {u32 tag, u32 crc32c of the payload, u64 length, payload}. Little-endian, nothing of 2 GiB limit:
// a header record (protobuf, arch/sfab.proto) names each array, whose raw bytes follow in records
// of at most 64 MiB. Readers check counts against the file's size before they allocate.
#pragma once

#include <cstdio>
#include <span>
#include <string>
#include <vector>

#include "arch/sfab.pb.h"
#include "base/error.h"
#include "base/files.h"
#include "base/memory.h"

namespace spikefab {

inline constexpr u32 container_version = 1;
inline constexpr u64 max_record_bytes = u64{64} << 20;

// True if the file begins as ours do. Throws InputError if it cannot be read.
bool is_container(const std::string& path);

// Writes <path> through a temporary file that is renamed when complete.
class ContainerWriter {
 public:
  // Arrays are announced in the header in the order in which they are added.
  explicit ContainerWriter(std::string path, schema::FileHeader header);

  template <class T>
  void add(const std::string& name, const std::vector<T>& values) {
    add_bytes(name, sizeof(T), std::as_bytes(std::span(values)));
  }
  void finish();

 private:
  void add_bytes(const std::string& name, u32 element_bytes, std::span<const std::byte> bytes);

  std::string path_;
  schema::FileHeader header_;
  std::vector<std::span<const std::byte>> arrays_;
};

// Reads the header at once and each array on demand, in file order. All errors are InputErrors with
// the path and the byte offset.
class ContainerReader {
 public:
  // Fails unless the file is a container of this kind ("program", "stimulus", "checkpoint"); an
  // empty kind takes any.
  ContainerReader(const std::string& path, const std::string& kind);

  const schema::FileHeader& header() const { return header_; }
  const std::string& path() const { return path_; }

  // The next array, which must have this name and element size.
  template <class T>
  void read(const std::string& name, std::vector<T>& values) {
    const u64 count = element_count(name, sizeof(T));
    check_available_memory(checked_product({count, sizeof(T)}), "array '" + name + "' of " + path_);
    values.resize(count);
    read_array(std::as_writable_bytes(std::span(values)));
  }
  void finish();  // nothing may follow the last array

 private:
  u64 element_count(const std::string& name, u32 element_bytes) const;
  void read_array(std::span<std::byte> bytes);

  std::string path_;
  FileReader file_;
  schema::FileHeader header_;
  int next_array_ = 0;
};

}  // namespace spikefab
