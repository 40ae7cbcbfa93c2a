// A rapidjson input stream over a file with bounded memory. Faster than rapidjson's own
// FileReadStream: it skips the white space, of which indented files mostly consist, within its
// buffer, and is small enough for rapidjson to keep a copy in registers.
#pragma once

#include <rapidjson/reader.h>

#include <span>
#include <string>
#include <vector>

#include "base/files.h"

namespace spikefab {

// The file behind a stream, and its buffer.
class JsonFile {
 public:
  explicit JsonFile(const std::string& path) : file_(path), buffer_(buffer_bytes) {}

  // The next part of the file, ended by '\0'; empty at the end of the file.
  [[gnu::noinline]] std::span<char> next() {
    const auto room = std::as_writable_bytes(std::span(buffer_).first(buffer_bytes - 1));
    const std::size_t got = file_.read(room);
    buffer_[got] = '\0';  // stops every loop over the buffer
    return std::span(buffer_).first(got);
  }
  u64 offset() const { return file_.offset(); }
  u64 remaining() const { return file_.remaining(); }

 private:
  static constexpr std::size_t buffer_bytes = 1 << 16;
  FileReader file_;
  std::vector<char> buffer_;
};

class JsonFileStream {
 public:
  using Ch = char;

  // Skips a UTF-8 byte order mark. The file must outlive the stream.
  explicit JsonFileStream(JsonFile& file) : file_(&file) {
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
  std::size_t Tell() const { return file_->offset() - static_cast<std::size_t>(end_ - current_); }

  // False at a NUL byte, which rapidjson takes for the end.
  bool at_end() const { return current_ == end_ && file_->remaining() == 0; }

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
  void refill() {
    const std::span<char> part = file_->next();
    current_ = part.data();
    end_ = current_ + part.size();
  }

  JsonFile* file_;
  const Ch* current_ = nullptr;
  const Ch* end_ = nullptr;
};

}  // namespace spikefab

namespace rapidjson {
template <>
struct StreamTraits<spikefab::JsonFileStream> {
  enum { copyOptimization = 1 };
};
template <>
inline void SkipWhitespace(spikefab::JsonFileStream& stream) {
  stream.skip_whitespace();
}
}  // namespace rapidjson
