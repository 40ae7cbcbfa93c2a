// The bytes of a recording in order, with their places for messages. The file may be compressed by
// gzip; memory is one buffer.
#pragma once

#include <algorithm>
#include <span>
#include <string>
#include <vector>

#include "base/gzip.h"
#include "base/hd.h"

namespace spikefab {

class EventBytes {
 public:
  static constexpr std::size_t max_piece = std::size_t{1} << 16;

  explicit EventBytes(const std::string& path);

  const std::string& path() const { return path_; }
  u64 offset() const { return offset_; }  // of the next byte, in the uncompressed file
  std::string place(u64 offset) const { return path_ + ": byte " + std::to_string(offset); }
  std::string place() const { return place(offset_); }

  // The next `count` bytes, at most max_piece; fewer only at the end. Valid until the next call.
  std::span<const u8> peek(std::size_t count) {
    if (filled_ - used_ < count) fill();
    return {buffer_.data() + used_, std::min(count, filled_ - used_)};
  }

  // The same, and goes on behind them.
  std::span<const u8> take(std::size_t count) {
    const std::span<const u8> piece = peek(count);
    used_ += piece.size();
    offset_ += piece.size();
    return piece;
  }

  // take(size) of a whole record, or nothing at the end of the file. Throws InputError if the file
  // ends within it.
  std::span<const u8> take_record(std::size_t size) {
    const std::span<const u8> record = take(size);
    if (record.size() < size && !record.empty()) fail_cut_off(size, record.size());
    return record;
  }

  // Goes on behind the next `count` bytes; less, and the number says so, only at the end.
  u64 skip(u64 count);

 private:
  void fill();
  [[noreturn]] void fail_cut_off(std::size_t size, std::size_t have) const;

  std::string path_;
  GzipReader file_;
  std::vector<u8> buffer_;
  std::size_t used_ = 0;
  std::size_t filled_ = 0;
  u64 offset_ = 0;
};

// Of sizeof(T) bytes from `at` on, which must be there.
template <class T>
T little_endian(std::span<const u8> bytes, std::size_t at = 0) {
  T value = 0;
  for (std::size_t i = sizeof(T); i-- > 0;) value = static_cast<T>(value << 8 | bytes[at + i]);
  return value;
}

template <class T>
T big_endian(std::span<const u8> bytes, std::size_t at = 0) {
  T value = 0;
  for (std::size_t i = 0; i < sizeof(T); ++i) value = static_cast<T>(value << 8 | bytes[at + i]);
  return value;
}

}  // namespace spikefab
