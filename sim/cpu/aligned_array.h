// An array that begins at a cache line, for vector loads; zero at first. Large ones ask for large
// pages, as spikes go to random places.
#pragma once

#ifdef __linux__
#include <sys/mman.h>
#endif

#include <algorithm>
#include <memory>
#include <new>

#include "base/hd.h"

namespace spikefab::sim::cpu {

inline constexpr u64 cache_line = 64;            // bytes
inline constexpr u64 large_page = u64{2} << 20;  // likewise, of x86 and Arm

template <class T>
class AlignedArray {
 public:
  AlignedArray() = default;
  explicit AlignedArray(u64 size) : size_(size), data_(take(std::max<u64>(1, size) * sizeof(T))) {
    std::uninitialized_value_construct_n(data_.get(), size);
  }

  u64 size() const { return size_; }
  T* data() { return data_.get(); }
  const T* data() const { return data_.get(); }
  T& operator[](u64 i) { return data_.get()[i]; }
  const T& operator[](u64 i) const { return data_.get()[i]; }
  T* begin() { return data(); }
  T* end() { return data() + size_; }

 private:
  struct Free {
    std::align_val_t alignment{cache_line};
    void operator()(T* p) const { ::operator delete(p, alignment); }
  };

  static std::unique_ptr<T, Free> take(u64 bytes) {
    const Free free{std::align_val_t{bytes < large_page ? cache_line : large_page}};
    void* data = ::operator new(bytes, free.alignment);
#ifdef __linux__
    if (bytes >= large_page) madvise(data, bytes, MADV_HUGEPAGE);  // only advice: may be refused
#endif
    return {static_cast<T*>(data), free};
  }

  u64 size_ = 0;
  std::unique_ptr<T, Free> data_;
};

}  // namespace spikefab::sim::cpu
