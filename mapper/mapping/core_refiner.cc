#include "mapper/mapping/core_refiner.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <numeric>
#include <utility>

namespace spikefab {

CoreRefiner::CoreRefiner(const Hypergraph& graph, CoreSets& sets, std::vector<CoreRoom> rooms,
                         u64 seed)
    : graph_(graph),
      sets_(sets),
      rooms_(std::move(rooms)),
      random_(seed),
      order_(graph.vertices),
      wish_(graph.vertices) {
  std::iota(order_.begin(), order_.end(), 0);
}

bool CoreRefiner::has_room(u32 core) const {
  return sets_.weight(core) <= rooms_[core].neurons && sets_.axons(core) <= rooms_[core].axons;
}

bool CoreRefiner::fits(u32 vertex, const CoreSets::Choice& choice) const {
  const CoreRoom& room = rooms_[choice.core];
  return sets_.weight(choice.core) + graph_.weight[vertex] <= room.neurons &&
         sets_.axons(choice.core) + choice.new_axons <= room.axons;
}

// An exponentially distributed cost, from bits alone: the same on every machine.
double CoreRefiner::threshold(double temperature) {
  if (temperature == 0) return 0;
  const u64 bits = random_.next() | 1;
  const int zeros = std::countl_zero(bits);
  const double mantissa = double(bits << zeros) * 0x1p-63;  // 1 .. 2
  return temperature * (zeros + 2 - mantissa);
}

bool CoreRefiner::visit(u32 vertex, double temperature) {
  const Wish& known = wish_[vertex];
  const bool is_old_news = known.is_known && known.gain <= 0 && temperature == 0 &&
                           !sets_.has_changed(vertex, known.at_move);
  if (is_old_news) return false;
  const i64 least = -static_cast<i64>(threshold(temperature));
  CoreSets::Choice best = {0, std::numeric_limits<i64>::min(), 0};
  CoreSets::Choice roomy = best;
  for (const CoreSets::Choice& choice : sets_.choices(vertex)) {
    const auto is_better = [&](const CoreSets::Choice& than) {
      return choice.gain > than.gain || (choice.gain == than.gain && choice.core < than.core);
    };
    if (is_better(best)) best = choice;
    if (is_better(roomy) && fits(vertex, choice)) roomy = choice;
  }
  if (best.gain == std::numeric_limits<i64>::min()) {
    wish_[vertex] = {graph_.vertices, 0, sets_.moves(), true};
    return false;
  }
  wish_[vertex] = {best.core, best.gain, sets_.moves(), true};
  const i64 at_least = temperature == 0 ? 1 : least;
  if (roomy.gain >= at_least && (roomy.gain == best.gain || best.gain < at_least)) {
    sets_.move(vertex, roomy.core);
    return true;
  }
  if (swap(vertex, best, at_least)) return true;
  if (roomy.gain < at_least) return false;
  sets_.move(vertex, roomy.core);
  return true;
}

// With the member of the other core that wishes most to come here.
bool CoreRefiner::swap(u32 vertex, const CoreSets::Choice& wanted, i64 least_gain) {
  const u32 here = sets_.core_of(vertex);
  u32 partner = graph_.vertices;
  i64 hope = least_gain - wanted.gain - 1;
  for (const u32 other : sets_.members(wanted.core)) {
    if (wish_[other].core != here || wish_[other].gain <= hope) continue;
    hope = wish_[other].gain;
    partner = other;
  }
  if (partner == graph_.vertices) return false;
  const i64 before = sets_.cost();
  sets_.move(vertex, wanted.core);
  sets_.move(partner, here);
  const bool is_good =
      before - sets_.cost() >= least_gain && has_room(here) && has_room(wanted.core);
  if (!is_good) {
    sets_.move(partner, wanted.core);
    sets_.move(vertex, here);
    wish_[partner] = {};
  } else {
    wish_[partner] = {};
  }
  return is_good;
}

u64 CoreRefiner::pass(double temperature) {
  random_.shuffle(order_);
  u64 moved = 0;
  for (const u32 vertex : order_) moved += visit(vertex, temperature);
  return moved;
}

void CoreRefiner::descend(u32 most) {
  for (u32 i = 0; i < most; ++i) {
    const i64 before = sets_.cost();
    pass(0);
    if (before - sets_.cost() <= before / 1000) return;
  }
}

void CoreRefiner::anneal(double temperature, u32 passes) {
  std::vector<u32> best = sets_.cores_of_vertices();
  i64 best_cost = sets_.cost();
  for (u32 i = 0; i < passes; ++i) {
    pass(temperature * (passes - i) / passes);
    if (sets_.cost() >= best_cost) continue;
    best_cost = sets_.cost();
    best = sets_.cores_of_vertices();
  }
  descend(4);
  if (sets_.cost() <= best_cost) return;
  for (u32 v = 0; v < graph_.vertices; ++v) {
    if (sets_.core_of(v) != best[v]) sets_.move(v, best[v]);
  }
}

bool CoreRefiner::relieve() {
  bool all_fit = true;
  for (u32 core = 0; core < sets_.cores(); ++core) {
    while (!has_room(core)) {
      u32 leaver = graph_.vertices;
      CoreSets::Choice best = {0, std::numeric_limits<i64>::min(), 0};
      for (const u32 vertex : sets_.members(core)) {
        for (const CoreSets::Choice& choice : sets_.choices(vertex)) {
          if (choice.gain <= best.gain || !fits(vertex, choice)) continue;
          best = choice;
          leaver = vertex;
        }
      }
      for (u32 other = 0; leaver == graph_.vertices && other < sets_.cores(); ++other) {
        const u32 vertex = sets_.members(core).front();
        if (other == core) continue;
        const CoreSets::Choice choice = sets_.choice(vertex, other);
        if (!fits(vertex, choice)) continue;
        best = choice;
        leaver = vertex;
      }
      if (leaver == graph_.vertices) {
        all_fit = false;
        break;
      }
      sets_.move(leaver, best.core);
    }
  }
  return all_fit;
}

}  // namespace spikefab
