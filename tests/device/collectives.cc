// What the lanes of a warp compute together: shuffles, votes, reductions, matches.
#include <algorithm>

#include "tests/device/grid.h"

namespace spikefab::ptx {

namespace {

class Exchange {
 public:
  Exchange(Warp& warp, const std::array<const Instruction*, warp_size>& at, u32 lanes)
      : warp_(warp), at_(at), lanes_(lanes), kind_(at[first()]->collective) {}

  void execute() {
    if (kind_ == Collective::sync) return synchronize();
    if (kind_ <= Collective::shfl_idx) return shuffle();
    if (kind_ <= Collective::vote_ballot) return vote();
    if (kind_ <= Collective::redux_xor) return reduce();
    if (kind_ == Collective::elect) {
      return for_each_lane_in_order(lanes_, [&](u32 l) { give(l, first(), l == first()); });
    }
    match();
  }

 private:
  u32 first() const { return static_cast<u32>(std::countr_zero(lanes_)); }
  u32 read(u32 lane, u32 reg) const { return warp_.reg<u32>(reg)[lane]; }
  void give_predicate(u32 lane, u32 reg, bool value) {
    u32& predicate = warp_.predicate(reg);
    predicate = (predicate & ~(1u << lane)) | u32{value} << lane;
  }
  void give(u32 lane, u32 value, bool predicate) {
    warp_.reg<u32>(at_[lane]->d)[lane] = value;
    if (at_[lane]->p != 0) give_predicate(lane, at_[lane]->p, predicate);
  }

  // The only collective that also orders memory.
  void synchronize() {
    if (auto* races = warp_.block().grid().races()) {
      races->synchronize_lanes(warp_.slot(), lanes_, warp_.live());
    }
  }

  void shuffle() {
    u32 values[warp_size] = {};
    for_each_lane_in_order(lanes_, [&](u32 l) { values[l] = read(l, at_[l]->a); });
    for_each_lane_in_order(lanes_, [&](u32 l) {
      const u32 b = read(l, at_[l]->b) & 31, c = read(l, at_[l]->v[0]);
      const u32 segment = c >> 8 & 31;
      const u32 least = l & segment;
      const u32 limit = least | (c & 31 & ~segment);
      u32 from = 0;
      bool valid = false;
      switch (kind_) {
        case Collective::shfl_up:
          from = l - b;
          valid = l >= b && from >= limit;
          break;
        case Collective::shfl_down:
          from = l + b;
          valid = from <= limit;
          break;
        case Collective::shfl_bfly:
          from = l ^ b;
          valid = from <= limit;
          break;
        default:
          from = least | (b & ~segment);
          valid = from <= limit;
      }
      if (!valid) from = l;
      if ((lanes_ >> from & 1) == 0) {
        warp_.fail(*at_[l], 1u << l,
                   "shuffle from lane " + std::to_string(from) + ", which takes no part");
      }
      give(l, values[from], valid);
    });
  }

  void vote() {
    u32 votes = 0;
    for_each_lane_in_order(lanes_, [&](u32 l) {
      votes |= ((warp_.predicate(at_[l]->a) >> l & 1) ^ u32{at_[l]->predicate_negated}) << l;
    });
    const bool result = kind_ == Collective::vote_all   ? votes == lanes_
                        : kind_ == Collective::vote_any ? votes != 0
                                                        : votes == lanes_ || votes == 0;
    for_each_lane_in_order(lanes_, [&](u32 l) {
      if (kind_ == Collective::vote_ballot) {
        give(l, votes, false);
      } else {
        give_predicate(l, at_[l]->d, result);
      }
    });
  }

  void reduce() {
    u32 result = read(first(), at_[first()]->a);
    const bool is_signed = at_[first()]->is_signed;
    for_each_lane_in_order(lanes_ & (lanes_ - 1), [&](u32 l) {
      const u32 value = read(l, at_[l]->a);
      const bool less =
          is_signed ? static_cast<i32>(value) < static_cast<i32>(result) : value < result;
      switch (kind_) {
        case Collective::redux_add:
          result += value;
          break;
        case Collective::redux_and:
          result &= value;
          break;
        case Collective::redux_or:
          result |= value;
          break;
        case Collective::redux_xor:
          result ^= value;
          break;
        case Collective::redux_min:
          result = less ? value : result;
          break;
        default:
          result = less || value == result ? result : value;
      }
    });
    for_each_lane_in_order(lanes_, [&](u32 l) { give(l, result, false); });
  }

  void match() {
    const auto value = [&](u32 l) {
      return at_[l]->address_bytes == 8 ? warp_.reg<u64>(at_[l]->a)[l] : read(l, at_[l]->a);
    };
    u64 values[warp_size] = {};
    for_each_lane_in_order(lanes_, [&](u32 l) { values[l] = value(l); });
    for_each_lane_in_order(lanes_, [&](u32 l) {
      u32 same = 0;
      for_each_lane_in_order(lanes_, [&](u32 k) { same |= u32{values[k] == values[l]} << k; });
      const bool all = same == lanes_;
      give(l, kind_ == Collective::match_all && !all ? 0 : same, all);
    });
  }

  Warp& warp_;
  const std::array<const Instruction*, warp_size>& at_;
  u32 lanes_;
  Collective kind_;
};

}  // namespace

void execute_collective(Warp& warp, const std::array<const Instruction*, warp_size>& at,
                        u32 lanes) {
  Exchange(warp, at, lanes).execute();
}

}  // namespace spikefab::ptx
