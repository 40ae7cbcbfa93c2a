// What it takes to send a spike from core to core, in time and energy.
#pragma once

#include <array>

#include "base/hd.h"

namespace spikefab {

// Defaults are Loihi's, as SANA-FE has them [loihi.yaml of SANA-FE; its hop times are those of
// Davies 2018, Table 2, 0.75 V, before silicon; all else was fitted on Nahuku boards]. Arrays are
// along x, y, z; no figures are known for z: those of y.
struct HopCosts {
  std::array<double, 3> hop_ns = {4.1, 6.5, 6.5};  // east-west, north-south
  std::array<double, 3> hop_pj = {3.0, 4.2, 4.2};  // Davies 2018 has 4.0 for north-south
  double router_ns = 0;                            // each router on the way: within the hops
  double router_pj = 0;
  double inject_ns = 5.1;  // core to router: SANA-FE's "axon out"
  double inject_pj = 111;
  double eject_ns = 16;  // router to core: SANA-FE's "axon in"
  double eject_pj = 0;

  // How long a spike keeps a link or port from the next one. No figures are known: as long as it
  // takes, as if nothing was pipelined.
  std::array<double, 3> link_busy_ns = {4.1, 6.5, 6.5};
  double inject_busy_ns = 5.1;
  double eject_busy_ns = 16;

  double sync_ns = 465;  // barrier of 32 tiles [Davies 2018, Table 2]
  double step_ns = 1e6;  // between two ticks, for queues: 1 ms, as chips that run in real time
};

}  // namespace spikefab
