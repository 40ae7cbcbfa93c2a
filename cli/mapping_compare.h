// Maps a network by every pair of strategies and measures what came out.
#pragma once

#include <string>
#include <vector>

#include "cli/mapping_subject.h"
#include "cli/result.h"

namespace spikefab::cli {

// What a chip pays for a spike: it is sent to each core, along a tree, or from a copy of its neuron
// for each core.
enum class Pays { unicast, tree, single };

struct ComparePlan {
  std::vector<std::string> partitioners;  // chains
  std::vector<std::string> placers;
  u64 first_seed = 1;
  u64 seeds = 1;
  Pays pays = Pays::unicast;
};

// All partitioners and the placers that a comparison is not complete without, as far as they are in
// this build.
std::vector<std::string> usual_partitioners();
std::vector<std::string> usual_placers();

// One row for each pair and seed, best first; those that do not fit are last, with the reason.
// Stops early at a signal.
Json compare_mappings(const MappingSubject& subject, const ComparePlan& plan);

// The figures that a table has room for, and all of them as CSV.
Json short_rows(const Json& rows);
std::string rows_as_csv(const Json& rows);

}  // namespace spikefab::cli
