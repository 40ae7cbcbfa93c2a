// The opcodes that add, multiply, divide, shift and count bits.
#include "tests/device/decoder.h"
#include "tests/device/integer_functions.h"
#include "tests/device/lane_handlers.h"

namespace spikefab::ptx {

namespace {

template <class T>
void insert_bits(Warp& warp, const Instruction& i, u32 lanes) {
  T* d = warp.reg<T>(i.d);
  const T *a = warp.reg<T>(i.v[0]), *b = warp.reg<T>(i.a);
  const u32 *from = warp.reg<u32>(i.b), *length = warp.reg<u32>(i.c);
  for_each_lane(lanes, [=](u32 l) {
    const u32 at = from[l] & 255, n = length[l] & 255;
    const T ones = static_cast<T>(n >= bits_of<T> ? ~T{0} : (T{1} << n) - 1);
    const T mask = at < bits_of<T> ? static_cast<T>(ones << at) : T{0};
    const T value = at < bits_of<T> ? static_cast<T>(a[l] << at) : T{0};
    d[l] = static_cast<T>((value & mask) | (b[l] & static_cast<T>(~mask)));
  });
}

// c of each of the 8 combinations of a, b, c: bit 4a+2b+c of the constant.
void lop3(Warp& warp, const Instruction& i, u32 lanes) {
  u32* d = warp.reg<u32>(i.d);
  const u32 *a = warp.reg<u32>(i.a), *b = warp.reg<u32>(i.b), *c = warp.reg<u32>(i.c);
  const auto bit = [&](u32 n) { return 0u - (i.control >> n & 1); };
  const u32 m0 = bit(0), m1 = bit(1), m2 = bit(2), m3 = bit(3);
  const u32 m4 = bit(4), m5 = bit(5), m6 = bit(6), m7 = bit(7);
  for_each_lane(lanes, [=](u32 l) {
    const u32 x = a[l], y = b[l], z = c[l];
    const u32 without_x = (~y & ((m0 & ~z) | (m1 & z))) | (y & ((m2 & ~z) | (m3 & z)));
    const u32 with_x = (~y & ((m4 & ~z) | (m5 & z))) | (y & ((m6 & ~z) | (m7 & z)));
    d[l] = (~x & without_x) | (x & with_x);
  });
}

template <class T, bool subtracts>
void add_with_carry(Warp& warp, const Instruction& i, u32 lanes) {
  T* d = warp.reg<T>(i.d);
  const T *a = warp.reg<T>(i.a), *b = warp.reg<T>(i.b);
  u32& carries = warp.predicate(Program::carry);
  const bool takes = (i.control & 1) != 0, gives = (i.control & 2) != 0;
  for_each_lane(lanes, [&](u32 l) {
    const T carry = takes ? static_cast<T>(carries >> l & 1) : T{0};
    const T part = subtracts ? static_cast<T>(a[l] - b[l]) : static_cast<T>(a[l] + b[l]);
    const bool first = subtracts ? a[l] < b[l] : part < a[l];
    const T value = subtracts ? static_cast<T>(part - carry) : static_cast<T>(part + carry);
    const bool second = subtracts ? part < carry : value < part;
    d[l] = value;
    if (gives) carries = (carries & ~(1u << l)) | u32{first || second} << l;
  });
}

void binary(Decoder& decoder, const Statement& s, u32 bits, Handler run) {
  decoder.emit(s, {.run = run,
                   .d = decoder.destination(s.operands.at(0), bits),
                   .a = decoder.source(s.operands.at(1), bits),
                   .b = decoder.source(s.operands.at(2), bits)});
}

template <auto F>
void same_type(Decoder& decoder, const Statement& s) {
  const Type type = s.type();
  binary(decoder, s, type.bits,
         for_type(type, []<class T>(T) -> Handler { return map2<T, T, T, F>; }));
}

template <auto F, bool subtracts>
void sum(Decoder& decoder, const Statement& s) {
  if (s.has("sat")) throw std::runtime_error("unsupported instruction");
  const u32 bits = s.type().bits;
  const bool takes = s.opcode() == "addc" || s.opcode() == "subc";
  if (!takes && !s.has("cc")) {
    return binary(decoder, s, bits,
                  for_bits(bits, []<class T>(T) -> Handler { return map2<T, T, T, F>; }));
  }
  decoder.emit(s,
               {.run = bits == 64 ? add_with_carry<u64, subtracts> : add_with_carry<u32, subtracts>,
                .d = decoder.destination(s.operands.at(0), bits),
                .a = decoder.source(s.operands.at(1), bits),
                .b = decoder.source(s.operands.at(2), bits),
                .control = u32{takes} | u32{s.has("cc")} << 1});
}

template <auto F>
void unary(Decoder& decoder, const Statement& s) {
  const Type type = s.type();
  decoder.emit(s, {.run = for_type(type, []<class T>(T) -> Handler { return map1<T, T, F>; }),
                   .d = decoder.destination(s.operands.at(0), type.bits),
                   .a = decoder.source(s.operands.at(1), type.bits)});
}

// The result has 32 bits.
template <auto F>
void unary_to_32(Decoder& decoder, const Statement& s) {
  const Type type = s.type();
  decoder.emit(s, {.run = for_type(type, []<class T>(T) -> Handler { return map1<u32, T, F>; }),
                   .d = decoder.destination(s.operands.at(0), 32),
                   .a = decoder.source(s.operands.at(1), type.bits)});
}

void popc(Decoder& decoder, const Statement& s) {
  const u32 bits = s.type().bits;
  decoder.emit(s, {.run = bits == 64 ? map1<u32, u64, count_bits> : map1<u32, u32, count_bits_32>,
                   .d = decoder.destination(s.operands.at(0), 32),
                   .a = decoder.source(s.operands.at(1), bits)});
}

void bfind(Decoder& decoder, const Statement& s) {
  s.has("shiftamt") ? unary_to_32<find_shift>(decoder, s) : unary_to_32<find_bit>(decoder, s);
}

template <auto F>
void shift(Decoder& decoder, const Statement& s) {
  const Type type = s.type();
  decoder.emit(s, {.run = for_type(type, []<class T>(T) -> Handler { return map2<T, T, u32, F>; }),
                   .d = decoder.destination(s.operands.at(0), type.bits),
                   .a = decoder.source(s.operands.at(1), type.bits),
                   .b = decoder.source(s.operands.at(2), 32)});
}

Type unsigned_type(Type type) { return {.bits = type.bits}; }

template <class T>
Handler wide_handler(bool adds) {
  if constexpr (sizeof(T) == 8) {
    throw std::runtime_error("unsupported type");
  } else {
    using W = Wide<T>;
    constexpr auto multiply_add = [](T a, T b, W c) {
      return static_cast<u64>(multiply_wide(a, b)) + static_cast<u64>(c);
    };
    return adds ? Handler{map3<W, T, T, W, multiply_add>} : Handler{map2<W, T, T, multiply_wide>};
  }
}

// mul and mad: the low or high half of the product, or all of it.
void multiply(Decoder& decoder, const Statement& s) {
  const Type type = s.type();
  const bool adds = s.opcode() == "mad";
  const bool wide = s.has("wide"), high = s.has("hi");
  if (s.has("sat") || s.has("cc")) throw std::runtime_error("unsupported instruction");
  const u32 result_bits = wide ? 2 * type.bits : type.bits;
  Instruction i{.d = decoder.destination(s.operands.at(0), result_bits),
                .a = decoder.source(s.operands.at(1), type.bits),
                .b = decoder.source(s.operands.at(2), type.bits)};
  if (adds) i.c = decoder.source(s.operands.at(3), result_bits);
  if (wide) {
    i.run = for_type(type, [&]<class T>(T) { return wide_handler<T>(adds); });
  } else if (high) {
    i.run = for_type(type, [&]<class T>(T) -> Handler {
      constexpr auto multiply_add = [](T a, T b, T c) {
        return static_cast<u64>(multiply_high(a, b)) + static_cast<u64>(c);
      };
      return adds ? Handler{map3<T, T, T, T, multiply_add>} : Handler{map2<T, T, T, multiply_high>};
    });
  } else {
    i.run = for_type(unsigned_type(type), [&]<class T>(T) -> Handler {
      constexpr auto multiply_add = [](T a, T b, T c) {
        return static_cast<T>(static_cast<T>(static_cast<Product<T>>(a) * b) + c);
      };
      return adds ? Handler{map3<T, T, T, T, multiply_add>} : Handler{map2<T, T, T, multiply_low>};
    });
  }
  decoder.emit(s, i);
}

// mul24.lo and mad24.lo: of the low 24 bits of each factor.
void multiply_24(Decoder& decoder, const Statement& s) {
  if (s.has("hi") || s.has("sat")) throw std::runtime_error("unsupported instruction");
  const bool adds = s.opcode() == "mad24";
  constexpr auto of_signed = [](i32 a, i32 b, u32 c) {
    return static_cast<u32>(i64{a << 8 >> 8} * i64{b << 8 >> 8}) + c;
  };
  constexpr auto of_unsigned = [](u32 a, u32 b, u32 c) {
    return (a & 0xffffff) * (b & 0xffffff) + c;
  };
  decoder.emit(s, {.run = s.type().is_signed ? Handler{map3<u32, i32, i32, u32, of_signed>}
                                             : Handler{map3<u32, u32, u32, u32, of_unsigned>},
                   .d = decoder.destination(s.operands.at(0), 32),
                   .a = decoder.source(s.operands.at(1), 32),
                   .b = decoder.source(s.operands.at(2), 32),
                   .c = adds ? decoder.source(s.operands.at(3), 32) : decoder.constant(0, 4)});
}

void bfe(Decoder& decoder, const Statement& s) {
  const Type type = s.type();
  decoder.emit(s, {.run = for_type(
                       type, []<class T>(T) -> Handler { return map3<T, T, u32, u32, extract>; }),
                   .d = decoder.destination(s.operands.at(0), type.bits),
                   .a = decoder.source(s.operands.at(1), type.bits),
                   .b = decoder.source(s.operands.at(2), 32),
                   .c = decoder.source(s.operands.at(3), 32)});
}

void bfi(Decoder& decoder, const Statement& s) {
  const u32 bits = s.type().bits;
  decoder.emit(s, {.run = bits == 64 ? insert_bits<u64> : insert_bits<u32>,
                   .d = decoder.destination(s.operands.at(0), bits),
                   .a = decoder.source(s.operands.at(2), bits),
                   .b = decoder.source(s.operands.at(3), 32),
                   .c = decoder.source(s.operands.at(4), 32),
                   .v = {decoder.source(s.operands.at(1), bits)}});
}

// Three operands of 32 bits.
void ternary(Decoder& decoder, const Statement& s, Handler run, u32 control = 0) {
  decoder.emit(s, {.run = run,
                   .d = decoder.destination(s.operands.at(0), 32),
                   .a = decoder.source(s.operands.at(1), 32),
                   .b = decoder.source(s.operands.at(2), 32),
                   .c = decoder.source(s.operands.at(3), 32),
                   .control = control});
}

void lop3_(Decoder& decoder, const Statement& s) {
  if (s.parts.at(1) != "b32") throw std::runtime_error("unsupported instruction");
  ternary(decoder, s, lop3, static_cast<u32>(s.operands.at(4).number));
}

void prmt(Decoder& decoder, const Statement& s) {
  if (s.parts.size() != 2) throw std::runtime_error("unsupported mode of prmt");
  ternary(decoder, s, map3<u32, u32, u32, u32, choose_bytes>);
}

void shf(Decoder& decoder, const Statement& s) {
  const bool left = s.has("l"), clamps = s.has("clamp");
  ternary(decoder, s,
          left ? (clamps ? map3<u32, u32, u32, u32, funnel<true, true>>
                         : map3<u32, u32, u32, u32, funnel<true, false>>)
               : (clamps ? map3<u32, u32, u32, u32, funnel<false, true>>
                         : map3<u32, u32, u32, u32, funnel<false, false>>));
}

void sad(Decoder& decoder, const Statement& s) {
  const Type type = s.type();
  decoder.emit(
      s, {.run = for_type(
              type, []<class T>(T) -> Handler { return map3<T, T, T, T, absolute_difference>; }),
          .d = decoder.destination(s.operands.at(0), type.bits),
          .a = decoder.source(s.operands.at(1), type.bits),
          .b = decoder.source(s.operands.at(2), type.bits),
          .c = decoder.source(s.operands.at(3), type.bits)});
}

template <class A, class B>
Handler dot_handler(const Statement& s) {
  if (s.opcode() == "dp4a") return map3<u32, u32, u32, u32, dot4<A, B>>;
  return s.has("hi") ? map3<u32, u32, u32, u32, dot2<A, B, 1>>
                     : map3<u32, u32, u32, u32, dot2<A, B, 0>>;
}

void dot(Decoder& decoder, const Statement& s) {
  const auto types = s.types();
  const bool a = types.at(0).is_signed, b = types.at(1).is_signed;
  using i8 = std::int8_t;
  ternary(decoder, s,
          a ? (b ? dot_handler<i8, i8>(s) : dot_handler<i8, u8>(s))
            : (b ? dot_handler<u8, i8>(s) : dot_handler<u8, u8>(s)));
}

}  // namespace

const Opcodes& arithmetic_opcodes() {
  static const Opcodes opcodes = {
      {"add", sum<add, false>},
      {"addc", sum<add, false>},
      {"sub", sum<subtract, true>},
      {"subc", sum<subtract, true>},
      {"mul", multiply},
      {"mad", multiply},
      {"mul24", multiply_24},
      {"mad24", multiply_24},
      {"div", same_type<divide>},
      {"rem", same_type<remainder>},
      {"min", same_type<minimum>},
      {"max", same_type<maximum>},
      {"abs", unary<absolute>},
      {"neg", unary<negate>},
      {"cnot", unary<[](auto a) { return a == 0; }>},
      {"sad", sad},
      {"shl", shift<shift_left>},
      {"shr", shift<shift_right>},
      {"shf", shf},
      {"popc", popc},
      {"clz", unary_to_32<leading_zeros>},
      {"bfind", bfind},
      {"brev", unary<reverse_bits>},
      {"bfe", bfe},
      {"bfi", bfi},
      {"lop3", lop3_},
      {"prmt", prmt},
      {"dp4a", dot},
      {"dp2a", dot},
  };
  return opcodes;
}

}  // namespace spikefab::ptx
