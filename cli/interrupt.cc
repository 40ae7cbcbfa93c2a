#include "cli/interrupt.h"

#include <unistd.h>

#include <csignal>

#include "cli/exit_codes.h"

namespace spikefab::cli {
namespace {

volatile std::sig_atomic_t pending = 0;

extern "C" void note_signal(int signal) {
  if (pending != 0) _exit(exit_signal_base + signal);
  pending = signal;
}

}  // namespace

void catch_interrupts() {
  struct sigaction action {};
  action.sa_handler = note_signal;
  action.sa_flags = SA_RESTART;  // so that no read or write fails because of it
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
}

int pending_signal() { return pending; }

}  // namespace spikefab::cli
