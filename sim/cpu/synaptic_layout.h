// A program with synaptic memory as the cpu engine keeps it. Synapses and targets stay where the
// program has them, shared and as they are: they are most of it. Parameters that all neurons of a
// core share are kept once.
#pragma once

#include <vector>

#include "sim/cpu/aligned_array.h"
#include "sim/cpu/kernels.h"
#include "sim/host_program.h"

namespace spikefab::sim::cpu {

// What never changes of one core.
struct SynapticCore {
  u32 neurons;
  u32 padded;             // a multiple of 64
  u32 position;           // mesh index
  u64 first_neuron;       // in arrays over all neurons
  u64 first_padded;       // in arrays over all padded neurons
  const u32* row_begin;   // [axon + 1]
  const u64* short_rows;  // see sim/cpu/row_index.h; null if there are longer ones
  const ParamRun* param;  // [param]
  UpdateCompartments update;
  bool draws;  // its neurons take random numbers
};

class SynapticLayout {
 public:
  // Throws ResourceError if it does not fit into memory.
  SynapticLayout(const Program& program, const Kernels& kernels);
  SynapticLayout(const SynapticLayout&) = delete;

  CoreId core_at(u32 position) const { return host_.core_at(position); }
  const SynapticView& view() const { return view_; }
  const std::vector<SynapticCore>& cores() const { return cores_; }
  u64 padded_neurons() const { return padded_neurons_; }
  u32 most_neurons() const { return most_neurons_; }  // of a core

 private:
  void add_params(const Program& program);
  void add_short_rows();
  template <class Model>
  void choose_updates(const Kernels& kernels);

  HostProgram host_;
  SynapticView view_;
  u64 padded_neurons_ = 0;
  u32 most_neurons_ = 0;
  std::vector<SynapticCore> cores_;
  std::vector<ParamRun> param_;  // [core][param]
  AlignedArray<i32> params_;     // blocks of 64
  AlignedArray<u64> short_rows_;
};

}  // namespace spikefab::sim::cpu
