#include "cli/mapping_compare.h"

#include <algorithm>

#include "base/error.h"
#include "cli/clock.h"
#include "cli/interrupt.h"
#include "cli/progress.h"
#include "mapper/mapping/bounds.h"
#include "mapper/mapping/map_graph.h"
#include "mapper/mapping/measures.h"
#include "mapper/mapping/strategy.h"

namespace spikefab::cli {
namespace {

template <class Strategy>
bool is_there(const std::string& name) {
  return Registry<Strategy>::all().contains(name);
}

// A partition, ready to be placed.
struct Parted {
  std::string name;
  u64 seed = 0;
  FilledCores cores;
  Partition partition;
  CoreTraffic traffic;
  CoreFlows flows;
  double seconds = 0;
};

Parted part(const MappingSubject& subject, const std::string& chain, u64 seed) {
  Parted parted;
  parted.name = chain;
  parted.seed = seed;
  const Stopwatch stopwatch;
  parted.cores = cores_by(chain, subject.graph(), subject.limits(), seed, subject.lines());
  parted.seconds = stopwatch.seconds();
  parted.partition = partition_of(parted.cores, subject.graph().neurons);
  parted.traffic = traffic_of(subject.graph(), parted.partition);
  parted.flows = flows_of(parted.traffic);
  return parted;
}

Json times(double figure, const Bound& bound) {
  const std::optional<double> found = times_bound(figure, bound);
  return found ? Json(*found) : Json(nullptr);
}

void add_cast(Json& row, const std::string& name, const CastFigures& cast) {
  row[name + "_packets"] = cast.packets;
  row[name + "_link_max"] = cast.links.max;
  row[name + "_link_mean"] = cast.links.mean;
  row[name + "_link_variation"] = cast.links.variation;
  row[name + "_inject_max"] = cast.inject.max;
  row[name + "_eject_max"] = cast.eject.max;
  row[name + "_energy_pj"] = cast.energy_pj;
  row[name + "_step_bound_ns"] = cast.step_bound_ns;
  row[name + "_saturated"] = cast.congestion.saturated;
}

double hops_that_count(const Measures& measures, Pays pays) {
  switch (pays) {
    case Pays::unicast:
      return measures.unicast.hops;
    case Pays::tree:
      return measures.tree.hops;
    case Pays::single:
      return measures.single.cost;
  }
  return 0;
}

Json figures(const MappingSubject& subject, const Parted& parted, const Tiles& tiles,
             const TileOfCore& tile_of_core, Pays pays) {
  const Measures m =
      measure(subject.graph(), parted.partition, parted.traffic, tiles, tile_of_core);
  const Bounds bounds = bounds_of(subject.graph(), subject.limits().neurons, parted.traffic,
                                  parted.flows, tiles, tile_of_core);
  Json row = {{"cores", m.cores},
              {"cost", hops_that_count(m, pays)},
              {"link_max", pays == Pays::tree ? m.tree.links.max : m.unicast.links.max},
              {"edge_cut", m.edge_cut},
              {"deliveries", m.deliveries},
              {"deliveries_x_bound", times(m.deliveries, bounds.deliveries)},
              {"max_axons", m.max_axons},
              {"mean_axons", m.mean_axons},
              {"mean_reach", m.mean_reach},
              {"unicast_hops", m.unicast.hops},
              {"unicast_x_bound", times(m.unicast.hops, bounds.unicast_hops)},
              {"unicast_bound", name_of(bounds.unicast_hops.kind)},
              {"tree_hops", m.tree.hops},
              {"tree_x_bound", times(m.tree.hops, bounds.tree_hops)},
              {"tree_bound", name_of(bounds.tree_hops.kind)},
              {"multicast_gain", m.multicast_gain},
              {"single_destination_cost", m.single.cost},
              {"extra_neurons", m.single.extra_neurons},
              {"table_entries", m.tables.entries},
              {"max_table_entries", m.tables.max_entries},
              {"average_latency_ns", m.latency.average_ns},
              {"worst_latency_ns", m.latency.worst_ns}};
  add_cast(row, "unicast", m.unicast);
  add_cast(row, "tree", m.tree);
  return row;
}

Json identity(const std::string& partitioner, const std::string& placer, u64 seed) {
  return {{"partitioner", partitioner}, {"placer", placer}, {"seed", seed}};
}

Json placed_row(const MappingSubject& subject, const Parted& parted, const std::string& placer,
                Pays pays) {
  Json row = identity(parted.name, placer, parted.seed);
  const Tiles tiles = subject.tiles(parted.partition.cores);
  try {
    check_tiles(subject.graph(), subject.limits(), parted.cores, tiles);
    const Stopwatch stopwatch;
    const TileOfCore tile_of_core = place_by(placer, {.traffic = parted.traffic,
                                                      .flows = parted.flows,
                                                      .tiles = tiles,
                                                      .seed = parted.seed,
                                                      .start = {},
                                                      .path = ""});
    const double seconds = stopwatch.seconds();
    row.update(figures(subject, parted, tiles, tile_of_core, pays));
    row["partition_seconds"] = parted.seconds;
    row["place_seconds"] = seconds;
    row["seconds"] = parted.seconds + seconds;
  } catch (const FitError& error) {
    row["problem"] = error.what();
  } catch (const UsageError& error) {
    row["problem"] = error.what();
  }
  return row;
}

constexpr const char* objectives[] = {"cost", "link_max", "cores", "seconds"};

bool is_beaten_by(const Json& row, const Json& other) {
  bool better_somewhere = false;
  for (const char* objective : objectives) {
    const double own = row[objective].get<double>();
    const double theirs = other[objective].get<double>();
    if (theirs > own) return false;
    better_somewhere |= theirs < own;
  }
  return better_somewhere;
}

void mark_pareto_front(Json& rows) {
  for (Json& row : rows) {
    if (row.contains("problem")) continue;
    row["pareto"] = std::none_of(rows.begin(), rows.end(), [&](const Json& other) {
      return !other.contains("problem") && is_beaten_by(row, other);
    });
  }
}

}  // namespace

std::vector<std::string> usual_partitioners() {
  std::vector<std::string> names;
  for (const auto& [name, entry] : Registry<Partitioner>::all()) {
    const auto strategy = entry.make();
    if (!strategy->improves() && !strategy->takes_file()) names.push_back(name);
  }
  if (is_there<Partitioner>("tile") && is_there<Partitioner>("refine")) {
    names.push_back("tile+refine");
  }
  return names;
}

std::vector<std::string> usual_placers() {
  std::vector<std::string> names;
  for (const std::string name : {"row_major", "hilbert", "scotch"}) {
    if (is_there<Placer>(name)) names.push_back(name);
  }
  if (is_there<Placer>("anneal") && !names.empty()) names.push_back(names.back() + "+anneal");
  return names;
}

Json compare_mappings(const MappingSubject& subject, const ComparePlan& plan) {
  Json rows = Json::array();
  Progress progress("mappings", plan.partitioners.size() * plan.placers.size() * plan.seeds);
  for (u64 seed = plan.first_seed; seed < plan.first_seed + plan.seeds; ++seed) {
    for (const std::string& partitioner : plan.partitioners) {
      if (pending_signal() != 0) break;
      try {
        const Parted parted = part(subject, partitioner, seed);
        for (const std::string& placer : plan.placers) {
          if (pending_signal() != 0) break;
          rows.push_back(placed_row(subject, parted, placer, plan.pays));
          progress.update(rows.size());
        }
      } catch (const FitError& error) {
        rows.push_back(identity(partitioner, "", seed));
        rows.back()["problem"] = error.what();
      }
    }
  }
  mark_pareto_front(rows);
  std::stable_sort(rows.begin(), rows.end(), [](const Json& a, const Json& b) {
    if (a.contains("problem") || b.contains("problem")) return !a.contains("problem");
    return a["cost"].get<double>() < b["cost"].get<double>();
  });
  return rows;
}

Json short_rows(const Json& rows) {
  Json shown = Json::array();
  for (const Json& row : rows) {
    if (row.contains("problem")) continue;
    shown.push_back({{"partitioner", row["partitioner"]},
                     {"placer", row["placer"]},
                     {"seed", row["seed"]},
                     {"cores", row["cores"]},
                     {"deliveries", row["deliveries"]},
                     {"unicast_hops", row["unicast_hops"]},
                     {"x_bound", row["unicast_x_bound"]},
                     {"tree_hops", row["tree_hops"]},
                     {"link_max", row["link_max"]},
                     {"seconds", row["seconds"]},
                     {"pareto", row["pareto"].get<bool>() ? "*" : ""}});
  }
  return shown;
}

std::string rows_as_csv(const Json& rows) {
  std::vector<std::string> names = {"partitioner", "placer", "seed"};
  for (const Json& row : rows) {
    for (const auto& [name, value] : row.items()) {
      if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
    }
  }
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : ",") + name;
  text += "\n";
  for (const Json& row : rows) {
    std::string line;
    for (const std::string& name : names) {
      if (&name != &names.front()) line += ",";
      if (row.contains(name) && !row[name].is_null()) line += row[name].dump();
    }
    text += line + "\n";
  }
  return text;
}

}  // namespace spikefab::cli
