#include "mapper/hdf5/object.h"

#include <algorithm>
#include <optional>

#include "base/suggest.h"
#include "mapper/hdf5/dense_links.h"

namespace spikefab {
namespace {

constexpr u32 shared_flag = 1 << 1;           // IV.A.1: the body is elsewhere
constexpr u32 must_understand_flag = 1 << 7;  // or else the object must not be opened

// A stretch of messages; a header is one or several, by continuation messages.
struct Block {
  u64 begin;
  u64 bytes;
};

// Version 1 (IV.A.1.a) and 2 (IV.A.1.b) differ in how they begin, and in the head of a message.
class HeaderReader {
 public:
  HeaderReader(Hdf5File& file, u64 address) : file_(file), address_(address) {}

  Hdf5Object read() {
    Hdf5Cursor begin(file_, address_, "object header");
    const bool is_new = begin.left() >= 4 && begin.number(1) == 'O';
    blocks_.push_back(is_new ? first_new_block() : first_old_block());
    for (u64 i = 0; i < blocks_.size(); ++i) read_block(blocks_[i]);
    return std::move(object_);
  }

 private:
  Block first_old_block() {
    Hdf5Cursor header(file_, address_, "object header");
    const u32 version = header.number32(1);
    if (version != 1) {
      file_.fail_damaged(
          address_, "object header of version " + std::to_string(version) + " (1 and 2 are read)");
    }
    header.skip(1 + 2 + 4);  // reserved, number of messages, reference count
    const u64 bytes = header.number(4);
    header.skip(4);  // to a multiple of 8
    return {header.position(), bytes};
  }

  Block first_new_block() {
    is_new_ = true;
    Hdf5Cursor header(file_, address_, "object header");
    header.signature("OHDR");
    const u32 version = header.number32(1);
    if (version != 2) header.fail_damaged("is of version " + std::to_string(version));
    const u32 flags = header.number32(1);
    has_creation_order_ = flags >> 2 & 1;
    if (flags >> 5 & 1) header.skip(4 * 4);  // times
    if (flags >> 4 & 1) header.skip(2 * 2);  // when attributes are stored elsewhere
    const u64 bytes = header.number(u64{1} << (flags & 3));
    return {header.position(), bytes};
  }

  void read_block(Block block) {
    Hdf5Cursor messages(file_, block.begin, block.bytes, "object header");
    const u64 head = !is_new_ ? 8 : has_creation_order_ ? 6 : 4;
    while (messages.left() >= head) {
      const u32 type = messages.number32(is_new_ ? 1 : 2);
      const u64 bytes = messages.number(2);
      const u32 flags = messages.number32(1);
      messages.skip(head - (is_new_ ? 4 : 5));
      add({static_cast<Hdf5MessageType>(type), flags, messages.position(), bytes});
      messages.skip(bytes);
    }
  }

  void add(const Hdf5Message& message) {
    if (message.type == Hdf5MessageType::nothing) return;
    if (message.flags & must_understand_flag && !is_known(message.type)) {
      file_.fail("has a message of type " + std::to_string(static_cast<u32>(message.type)) +
                     ", which is not known here and must be understood to read it",
                 "save it with h5py's default, libver='earliest'");
    }
    if (message.type == Hdf5MessageType::continuation) return add_block(message);
    object_.messages.push_back(message);
  }

  void add_block(const Hdf5Message& message) {
    Hdf5Cursor body = open_hdf5_message(file_, message, "continuation of an object header");
    Block block{};
    block.begin = body.address();
    block.bytes = body.length();
    if (is_new_) {  // between a signature and a checksum
      Hdf5Cursor(file_, block.begin, "continuation of an object header").signature("OCHK");
      if (block.bytes < 8) body.fail_damaged("has less than 8 bytes");
      block = {block.begin + 4, block.bytes - 8};
    }
    blocks_.push_back(block);
  }

  Hdf5File& file_;
  u64 address_;
  bool is_new_ = false;
  bool has_creation_order_ = false;
  std::vector<Block> blocks_;
  Hdf5Object object_;
};

std::string text_of(std::span<const u8> bytes) { return {bytes.begin(), bytes.end()}; }

// The names of a group (III.D): one stretch of bytes, where each ends with a 0.
class LocalHeap {
 public:
  LocalHeap(Hdf5File& file, u64 address) : file_(file) {
    Hdf5Cursor heap(file, address, "heap of names");
    heap.signature("HEAP");
    heap.skip(1 + 3);  // version, reserved
    bytes_ = heap.length();
    heap.skip(file.length_bytes());  // free space
    begin_ = heap.address();
    Hdf5Cursor(file, begin_, bytes_, "heap of names");  // is within the file
  }

  std::string text_at(u64 offset) const {
    constexpr u64 piece = 32;
    std::string text;
    for (u64 at = offset; at < bytes_; at += piece) {
      const auto read = file_.read(begin_ + at, std::min(piece, bytes_ - at), "name");
      const auto end = std::find(read.begin(), read.end(), 0);
      text.append(read.begin(), end);
      if (end != read.end()) return text;
    }
    file_.fail_damaged(begin_, "a name at byte " + std::to_string(offset) + " of " +
                                   std::to_string(bytes_) + " has no end");
  }

 private:
  Hdf5File& file_;
  u64 begin_ = 0;
  u64 bytes_ = 0;
};

[[noreturn]] void fail_link(const Hdf5File& file, const std::string& name,
                            const std::string& kind) {
  file.fail("its member '" + printable(name) + "' is " + kind + ", which is not followed",
            "store the data itself: with h5py, file['copy'] = file['link'][()]");
}

// Group entries (III.B, III.C) below one leaf of the tree.
void read_symbols(Hdf5File& file, u64 address, const LocalHeap& names,
                  std::vector<Hdf5Link>& links) {
  constexpr u32 soft_link = 2;
  Hdf5Cursor node(file, address, "group's symbol table");
  node.signature("SNOD");
  node.skip(1 + 1);  // version, reserved
  for (u32 left = node.number32(2); left > 0; --left) {
    const u64 name = node.length();
    const u64 header = node.address();
    const u32 cached = node.number32(4);
    node.skip(4 + 16);  // reserved, cache
    std::string text = names.text_at(name);
    if (cached == soft_link) fail_link(file, text, "a link by path (soft link)");
    links.push_back({std::move(text), header});
  }
}

// Link messages (IV.A.2.g).
Hdf5Link read_link(Hdf5File& file, Hdf5Cursor link) {
  constexpr u32 hard = 0;
  constexpr u32 soft = 1;
  const u32 version = link.number32(1);
  if (version != 1) link.fail_damaged("is of version " + std::to_string(version));
  const u32 flags = link.number32(1);
  const u32 type = flags >> 3 & 1 ? link.number32(1) : hard;
  if (flags >> 2 & 1) link.skip(8);  // creation order
  if (flags >> 4 & 1) link.skip(1);  // character set
  const u64 name_bytes = link.number(u64{1} << (flags & 3));
  std::string name = text_of(link.bytes(name_bytes));
  if (type == soft) fail_link(file, name, "a link by path (soft link)");
  if (type != hard) fail_link(file, name, "a link to another file (external link)");
  return {std::move(name), link.address()};
}

// Link info (IV.A.2.c): where links are if they are not messages.
void read_dense_links(Hdf5File& file, const Hdf5Message& message, std::vector<Hdf5Link>& links) {
  Hdf5Cursor info = open_hdf5_message(file, message, "link info");
  info.skip(1);
  if (info.number(1) & 1) info.skip(8);  // creation order
  const u64 heap = info.address();
  if (heap == file.undefined_address()) return;
  visit_hdf5_dense_links(file, heap, info.address(), [&](u64 address, u64 bytes) {
    links.push_back(read_link(file, {file, address, bytes, "link"}));
  });
}

}  // namespace

bool is_known(Hdf5MessageType type) {
  return type <= Hdf5MessageType::reference_count;  // all up to it are in the specification
}

const Hdf5Message* Hdf5Object::find(Hdf5MessageType type) const {
  const auto is_it = [type](const Hdf5Message& message) { return message.type == type; };
  const auto found = std::find_if(messages.begin(), messages.end(), is_it);
  return found == messages.end() ? nullptr : &*found;
}

Hdf5Object read_hdf5_object(Hdf5File& file, u64 address) {
  return HeaderReader(file, address).read();
}

Hdf5Cursor open_hdf5_message(Hdf5File& file, const Hdf5Message& message, const char* what) {
  if (message.flags & shared_flag) {
    file.fail(std::string("its ") + what + " is shared with other objects, which is not read",
              "do not name datatypes in the file; save it with h5py's defaults");
  }
  return {file, message.begin, message.bytes, what};
}

std::vector<Hdf5Link> read_hdf5_links(Hdf5File& file, const Hdf5Object& group) {
  std::vector<Hdf5Link> links;
  if (const Hdf5Message* message = group.find(Hdf5MessageType::symbol_table)) {
    Hdf5Cursor table = open_hdf5_message(file, *message, "symbol table");
    const u64 tree = table.address();
    const LocalHeap names(file, table.address());
    visit_hdf5_tree(file, tree, Hdf5Tree::group, file.length_bytes(),
                    [&](std::span<const u8>, u64 node) { read_symbols(file, node, names, links); });
  }
  if (const Hdf5Message* info = group.find(Hdf5MessageType::link_info)) {
    read_dense_links(file, *info, links);
  }
  for (const Hdf5Message& message : group.messages) {
    if (message.type != Hdf5MessageType::link) continue;
    links.push_back(read_link(file, open_hdf5_message(file, message, "link")));
  }
  return links;
}

void visit_hdf5_tree(Hdf5File& file, u64 root, Hdf5Tree tree, u64 key_bytes,
                     const std::function<void(std::span<const u8> key, u64 address)>& visit) {
  struct Node {
    u64 address;
    std::optional<u32> level;  // that its parent demands
  };
  std::vector<Node> nodes = {{root, std::nullopt}};
  while (!nodes.empty()) {
    const Node node = nodes.back();
    nodes.pop_back();
    Hdf5Cursor cursor(file, node.address, "B-tree");
    cursor.signature("TREE");
    if (cursor.number(1) != static_cast<u64>(tree)) cursor.fail_damaged("is of another kind");
    const u32 level = cursor.number32(1);
    if (node.level && level != *node.level) cursor.fail_damaged("levels do not descend");
    const u32 entries = cursor.number32(2);
    cursor.skip(u64{2} * file.address_bytes());  // siblings
    for (u32 i = 0; i < entries; ++i) {
      const std::span<const u8> key = cursor.bytes(key_bytes);
      const u64 child = cursor.address();
      if (level == 0) {
        visit(key, child);
      } else {
        nodes.push_back({child, level - 1});
      }
    }
  }
}

}  // namespace spikefab
