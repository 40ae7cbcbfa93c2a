// Handlers that apply a function of integers to the registers of each lane.
#pragma once

#include "tests/device/ptx_text.h"
#include "tests/device/warp.h"

namespace spikefab::ptx {

template <class D, class A, auto F>
void map1(Warp& warp, const Instruction& i, u32 lanes) {
  D* d = warp.reg<D>(i.d);
  const A* a = warp.reg<A>(i.a);
  for_each_lane(lanes, [=](u32 l) { d[l] = static_cast<D>(F(a[l])); });
}

template <class D, class A, class B, auto F>
void map2(Warp& warp, const Instruction& i, u32 lanes) {
  D* d = warp.reg<D>(i.d);
  const A* a = warp.reg<A>(i.a);
  const B* b = warp.reg<B>(i.b);
  for_each_lane(lanes, [=](u32 l) { d[l] = static_cast<D>(F(a[l], b[l])); });
}

template <class D, class A, class B, class C, auto F>
void map3(Warp& warp, const Instruction& i, u32 lanes) {
  D* d = warp.reg<D>(i.d);
  const A* a = warp.reg<A>(i.a);
  const B* b = warp.reg<B>(i.b);
  const C* c = warp.reg<C>(i.c);
  for_each_lane(lanes, [=](u32 l) { d[l] = static_cast<D>(F(a[l], b[l], c[l])); });
}

// The handler that make(T) gives for the T of a type.
template <class Make>
Handler for_type(Type type, Make make) {
  switch (type.bits) {
    case 16:
      return type.is_signed ? make(i16{}) : make(u16{});
    case 32:
      return type.is_signed ? make(i32{}) : make(u32{});
    case 64:
      return type.is_signed ? make(i64{}) : make(u64{});
    default:
      throw std::runtime_error("unsupported type");
  }
}
template <class Make>
Handler for_bits(u32 bits, Make make) {
  return for_type({.bits = bits}, make);
}

inline void set_lanes(u32& predicate, u32 lanes, u32 values) {
  predicate = (predicate & ~lanes) | (values & lanes);
}

}  // namespace spikefab::ptx
