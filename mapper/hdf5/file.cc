#include "mapper/hdf5/file.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <limits>

#include "base/error.h"
#include "base/files.h"
#include "base/memory.h"
#include "base/suggest.h"

namespace spikefab {
namespace {

using namespace std::string_view_literals;

constexpr std::string_view hdf5_signature = "\x89HDF\r\n\x1a\n"sv;  // II.A
constexpr const char* damaged_hint = "the file is damaged; export or copy it again";

// Each byte of a file belongs to one structure, which we read once or twice.
constexpr u64 reads_of_a_byte = 8;
// Of deflate: at most 1032 bytes are made of one [zlib, Technical Details]; of what is not stored,
// too.
constexpr u64 max_ratio = 1032;
constexpr u64 always_allowed = 1 << 16;  // whatever the file's size

u64 saturated_sum(u64 a, u64 b) {
  u64 sum = 0;
  return __builtin_add_overflow(a, b, &sum) ? std::numeric_limits<u64>::max() : sum;
}

// The superblock is at byte 0, 512, 1024, 2048, ... (II.A).
u64 find_superblock(std::string_view content) {
  for (u64 at = 0; at < content.size(); at = at == 0 ? 512 : 2 * at) {
    if (content.substr(at).starts_with(hdf5_signature)) return at;
  }
  return content.size();
}

bool is_text(std::string_view begin) {
  return std::all_of(begin.begin(), begin.end(), [](char c) {
    return static_cast<unsigned char>(c) >= 0x20 || c == '\n' || c == '\r' || c == '\t';
  });
}

struct Guess {
  const char* what;
  const char* hint;
};

Guess guess_format(std::string_view content) {
  constexpr Guess damaged = {"is no HDF5 file: no signature at its begin", damaged_hint};
  if (content.empty()) return {"is empty, so it is no HDF5 file", "export it again"};
  if (content.starts_with("PK\x03\x04"sv)) {
    return {"is a zip archive, such as a PyTorch checkpoint or .npz, and no HDF5 file",
            "load it in its framework and export the network from there with nir.write"};
  }
  if (content.starts_with("\x80"sv) && content.size() > 1 && content[1] >= 2 && content[1] <= 5) {
    return {"is a Python pickle, such as an old PyTorch checkpoint, and no HDF5 file",
            "load it in its framework and export the network from there with nir.write"};
  }
  if (content.starts_with("\x1f\x8b"sv)) return {"is gzip data and no HDF5 file", "gunzip it"};
  if (content.starts_with("\x93NUMPY"sv)) return {"is a NumPy array and no HDF5 file", ""};
  if (content.starts_with("version https://git-lfs"sv)) {
    return {"is a Git LFS pointer and no HDF5 file", "git lfs pull"};
  }
  if (is_text(content.substr(0, 512))) return {"is text and no HDF5 file", "export it again"};
  return damaged;
}

}  // namespace

u64 little_endian(std::span<const u8> bytes) {
  static_assert(std::endian::native == std::endian::little);
  u64 value = 0;
  std::memcpy(&value, bytes.data(), std::min(bytes.size(), sizeof value));
  return value;
}

Hdf5File::Hdf5File(const std::string& path, u64 max_bytes)
    : path_(path), content_(read_text(path, max_bytes)) {
  may_read_ = reads_of_a_byte * content_.size() + always_allowed;
  may_expand_ = saturated_sum(checked_product({max_ratio, content_.size()}), always_allowed);
  may_inflate_ = checked_product({2, max_bytes});  // what is beyond the edges of arrays counts
  may_take_ = max_bytes;
  base_ = find_superblock(content_);
  if (base_ == content_.size()) {
    const Guess guess = guess_format(content_);
    fail(guess.what, guess.hint);
  }
  read_superblock();
}

void Hdf5File::read_superblock() {
  Hdf5Cursor superblock(*this, 0, "superblock");
  superblock.skip(hdf5_signature.size());
  const u32 version = superblock.number32(1);
  if (version <= 1) return read_old_superblock(version);
  if (version <= 3) return read_new_superblock();
  fail("superblock of version " + std::to_string(version) + " (0 to 3 are read)",
       "save it with h5py's default, libver='earliest'");
}

// Versions 0 and 1 (II.A): the root group's symbol table entry is within.
void Hdf5File::read_old_superblock(u32 version) {
  Hdf5Cursor superblock(*this, hdf5_signature.size() + 5, "superblock");
  address_bytes_ = superblock.number32(1);
  length_bytes_ = superblock.number32(1);
  if ((address_bytes_ != 4 && address_bytes_ != 8) || (length_bytes_ != 4 && length_bytes_ != 8)) {
    superblock.fail_damaged("addresses of " + std::to_string(address_bytes_) +
                            " bytes and lengths of " + std::to_string(length_bytes_) +
                            " (4 and 8 are read)");
  }
  superblock.skip(1 + 2 + 2 + 4);            // K of group nodes, consistency flags
  superblock.skip(version == 1 ? 4 : 0);     // K of chunk nodes
  superblock.skip(u64{2} * address_bytes_);  // base, free space
  check_is_whole(superblock.address());
  superblock.skip(address_bytes_);  // driver information
  superblock.skip(length_bytes_);   // the root has no name
  root_ = superblock.address();
}

void Hdf5File::read_new_superblock() {
  Hdf5Cursor superblock(*this, hdf5_signature.size() + 1, "superblock");
  address_bytes_ = superblock.number32(1);
  length_bytes_ = superblock.number32(1);
  if (address_bytes_ != 8 || length_bytes_ != 8)
    superblock.fail_damaged("addresses not of 8 bytes");
  superblock.skip(1);                        // consistency flags
  superblock.skip(u64{2} * address_bytes_);  // base, extension
  check_is_whole(superblock.address());
  root_ = superblock.address();
}

void Hdf5File::check_is_whole(u64 end) const {
  if (end <= content_.size()) return;
  fail("is cut off: it has " + std::to_string(content_.size()) + " bytes, of " +
           std::to_string(end) + " that its superblock tells of",
       "export or copy it again");
}

u64 Hdf5File::undefined_address() const {
  return std::numeric_limits<u64>::max() >> (64 - 8 * address_bytes_);
}

std::span<const u8> Hdf5File::read(u64 address, u64 bytes, const char* what) {
  if (address > size() || bytes > size() - address) {
    fail_damaged(address, std::string(what) + " of " + std::to_string(bytes) +
                              " bytes goes beyond the end of the file (byte " +
                              std::to_string(content_.size()) + ")");
  }
  if (bytes > may_read_) fail_damaged(address, "parts of the file overlap or lead in circles");
  may_read_ -= bytes;
  const auto* begin = reinterpret_cast<const u8*>(content_.data());
  return {begin + base_ + address, bytes};
}

void Hdf5File::count_array(u64 bytes) {
  if (bytes > may_expand_) {
    fail("its arrays are more than " + std::to_string(max_ratio) + " times as large as the file (" +
             std::to_string(content_.size()) + " bytes)",
         "no compression does that; save it with h5py's defaults");
  }
  may_expand_ -= bytes;
  if (bytes > may_take_) fail_too_large(bytes);
}

void Hdf5File::count_inflated(u64 bytes) {
  if (bytes > may_inflate_) fail_too_large(bytes);
  may_inflate_ -= bytes;
}

void Hdf5File::fail_too_large(u64 bytes) const {
  fail("needs " + std::to_string(bytes) + " bytes of memory, and " + std::to_string(may_take_) +
           " are left of what a file may take",
       "is it the right file?");
}

void Hdf5File::count_memory(u64 bytes) {
  if (bytes > may_take_) fail_too_large(bytes);
  check_available_memory(bytes, place());
  may_take_ -= bytes;
}

void Hdf5File::fail(const std::string& what, const std::string& hint) const {
  throw InputError(place(), what, hint);
}

void Hdf5File::fail_damaged(u64 address, const std::string& what) const {
  const std::string byte = std::to_string(saturated_sum(base_, address));
  throw InputError(place(), "at byte " + byte + ": " + what, damaged_hint);
}

Hdf5Cursor::Hdf5Cursor(Hdf5File& file, u64 begin, u64 bytes, const char* what)
    : file_(file), what_(what), at_(begin), end_(begin + bytes) {
  if (begin > file.size() || bytes > file.size() - begin) {
    file.fail_damaged(begin, std::string(what) + " of " + std::to_string(bytes) +
                                 " bytes is not within the file");
  }
}

Hdf5Cursor::Hdf5Cursor(Hdf5File& file, u64 begin, const char* what)
    : file_(file), what_(what), at_(begin), end_(file.size()) {
  if (begin >= file.size()) {
    file.fail_damaged(begin, std::string(what) + " is not within the file");
  }
}

u64 Hdf5Cursor::number(u64 count) { return little_endian(bytes(count)); }

std::span<const u8> Hdf5Cursor::bytes(u64 count) {
  if (count > left()) {
    fail_damaged("needs " + std::to_string(count) + " bytes more, and " + std::to_string(left()) +
                 " are left");
  }
  const std::span<const u8> read = file_.read(at_, count, what_);
  at_ += count;
  return read;
}

void Hdf5Cursor::signature(std::string_view expected) {
  const u64 begin = at_;
  const std::span<const u8> found = bytes(expected.size());
  if (std::equal(expected.begin(), expected.end(), found.begin())) return;
  const std::string_view text(reinterpret_cast<const char*>(found.data()), found.size());
  file_.fail_damaged(begin, std::string(what_) + " must begin with '" + std::string(expected) +
                                "', not '" + printable(text) + "'");
}

void Hdf5Cursor::fail_damaged(const std::string& what) const {
  file_.fail_damaged(at_, std::string(what_) + ": " + what);
}

}  // namespace spikefab
