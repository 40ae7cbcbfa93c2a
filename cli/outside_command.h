// A command of somebody else, run to its end and timed: what `bench engines --vs` compares with.
#pragma once

#include <string>

namespace spikefab::cli {

struct CommandTimes {
  double wall_seconds = 0;
  double user_seconds = 0;
  double system_seconds = 0;
};

// Runs `command` by /bin/sh, with no input and its output thrown away. Throws InputError with
// `place` as place if it fails: its exit status or signal, and the last line that it wrote to
// stderr. If pending_signal(), it is ended.
CommandTimes run_command(const std::string& command, const std::string& place);

// As one word of /bin/sh, whatever is in it.
std::string quoted(const std::string& word);

}  // namespace spikefab::cli
