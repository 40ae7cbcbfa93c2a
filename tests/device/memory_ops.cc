// The opcodes that access memory. Every access of every lane is checked.
#include <algorithm>

#include "tests/device/accesses.h"
#include "tests/device/decoder.h"
#include "tests/device/lane_handlers.h"

namespace spikefab::ptx {

namespace {

// M is the type in memory, R that of the register.
template <class M, class R>
void load(Warp& warp, const Instruction& i, u32 lanes) {
  using U = std::make_unsigned_t<M>;
  Accesses accesses(warp, i);
  for_each_lane_in_order(lanes, [&](u32 l) {
    for (u32 n = 0; n < i.elements; ++n) {
      const u64 offset = accesses.place<U, true, false>(l, n, i.elements);
      accesses.order(l, offset, sizeof(U), true, false);
      warp.reg<R>(i.v[n])[l] = static_cast<R>(static_cast<M>(accesses.memory().load<U>(offset)));
    }
  });
}

template <class M, class R>
void store(Warp& warp, const Instruction& i, u32 lanes) {
  Accesses accesses(warp, i);
  for_each_lane_in_order(lanes, [&](u32 l) {
    for (u32 n = 0; n < i.elements; ++n) {
      const u64 offset = accesses.place<M, false, true>(l, n, i.elements);
      const M value = static_cast<M>(warp.reg<R>(i.v[n])[l]);
      const bool keeps = accesses.memory().load<M>(offset) == value;
      if (!keeps && accesses.is_visible()) warp.block().grid().note_change();
      accesses.order(l, offset, sizeof(M), false, true, keeps);
      accesses.memory().store<M>(offset, value);
    }
  });
}

// F(old, b, c) is what memory holds afterwards.
template <class T, auto F>
void atomic(Warp& warp, const Instruction& i, u32 lanes) {
  using U = std::make_unsigned_t<T>;
  Accesses accesses(warp, i);
  const T* b = warp.reg<T>(i.b);
  const T* c = i.c == 0 ? b : warp.reg<T>(i.c);
  for_each_lane_in_order(lanes, [&](u32 l) {
    const u64 offset = accesses.place<U, true, true>(l, 0, 1);
    const T old = static_cast<T>(accesses.memory().load<U>(offset));
    const T value = static_cast<T>(F(old, b[l], c[l]));
    if (value != old) warp.block().grid().note_change();
    accesses.order(l, offset, sizeof(T), true, true);
    accesses.memory().store<U>(offset, static_cast<U>(value));
    if (i.d != 0) warp.reg<T>(i.d)[l] = old;
  });
}

void do_nothing(Warp&, const Instruction&, u32) {}

// The emulated memory is sequentially consistent: a fence is only what the kernel must not lack.
void order_memory(Warp& warp, const Instruction&, u32) {
  if (auto* races = warp.block().grid().races()) races->fence(warp.slot());
}

// ---- decoding

Space space_of(const Statement& s) {
  for (const auto part : s.parts) {
    const auto name = part.substr(0, part.find(':'));
    if (name == "global" || name == "const") return Space::global;
    if (name == "shared") return Space::shared;
    if (name == "local") return Space::local;
    if (name == "param") return Space::param;
  }
  return Space::generic;
}

void set_order(Instruction& i, const Statement& s) {
  i.acquires = s.has("acquire") || s.has("acq_rel");
  i.releases = s.has("release") || s.has("acq_rel");
  i.is_strong = i.acquires || i.releases || s.has("relaxed") || s.has("volatile") || s.has("mmio");
}

// The handler of load or store for the type in memory and the width of the registers.
template <class MakeHandler>
Handler memory_handler(Type type, u32 register_bits, MakeHandler make) {
  const auto of_register = [&]<class M>(M) {
    return for_bits(register_bits, [&]<class R>(R) -> Handler { return make(M{}, R{}); });
  };
  if (type.bits == 8) return type.is_signed ? of_register(std::int8_t{}) : of_register(u8{});
  return for_type(type, of_register);
}

const std::vector<Operand> elements_of(const Operand& operand) {
  return operand.kind == Operand::Kind::vector ? operand.elements : std::vector<Operand>{operand};
}

// Loads and stores; `values` are the registers.
void access(Decoder& decoder, const Statement& s, const Operand& address, const Operand& values,
            bool is_load) {
  const Type type = s.type();
  const auto elements = elements_of(values);
  u32 bits = std::max(type.bits, 16u);
  for (const auto& element : elements) bits = std::max(bits, decoder.register_bits(element));
  Instruction i{.elements = static_cast<u8>(elements.size()), .writes = !is_load};
  set_order(i, s);
  for (u64 n = 0; n < elements.size(); ++n) {
    i.v.at(n) =
        is_load ? decoder.destination(elements[n], bits) : decoder.source(elements[n], bits);
  }
  decoder.address(i, address, space_of(s));
  if (i.space == Space::global || i.space == Space::generic) {
    i.cost = is_load ? Cost::global_load : Cost::global_store;
  } else if (i.space == Space::shared) {
    i.cost = Cost::shared_memory;
  }
  i.run =
      is_load
          ? memory_handler(type, bits, []<class M, class R>(M, R) -> Handler { return load<M, R>; })
          : memory_handler({.bits = type.bits}, bits, []<class M, class R>(M, R) -> Handler {
              return store<std::make_unsigned_t<M>, R>;
            });
  decoder.emit(s, i);
}

void ld(Decoder& decoder, const Statement& s) {
  access(decoder, s, s.operands.at(1), s.operands.at(0), true);
}
void st(Decoder& decoder, const Statement& s) {
  access(decoder, s, s.operands.at(0), s.operands.at(1), false);
}

template <auto F>
Handler atomic_handler(Type type) {
  if (type.bits == 32) return type.is_signed ? Handler{atomic<i32, F>} : Handler{atomic<u32, F>};
  if (type.bits == 64) return type.is_signed ? Handler{atomic<i64, F>} : Handler{atomic<u64, F>};
  throw std::runtime_error("unsupported type of an atomic");
}

constexpr auto least = [](auto a, auto b, auto) { return std::min(a, b); };
constexpr auto greatest = [](auto a, auto b, auto) { return std::max(a, b); };
constexpr auto wrapping_increment = [](auto a, auto b, auto) { return a < b ? a + 1 : 0; };
constexpr auto wrapping_decrement = [](auto a, auto b, auto) {
  return a == 0 || b < a ? b : a - 1;
};

Handler atomic_handler(const Statement& s) {
  const Type type = s.type();
  const Type raw{.bits = type.bits};
  if (s.has("add")) return atomic_handler<[](auto a, auto b, auto) { return a + b; }>(raw);
  if (s.has("and")) return atomic_handler<[](auto a, auto b, auto) { return a & b; }>(raw);
  if (s.has("or")) return atomic_handler<[](auto a, auto b, auto) { return a | b; }>(raw);
  if (s.has("xor")) return atomic_handler<[](auto a, auto b, auto) { return a ^ b; }>(raw);
  if (s.has("exch")) return atomic_handler<[](auto, auto b, auto) { return b; }>(raw);
  if (s.has("cas"))
    return atomic_handler<[](auto a, auto b, auto c) { return a == b ? c : a; }>(raw);
  if (s.has("min")) return atomic_handler<least>(type);
  if (s.has("max")) return atomic_handler<greatest>(type);
  if (s.has("inc")) return atomic_handler<wrapping_increment>(raw);
  if (s.has("dec")) return atomic_handler<wrapping_decrement>(raw);
  throw std::runtime_error("unsupported atomic");
}

// atom gives the value that was there, red does not.
void atom(Decoder& decoder, const Statement& s) {
  const u32 bits = s.type().bits;
  const u64 first = s.opcode() == "atom" ? 1 : 0;  // operand with the address
  Instruction i{.run = atomic_handler(s), .cost = Cost::atomic, .writes = true};
  set_order(i, s);
  i.is_strong = true;
  if (first == 1) i.d = decoder.destination(s.operands.at(0), bits);
  decoder.address(i, s.operands.at(first), space_of(s));
  i.b = decoder.source(s.operands.at(first + 1), bits);
  if (s.operands.size() > first + 2) i.c = decoder.source(s.operands[first + 2], bits);
  decoder.emit(s, i);
}

// Between a generic address and one of a space: the window is added or taken away.
template <class T>
void add_window(Warp& warp, const Instruction& i, u32 lanes) {
  T* d = warp.reg<T>(i.d);
  const T* a = warp.reg<T>(i.a);
  const T window = static_cast<T>(i.offset);
  for_each_lane(lanes, [=](u32 l) { d[l] = a[l] + window; });
}

void cvta(Decoder& decoder, const Statement& s) {
  const Space space = space_of(s);
  const u64 window = space == Space::shared  ? shared_window
                     : space == Space::local ? local_window
                     : space == Space::param ? param_window
                                             : 0;  // global addresses are generic ones
  const u32 bits = s.type().bits;
  if (bits != 64) throw std::runtime_error("unsupported type");
  decoder.emit(s, {.run = add_window<u64>,
                   .d = decoder.destination(s.operands.at(0), bits),
                   .a = decoder.source(s.operands.at(1), bits),
                   .offset = static_cast<i64>(s.parts.at(1) == "to" ? u64{0} - window : window)});
}

void is_space(Warp& warp, const Instruction& i, u32 lanes) {
  const u64* a = warp.reg<u64>(i.a);
  u32 result = 0;
  for_each_lane_in_order(lanes, [&](u32 l) {
    const u64 window = std::min(a[l] & window_mask, global_window);
    result |= u32{window == static_cast<u64>(i.offset)} << l;
  });
  set_lanes(warp.predicate(i.d), lanes, result);
}

void isspacep(Decoder& decoder, const Statement& s) {
  const Space space = space_of(s);
  const u64 window = space == Space::shared  ? shared_window
                     : space == Space::local ? local_window
                     : space == Space::param ? param_window
                                             : global_window;
  decoder.emit(s, {.run = is_space,
                   .d = decoder.predicate(s.operands.at(0)),
                   .a = decoder.source(s.operands.at(1), 64),
                   .offset = static_cast<i64>(window)});
}

void fence(Decoder& decoder, const Statement& s) { decoder.emit(s, {.run = order_memory}); }
void hint(Decoder& decoder, const Statement& s) { decoder.emit(s, {.run = do_nothing}); }

}  // namespace

const Opcodes& memory_opcodes() {
  static const Opcodes opcodes = {
      {"ld", ld},         {"st", st},        {"atom", atom},
      {"red", atom},      {"cvta", cvta},    {"isspacep", isspacep},
      {"fence", fence},   {"membar", fence}, {"nanosleep", hint},
      {"prefetch", hint}, {"ldu", ld},
  };
  return opcodes;
}

}  // namespace spikefab::ptx
