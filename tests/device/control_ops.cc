// The opcodes that branch, end threads, or make threads wait for each other.
#include "tests/device/decoder.h"
#include "tests/device/lane_handlers.h"

namespace spikefab::ptx {

namespace {

void bra(Decoder& decoder, const Statement& s) { decoder.branch(s, s.operands.at(0).name); }
void brx(Decoder& decoder, const Statement& s) {
  decoder.branch_table(s, s.operands.at(0), s.operands.at(1).name);
}
void ret(Decoder& decoder, const Statement& s) { decoder.return_from_function(s); }
void exit(Decoder& decoder, const Statement& s) { decoder.emit(s, {.kind = Kind::exit}); }

void fail_trap(Warp& warp, const Instruction& i, u32 lanes) { warp.fail(i, lanes, "trap"); }
void trap(Decoder& decoder, const Statement& s) { decoder.emit(s, {.run = fail_trap}); }

// bar.warp.sync, bar.sync, barrier.cta.sync.aligned, bar.red.popc.u32 ...
void bar(Decoder& decoder, const Statement& s) {
  const auto& operands = s.operands;
  if (s.has("warp")) {
    decoder.emit(s, {.kind = Kind::collective,
                     .cost = Cost::barrier,
                     .collective = Collective::sync,
                     .c = decoder.source(operands.at(0), 32)});
    return;
  }
  if (s.has("cluster")) throw std::runtime_error("clusters are not supported");
  Instruction i{.kind = Kind::barrier, .cost = Cost::barrier};
  i.is_aligned = s.opcode() == "bar" || s.has("aligned");
  u64 at = 0;  // operand with the barrier's number
  if (s.has("arrive")) i.barrier = Barrier::arrive;
  if (s.has("red")) {
    i.barrier = s.has("popc")  ? Barrier::red_popc
                : s.has("and") ? Barrier::red_and
                               : Barrier::red_or;
    i.d = i.barrier == Barrier::red_popc ? decoder.destination(operands.at(0), 32)
                                         : decoder.predicate(operands.at(0));
    i.c = decoder.predicate(operands.back());
    i.predicate_negated = operands.back().negated;
    at = 1;
  }
  i.a = decoder.source(operands.at(at), 32);
  i.has_count = operands.size() > at + (s.has("red") ? 2 : 1);
  if (i.has_count) i.b = decoder.source(operands[at + 1], 32);
  decoder.emit(s, i);
}

// The opcode's middle part says what is done: shfl.sync.up.b32, vote.sync.ballot.b32 ...
Collective collective_of(const Statement& s) {
  static const std::map<std::string, Collective, std::less<>> all = {
      {"shfl up", Collective::shfl_up},     {"shfl down", Collective::shfl_down},
      {"shfl bfly", Collective::shfl_bfly}, {"shfl idx", Collective::shfl_idx},
      {"vote all", Collective::vote_all},   {"vote any", Collective::vote_any},
      {"vote uni", Collective::vote_uni},   {"vote ballot", Collective::vote_ballot},
      {"redux add", Collective::redux_add}, {"redux min", Collective::redux_min},
      {"redux max", Collective::redux_max}, {"redux and", Collective::redux_and},
      {"redux or", Collective::redux_or},   {"redux xor", Collective::redux_xor},
      {"match any", Collective::match_any}, {"match all", Collective::match_all},
      {"elect ", Collective::elect}};
  if (!s.has("sync")) throw std::runtime_error("unsupported instruction without .sync");
  std::string name(s.opcode());
  name += ' ';
  for (u64 part = 1; part < s.parts.size(); ++part) {
    if (s.parts[part] != "sync" && !is_type(s.parts[part])) name += s.parts[part];
  }
  const auto found = all.find(name);
  if (found == all.end()) throw std::runtime_error("unsupported instruction");
  return found->second;
}

// The mask of the lanes is the last operand.
Instruction collective(Decoder& decoder, const Statement& s) {
  return {.kind = Kind::collective,
          .collective = collective_of(s),
          .c = decoder.source(s.operands.back(), 32)};
}

void shfl(Decoder& decoder, const Statement& s) {
  Instruction i = collective(decoder, s);
  i.d = decoder.destination(s.operands.at(0), 32);
  if (!s.operands[0].second.empty()) i.p = decoder.predicate({.name = s.operands[0].second});
  i.a = decoder.source(s.operands.at(1), 32);
  i.b = decoder.source(s.operands.at(2), 32);
  i.v[0] = decoder.source(s.operands.at(3), 32);
  decoder.emit(s, i);
}

void vote(Decoder& decoder, const Statement& s) {
  Instruction i = collective(decoder, s);
  i.d = i.collective == Collective::vote_ballot ? decoder.destination(s.operands.at(0), 32)
                                                : decoder.predicate(s.operands.at(0));
  i.a = decoder.predicate(s.operands.at(1));
  i.predicate_negated = s.operands[1].negated;
  decoder.emit(s, i);
}

void redux(Decoder& decoder, const Statement& s) {
  Instruction i = collective(decoder, s);
  i.is_signed = s.type().is_signed;
  i.d = decoder.destination(s.operands.at(0), 32);
  i.a = decoder.source(s.operands.at(1), 32);
  decoder.emit(s, i);
}

void match(Decoder& decoder, const Statement& s) {
  Instruction i = collective(decoder, s);
  i.address_bytes = static_cast<u8>(s.type().bits / 8);  // width of a
  i.d = decoder.destination(s.operands.at(0), 32);
  if (!s.operands[0].second.empty()) i.p = decoder.predicate({.name = s.operands[0].second});
  i.a = decoder.source(s.operands.at(1), s.type().bits);
  decoder.emit(s, i);
}

// The first lane of the mask is elected.
void elect(Decoder& decoder, const Statement& s) {
  Instruction i = collective(decoder, s);
  i.d = decoder.destination(s.operands.at(0), 32);
  i.p = decoder.predicate({.name = s.operands[0].second});
  decoder.emit(s, i);
}

void read_active(Warp& warp, const Instruction& i, u32 lanes) {
  u32* d = warp.reg<u32>(i.d);
  for_each_lane(lanes, [=](u32 l) { d[l] = lanes; });
}
void activemask(Decoder& decoder, const Statement& s) {
  decoder.emit(s, {.run = read_active, .d = decoder.destination(s.operands.at(0), 32)});
}

}  // namespace

const Opcodes& control_opcodes() {
  static const Opcodes opcodes = {
      {"bra", bra},
      {"brx", brx},
      {"ret", ret},
      {"exit", exit},
      {"trap", trap},
      {"bar", bar},
      {"barrier", bar},
      {"shfl", shfl},
      {"vote", vote},
      {"redux", redux},
      {"match", match},
      {"elect", elect},
      {"activemask", activemask},
  };
  return opcodes;
}

}  // namespace spikefab::ptx
