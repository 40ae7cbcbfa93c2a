#include "base/gzip.h"

#include <zlib.h>

#include <algorithm>
#include <limits>
#include <new>

#include "base/error.h"

namespace spikefab {
namespace {

constexpr std::size_t buffer_bytes = 1 << 16;
constexpr int gzip_only = 16 + MAX_WBITS;  // zlib.h, inflateInit2

}  // namespace

GzipReader::GzipReader(const std::string& path) : path_(path), file_(path), buffer_(buffer_bytes) {
  fill();
  constexpr std::byte magic[] = {std::byte{0x1f}, std::byte{0x8b}};
  if (filled_ < 2 || !std::equal(magic, magic + 2, buffer_.data())) return;
  stream_ = std::make_unique<z_stream>();
  if (inflateInit2(stream_.get(), gzip_only) != Z_OK) throw std::bad_alloc();
  in_member_ = true;
}

GzipReader::~GzipReader() {
  if (stream_) inflateEnd(stream_.get());
}

std::size_t GzipReader::read(std::span<std::byte> bytes) {
  std::size_t got = 0;
  while (got < bytes.size()) {
    if (used_ == filled_) fill();
    if (used_ == filled_) break;
    got += stream_ ? unpack(bytes.subspan(got)) : copy(bytes.subspan(got));
  }
  if (got < bytes.size() && in_member_) {
    const std::string end = std::to_string(file_.offset());
    throw InputError(path_, "ends within its gzip data, at byte " + end);
  }
  return got;
}

void GzipReader::fill() {
  used_ = 0;
  filled_ = file_.read(buffer_);
}

std::size_t GzipReader::copy(std::span<std::byte> bytes) {
  const std::size_t n = std::min(bytes.size(), filled_ - used_);
  std::copy_n(buffer_.data() + used_, n, bytes.data());
  used_ += n;
  return n;
}

// One step of zlib: takes some input, gives some output, or both.
std::size_t GzipReader::unpack(std::span<std::byte> bytes) {
  if (!in_member_) {
    inflateReset(stream_.get());
    in_member_ = true;
  }
  const std::size_t room = std::min<std::size_t>(bytes.size(), std::numeric_limits<uInt>::max());
  stream_->next_in = reinterpret_cast<Bytef*>(buffer_.data() + used_);
  stream_->avail_in = static_cast<uInt>(filled_ - used_);
  stream_->next_out = reinterpret_cast<Bytef*>(bytes.data());
  stream_->avail_out = static_cast<uInt>(room);
  const int status = inflate(stream_.get(), Z_NO_FLUSH);
  used_ = filled_ - stream_->avail_in;
  if (status == Z_MEM_ERROR) throw std::bad_alloc();
  if (status == Z_STREAM_END) in_member_ = false;
  if (status != Z_OK && status != Z_STREAM_END) {
    const std::string why = stream_->msg == nullptr ? "" : std::string(": ") + stream_->msg;
    throw InputError(path_, "damaged gzip data before byte " +
                                std::to_string(file_.offset() - stream_->avail_in) + why);
  }
  return room - stream_->avail_out;
}

}  // namespace spikefab
