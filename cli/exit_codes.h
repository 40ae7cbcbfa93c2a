// What the exit code of the command says. Scripts rely on these numbers.
#pragma once

namespace spikefab::cli {

enum ExitCode : int {
  exit_ok = 0,
  exit_internal = 1,      // a bug of ours
  exit_usage = 2,         // a wrong command line
  exit_input = 3,         // a bad input file
  exit_no_fit = 4,        // the network does not fit the chip
  exit_resource = 5,      // too little memory, disk or time
  exit_comparison = 6,    // results differ, or a threshold is missed
  exit_signal_base = 128  // plus the number of the signal, after a clean stop
};

}  // namespace spikefab::cli
