// Where the files lie that come with the command: configs/, with its chips and benchmarks.
#pragma once

#include <string>

namespace spikefab::cli {

// Where to look, in this order.
struct SharePlaces {
  std::string variable;           // $SPIKEFAB_SHARE, or empty
  std::string executable_folder;  // of an installed command: <here>/../share/spikefab
  std::string source_folder;      // that the command was built from
};
SharePlaces share_places();

// The first folder that holds configs/. Throws UsageError if $SPIKEFAB_SHARE is set and does not,
// InputError if there is none.
std::string share_folder(const SharePlaces& places);
std::string share_folder();

}  // namespace spikefab::cli
