// Instructions of the emulated device against arithmetic of the host, with numbers at the limits.
#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <functional>
#include <string>
#include <vector>

#include "tests/device/emulated_device.h"

namespace spikefab::test {
namespace {

using i8 = std::int8_t;

// The PTX of the operation reads a, b, c (32 bits), A, B, C (64), ha, hb, hc (16: the low parts of
// A, B, C) and p, q (the low bits of A and B), and writes x, X, hx or px.
struct Operation {
  const char* ptx;
  std::function<u64(u64 a, u64 b, u64 c)> expected;
};

const std::vector<u64>& edge_values() {
  static const std::vector<u64> values = {0,
                                          1,
                                          2,
                                          7,
                                          31,
                                          32,
                                          33,
                                          63,
                                          64,
                                          255,
                                          0x7fff,
                                          0x8000,
                                          0xffff,
                                          123456,
                                          0x7fffffff,
                                          0x80000000,
                                          0xffffffff,
                                          0xfffffff9,
                                          u64{1} << 32,
                                          ~u64{0} >> 1,
                                          u64{1} << 63,
                                          ~u64{0},
                                          0x0123456789abcdef,
                                          0xfedcba9876543210};
  return values;
}

std::string kernel_text(const std::string& name, const Operation& operation) {
  const std::string ptx = operation.ptx;
  const std::string result = ptx.find("px") != ptx.npos    ? "selp.b64 X, 1, 0, px;"
                             : ptx.find(" X") != ptx.npos  ? ""
                             : ptx.find(" hx") != ptx.npos ? "cvt.u64.u16 X, hx;"
                                                           : "cvt.u64.u32 X, x;";
  return R"(.visible .entry )" + name + R"((.param .align 8 .b8 )" + name + R"(_args[24]) {
    .reg .pred p, q, px, skips;
    .reg .b16 ha, hb, hc, hx, hy;
    .reg .b32 a, b, c, x, y, t, odd, skipped;
    .reg .b64 A, B, C, X, Y, in, out, at;
    ld.param.u64 in, [)" +
         name + R"(_args];
    ld.param.u64 out, [)" +
         name + R"(_args+8];
    ld.param.u32 skipped, [)" +
         name + R"(_args+16];
    mov.u32 y, %ctaid.x;
    mov.u32 t, %ntid.x;
    mov.u32 x, %tid.x;
    mad.lo.s32 t, y, t, x;
    mul.wide.u32 at, t, 24;
    add.s64 in, in, at;
    mul.wide.u32 at, t, 8;
    add.s64 out, out, at;
    ld.global.u64 A, [in];
    ld.global.u64 B, [in+8];
    ld.global.u64 C, [in+16];
    cvt.u32.u64 a, A;
    cvt.u32.u64 b, B;
    cvt.u32.u64 c, C;
    cvt.u16.u64 ha, A;
    cvt.u16.u64 hb, B;
    cvt.u16.u64 hc, C;
    and.b64 Y, A, 1;
    setp.ne.s64 p, Y, 0;
    and.b64 Y, B, 1;
    setp.ne.s64 q, Y, 0;
    mov.b64 X, 0;
    and.b32 odd, t, skipped;
    setp.ne.s32 skips, odd, 0;
    @skips bra DONE;
    )" + ptx +
         "\n" + result + R"(
DONE:
    st.global.u64 [out], X;
    ret;
}
)";
}

constexpr const char* header = ".version 9.0\n.target sm_90\n.address_size 64\n";

struct Args {
  u64 in, out;
  u32 skipped, unused;
};

// Runs each operation on all triples of the values; `skipped` 1: the odd lanes leave it out.
void expect_results(const std::vector<Operation>& operations, u32 skipped) {
  const auto& values = edge_values();
  std::vector<std::array<u64, 3>> triples;
  for (const u64 a : values) {
    for (const u64 b : values) {
      for (const u64 c : values) triples.push_back({a, b, c});
    }
  }
  while (triples.size() % 64 != 0) triples.push_back({});
  EmulatedDevice device;
  std::string text = header;
  for (u64 n = 0; n < operations.size(); ++n)
    text += kernel_text("k" + std::to_string(n), operations[n]);
  device.load(text);
  const sim::cuda::Buffer in(device, triples.size() * 32), out(device, triples.size() * 8);
  device.upload(in.address(), triples.data(), triples.size() * sizeof triples[0]);
  for (u64 n = 0; n < operations.size(); ++n) {
    device.launch({.kernel = "k" + std::to_string(n),
                   .grid_x = static_cast<u32>(triples.size() / 64),
                   .block = 64},
                  Args{in.address(), out.address(), skipped, 0});
    std::vector<u64> results(triples.size());
    device.download(results.data(), out.address(), results.size() * 8);
    for (u64 t = 0; t < triples.size(); ++t) {
      const auto [a, b, c] = triples[t];
      const u64 expected = (t & skipped) != 0 ? 0 : operations[n].expected(a, b, c);
      ASSERT_EQ(results[t], expected)
          << operations[n].ptx << " of " << std::hex << a << ", " << b << ", " << c;
    }
  }
}

u32 lo(u64 value) { return static_cast<u32>(value); }
i32 s32(u64 value) { return static_cast<i32>(value); }
i64 s64(u64 value) { return static_cast<i64>(value); }
u16 h(u64 value) { return static_cast<u16>(value); }
i16 s16(u64 value) { return static_cast<i16>(value); }
using wide = unsigned __int128;
using swide = __int128;

void expect_results(const std::vector<Operation>& operations) {
  expect_results(operations, 0);
  expect_results(operations, 1);
}

TEST(DeviceOperations, Sums) {
  expect_results({
      {"add.s32 x, a, b;", [](u64 a, u64 b, u64) { return u64{lo(a + b)}; }},
      {"add.s64 X, A, B;", [](u64 a, u64 b, u64) { return a + b; }},
      {"add.s16 hx, ha, hb;", [](u64 a, u64 b, u64) { return u64{h(a + b)}; }},
      {"add.s32 x, a, -5;", [](u64 a, u64, u64) { return u64{lo(a - 5)}; }},
      {"sub.s32 x, a, b;", [](u64 a, u64 b, u64) { return u64{lo(a - b)}; }},
      {"sub.u64 X, A, B;", [](u64 a, u64 b, u64) { return a - b; }},
      {"neg.s32 x, a;", [](u64 a, u64, u64) { return u64{lo(0 - a)}; }},
      {"abs.s32 x, a;", [](u64 a, u64, u64) { return u64{s32(a) < 0 ? lo(0 - a) : lo(a)}; }},
      {"abs.s64 X, A;", [](u64 a, u64, u64) { return s64(a) < 0 ? 0 - a : a; }},
      {"sad.u32 x, a, b, c;",
       [](u64 a, u64 b, u64 c) { return u64{lo(c + (lo(a) < lo(b) ? b - a : a - b))}; }},
      {"sad.s32 x, a, b, c;",
       [](u64 a, u64 b, u64 c) { return u64{lo(c + (s32(a) < s32(b) ? b - a : a - b))}; }},
      // 128-bit sum and difference: the high word.
      {"add.cc.u64 Y, A, B; addc.u64 X, C, 0;",
       [](u64 a, u64 b, u64 c) { return c + (a + b < a ? 1 : 0); }},
      {"add.cc.u32 y, a, b; addc.cc.u32 y, b, c; addc.u32 x, 0, 0;",
       [](u64 a, u64 b, u64 c) {
         const u64 carry = (u64{lo(a)} + lo(b)) >> 32;
         return (u64{lo(b)} + lo(c) + carry) >> 32;
       }},
      {"sub.cc.u64 Y, A, B; subc.u64 X, C, 0;",
       [](u64 a, u64 b, u64 c) { return c - (a < b ? 1 : 0); }},
  });
}

TEST(DeviceOperations, Products) {
  expect_results({
      {"mul.lo.s32 x, a, b;", [](u64 a, u64 b, u64) { return u64{lo(a * b)}; }},
      {"mul.lo.u64 X, A, B;", [](u64 a, u64 b, u64) { return a * b; }},
      {"mul.lo.s16 hx, ha, hb;", [](u64 a, u64 b, u64) { return u64{h(a * b)}; }},
      {"mul.hi.u32 x, a, b;", [](u64 a, u64 b, u64) { return u64{lo(a)} * lo(b) >> 32; }},
      {"mul.hi.s32 x, a, b;",
       [](u64 a, u64 b, u64) { return u64{lo(static_cast<u64>(i64{s32(a)} * s32(b)) >> 32)}; }},
      {"mul.hi.u64 X, A, B;",
       [](u64 a, u64 b, u64) { return static_cast<u64>(wide{a} * b >> 64); }},
      {"mul.hi.s64 X, A, B;",
       [](u64 a, u64 b, u64) { return static_cast<u64>(swide{s64(a)} * s64(b) >> 64); }},
      {"mul.wide.u32 X, a, b;", [](u64 a, u64 b, u64) { return u64{lo(a)} * lo(b); }},
      {"mul.wide.s32 X, a, b;",
       [](u64 a, u64 b, u64) { return static_cast<u64>(i64{s32(a)} * s32(b)); }},
      {"mul.wide.s16 x, ha, hb;",
       [](u64 a, u64 b, u64) { return u64{static_cast<u32>(i32{s16(a)} * s16(b))}; }},
      {"mad.lo.s32 x, a, b, c;", [](u64 a, u64 b, u64 c) { return u64{lo(a * b + c)}; }},
      {"mad.hi.u32 x, a, b, c;",
       [](u64 a, u64 b, u64 c) { return u64{lo((u64{lo(a)} * lo(b) >> 32) + c)}; }},
      {"mad.wide.s32 X, a, b, C;",
       [](u64 a, u64 b, u64 c) { return static_cast<u64>(i64{s32(a)} * s32(b)) + c; }},
      {"mad.wide.u32 X, a, b, C;", [](u64 a, u64 b, u64 c) { return u64{lo(a)} * lo(b) + c; }},
      {"mul24.lo.u32 x, a, b;",
       [](u64 a, u64 b, u64) { return u64{lo((a & 0xffffff) * (b & 0xffffff))}; }},
      {"mad24.lo.s32 x, a, b, c;",
       [](u64 a, u64 b, u64 c) {
         const i64 x = s32(a << 8) >> 8, y = s32(b << 8) >> 8;
         return u64{lo(static_cast<u64>(x * y) + c)};
       }},
      {"div.u32 x, a, b;", [](u64 a, u64 b, u64) { return u64{lo(b) == 0 ? ~0u : lo(a) / lo(b)}; }},
      {"div.s32 x, a, b;",
       [](u64 a, u64 b, u64) {
         return u64{lo(b) == 0 ? ~0u : lo(static_cast<u64>(i64{s32(a)} / s32(b)))};
       }},
      {"rem.u64 X, A, B;", [](u64 a, u64 b, u64) { return b == 0 ? a : a % b; }},
      {"rem.s32 x, a, b;",
       [](u64 a, u64 b, u64) {
         return u64{lo(b) == 0 ? lo(a) : lo(static_cast<u64>(i64{s32(a)} % s32(b)))};
       }},
      {"dp4a.s32.s32 x, a, b, c;",
       [](u64 a, u64 b, u64 c) {
         for (u32 n = 0; n < 32; n += 8) {
           c += static_cast<u64>(static_cast<i8>(a >> n) * static_cast<i8>(b >> n));
         }
         return u64{lo(c)};
       }},
      {"dp4a.u32.s32 x, a, b, c;",
       [](u64 a, u64 b, u64 c) {
         for (u32 n = 0; n < 32; n += 8) {
           c += static_cast<u64>(static_cast<u8>(a >> n) * static_cast<i8>(b >> n));
         }
         return u64{lo(c)};
       }},
      {"dp2a.hi.s32.u32 x, a, b, c;",
       [](u64 a, u64 b, u64 c) {
         c += static_cast<u64>(i64{s16(a)} * static_cast<u8>(b >> 16));
         c += static_cast<u64>(i64{s16(a >> 16)} * static_cast<u8>(b >> 24));
         return u64{lo(c)};
       }},
  });
}

TEST(DeviceOperations, Bits) {
  const auto shift_right = [](i64 a, u32 n, u32 bits) { return a >> std::min(n, bits - 1); };
  expect_results({
      {"and.b32 x, a, b;", [](u64 a, u64 b, u64) { return u64{lo(a & b)}; }},
      {"or.b64 X, A, B;", [](u64 a, u64 b, u64) { return a | b; }},
      {"xor.b16 hx, ha, hb;", [](u64 a, u64 b, u64) { return u64{h(a ^ b)}; }},
      {"not.b32 x, a;", [](u64 a, u64, u64) { return u64{lo(~a)}; }},
      {"cnot.b32 x, a;", [](u64 a, u64, u64) { return u64{lo(a) == 0}; }},
      {"lop3.b32 x, a, b, c, 0x96;", [](u64 a, u64 b, u64 c) { return u64{lo(a ^ b ^ c)}; }},
      {"lop3.b32 x, a, b, c, 0xca;",
       [](u64 a, u64 b, u64 c) { return u64{lo((a & b) | (~a & c))}; }},
      {"lop3.b32 x, a, b, c, 0x21;",
       [](u64 a, u64 b, u64 c) { return u64{lo((a & ~b & c) | (~a & ~b & ~c))}; }},
      {"shl.b32 x, a, b;", [](u64 a, u64 b, u64) { return u64{lo(b) < 32 ? lo(a << lo(b)) : 0}; }},
      {"shl.b64 X, A, b;", [](u64 a, u64 b, u64) { return lo(b) < 64 ? a << lo(b) : 0; }},
      {"shl.b16 hx, ha, b;",
       [](u64 a, u64 b, u64) { return u64{lo(b) < 16 ? h(u64{h(a)} << lo(b)) : h(0)}; }},
      {"shr.u32 x, a, b;", [](u64 a, u64 b, u64) { return u64{lo(b) < 32 ? lo(a) >> lo(b) : 0}; }},
      {"shr.s32 x, a, b;",
       [=](u64 a, u64 b, u64) {
         return u64{lo(static_cast<u64>(shift_right(s32(a), lo(b), 32)))};
       }},
      {"shr.s64 X, A, b;",
       [=](u64 a, u64 b, u64) { return static_cast<u64>(shift_right(s64(a), lo(b), 64)); }},
      {"shr.s16 hx, ha, b;",
       [=](u64 a, u64 b, u64) { return u64{h(static_cast<u64>(shift_right(s16(a), lo(b), 16)))}; }},
      {"shf.l.wrap.b32 x, a, b, c;",
       [](u64 a, u64 b, u64 c) { return (u64{lo(b)} << 32 | lo(a)) << (c & 31) >> 32; }},
      {"shf.r.wrap.b32 x, a, b, c;",
       [](u64 a, u64 b, u64 c) { return u64{lo((u64{lo(b)} << 32 | lo(a)) >> (c & 31))}; }},
      {"shf.l.clamp.b32 x, a, b, c;",
       [](u64 a, u64 b, u64 c) {
         return (u64{lo(b)} << 32 | lo(a)) << std::min(lo(c), 32u) >> 32;
       }},
      {"shf.r.clamp.b32 x, a, b, c;",
       [](u64 a, u64 b, u64 c) {
         return u64{lo((u64{lo(b)} << 32 | lo(a)) >> std::min(lo(c), 32u))};
       }},
      {"popc.b32 x, a;", [](u64 a, u64, u64) { return u64(std::popcount(lo(a))); }},
      {"popc.b64 x, A;", [](u64 a, u64, u64) { return u64(std::popcount(a)); }},
      {"clz.b32 x, a;", [](u64 a, u64, u64) { return u64(std::countl_zero(lo(a))); }},
      {"clz.b64 x, A;", [](u64 a, u64, u64) { return u64(std::countl_zero(a)); }},
      {"bfind.u32 x, a;",
       [](u64 a, u64, u64) { return u64{lo(u64{31} - u64(std::countl_zero(lo(a))))}; }},
      {"bfind.s32 x, a;",
       [](u64 a, u64, u64) {
         return u64{lo(u64{31} - u64(std::countl_zero(s32(a) < 0 ? ~lo(a) : lo(a))))};
       }},
      {"bfind.shiftamt.u64 x, A;",
       [](u64 a, u64, u64) { return u64{a == 0 ? ~0u : lo(u64(std::countl_zero(a)))}; }},
      {"brev.b32 x, a;",
       [](u64 a, u64, u64) {
         u64 x = 0;
         for (u32 n = 0; n < 32; ++n) x |= (a >> n & 1) << (31 - n);
         return x;
       }},
      {"brev.b64 X, A;",
       [](u64 a, u64, u64) {
         u64 x = 0;
         for (u32 n = 0; n < 64; ++n) x |= (a >> n & 1) << (63 - n);
         return x;
       }},
  });
}

// Bits as the PTX manual defines them, one at a time.
u64 bit_field(u64 a, u64 b, u64 c, u32 bits, bool is_signed) {
  const u32 from = b & 255, length = c & 255;
  const auto bit = [&](u32 n) { return a >> n & 1; };
  const u64 sign = !is_signed || length == 0 ? 0 : bit(std::min(from + length - 1, bits - 1));
  u64 x = 0;
  for (u32 n = 0; n < bits; ++n) {
    x |= (n < length && from + n < bits ? bit(from + n) : sign) << n;
  }
  return x;
}

u64 inserted(u64 a, u64 b, u64 c, u32 from, u32 bits) {
  for (u32 n = 0; n < (c & 255) && from + n < bits; ++n) {
    b = (b & ~(u64{1} << (from + n))) | (a >> n & 1) << (from + n);
  }
  return b;
}

TEST(DeviceOperations, FieldsAndBytes) {
  const auto byte_of = [](u64 a, u64 b, u32 selector) {
    const u64 byte = (u64{lo(b)} << 32 | lo(a)) >> (8 * (selector & 7)) & 255;
    return (selector & 8) == 0 ? byte : (byte & 128) != 0 ? u64{255} : u64{0};
  };
  expect_results({
      {"bfe.u32 x, a, b, c;",
       [](u64 a, u64 b, u64 c) { return bit_field(lo(a), b, c, 32, false); }},
      {"bfe.s32 x, a, b, c;", [](u64 a, u64 b, u64 c) { return bit_field(lo(a), b, c, 32, true); }},
      {"bfe.u64 X, A, b, c;", [](u64 a, u64 b, u64 c) { return bit_field(a, b, c, 64, false); }},
      {"bfe.s64 X, A, b, c;", [](u64 a, u64 b, u64 c) { return bit_field(a, b, c, 64, true); }},
      {"bfi.b32 x, a, b, 5, c;", [](u64 a, u64 b, u64 c) { return inserted(a, lo(b), c, 5, 32); }},
      {"bfi.b64 X, A, B, 40, c;", [](u64 a, u64 b, u64 c) { return inserted(a, b, c, 40, 64); }},
      {"prmt.b32 x, a, b, c;",
       [=](u64 a, u64 b, u64 c) {
         u64 x = 0;
         for (u32 n = 0; n < 4; ++n) x |= byte_of(a, b, lo(c >> (4 * n))) << (8 * n);
         return x;
       }},
      {"mov.b64 X, {a, b};", [](u64 a, u64 b, u64) { return u64{lo(b)} << 32 | lo(a); }},
      {"mov.b32 x, {ha, hb};", [](u64 a, u64 b, u64) { return u64{h(b)} << 16 | h(a); }},
      {"mov.b64 {y, x}, A;", [](u64 a, u64, u64) { return a >> 32; }},
      {"mov.b32 {hy, hx}, a;", [](u64 a, u64, u64) { return u64{h(a >> 16)}; }},
      {"{ .reg .b32 y; mov.b32 y, a; add.s32 x, y, y; }",
       [](u64 a, u64, u64) { return u64{lo(a + a)}; }},
  });
}

TEST(DeviceOperations, Comparisons) {
  expect_results({
      {"setp.eq.s32 px, a, b;", [](u64 a, u64 b, u64) { return u64{lo(a) == lo(b)}; }},
      {"setp.ne.b64 px, A, B;", [](u64 a, u64 b, u64) { return u64{a != b}; }},
      {"setp.lt.s32 px, a, b;", [](u64 a, u64 b, u64) { return u64{s32(a) < s32(b)}; }},
      {"setp.lt.u32 px, a, b;", [](u64 a, u64 b, u64) { return u64{lo(a) < lo(b)}; }},
      {"setp.le.s16 px, ha, hb;", [](u64 a, u64 b, u64) { return u64{s16(a) <= s16(b)}; }},
      {"setp.gt.u16 px, ha, hb;", [](u64 a, u64 b, u64) { return u64{h(a) > h(b)}; }},
      {"setp.ge.s64 px, A, B;", [](u64 a, u64 b, u64) { return u64{s64(a) >= s64(b)}; }},
      {"setp.hi.u64 px, A, B;", [](u64 a, u64 b, u64) { return u64{a > b}; }},
      {"setp.lt.and.s32 px, a, b, q;",
       [](u64 a, u64 b, u64) { return u64{s32(a) < s32(b) && (b & 1) != 0}; }},
      {"setp.lt.or.s32 px|q, a, b, !p;",
       [](u64 a, u64 b, u64) { return u64{s32(a) < s32(b) || (a & 1) == 0}; }},
      {"setp.lt.xor.s32 q|px, a, b, p;",
       [](u64 a, u64 b, u64) { return u64{(s32(a) >= s32(b)) != ((a & 1) != 0)}; }},
      {"and.pred px, p, q;", [](u64 a, u64 b, u64) { return a & b & 1; }},
      {"or.pred px, p, q;", [](u64 a, u64 b, u64) { return (a | b) & 1; }},
      {"xor.pred px, p, q;", [](u64 a, u64 b, u64) { return (a ^ b) & 1; }},
      {"not.pred px, p;", [](u64 a, u64, u64) { return ~a & 1; }},
      {"mov.pred px, q;", [](u64, u64 b, u64) { return b & 1; }},
      {"mov.pred px, 0; @p mov.pred px, -1;", [](u64 a, u64, u64) { return a & 1; }},
      {"mov.u32 x, 0; @!p add.s32 x, b, 1;",
       [](u64 a, u64 b, u64) { return u64{(a & 1) != 0 ? 0 : lo(b + 1)}; }},
      {"selp.b32 x, a, b, q;", [](u64 a, u64 b, u64) { return u64{lo((b & 1) != 0 ? a : b)}; }},
      {"selp.b64 X, A, 9, p;", [](u64 a, u64, u64) { return (a & 1) != 0 ? a : 9; }},
      {"min.s32 x, a, b;",
       [](u64 a, u64 b, u64) { return u64{lo(u64(std::min(s32(a), s32(b))))}; }},
      {"max.u32 x, a, b;", [](u64 a, u64 b, u64) { return u64{std::max(lo(a), lo(b))}; }},
      {"min.u64 X, A, B;", [](u64 a, u64 b, u64) { return std::min(a, b); }},
      {"max.s64 X, A, B;", [](u64 a, u64 b, u64) { return u64(std::max(s64(a), s64(b))); }},
      {"max.s16 hx, ha, hb;",
       [](u64 a, u64 b, u64) { return u64{h(u64(std::max(s16(a), s16(b))))}; }},
  });
}

TEST(DeviceOperations, Conversions) {
  expect_results({
      {"cvt.u64.u32 X, a;", [](u64 a, u64, u64) { return u64{lo(a)}; }},
      {"cvt.s64.s32 X, a;", [](u64 a, u64, u64) { return static_cast<u64>(i64{s32(a)}); }},
      {"cvt.u32.u64 x, A;", [](u64 a, u64, u64) { return u64{lo(a)}; }},
      {"cvt.s32.s16 x, a;", [](u64 a, u64, u64) { return u64{static_cast<u32>(i32{s16(a)})}; }},
      {"cvt.s32.s16 x, ha;", [](u64 a, u64, u64) { return u64{static_cast<u32>(i32{s16(a)})}; }},
      {"cvt.u32.u16 x, ha;", [](u64 a, u64, u64) { return u64{h(a)}; }},
      {"cvt.s32.s8 x, a;",
       [](u64 a, u64, u64) { return u64{static_cast<u32>(i32{static_cast<i8>(a)})}; }},
      {"cvt.u32.u8 x, ha;", [](u64 a, u64, u64) { return u64{static_cast<u8>(a)}; }},
      {"cvt.s64.s8 X, A;",
       [](u64 a, u64, u64) { return static_cast<u64>(i64{static_cast<i8>(a)}); }},
      {"cvt.u16.u32 hx, a;", [](u64 a, u64, u64) { return u64{h(a)}; }},
      {"cvt.u16.u8 hx, ha;", [](u64 a, u64, u64) { return u64{static_cast<u8>(a)}; }},
      {"cvt.sat.u8.s32 x, a;", [](u64 a, u64, u64) { return u64(std::clamp(s32(a), 0, 255)); }},
      {"cvt.sat.s8.s32 x, a;",
       [](u64 a, u64, u64) { return u64{lo(static_cast<u64>(std::clamp(s32(a), -128, 127)))}; }},
      {"cvt.sat.u32.s64 x, A;",
       [](u64 a, u64, u64) { return u64(std::clamp<i64>(s64(a), 0, 0xffffffff)); }},
      {"cvt.sat.s32.u64 x, A;", [](u64 a, u64, u64) { return std::min<u64>(a, 0x7fffffff); }},
  });
}

TEST(DeviceOperations, WhatIsNotKnownIsAnErrorThatNamesTheLine) {
  EmulatedDevice device;
  const auto message = [&](const char* ptx) {
    try {
      device.load(header + kernel_text("k", {ptx, nullptr}));
    } catch (const std::exception& error) {
      return std::string(error.what());
    }
    return std::string("no error");
  };

  EXPECT_EQ(message("frobnicate.b32 x, a;"),
            "kernel k, PTX line 37: unsupported instruction: frobnicate.b32 x, a;");
  EXPECT_EQ(message("add.f32 x, a, b;"),
            "kernel k, PTX line 37: floating point is not supported: add.f32 x, a, b;");
  EXPECT_EQ(message("add.s32 x, A, b;"),
            "kernel k, PTX line 37: 'A' is no register of 32 bits: add.s32 x, A, b;");
  EXPECT_EQ(message("add.s32 x, nobody, b;"),
            "kernel k, PTX line 37: unknown name 'nobody': add.s32 x, nobody, b;");
  EXPECT_EQ(message("mov.u32 x, %envreg2;"),
            "kernel k, PTX line 37: unknown name '%envreg2': mov.u32 x, %envreg2;");
  EXPECT_EQ(message("bra NOWHERE; mov.u32 x, a;"),
            "kernel k, PTX line 37: no label 'NOWHERE': bra NOWHERE; mov.u32 x, a;");
}

}  // namespace
}  // namespace spikefab::test
