// The bytes of an HDF5 file, read with checks: no read leaves the file, and what is read and what
// is made of it is limited, so that structures that overlap, lead in circles or claim much end in
// an error. Chapters in comments are those of the HDF5 File Format Specification, version 3.0.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "base/hd.h"

namespace spikefab {

class Hdf5File {
 public:
  // Reads the file and its superblock.
  Hdf5File(const std::string& path, u64 max_bytes);

  u64 size() const { return content_.size() - base_; }
  u64 root() const { return root_; }  // address of the root group's header
  u32 address_bytes() const { return address_bytes_; }
  u32 length_bytes() const { return length_bytes_; }
  u64 undefined_address() const;

  // The object that errors name from now on: "/node/nodes/lif".
  void set_object(const std::string& object) { object_ = object; }
  std::string place() const { return object_.empty() ? path_ : path_ + ": " + object_; }

  // Bytes of the file, checked and counted. Addresses count from the superblock on.
  std::span<const u8> read(u64 address, u64 bytes, const char* what);

  // Called before as much is made: of arrays that are not in the file as they are, of bytes by
  // decompression, of memory that the caller keeps.
  void count_array(u64 bytes);
  void count_inflated(u64 bytes);
  void count_memory(u64 bytes);

  // What is not read here although it may be right.
  [[noreturn]] void fail(const std::string& what, const std::string& hint) const;
  // What no writer makes.
  [[noreturn]] void fail_damaged(u64 address, const std::string& what) const;

 private:
  void read_superblock();
  void read_old_superblock(u32 version);
  void read_new_superblock();
  void check_is_whole(u64 end) const;
  [[noreturn]] void fail_too_large(u64 bytes) const;

  std::string path_;
  std::string content_;
  std::string object_;
  u64 base_ = 0;  // of the superblock; what is before it belongs to others
  u64 root_ = 0;
  u32 address_bytes_ = 8;
  u32 length_bytes_ = 8;
  u64 may_read_ = 0;
  u64 may_expand_ = 0;
  u64 may_inflate_ = 0;
  u64 may_take_ = 0;
};

// Reads one structure from its begin to its end.
class Hdf5Cursor {
 public:
  // `what` is in messages: "object header".
  Hdf5Cursor(Hdf5File& file, u64 begin, u64 bytes, const char* what);
  // Up to the end of the file: of structures that say their size themselves.
  Hdf5Cursor(Hdf5File& file, u64 begin, const char* what);

  u64 number(u64 bytes);  // little-endian, at most 8 bytes
  u32 number32(u32 bytes) { return static_cast<u32>(number(bytes)); }
  u64 address() { return number(file_.address_bytes()); }
  u64 length() { return number(file_.length_bytes()); }
  std::span<const u8> bytes(u64 count);
  void skip(u64 count) { bytes(count); }
  void signature(std::string_view expected);

  u64 position() const { return at_; }
  u64 left() const { return end_ - at_; }
  [[noreturn]] void fail_damaged(const std::string& what) const;

 private:
  Hdf5File& file_;
  const char* what_;
  u64 at_;
  u64 end_;
};

u64 little_endian(std::span<const u8> bytes);  // at most 8

}  // namespace spikefab
