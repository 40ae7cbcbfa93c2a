#include "mapper/hdf5/dense_links.h"

#include <algorithm>
#include <bit>
#include <vector>

#include "base/memory.h"

namespace spikefab {
namespace {

// Bytes of a field that holds numbers up to `most`.
u32 bytes_for(u64 most) { return std::max(1u, (static_cast<u32>(std::bit_width(most)) + 7) / 8); }

// A table of blocks, each row of which has blocks of one size: `first` in the first two rows, then
// twice as much in each. Large blocks are tables themselves.
class FractalHeap {
 public:
  FractalHeap(Hdf5File& file, u64 address) : file_(file) {
    Hdf5Cursor head(file, address, "fractal heap");
    head.signature("FRHP");
    head.skip(1 + 2);  // version, bytes of an id
    if (head.number(2) != 0) {
      file.fail("holds its links compressed, which is not read",
                "save it with h5py's default, libver='earliest'");
    }
    head.skip(1);  // flags
    const u64 largest_object = head.number(4);
    head.skip(file.length_bytes() + file.address_bytes());  // huge objects
    head.skip(file.length_bytes() + file.address_bytes());  // free space
    head.skip(u64{8} * file.length_bytes());                // statistics
    width_ = head.number(2);
    first_ = head.length();
    const u64 largest = head.length();
    const u32 offset_bits = head.number32(2);
    head.skip(2);  // rows at the start
    root_ = head.address();
    rows_ = head.number32(2);
    const bool is_sane = width_ > 0 && std::has_single_bit(width_) && std::has_single_bit(first_) &&
                         std::has_single_bit(largest) && largest >= first_ && offset_bits <= 64 &&
                         rows_ <= 64;
    if (!is_sane) head.fail_damaged("has blocks of impossible sizes");
    direct_rows_ = log2(largest) - log2(first_) + 2;
    offset_bytes_ = (offset_bits + 7) / 8;
    length_bytes_ = std::min((log2(largest) + 7) / 8, bytes_for(largest_object));
  }

  struct Place {
    u64 address;
    u64 bytes;
  };

  // Of the object with this id.
  Place find(std::span<const u8> id) const {
    const bool is_managed = (id[0] >> 4 & 3) == 0;
    if (!is_managed || id.size() < u64{1} + offset_bytes_ + length_bytes_) {
      file_.fail("holds a link with a very long name, which is not read", "use shorter names");
    }
    const u64 offset = little_endian(id.subspan(1, offset_bytes_));
    const u64 bytes = little_endian(id.subspan(1 + offset_bytes_, length_bytes_));
    if (rows_ == 0) return {root_ + offset, bytes};
    return {address_of(root_, rows_, offset), bytes};
  }

 private:
  static u32 log2(u64 power) { return static_cast<u32>(std::bit_width(power)) - 1; }

  u64 block_bytes(u32 row) const { return row < 2 ? first_ : first_ << (row - 1); }

  u64 address_of(u64 table, u32 rows, u64 offset) const {
    for (u32 row = 0; row < rows; ++row) {
      const u64 bytes = block_bytes(row);
      const u64 row_bytes = checked_product({bytes, width_});
      if (bytes == 0) break;  // beyond all numbers
      if (offset >= row_bytes) {
        offset -= row_bytes;
        continue;
      }
      const u64 block = block_at(table, row * width_ + offset / bytes);
      if (row < direct_rows_) return block + offset % bytes;
      const u32 rows_within = log2(bytes) - log2(first_ * width_) + 1;
      if (rows_within >= rows) break;
      return address_of(block, rows_within, offset % bytes);
    }
    file_.fail_damaged(table, "a link is not within its fractal heap");
  }

  u64 block_at(u64 table, u64 index) const {
    Hdf5Cursor cursor(file_, table, "table of a fractal heap");
    cursor.signature("FHIB");
    cursor.skip(1 + file_.address_bytes() + offset_bytes_);  // version, its heap, its offset
    const u64 begin = cursor.position() + index * file_.address_bytes();
    return Hdf5Cursor(file_, begin, file_.address_bytes(), "table of a fractal heap").address();
  }

  Hdf5File& file_;
  u64 width_ = 0;
  u64 first_ = 0;
  u64 root_ = 0;
  u32 rows_ = 0;  // of the root; 0: it is a block and no table
  u32 direct_rows_ = 0;
  u32 offset_bytes_ = 0;
  u32 length_bytes_ = 0;
};

// Of the index of links by name. Inner nodes hold records, too.
class LinkTree {
 public:
  LinkTree(Hdf5File& file, u64 address) : file_(file) {
    constexpr u64 links_by_name = 5;
    Hdf5Cursor head(file, address, "B-tree of links");
    head.signature("BTHD");
    head.skip(1);  // version
    if (head.number(1) != links_by_name) head.fail_damaged("is of another kind");
    const u64 node_bytes = head.number(4);
    record_bytes_ = head.number(2);
    depth_ = head.number32(2);
    head.skip(1 + 1);  // when nodes are split and merged
    root_ = {head.address(), 0, depth_};
    root_.records = head.number(2);
    if (record_bytes_ <= hash_bytes || node_bytes < node_overhead + record_bytes_ || depth_ > 16) {
      head.fail_damaged("has nodes of impossible sizes");
    }
    measure(node_bytes);
  }

  void visit(const std::function<void(std::span<const u8> id)>& visit_id) {
    std::vector<Node> nodes = {root_};
    while (!nodes.empty()) {
      const Node node = nodes.back();
      nodes.pop_back();
      Hdf5Cursor cursor(file_, node.address, "node of a B-tree of links");
      cursor.signature(node.level == 0 ? "BTLF" : "BTIN");
      cursor.skip(1 + 1);  // version, kind
      for (u64 i = 0; i < node.records; ++i) {
        visit_id(cursor.bytes(record_bytes_).subspan(hash_bytes));
      }
      if (node.level == 0) continue;
      for (u64 i = 0; i <= node.records; ++i) {
        Node child{cursor.address(), 0, node.level - 1};
        child.records = cursor.number(count_bytes_);
        cursor.skip(total_bytes_[child.level]);
        nodes.push_back(child);
      }
    }
  }

 private:
  static constexpr u64 hash_bytes = 4;
  static constexpr u64 node_overhead = 4 + 1 + 1 + 4;  // signature, version, kind, checksum

  struct Node {
    u64 address;
    u64 records;
    u32 level;  // 0: a leaf
  };

  // How wide counts in inner nodes are: as wide as the most that there can be below needs.
  void measure(u64 node_bytes) {
    u64 total = (node_bytes - node_overhead) / record_bytes_;
    count_bytes_ = bytes_for(total);
    total_bytes_ = {0};  // a leaf's total is its count
    for (u32 level = 1; level < depth_; ++level) {
      const u64 pointer = u64{file_.address_bytes()} + count_bytes_ + total_bytes_.back();
      const u64 rest = node_bytes - std::min(node_bytes, node_overhead + pointer);
      const u64 records = rest / (record_bytes_ + pointer);
      total = checked_product({records + 1, total}) + records;
      total_bytes_.push_back(bytes_for(total));
    }
  }

  Hdf5File& file_;
  Node root_{};
  u64 record_bytes_ = 0;
  u32 depth_ = 0;
  u32 count_bytes_ = 0;
  std::vector<u32> total_bytes_;  // by level
};

}  // namespace

void visit_hdf5_dense_links(Hdf5File& file, u64 heap, u64 tree,
                            const std::function<void(u64 address, u64 bytes)>& visit) {
  const FractalHeap links(file, heap);
  LinkTree(file, tree).visit([&](std::span<const u8> id) {
    const FractalHeap::Place place = links.find(id);
    visit(place.address, place.bytes);
  });
}

}  // namespace spikefab
