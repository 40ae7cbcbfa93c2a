// The opcodes that compare, select, combine bits, move and convert.
#include <algorithm>
#include <functional>
#include <limits>

#include "tests/device/decoder.h"
#include "tests/device/integer_functions.h"
#include "tests/device/lane_handlers.h"

namespace spikefab::ptx {

namespace {

enum class Combine : u32 { none, with_and, with_or, with_xor };

template <class T, auto F>
void compare(Warp& warp, const Instruction& i, u32 lanes) {
  const T *a = warp.reg<T>(i.a), *b = warp.reg<T>(i.b);
  alignas(64) u32 bits[warp_size];
  for (u32 l = 0; l < warp_size; ++l) bits[l] = u32{F(a[l], b[l])} << l;
  u32 result = 0;
  for (u32 l = 0; l < warp_size; ++l) result |= bits[l];
  u32 inverse = ~result;
  if (const auto combine = static_cast<Combine>(i.control); combine != Combine::none) {
    const u32 c = warp.predicate(i.c) ^ (i.predicate_negated ? ~0u : 0);
    const auto with_c = [&](u32 x) {
      if (combine == Combine::with_and) return x & c;
      return combine == Combine::with_or ? x | c : x ^ c;
    };
    result = with_c(result);
    inverse = with_c(inverse);
  }
  set_lanes(warp.predicate(i.d), lanes, result);
  if (i.p != 0) set_lanes(warp.predicate(i.p), lanes, inverse);
}

template <class T>
void select(Warp& warp, const Instruction& i, u32 lanes) {
  T* d = warp.reg<T>(i.d);
  const T *a = warp.reg<T>(i.a), *b = warp.reg<T>(i.b);
  const u32 c = warp.predicate(i.c) ^ (i.predicate_negated ? ~0u : 0);
  for_each_lane(lanes, [=](u32 l) { d[l] = (c >> l & 1) != 0 ? a[l] : b[l]; });
}

// Predicates: not, and, or, xor, mov by a table of 4 bits, as lop3.
void logic(Warp& warp, const Instruction& i, u32 lanes) {
  const u32 a = warp.predicate(i.a), b = warp.predicate(i.b);
  const auto bit = [&](u32 n) { return 0u - (i.control >> n & 1); };
  const u32 result = (a & ((bit(3) & b) | (bit(2) & ~b))) | (~a & ((bit(1) & b) | (bit(0) & ~b)));
  set_lanes(warp.predicate(i.d), lanes, result);
}

// A vector of registers to one and back.
template <class Whole, class Part>
void pack(Warp& warp, const Instruction& i, u32 lanes) {
  for_each_lane(lanes, [&](u32 l) {
    u64 whole = 0;
    for (u32 n = 0; n < sizeof(Whole) / sizeof(Part); ++n) {
      whole |= u64{warp.reg<Part>(i.v[n])[l]} << (n * bits_of<Part>);
    }
    warp.reg<Whole>(i.d)[l] = static_cast<Whole>(whole);
  });
}
template <class Whole, class Part>
void unpack(Warp& warp, const Instruction& i, u32 lanes) {
  for_each_lane(lanes, [&](u32 l) {
    const u64 whole = warp.reg<Whole>(i.a)[l];
    for (u32 n = 0; n < sizeof(Whole) / sizeof(Part); ++n) {
      warp.reg<Part>(i.v[n])[l] = static_cast<Part>(whole >> (n * bits_of<Part>));
    }
  });
}

// Instructions of the warp, not cycles: enough for code that measures or waits.
template <class T>
void read_clock(Warp& warp, const Instruction& i, u32 lanes) {
  T* d = warp.reg<T>(i.d);
  for_each_lane(lanes, [&](u32 l) { d[l] = static_cast<T>(warp.executed()); });
}

template <auto F>
void decode_setp_as(Decoder& decoder, const Statement& s, Type type) {
  static const std::map<std::string_view, Combine> combines = {
      {"and", Combine::with_and}, {"or", Combine::with_or}, {"xor", Combine::with_xor}};
  Instruction i{.run = for_type(type, []<class T>(T) -> Handler { return compare<T, F>; }),
                .d = decoder.predicate(s.operands.at(0)),
                .a = decoder.source(s.operands.at(1), type.bits),
                .b = decoder.source(s.operands.at(2), type.bits)};
  if (!s.operands[0].second.empty()) i.p = decoder.predicate({.name = s.operands[0].second});
  if (const auto combine = combines.find(s.parts.at(2)); combine != combines.end()) {
    i.control = static_cast<u32>(combine->second);
    i.c = decoder.predicate(s.operands.at(3));
    i.predicate_negated = s.operands[3].negated;
  }
  decoder.emit(s, i);
}

void setp(Decoder& decoder, const Statement& s) {
  const auto relation = s.parts.at(1);
  const Type type = s.type();
  const auto is = [&](std::string_view of_any, std::string_view of_unsigned) {
    return relation == of_any || relation == of_unsigned;
  };
  if (is("eq", "eq")) return decode_setp_as<std::equal_to<>{}>(decoder, s, type);
  if (is("ne", "ne")) return decode_setp_as<std::not_equal_to<>{}>(decoder, s, type);
  if (is("lt", "lo")) return decode_setp_as<std::less<>{}>(decoder, s, type);
  if (is("le", "ls")) return decode_setp_as<std::less_equal<>{}>(decoder, s, type);
  if (is("gt", "hi")) return decode_setp_as<std::greater<>{}>(decoder, s, type);
  if (is("ge", "hs")) return decode_setp_as<std::greater_equal<>{}>(decoder, s, type);
  throw std::runtime_error("unsupported comparison");
}

void selp(Decoder& decoder, const Statement& s) {
  const Type type = s.type();
  decoder.emit(s, {.run = for_bits(type.bits, []<class T>(T) -> Handler { return select<T>; }),
                   .predicate_negated = s.operands.at(3).negated,
                   .d = decoder.destination(s.operands[0], type.bits),
                   .a = decoder.source(s.operands[1], type.bits),
                   .b = decoder.source(s.operands[2], type.bits),
                   .c = decoder.predicate(s.operands[3])});
}

void mov_vector(Decoder& decoder, const Statement& s, u32 bits) {
  const bool packs = s.operands.at(1).kind == Operand::Kind::vector;
  const auto& parts = s.operands[packs ? 1 : 0].elements;
  const u32 part_bits = bits / static_cast<u32>(parts.size());
  Instruction i;
  if (bits == 64 && part_bits == 32) i.run = packs ? pack<u64, u32> : unpack<u64, u32>;
  if (bits == 64 && part_bits == 16) i.run = packs ? pack<u64, u16> : unpack<u64, u16>;
  if (bits == 32 && part_bits == 16) i.run = packs ? pack<u32, u16> : unpack<u32, u16>;
  if (i.run == nullptr) throw std::runtime_error("unsupported vector");
  for (u64 n = 0; n < parts.size(); ++n) {
    i.v.at(n) =
        packs ? decoder.source(parts[n], part_bits) : decoder.destination(parts[n], part_bits);
  }
  if (packs) i.d = decoder.destination(s.operands[0], bits);
  if (!packs) i.a = decoder.source(s.operands[1], bits);
  decoder.emit(s, i);
}

void mov(Decoder& decoder, const Statement& s) {
  const Type type = s.type();
  const auto& from = s.operands.at(1);
  if (from.kind == Operand::Kind::vector || s.operands[0].kind == Operand::Kind::vector) {
    return mov_vector(decoder, s, type.bits);
  }
  if (type.is_predicate) {
    const u32 a = decoder.predicate(from);
    decoder.emit(s, {.run = logic,
                     .d = decoder.predicate(s.operands[0]),
                     .a = a,
                     .b = a,
                     .control = from.negated ? 3u : 12u});
    return;
  }
  const u32 d = decoder.destination(s.operands[0], type.bits);
  if (from.name.starts_with("%clock") || from.name.starts_with("%globaltimer")) {
    decoder.emit(s, {.run = type.bits == 64 ? read_clock<u64> : read_clock<u32>, .d = d});
    return;
  }
  decoder.emit(s,
               {.run = for_bits(type.bits, []<class T>(T) -> Handler { return map1<T, T, copy>; }),
                .d = d,
                .a = decoder.source(from, type.bits)});
}

void not_(Decoder& decoder, const Statement& s) {
  const Type type = s.type();
  if (!type.is_predicate) {
    decoder.emit(s, {.run = for_bits(type.bits,
                                     []<class T>(T) -> Handler { return map1<T, T, complement>; }),
                     .d = decoder.destination(s.operands.at(0), type.bits),
                     .a = decoder.source(s.operands.at(1), type.bits)});
    return;
  }
  const u32 a = decoder.predicate(s.operands.at(1));
  decoder.emit(s,
               {.run = logic, .d = decoder.predicate(s.operands[0]), .a = a, .b = a, .control = 3});
}

template <auto F, u32 table>
void bitwise(Decoder& decoder, const Statement& s) {
  const Type type = s.type();
  if (!type.is_predicate) {
    decoder.emit(
        s, {.run = for_bits(type.bits, []<class T>(T) -> Handler { return map2<T, T, T, F>; }),
            .d = decoder.destination(s.operands.at(0), type.bits),
            .a = decoder.source(s.operands.at(1), type.bits),
            .b = decoder.source(s.operands.at(2), type.bits)});
    return;
  }
  decoder.emit(s, {.run = logic,
                   .d = decoder.predicate(s.operands.at(0)),
                   .a = decoder.predicate(s.operands.at(1)),
                   .b = decoder.predicate(s.operands.at(2)),
                   .control = table});
}

// The number that the low bits are in this type.
i64 extend(u64 bits, Type type) {
  const u32 unused = 64 - type.bits;
  const u64 high = bits << unused;
  return type.is_signed ? static_cast<i64>(high) >> unused : static_cast<i64>(high >> unused);
}

// The number that the source holds, in the type of the destination. The types are in v: bits and
// signs of the destination, then of the source.
template <class D, class A, bool saturates>
void convert(Warp& warp, const Instruction& i, u32 lanes) {
  D* d = warp.reg<D>(i.d);
  const A* a = warp.reg<A>(i.a);
  const Type to{.bits = i.v[0], .is_signed = i.v[1] != 0};
  const Type from{.bits = i.v[2], .is_signed = i.v[3] != 0};
  for_each_lane(lanes, [=](u32 l) {
    i64 value = extend(a[l], from);
    if constexpr (saturates) {
      const __int128 one = 1;
      const __int128 least = to.is_signed ? -(one << (to.bits - 1)) : 0;
      const __int128 greatest = (one << (to.bits - u32{to.is_signed})) - 1;
      const __int128 exact = from.is_signed ? __int128{value} : __int128{static_cast<u64>(value)};
      value = static_cast<i64>(std::clamp(exact, least, greatest));
    }
    d[l] = static_cast<D>(extend(static_cast<u64>(value), to));
  });
}

void cvt(Decoder& decoder, const Statement& s) {
  const auto types = s.types();
  const Type to = types.at(0), from = types.at(1);
  const u32 d_bits = decoder.register_bits(s.operands.at(0));
  const u32 a_bits = std::max({decoder.register_bits(s.operands.at(1)), from.bits, 16u});
  const bool saturates = s.has("sat");
  const bool is_plain = !saturates && to.bits == d_bits && from.bits == a_bits;
  const Handler run = for_bits(d_bits, [&]<class D>(D) {
    if (is_plain) return for_type(from, []<class A>(A) -> Handler { return map1<D, A, copy>; });
    return for_bits(a_bits, [&]<class A>(A) -> Handler {
      return saturates ? convert<D, A, true> : convert<D, A, false>;
    });
  });
  decoder.emit(s, {.run = run,
                   .d = decoder.destination(s.operands[0], d_bits),
                   .a = decoder.source(s.operands[1], a_bits),
                   .v = {to.bits, u32{to.is_signed}, from.bits, u32{from.is_signed}}});
}

}  // namespace

const Opcodes& move_opcodes() {
  static const Opcodes opcodes = {
      {"setp", setp},
      {"selp", selp},
      {"mov", mov},
      {"cvt", cvt},
      {"not", not_},
      {"and", bitwise<bit_and, 0b1000>},
      {"or", bitwise<bit_or, 0b1110>},
      {"xor", bitwise<bit_xor, 0b0110>},
  };
  return opcodes;
}

}  // namespace spikefab::ptx
