// Reads HDF5 files as NIR and lava-dl NetX write them [HDF5 File Format Specification, version
// 3.0]: groups, numbers and text. Our own reader, since files come from anyone; it never runs code
// or allocates on an unchecked claim of a file.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/hd.h"

namespace spikefab {

enum class Hdf5Kind {
  none,     // a null dataspace: no value at all
  integer,  // any width, sign and byte order
  real,     // IEEE 754 of 2, 4 or 8 bytes
  boolean,  // h5py's enumeration {FALSE, TRUE}: 0 or 1
  text,     // of fixed or variable length
};

struct Hdf5Dataset {
  std::string place;  // "file.nir: /node/nodes/lif/tau", for messages
  Hdf5Kind kind = Hdf5Kind::none;
  std::vector<u64> shape;       // row-major; empty: a scalar
  std::vector<double> numbers;  // of integer, real and boolean
  std::vector<std::string> texts;
};

struct Hdf5Group {
  std::string place;
  std::map<std::string, Hdf5Group> groups;
  std::map<std::string, Hdf5Dataset> datasets;
  std::vector<std::string> notes;  // of the root only: what was skipped, such as attributes
};

inline constexpr u64 default_max_hdf5_bytes = u64{1} << 30;

// Reads the whole file. Throws InputError with the file, the object's path or the byte, what is
// wrong and what to do; ResourceError if the machine lacks memory. Integers beyond 2^53, which a
// double does not hold, are refused. All values together take at most `max_bytes`; arrays that are
// compressed, or left out since they are constant, at most 1032 times the bytes of the file.
Hdf5Group read_hdf5(const std::string& path, u64 max_bytes = default_max_hdf5_bytes);

}  // namespace spikefab
