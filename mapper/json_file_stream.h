// A rapidjson input stream over a file with bounded memory. Faster than rapidjson's own
// FileReadStream because indented files are mostly white space, which it skips within its buffer.
#pragma once

#include <rapidjson/reader.h>

#include <span>
#include <string>
#include <vector>

#include "base/files.h"

namespace spikefab {

class JsonFileStream {
 public:
  using Ch = char;

  // Skips a UTF-8 byte order mark.
  explicit JsonFileStream(const std::string& path) : file_(path), buffer_(buffer_bytes) {
    refill();
    constexpr std::string_view mark = "\xEF\xBB\xBF";
    if (std::string_view(current_, end_).substr(0, mark.size()) == mark) current_ += mark.size();
  }

  Ch Peek() const { return *current_; }  // '\0' at the end of the file
  Ch Take() {
    const Ch c = *current_;
    if (++current_ >= end_) refill();  // beyond the end it stays at the end
    return c;
  }
  std::size_t Tell() const { return file_.offset() - static_cast<std::size_t>(end_ - current_); }

  // False at a NUL byte, which rapidjson takes for the end.
  bool at_end() const { return current_ == end_ && file_.remaining() == 0; }

  void skip_whitespace() {
    while (true) {
      while (*current_ == ' ' || *current_ == '\n' || *current_ == '\r' || *current_ == '\t') {
        ++current_;
      }
      if (current_ != end_) return;
      refill();
      if (current_ == end_) return;
    }
  }

  // Only for output streams; rapidjson wants them to exist.
  Ch* PutBegin() { return nullptr; }
  void Put(Ch) {}
  void Flush() {}
  std::size_t PutEnd(Ch*) { return 0; }

 private:
  static constexpr std::size_t buffer_bytes = 1 << 16;

  [[gnu::noinline]] void refill() {
    const auto room = std::as_writable_bytes(std::span(buffer_).first(buffer_bytes - 1));
    current_ = buffer_.data();
    end_ = current_ + file_.read(room);
    *end_ = '\0';  // stops every loop over the buffer
  }

  FileReader file_;
  std::vector<Ch> buffer_;
  Ch* current_ = nullptr;
  Ch* end_ = nullptr;
};

}  // namespace spikefab

namespace rapidjson {
template <>
inline void SkipWhitespace(spikefab::JsonFileStream& stream) {
  stream.skip_whitespace();
}
}  // namespace rapidjson
