// The global heaps of an HDF5 file: stretches of bytes that datasets refer to (III.E).
#pragma once

#include <map>
#include <span>

#include "mapper/hdf5/file.h"

namespace spikefab {

class Hdf5Heap {
 public:
  // Object `number` of the heap at `address`, which is read once.
  std::span<const u8> find(Hdf5File& file, u64 address, u32 number);

 private:
  using Collection = std::map<u32, std::span<const u8>>;
  static Collection read(Hdf5File& file, u64 address);

  std::map<u64, Collection> collections_;
};

}  // namespace spikefab
