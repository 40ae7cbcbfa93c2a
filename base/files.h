// Files: bounded reading, writing that is complete or absent, SHA-256.
#pragma once

#include <cstddef>
#include <cstdio>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/hd.h"

namespace spikefab {

// Sequential reader of a regular file; errors are InputErrors that name the path.
class FileReader {
 public:
  explicit FileReader(const std::string& path);
  u64 size() const { return size_; }
  u64 offset() const { return offset_; }
  u64 remaining() const { return size_ - offset_; }
  // Reads up to bytes.size(); less only at the end of the file.
  std::size_t read(std::span<std::byte> bytes);

 private:
  struct Close {
    void operator()(std::FILE* f) const { std::fclose(f); }
  };
  std::string path_;
  std::unique_ptr<std::FILE, Close> file_;
  u64 size_ = 0;
  u64 offset_ = 0;
};

// The whole file; InputError if it cannot be read or is larger than max_bytes.
std::string read_text(const std::string& path, u64 max_bytes);

// Writes to <path>.tmp-PID; commit() flushes, syncs and renames. Without commit() nothing is left.
// A link is followed; a device or pipe is written directly. Throws std::system_error that names the
// path if the disk is full, the folder missing, ...; UsageError if the path is no file.
class AtomicFile {
 public:
  explicit AtomicFile(const std::string& path);
  ~AtomicFile();
  AtomicFile(const AtomicFile&) = delete;
  AtomicFile& operator=(const AtomicFile&) = delete;

  void write(std::string_view text);
  void write(std::span<const std::byte> bytes);
  void commit();

 private:
  std::string path_;
  std::string temporary_;  // empty if path_ is a device or pipe
  std::FILE* file_ = nullptr;
};

// A whole file, complete or absent.
void write_text(const std::string& path, std::string_view text);

// SHA-256 in hex.
class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(const Sha256&) = delete;
  Sha256& operator=(const Sha256&) = delete;
  void add(std::span<const std::byte> bytes);
  std::string hex();  // ends the computation

 private:
  void* context_;
};

std::string sha256_of_text(std::string_view text);
std::string sha256_of_file(const std::string& path);

}  // namespace spikefab
