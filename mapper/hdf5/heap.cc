#include "mapper/hdf5/heap.h"

#include <algorithm>

namespace spikefab {
namespace {

// Whatever stands in a heap begins at a multiple of 8 bytes.
u64 padding(u64 bytes) { return (8 - bytes % 8) % 8; }

}  // namespace

std::span<const u8> Hdf5Heap::find(Hdf5File& file, u64 address, u32 number) {
  auto collection = collections_.find(address);
  if (collection == collections_.end()) {
    collection = collections_.emplace(address, read(file, address)).first;
  }
  const auto object = collection->second.find(number);
  if (object != collection->second.end()) return object->second;
  file.fail_damaged(address, "this global heap has no object " + std::to_string(number));
}

Hdf5Heap::Collection Hdf5Heap::read(Hdf5File& file, u64 address) {
  Hdf5Cursor head(file, address, "global heap");
  head.signature("GCOL");
  const u32 version = head.number32(1);
  if (version != 1) head.fail_damaged("is of version " + std::to_string(version));
  head.skip(3);
  const u64 bytes = head.length();
  head.skip(padding(file.length_bytes()));
  const u64 head_bytes = head.position() - address;
  if (bytes < head_bytes) head.fail_damaged("is smaller than its own head");
  Hdf5Cursor objects(file, head.position(), bytes - head_bytes, "global heap");
  const u64 object_head_bytes = u64{2 + 2 + 4} + file.length_bytes();
  const u64 object_padding = padding(object_head_bytes);
  Collection collection;
  while (objects.left() >= object_head_bytes + object_padding) {
    const u32 number = objects.number32(2);
    objects.skip(2 + 4);  // reference count, reserved
    const u64 object_bytes = objects.length();
    if (number == 0) break;  // free space up to the end
    objects.skip(object_padding);
    collection[number] = objects.bytes(object_bytes);
    objects.skip(std::min(objects.left(), padding(object_bytes)));
  }
  return collection;
}

}  // namespace spikefab
