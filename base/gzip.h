// Sequential reading of files that may be compressed by gzip [RFC 1952] or not, as their first two
// bytes say. Memory is a few small buffers, whatever the file unpacks to.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/files.h"

struct z_stream_s;

namespace spikefab {

// Gives what the file holds, uncompressed. Errors are InputErrors with the path and the byte of the
// file; a damaged end (the checksum is there) shows only when all is read and one byte more.
class GzipReader {
 public:
  explicit GzipReader(const std::string& path);
  ~GzipReader();
  GzipReader(const GzipReader&) = delete;
  GzipReader& operator=(const GzipReader&) = delete;

  // Reads up to bytes.size(); less only at the end.
  std::size_t read(std::span<std::byte> bytes);

 private:
  std::size_t unpack(std::span<std::byte> bytes);
  std::size_t copy(std::span<std::byte> bytes);
  void fill();

  std::string path_;
  FileReader file_;
  std::vector<std::byte> buffer_;       // of the file
  std::size_t used_ = 0;                // of the buffer
  std::size_t filled_ = 0;              // likewise
  bool in_member_ = false;              // a gzip file is a row of members
  std::unique_ptr<z_stream_s> stream_;  // null: not compressed
};

}  // namespace spikefab
