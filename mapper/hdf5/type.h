// Shapes and datatypes of HDF5 datasets, and values in their bytes.
#pragma once

#include <span>
#include <vector>

#include "mapper/hdf5/hdf5.h"
#include "mapper/hdf5/heap.h"
#include "mapper/hdf5/object.h"

namespace spikefab {

struct Hdf5Space {
  bool is_null = false;
  std::vector<u64> shape;  // empty: a scalar
  u64 count = 0;           // of elements; the largest number if it does not fit
};

struct Hdf5Type {
  Hdf5Kind kind = Hdf5Kind::none;
  u64 bytes = 0;  // of one element
  bool is_big_endian = false;
  bool is_signed = false;
  bool is_in_heap = false;          // text of variable length
  bool is_padded_by_space = false;  // text of fixed length
};

Hdf5Space read_hdf5_space(Hdf5File& file, const Hdf5Object& dataset);

// Refuses, by name, what is neither number, boolean nor text.
Hdf5Type read_hdf5_type(Hdf5File& file, const Hdf5Object& dataset);

// `bytes` are whole elements.
std::vector<double> decode_hdf5_numbers(Hdf5File& file, const Hdf5Type& type,
                                        std::span<const u8> bytes);
std::vector<std::string> decode_hdf5_texts(Hdf5File& file, Hdf5Heap& heap, const Hdf5Type& type,
                                           std::span<const u8> bytes);

}  // namespace spikefab
