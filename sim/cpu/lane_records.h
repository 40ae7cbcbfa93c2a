// What a lane keeps of the ticks of its replicas until all lanes are done with them.
#pragma once

#include <vector>

#include "sim/cpu/aligned_array.h"
#include "sim/recording.h"

namespace spikefab::sim::cpu {

class alignas(cache_line) LaneRecords {
 public:
  LaneRecords(u32 first_replica, u32 replicas)
      : first_replica_(first_replica), replicas_(replicas) {}

  bool owns(u32 replica) const {
    return replica >= first_replica_ && replica - first_replica_ < replicas_;
  }

  void start() { kept_.resize(replicas_); }

  // Those of one replica and tick by position and neuron.
  void add(const Spike& spike) { kept_[spike.replica - first_replica_].spikes.push_back(spike); }
  void add(const Potential& potential) {
    kept_[potential.replica - first_replica_].potentials.push_back(potential);
  }
  void end_tick() {
    for (Kept& kept : kept_) kept.ends.push_back({kept.spikes.size(), kept.potentials.size()});
  }

  // Moves a tick, the oldest, of a replica of its own to the recording.
  void append_tick(u32 replica, Recording& recording) {
    Kept& kept = kept_[replica - first_replica_];
    const End begin = kept.appended == 0 ? End{} : kept.ends[kept.appended - 1];
    const End end = kept.ends[kept.appended++];
    recording.spikes.insert(recording.spikes.end(), kept.spikes.data() + begin.spikes,
                            kept.spikes.data() + end.spikes);
    recording.potentials.insert(recording.potentials.end(),
                                kept.potentials.data() + begin.potentials,
                                kept.potentials.data() + end.potentials);
  }

  void clear() { kept_.clear(); }

 private:
  struct End {
    u64 spikes;
    u64 potentials;
  };
  struct Kept {
    std::vector<Spike> spikes;
    std::vector<Potential> potentials;
    std::vector<End> ends;  // [tick]
    u64 appended = 0;       // of ends
  };

  u32 first_replica_;
  u32 replicas_;
  std::vector<Kept> kept_;  // [replica]
};

}  // namespace spikefab::sim::cpu
