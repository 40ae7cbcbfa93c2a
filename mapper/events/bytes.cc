#include "mapper/events/bytes.h"

#include "base/error.h"

namespace spikefab {

EventBytes::EventBytes(const std::string& path)
    : path_(path), file_(path), buffer_(2 * max_piece) {}

void EventBytes::fill() {
  std::copy(buffer_.data() + used_, buffer_.data() + filled_, buffer_.data());
  filled_ -= used_;
  used_ = 0;
  filled_ += file_.read(std::as_writable_bytes(std::span(buffer_).subspan(filled_)));
}

u64 EventBytes::skip(u64 count) {
  u64 done = 0;
  while (done < count) {
    const std::size_t piece = take(std::min<u64>(count - done, max_piece)).size();
    if (piece == 0) break;
    done += piece;
  }
  return done;
}

void EventBytes::fail_cut_off(std::size_t size, std::size_t have) const {
  throw InputError(place(offset_ - have),
                   "the file ends within a record of " + std::to_string(size) +
                       " bytes, of which " + std::to_string(have) + " are there",
                   "it is cut off, or in another format");
}

}  // namespace spikefab
