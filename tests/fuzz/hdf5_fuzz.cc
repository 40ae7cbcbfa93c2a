// HDF5 files, also as networks of lava-dl. What loads must keep what readers of it rely on: as many
// values as the shape has.
#include "mapper/hdf5/hdf5.h"

#include "mapper/netx/netx.h"
#include "tests/fuzz/fuzz.h"

namespace spikefab::fuzz {
namespace {

constexpr u64 max_value_bytes = u64{16} << 20;

void check(const Hdf5Dataset& dataset) {
  u64 count = dataset.kind == Hdf5Kind::none ? 0 : 1;
  for (const u64 side : dataset.shape) count *= side;
  const u64 texts = dataset.kind == Hdf5Kind::text ? count : 0;
  if (dataset.texts.size() != texts || dataset.numbers.size() != count - texts) std::abort();
}

void check(const Hdf5Group& group) {
  for (const auto& [name, dataset] : group.datasets) check(dataset);
  for (const auto& [name, member] : group.groups) check(member);
}

}  // namespace
}  // namespace spikefab::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace spikefab;
  static int file = -1;
  const std::string path = fuzz::memory_file({reinterpret_cast<const char*>(data), size}, file);
  fuzz::expect_loaded_or_rejected(path, [&] {
    fuzz::check(read_hdf5(path, fuzz::max_value_bytes));
    load_netx(path);
  });
  return 0;
}
