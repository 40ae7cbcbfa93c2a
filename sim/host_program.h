// A program in host memory with what is derived from it once, shared by the engines that run there.
#pragma once

#include <vector>

#include "arch/program.h"
#include "arch/stimulus.h"
#include "sim/views.h"

namespace spikefab::sim {

// A program's chip, cores and neurons, without what each of them has: parameters, states,
// connections. For those who keep some of that in another form.
Program without_contents(const Program& program);

class HostProgram {
 public:
  explicit HostProgram(const Program& program);

  const Program& program() const { return program_; }
  ProgramView view() const;  // of crossbars
  SynapticView synaptic_view() const;

  // Core index at a mesh index, or output_bus.
  CoreId core_at(u32 position) const { return {core_at_position_[position]}; }

 private:
  Program program_;
  std::vector<u64> crossbar_begin_;
  std::vector<u32> core_at_position_;
  std::vector<u32> target_hops_;
};

}  // namespace spikefab::sim
