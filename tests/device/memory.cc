#include "tests/device/memory.h"

#include <sys/mman.h>

#include <algorithm>

#include "base/error.h"

namespace spikefab::ptx {

namespace {

u8* reserve(u64 bytes) {
  void* address = mmap(nullptr, bytes, PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (address == MAP_FAILED) throw ResourceError("cannot reserve the emulated device's memory");
  return static_cast<u8*>(address);
}

}  // namespace

Memory::Memory(u64 bytes)
    : size_(bytes), is_mapped_(true), data_(reserve(bytes)), states_(reserve(bytes)) {}

Memory::Memory(u64 bytes, State state)
    : size_(bytes), is_mapped_(false), data_(new u8[bytes]), states_(new u8[bytes]) {
  poison_and_mark(0, bytes, state);
}

Memory::~Memory() {
  if (is_mapped_) {
    munmap(data_, size_);
    munmap(states_, size_);
  } else {
    delete[] data_;
    delete[] states_;
  }
}

void Memory::poison_and_mark(u64 offset, u64 bytes, State state) {
  std::memset(data_ + offset, poison, bytes);
  mark(offset, bytes, state);
}

void Memory::mark(u64 offset, u64 bytes, State state) {
  std::memset(states_ + offset, state, bytes);
}

void Memory::give_back(u64 offset, u64 bytes) {
  mark(offset, bytes, freed);
  const u64 page = 4096;
  const u64 begin = divide_up(offset, page) * page, end = (offset + bytes) / page * page;
  if (begin < end) madvise(data_ + begin, end - begin, MADV_DONTNEED);
}

bool Memory::allocated(u64 offset, u64 bytes) const {
  return inside(offset, bytes) && std::all_of(states_ + offset, states_ + offset + bytes,
                                              [](u8 state) { return (state & unwritten) != 0; });
}

std::string Memory::fault(u64 offset, u64 bytes, bool is_read) const {
  if (offset % bytes != 0) return "misaligned";
  if (!inside(offset, bytes)) return "out of bounds";
  const auto has = [&](State state) {
    return std::find(states_ + offset, states_ + offset + bytes, state) != states_ + offset + bytes;
  };
  if (has(freed)) return "use after free";
  if (has(outside)) return "out of bounds";
  return is_read && has(unwritten) ? "uninitialised memory" : "";
}

}  // namespace spikefab::ptx
