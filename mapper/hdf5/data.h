// The bytes of a dataset's values, wherever they are stored.
#pragma once

#include <span>
#include <vector>

#include "mapper/hdf5/type.h"

namespace spikefab {

// In row-major order, all elements of `space`.
class Hdf5Bytes {
 public:
  explicit Hdf5Bytes(std::span<const u8> in_file) : in_file_(in_file) {}
  explicit Hdf5Bytes(std::vector<u8> made) : made_(std::move(made)), is_made_(true) {}
  std::span<const u8> span() const { return is_made_ ? std::span<const u8>(made_) : in_file_; }

 private:
  std::span<const u8> in_file_;
  std::vector<u8> made_;
  bool is_made_ = false;
};

Hdf5Bytes read_hdf5_bytes(Hdf5File& file, const Hdf5Object& dataset, const Hdf5Space& space,
                          const Hdf5Type& type);

}  // namespace spikefab
