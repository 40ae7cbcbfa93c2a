#include "mapper/hdf5/data.h"

#include <algorithm>
#include <numeric>

#include "base/memory.h"
#include "mapper/hdf5/filters.h"

namespace spikefab {
namespace {

[[noreturn]] void fail_short(const Hdf5File& file, u64 stored, u64 bytes) {
  file.fail("stores " + std::to_string(stored) + " of the " + std::to_string(bytes) +
                " bytes that its shape tells of",
            "export or copy it again");
}

// What missing chunks hold (IV.A.2.e and f); empty: zeros.
std::span<const u8> read_fill_value(Hdf5File& file, const Hdf5Object& dataset) {
  const Hdf5Message* message = dataset.find(Hdf5MessageType::fill_value);
  if (message == nullptr) {
    message = dataset.find(Hdf5MessageType::old_fill_value);
    if (message == nullptr) return {};
    Hdf5Cursor old = open_hdf5_message(file, *message, "fill value");
    return old.bytes(old.number(4));
  }
  Hdf5Cursor cursor = open_hdf5_message(file, *message, "fill value");
  const u32 version = cursor.number32(1);
  if (version == 3) {
    const u32 flags = cursor.number32(1);
    return flags >> 5 & 1 ? cursor.bytes(cursor.number(4)) : std::span<const u8>();
  }
  if (version != 1 && version != 2) {
    cursor.fail_damaged("version " + std::to_string(version) + " (1 to 3 are read)");
  }
  cursor.skip(1 + 1);  // when space is taken, when it is filled
  const bool is_defined = cursor.number(1) != 0;
  return version == 1 || is_defined ? cursor.bytes(cursor.number(4)) : std::span<const u8>();
}

// All values as they are where nothing is stored.
std::vector<u8> filled_bytes(Hdf5File& file, const Hdf5Object& dataset, const Hdf5Space& space,
                             const Hdf5Type& type) {
  const std::span<const u8> value = read_fill_value(file, dataset);
  if (!value.empty() && value.size() != type.bytes) {
    file.fail("has a fill value of " + std::to_string(value.size()) + " bytes for elements of " +
                  std::to_string(type.bytes),
              "export or copy it again");
  }
  const u64 bytes = checked_product({space.count, type.bytes});
  file.count_array(bytes);
  std::vector<u8> filled(bytes);
  if (std::count(value.begin(), value.end(), 0) == static_cast<std::ptrdiff_t>(value.size())) {
    return filled;
  }
  for (u64 at = 0; at < bytes; at += type.bytes) {
    std::copy(value.begin(), value.end(), filled.begin() + static_cast<std::ptrdiff_t>(at));
  }
  return filled;
}

// Puts the part of a chunk that is within the array where it belongs.
class ChunkPlacer {
 public:
  ChunkPlacer(const std::vector<u64>& shape, const std::vector<u64>& chunk, u64 element_bytes)
      : shape_(shape), chunk_(chunk), element_bytes_(element_bytes) {}

  void place(const std::vector<u64>& begin, std::span<const u8> bytes, std::vector<u8>& array) {
    const u64 rank = shape_.size();
    std::vector<u64> sides(rank);
    for (u64 d = 0; d < rank; ++d) sides[d] = std::min(chunk_[d], shape_[d] - begin[d]);
    std::vector<u64> at(rank);  // within the chunk; the last dimension is copied at once
    do {
      u64 from = 0;
      u64 to = 0;
      for (u64 d = 0; d < rank; ++d) {
        from = from * chunk_[d] + at[d];
        to = to * shape_[d] + begin[d] + at[d];
      }
      const auto row = bytes.subspan(from * element_bytes_, sides[rank - 1] * element_bytes_);
      std::copy(row.begin(), row.end(),
                array.begin() + static_cast<std::ptrdiff_t>(to * element_bytes_));
    } while (next(at, sides));
  }

 private:
  static bool next(std::vector<u64>& at, const std::vector<u64>& sides) {
    for (u64 d = at.size() - 1; d > 0; --d) {
      if (++at[d - 1] < sides[d - 1]) return true;
      at[d - 1] = 0;
    }
    return false;
  }

  const std::vector<u64>& shape_;
  const std::vector<u64>& chunk_;
  u64 element_bytes_;
};

// Chunks behind a version 1 B-tree.
class ChunkReader {
 public:
  ChunkReader(Hdf5File& file, const Hdf5Object& dataset, const Hdf5Space& space,
              const Hdf5Type& type)
      : file_(file), dataset_(dataset), space_(space), type_(type) {}

  Hdf5Bytes read(Hdf5Cursor& layout) {
    const u32 rank = layout.number32(1) - 1;  // the last is the element's size
    const u64 tree = layout.address();
    if (rank == 0 || rank != space_.shape.size())
      layout.fail_damaged("chunks of another dimension");
    for (u32 d = 0; d < rank; ++d) chunk_.push_back(layout.number(4));
    if (layout.number(4) != type_.bytes) layout.fail_damaged("chunks of elements of another size");
    if (std::count(chunk_.begin(), chunk_.end(), 0) > 0) layout.fail_damaged("empty chunks");
    measure();
    std::vector<u8> array = filled_bytes(file_, dataset_, space_, type_);
    if (tree == file_.undefined_address() || space_.count == 0) return Hdf5Bytes(std::move(array));
    const std::vector<Hdf5Filter> filters = read_hdf5_filters(file_, dataset_);
    visit_hdf5_tree(
        file_, tree, Hdf5Tree::chunks, 4 + 4 + 8 * (u64{rank} + 1),
        [&](std::span<const u8> key, u64 address) { read_chunk(key, address, filters, array); });
    return Hdf5Bytes(std::move(array));
  }

 private:
  void measure() {
    chunk_bytes_ = type_.bytes;
    for (u64 d = 0; d < chunk_.size(); ++d) {
      chunk_bytes_ = checked_product({chunk_bytes_, chunk_[d]});
      chunks_left_ = checked_product({chunks_left_, divide_up(space_.shape[d], chunk_[d])});
    }
  }

  void read_chunk(std::span<const u8> key, u64 address, const std::vector<Hdf5Filter>& filters,
                  std::vector<u8>& array) {
    const u64 stored_bytes = little_endian(key.first(4));
    const u64 skipped = little_endian(key.subspan(4, 4));
    std::vector<u64> begin;
    for (u64 d = 0; d < chunk_.size(); ++d) {
      begin.push_back(little_endian(key.subspan(8 + 8 * d, 8)));
      if (begin[d] % chunk_[d] != 0 || begin[d] >= space_.shape[d]) {
        file_.fail_damaged(address, "a chunk begins at " + std::to_string(begin[d]) +
                                        " in dimension " + std::to_string(d) + " of " +
                                        std::to_string(space_.shape[d]) + " by chunks of " +
                                        std::to_string(chunk_[d]));
      }
    }
    if (chunks_left_-- == 0) file_.fail_damaged(address, "more chunks than the array has");
    const std::span<const u8> stored = file_.read(address, stored_bytes, "chunk");
    ChunkPlacer placer(space_.shape, chunk_, type_.bytes);
    placer.place(begin, undo_hdf5_filters(file_, filters, skipped, stored, chunk_bytes_), array);
  }

  Hdf5File& file_;
  const Hdf5Object& dataset_;
  const Hdf5Space& space_;
  const Hdf5Type& type_;
  std::vector<u64> chunk_;  // its sides
  u64 chunk_bytes_ = 0;
  u64 chunks_left_ = 1;
};

Hdf5Bytes read_compact(Hdf5File& file, Hdf5Cursor& layout, u64 bytes) {
  const u64 stored = layout.number(2);
  if (stored < bytes) fail_short(file, stored, bytes);
  return Hdf5Bytes(layout.bytes(bytes));
}

Hdf5Bytes read_contiguous(Hdf5File& file, const Hdf5Object& dataset, const Hdf5Space& space,
                          const Hdf5Type& type, Hdf5Cursor& layout) {
  const u64 address = layout.address();
  const u64 stored = layout.length();
  const u64 bytes = checked_product({space.count, type.bytes});
  if (bytes == 0) return Hdf5Bytes(std::span<const u8>());
  if (address == file.undefined_address()) {
    return Hdf5Bytes(filled_bytes(file, dataset, space, type));
  }
  if (stored < bytes) fail_short(file, stored, bytes);
  return Hdf5Bytes(file.read(address, bytes, "array"));
}

// How values are stored (IV.A.2.i).
enum Storage : u32 { compact = 0, contiguous = 1, chunked = 2, in_other_datasets = 3 };

void check_is_read(const Hdf5File& file, u32 version, u32 storage) {
  if (version < 3 || version > 4 || storage > in_other_datasets) {
    file.fail("stores values by layout version " + std::to_string(version) + ", class " +
                  std::to_string(storage) + " (version 3 and 4, class 0 to 2 are read)",
              "save it with h5py's default, libver='earliest'");
  }
  if (storage == in_other_datasets) {
    file.fail("is a virtual dataset, whose values are in others", "store the values themselves");
  }
  if (storage == chunked && version == 4) {
    file.fail("has chunks in the format of HDF5 1.10 (layout version 4), which is not read",
              "save it with h5py's default, libver='earliest'");
  }
}

}  // namespace

Hdf5Bytes read_hdf5_bytes(Hdf5File& file, const Hdf5Object& dataset, const Hdf5Space& space,
                          const Hdf5Type& type) {
  const Hdf5Message* message = dataset.find(Hdf5MessageType::layout);
  if (message == nullptr) file.fail("has no values (layout)", "export it again");
  if (dataset.has(Hdf5MessageType::external_files)) {
    file.fail("has its values in other files, which are not read", "store them in the file");
  }
  Hdf5Cursor layout = open_hdf5_message(file, *message, "layout");
  const u32 version = layout.number32(1);
  const u32 storage = layout.number32(1);
  check_is_read(file, version, storage);
  if (storage == compact) {
    return read_compact(file, layout, checked_product({space.count, type.bytes}));
  }
  if (storage == contiguous) return read_contiguous(file, dataset, space, type, layout);
  return ChunkReader(file, dataset, space, type).read(layout);
}

}  // namespace spikefab
