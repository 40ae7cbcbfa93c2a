// The memory accesses of one instruction of a warp: where they go, and whether they may.
#pragma once

#include <cstdio>
#include <string>

#include "tests/device/grid.h"
#include "tests/device/warp.h"

namespace spikefab::ptx {

inline std::string hexadecimal(u64 value) {
  char text[24];
  std::snprintf(text, sizeof text, "0x%llx", static_cast<unsigned long long>(value));
  return text;
}

// The addresses of one instruction's accesses.
class Accesses {
 public:
  Accesses(Warp& warp, const Instruction& i)
      : warp_(warp), i_(i), grid_(warp.block().grid()), races_(grid_.races()) {
    if (i.address_bytes == 8) {
      const u64* base = warp.reg<u64>(i.a);
      for_each_lane(full_warp,
                    [&](u32 l) { addresses_[l] = base[l] + static_cast<u64>(i.offset); });
    } else {
      const u32* base = warp.reg<u32>(i.a);
      for_each_lane(full_warp, [&](u32 l) {
        addresses_[l] = static_cast<u32>(base[l] + static_cast<u32>(i.offset));
      });
    }
    enter(i.space);
  }

  // Where element n of the vector that a lane accesses is: the offset in memory().
  template <class T, bool reads, bool writes>
  u64 place(u32 lane, u32 n, u32 elements) {
    u64 address = addresses_[lane];
    if (i_.space == Space::generic) {
      address = enter_window(address);
    } else if (space_ == Space::global) {
      address -= global_window;
    }
    const bool aligned = address % (sizeof(T) * elements) == 0;
    u64 offset = address + n * sizeof(T);
    if (space_ == Space::local) {
      if (offset + sizeof(T) > warp_.program().local_bytes) fail(lane, "out of bounds");
      offset += u64{lane} * warp_.program().local_bytes;
    }
    if (!aligned) fail(lane, "misaligned");
    if ((reads && !memory_->readable<T>(offset)) || (writes && !memory_->writable<T>(offset))) {
      fail(lane, memory_->fault(offset, sizeof(T), reads));
    }
    return offset;
  }

  Memory& memory() { return *memory_; }
  Space space() const { return space_; }
  // Other threads see this memory.
  bool is_visible() const { return space_ == Space::global || space_ == Space::shared; }
  // Looks for a race.
  void order(u32 lane, u64 offset, u32 bytes, bool reads, bool writes, bool keeps_value = false) {
    if (races_ == nullptr || !is_visible()) return;
    races_->access(warp_, i_, {space_, offset, bytes, lane, reads, writes, keeps_value});
  }

  [[noreturn]] void fail(u32 lane, const std::string& what) {
    static const char* const names[] = {"generic", "global", "shared", "local", "param"};
    warp_.fail(i_, 1u << lane,
               what + " at " + names[static_cast<u64>(space_)] + " address " +
                   hexadecimal(addresses_[lane]));
  }

 private:
  void enter(Space space) {
    space_ = space;
    switch (space) {
      case Space::global:
        memory_ = &grid_.global();
        break;
      case Space::shared:
        memory_ = &warp_.block().shared();
        break;
      case Space::local:
        memory_ = &warp_.local();
        break;
      case Space::param:
        memory_ = &grid_.params();
        break;
      case Space::generic:
        break;
    }
  }
  u64 enter_window(u64 address) {
    const u64 window = address & window_mask;
    enter(window == shared_window  ? Space::shared
          : window == local_window ? Space::local
          : window == param_window ? Space::param
                                   : Space::global);
    return address - (space_ == Space::global ? global_window : window);
  }

  Warp& warp_;
  const Instruction& i_;
  Grid& grid_;
  Races* races_;
  Memory* memory_ = nullptr;
  Space space_ = Space::generic;
  alignas(64) u64 addresses_[warp_size];
};

}  // namespace spikefab::ptx
