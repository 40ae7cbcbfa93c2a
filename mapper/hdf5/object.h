// The objects of an HDF5 file: their headers, which are rows of messages, and the links of groups.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <vector>

#include "mapper/hdf5/file.h"

namespace spikefab {

// Message types (IV.A.2).
enum class Hdf5MessageType : u32 {
  nothing = 0x00,
  dataspace = 0x01,
  link_info = 0x02,
  datatype = 0x03,
  old_fill_value = 0x04,
  fill_value = 0x05,
  link = 0x06,
  external_files = 0x07,
  layout = 0x08,
  group_info = 0x0a,
  filters = 0x0b,
  attribute = 0x0c,
  comment = 0x0d,
  old_modification_time = 0x0e,
  continuation = 0x10,
  symbol_table = 0x11,
  modification_time = 0x12,
  attribute_info = 0x15,
  reference_count = 0x16,
};

bool is_known(Hdf5MessageType type);

struct Hdf5Message {
  Hdf5MessageType type = Hdf5MessageType::nothing;
  u32 flags = 0;
  u64 begin = 0;
  u64 bytes = 0;
};

struct Hdf5Object {
  std::vector<Hdf5Message> messages;

  const Hdf5Message* find(Hdf5MessageType type) const;
  bool has(Hdf5MessageType type) const { return find(type) != nullptr; }
};

Hdf5Object read_hdf5_object(Hdf5File& file, u64 address);

// A message's body; `what` is for errors. A message that is stored elsewhere is refused.
Hdf5Cursor open_hdf5_message(Hdf5File& file, const Hdf5Message& message, const char* what);

struct Hdf5Link {
  std::string name;
  u64 address = 0;  // of an object header
};

// What a group holds. Links to other files and by path are refused.
std::vector<Hdf5Link> read_hdf5_links(Hdf5File& file, const Hdf5Object& group);

enum class Hdf5Tree : u8 { group = 0, chunks = 1 };

// Visits what the leaves of a version 1 B-tree (III.A.1) point at, each with the key before it.
void visit_hdf5_tree(Hdf5File& file, u64 root, Hdf5Tree tree, u64 key_bytes,
                     const std::function<void(std::span<const u8> key, u64 address)>& visit);

}  // namespace spikefab
