// Memory of the emulated device. Each byte has a state, so that one look at the states of an access
// finds reads and writes outside of allocations, after a free, and reads of what nobody wrote.
#pragma once

#include <cstring>
#include <string>

#include "base/hd.h"

namespace spikefab::ptx {

// An address says in its upper bits which memory a generic access means.
inline constexpr u64 shared_window = u64{1} << 40;
inline constexpr u64 local_window = u64{2} << 40;
inline constexpr u64 param_window = u64{3} << 40;
inline constexpr u64 global_window = u64{4} << 40;
inline constexpr u64 window_mask = ~((u64{1} << 40) - 1);

enum class Space : u8 { generic, global, shared, local, param };
inline constexpr u8 poison = 0xa5;  // what memory holds before it is written

class Memory {
 public:
  enum State : u8 { outside = 0, unwritten = 1, written = 3, freed = 4 };

  // Reserves addresses, all outside; pages are taken from the system when they are first touched.
  explicit Memory(u64 bytes);
  // Poisoned, all in one state.
  Memory(u64 bytes, State state);
  ~Memory();
  Memory(const Memory&) = delete;
  Memory& operator=(const Memory&) = delete;

  u64 size() const { return size_; }
  u8* at(u64 offset) { return data_ + offset; }
  void poison_and_mark(u64 offset, u64 bytes, State state);
  void mark(u64 offset, u64 bytes, State state);
  void give_back(u64 offset, u64 bytes);  // to the system; freed from now on
  void copy_states(u64 to, u64 from, u64 bytes) {
    std::memmove(states_ + to, states_ + from, bytes);
  }

  // T is the unsigned type of the access; the address is aligned.
  template <class T>
  bool readable(u64 offset) const {
    return inside(offset, sizeof(T)) && states<T>(offset) == repeat<T>(written);
  }
  template <class T>
  bool writable(u64 offset) const {
    return inside(offset, sizeof(T)) &&
           (states<T>(offset) & repeat<T>(unwritten)) == repeat<T>(unwritten);
  }
  template <class T>
  T load(u64 offset) const {
    T value;
    std::memcpy(&value, data_ + offset, sizeof value);
    return value;
  }
  template <class T>
  void store(u64 offset, T value) {
    constexpr T all_written = repeat<T>(written);
    std::memcpy(data_ + offset, &value, sizeof value);
    std::memcpy(states_ + offset, &all_written, sizeof value);
  }

  bool inside(u64 offset, u64 bytes) const { return offset < size_ && bytes <= size_ - offset; }
  bool allocated(u64 offset, u64 bytes) const;
  // What is wrong with an access to these bytes: "out of bounds", ...
  std::string fault(u64 offset, u64 bytes, bool is_read) const;

 private:
  template <class T>
  T states(u64 offset) const {
    T value;
    std::memcpy(&value, states_ + offset, sizeof value);
    return value;
  }
  template <class T>
  static constexpr T repeat(State state) {
    return static_cast<T>(state * (static_cast<T>(~T{0}) / T{255}));
  }

  u64 size_;
  bool is_mapped_;
  u8* data_;
  u8* states_;
};

}  // namespace spikefab::ptx
