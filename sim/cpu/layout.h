// A program as the cpu engine keeps it: what never changes while it runs, in aligned arrays with
// axons sorted by type, each connection twice (by axon and by neuron).
#pragma once

#include <vector>

#include "arch/program.h"
#include "sim/axon_order.h"
#include "sim/cpu/aligned_array.h"
#include "sim/cpu/block_pool.h"
#include "sim/cpu/split.h"
#include "sim/cpu/views.h"

namespace spikefab::sim::cpu {

class Layout {
 public:
  // Throws ResourceError if it does not fit into memory.
  Layout(const Program& program, const Split& split);
  Layout(const Layout&) = delete;

  const AxonOrder& order() const { return order_; }
  const std::vector<CoreView>& cores() const { return cores_; }
  u64 neuron_words() const { return neuron_words_; }
  u32 most_neuron_words() const { return most_neuron_words_; }  // of a core
  u32 replicas() const { return replicas_; }                    // side by side: those of a lane
  u64 slot_words() const { return u64{replicas_} * order_.words() * cores_.size(); }

  // Spikes that one lane can send to another in one tick and replica, at most.
  u64 traffic(u32 from, u32 to) const { return traffic_[u64{from} * lanes_ + to]; }

  // Where a spike to an axon of a core, or to a line of the bus, goes.
  Route route(CoreId target, AxonId axon, u32 delay, u32 hops) const;

  void describe(ChipView& chip) const;  // fills in what is known here

 private:
  struct Pools;
  void place_cores(u32 weights, u32 params);
  void connect(const Program& program, u32 core, const u64* crossbar);
  bool sums_fit_16_bits(const Program& program, u32 core) const;
  void add_weights8(const Program& program, u32 core, Pools& pools);
  void add_blocks(const Program& program, u32 core, Pools& pools);
  void add_routes(const Program& program, u32 core, const std::vector<u16>& owner);

  AxonOrder order_;
  u32 replicas_;
  u32 lanes_;
  u32 slots_;
  u64 neuron_words_ = 0;
  u32 most_neuron_words_ = 0;
  std::vector<CoreView> cores_;
  std::vector<u8> word_type_;      // [core][axon word]
  std::vector<u32> weight_block_;  // [core][type][neuron word]
  std::vector<u32> param_block_;   // [core][param][neuron word]
  AlignedArray<u64> rows_;         // [core] each as in CoreView, like what follows
  AlignedArray<u64> columns_;
  AlignedArray<Route> routes_;
  std::vector<u16> owner_;
  AlignedArray<u32> connections_;
  AlignedArray<i8> weights8_;
  AlignedArray<i16> weights16_;
  AlignedArray<i32> weights32_;
  AlignedArray<i32> params_;
  std::vector<u64> traffic_;  // [from][to]
};

}  // namespace spikefab::sim::cpu
