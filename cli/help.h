// Help texts, at most 80 columns, from the verbs' descriptions.
#pragma once

#include <string>

#include "cli/command.h"

namespace spikefab::cli {

std::string overview_help();  // of the whole command
std::string verb_help(const std::string& verb, const Description& description);

}  // namespace spikefab::cli
