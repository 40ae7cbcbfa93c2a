#include "mapper/images.h"

#include <algorithm>

#include "base/error.h"
#include "base/gzip.h"

namespace spikefab {
namespace {

constexpr u64 max_bytes = u64{1} << 28;  // per file; a label is not longer than its image

// What an idx file of bytes with these dimensions begins with, and how messages name it.
struct IdxKind {
  u32 magic;
  u32 dimensions;
  const char* holds;
};
constexpr IdxKind idx_images = {0x803, 3, "images"};
constexpr IdxKind idx_labels = {0x801, 1, "labels"};
constexpr const char* dimension_names[] = {"count", "rows", "columns"};

std::string hex(u32 value) {
  static constexpr char digits[] = "0123456789abcdef";
  std::string text = "0x";
  for (int shift = 28; shift >= 0; shift -= 4) text += digits[value >> shift & 15];
  return text;
}

// One idx file, of which the header is read and checked.
class IdxFile {
 public:
  IdxFile(const std::string& path, const IdxKind& kind) : path_(path), kind_(kind), file_(path) {
    read_magic();
    for (u32 i = 0; i < kind_.dimensions; ++i) read_side(i);
  }

  u32 side(u32 dimension) const { return sides_[dimension]; }

  // All that follows the header. Grows as the file gives it, so that a short file that claims much
  // costs little.
  std::vector<u8> values() {
    constexpr u64 piece = 1 << 20;
    std::vector<u8> values;
    values.reserve(bytes_);
    while (values.size() < bytes_) {
      const u64 have = values.size();
      values.resize(std::min(bytes_, have + piece));
      const u64 got = file_.read(std::as_writable_bytes(std::span(values).subspan(have)));
      if (have + got < values.size()) fail_short(have + got);
    }
    std::byte more[1];
    if (file_.read(more) != 0) {
      throw InputError(path_, "goes on after the " + size_text() + " that its header announces");
    }
    return values;
  }

 private:
  u32 read_u32() {
    std::byte bytes[4];
    const std::size_t got = file_.read(bytes);
    if (got < sizeof bytes) {
      throw InputError(path_, "has " + std::to_string(offset_ + got) +
                                  " bytes, fewer than the header of an idx file of " + kind_.holds +
                                  " (" + std::to_string(header_bytes()) + ")");
    }
    offset_ += 4;
    u32 value = 0;
    for (const std::byte byte : bytes) value = value << 8 | static_cast<u32>(byte);
    return value;
  }

  void read_magic() {
    const u32 magic = read_u32();
    if (magic == kind_.magic) return;
    std::string hint = "must be " + hex(kind_.magic) + ": bytes, " + kind_.holds;
    if (magic == idx_images.magic) hint += "; this file holds images";
    if (magic == idx_labels.magic) hint += "; this file holds labels";
    throw InputError(path_, "magic number " + hex(magic) + " at byte 0", hint);
  }

  void read_side(u32 dimension) {
    const u32 side = read_u32();
    const std::string what = std::string(dimension_names[dimension]) + " = " +
                             std::to_string(side) + " at byte " + std::to_string(offset_ - 4);
    if (side == 0) throw InputError(path_, what, "must be 1 or more");
    sides_[dimension] = side;
    if (side > max_bytes / bytes_) {
      throw InputError(path_, what + " makes it too large",
                       "at most " + std::to_string(max_bytes) + " bytes after the header");
    }
    bytes_ *= side;
  }

  [[noreturn]] void fail_short(u64 have) {
    throw InputError(path_, "ends after " + std::to_string(have) + " of the " + size_text() +
                                " that its header announces");
  }

  std::string size_text() const {
    std::string text =
        std::to_string(bytes_) + " bytes (" + std::to_string(sides_[0]) + " " + kind_.holds;
    if (kind_.dimensions == 3) {
      text += " of " + std::to_string(sides_[1]) + " x " + std::to_string(sides_[2]);
    }
    return text + ")";
  }

  u32 header_bytes() const { return 4 + 4 * kind_.dimensions; }

  std::string path_;
  IdxKind kind_;
  GzipReader file_;
  u32 offset_ = 0;  // in the header
  u32 sides_[3] = {};
  u64 bytes_ = 1;  // after the header
};

}  // namespace

void Images::keep_first(u32 images) {
  count = std::min(count, images);
  pixels.resize(u64{count} * size());
  labels.resize(count);
}

u32 image_count(const std::string& images_path) { return IdxFile(images_path, idx_images).side(0); }

Images load_images(const std::string& images_path, const std::string& labels_path) {
  IdxFile images(images_path, idx_images);
  IdxFile labels(labels_path, idx_labels);
  if (images.side(0) != labels.side(0)) {
    throw InputError(labels_path,
                     std::to_string(labels.side(0)) + " labels, but " +
                         std::to_string(images.side(0)) + " images in " + images_path,
                     "the two files must belong together");
  }
  Images out;
  out.count = images.side(0);
  out.rows = images.side(1);
  out.columns = images.side(2);
  out.pixels = images.values();
  out.labels = labels.values();
  return out;
}

}  // namespace spikefab
