// Completion scripts for shells, from the verbs' descriptions.
#pragma once

#include <string>
#include <vector>

#include "cli/options.h"

namespace spikefab::cli {

struct CompletedVerb {
  std::string name;
  std::string help;
  Description description;
  std::vector<OptionInfo> options;
};

std::vector<CompletedVerb> completed_verbs();

// What to offer for a value of this name.
enum class Offer { choices, list_of_choices, files, folders, nothing };
Offer offer_for(const std::string& value_name);

std::string bash_completion();
std::string zsh_completion();
std::string fish_completion();

}  // namespace spikefab::cli
