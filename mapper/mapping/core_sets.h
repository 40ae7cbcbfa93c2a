// Which cores each net reaches, kept up to date while vertices move: what a move gains is known in
// the time that it takes to read the nets of a vertex.
#pragma once

#include <span>
#include <vector>

#include "mapper/mapping/hypergraph.h"

namespace spikefab {

class CoreSets {
 public:
  // Where a vertex may go, and what that saves.
  struct Choice {
    u32 core = 0;
    i64 gain = 0;
    u64 new_axons = 0;  // that the core would take
  };

  // `core_of`: [vertex]. The graph must outlive it.
  CoreSets(const Hypergraph& graph, std::vector<u32> core_of, u32 cores);

  i64 cost() const { return cost_; }
  u32 cores() const { return static_cast<u32>(weight_.size()); }
  u32 core_of(u32 vertex) const { return core_of_[vertex]; }
  const std::vector<u32>& cores_of_vertices() const { return core_of_; }
  u64 weight(u32 core) const { return weight_[core]; }  // neurons
  u64 axons(u32 core) const { return axons_[core]; }    // distinct sources that it hears
  std::span<const u32> members(u32 core) const { return members_[core]; }

  // The cores that have something to do with what the vertex hears or sends, but its own; in an
  // order that depends on what was moved before. Valid until the next call.
  std::span<const Choice> choices(u32 vertex);
  Choice choice(u32 vertex, u32 core);  // any
  // Axons that its core would no longer take without it.
  u64 freed_axons(u32 vertex) const;

  void move(u32 vertex, u32 core);
  u64 moves() const { return moves_; }
  // Whether what it gains by moving may have changed since there were so many moves.
  bool has_changed(u32 vertex, u64 since) const;

 private:
  struct Entry {
    u32 core = 0;
    u32 targets = 0;
    i64 sources = 0;  // weight
  };
  struct Score {
    i64 saved = 0;
    u64 known_axons = 0;
  };

  std::span<const Entry> entries(u32 net) const {
    return {entry_.data() + begin_[net], size_[net]};
  }
  Entry& entry(u32 net, u32 core);
  void drop_if_empty(u32 net, Entry& entry);
  Entry find(u32 net, u32 core) const;
  void score(u32 vertex);
  Score& score_at(u32 core);
  void take(u32 vertex);
  void put(u32 vertex, u32 core);
  bool is_source_of(u32 vertex, u32 net) const;

  const Hypergraph& graph_;
  std::vector<u32> core_of_;
  std::vector<u64> weight_;
  std::vector<u64> axons_;
  std::vector<std::vector<u32>> members_;
  std::vector<u32> place_;  // [vertex] among the members of its core
  i64 cost_ = 0;

  u64 moves_ = 0;
  std::vector<u64> changed_at_;  // [net] move

  std::vector<u64> begin_;  // [net] in entry_
  std::vector<u32> size_;
  std::vector<u32> capacity_;
  std::vector<Entry> entry_;

  // Of the vertex that is being scored.
  std::vector<Score> score_;  // [core]
  std::vector<u32> touched_;
  std::vector<bool> is_touched_;
  std::vector<Choice> choices_;
  i64 leave_gain_ = 0;
  i64 enter_cost_ = 0;  // of a core that hears nothing
  u64 all_axons_ = 0;
};

}  // namespace spikefab
