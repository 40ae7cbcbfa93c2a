// A list of types that can be picked by a run-time index: the drop-in neuron models.
#pragma once

#include "base/hd.h"

namespace spikefab {

template <class... Types>
struct TypeList {
  static constexpr u32 size = sizeof...(Types);

  // Calls f(T{}) for the type at `index`; does nothing if there is none.
  template <class F>
  SPIKEFAB_HD static void at(u32 index, F&& f) {
    u32 i = 0;
    ((i++ == index ? static_cast<void>(f(Types{})) : static_cast<void>(0)), ...);
  }

  template <class F>
  static void for_each(F&& f) {
    (f(Types{}), ...);
  }
};

}  // namespace spikefab
