// Moves and swaps vertices between cores while that saves deliveries and all limits hold.
#pragma once

#include "mapper/mapping/core_sets.h"
#include "mapper/mapping/fast_random.h"

namespace spikefab {

struct CoreRoom {
  u64 neurons = 0;
  u64 axons = 0;  // distinct sources
};

class CoreRefiner {
 public:
  // `rooms`: [core]
  CoreRefiner(const Hypergraph& graph, CoreSets& sets, std::vector<CoreRoom> rooms, u64 seed);

  // Visits each vertex once, in a random order: it goes where it saves most, if there is room, or
  // changes places. With a temperature, it also goes where that costs up to about so much.
  // Returns the number of vertices that moved.
  u64 pass(double temperature);

  // Passes at temperature 0 until they save less than a thousandth, `most` at most. Never worse.
  void descend(u32 most);

  // Cools down in `passes` from `temperature` to 0; keeps the best that was seen.
  void anneal(double temperature, u32 passes);

  // Moves vertices out of cores that are too full where that costs least, as far as others have
  // room. True if none is too full.
  bool relieve();

 private:
  struct Wish {
    u32 core = 0xffffffff;
    i64 gain = 0;
    u64 at_move = 0;  // known then
    bool is_known = false;
  };

  bool fits(u32 vertex, const CoreSets::Choice& choice) const;
  bool has_room(u32 core) const;
  bool visit(u32 vertex, double temperature);
  bool swap(u32 vertex, const CoreSets::Choice& wanted, i64 least_gain);
  double threshold(double temperature);

  const Hypergraph& graph_;
  CoreSets& sets_;
  const std::vector<CoreRoom> rooms_;
  FastRandom random_;
  std::vector<u32> order_;
  std::vector<Wish> wish_;  // [vertex] the best core when it was last visited
};

}  // namespace spikefab
