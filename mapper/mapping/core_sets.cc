#include "mapper/mapping/core_sets.h"

#include <algorithm>
#include <utility>

#include "base/error.h"

namespace spikefab {

CoreSets::CoreSets(const Hypergraph& graph, std::vector<u32> core_of, u32 cores)
    : graph_(graph),
      core_of_(std::move(core_of)),
      weight_(cores),
      axons_(cores),
      members_(cores),
      place_(graph.vertices),
      changed_at_(graph.nets()),
      begin_(graph.nets()),
      size_(graph.nets()),
      capacity_(graph.nets()),
      score_(cores),
      is_touched_(cores) {
  for (u32 v = 0; v < graph.vertices; ++v) {
    weight_[core_of_[v]] += graph.weight[v];
    place_[v] = static_cast<u32>(members_[core_of_[v]].size());
    members_[core_of_[v]].push_back(v);
  }
  for (u32 net = 0; net < graph.nets(); ++net) {
    begin_[net] = entry_.size();
    for (const u32 vertex : graph.targets_of(net)) ++entry(net, core_of_[vertex]).targets;
    for (const auto& source : graph.sources_of(net)) {
      entry(net, core_of_[source.vertex_or_net]).sources += source.weight;
    }
    for (const Entry& found : entries(net)) {
      if (found.targets == 0) continue;
      cost_ += graph.net_weight[net] - found.sources;
      axons_[found.core] += graph.net_sources[net];
    }
  }
}

CoreSets::Entry CoreSets::find(u32 net, u32 core) const {
  for (const Entry& found : entries(net)) {
    if (found.core == core) return found;
  }
  return {core, 0, 0};
}

// Finds or adds it. Nets without room go to the end.
CoreSets::Entry& CoreSets::entry(u32 net, u32 core) {
  for (u32 i = 0; i < size_[net]; ++i) {
    Entry& found = entry_[begin_[net] + i];
    if (found.core == core) return found;
  }
  if (size_[net] == capacity_[net]) {
    const u64 from = begin_[net];
    const u32 size = size_[net];
    capacity_[net] = size + 2 + size / 2;
    const bool is_last = from + size == entry_.size();
    if (!is_last) begin_[net] = entry_.size();
    entry_.resize(begin_[net] + capacity_[net]);
    if (!is_last)
      std::copy_n(entry_.begin() + static_cast<i64>(from), size,
                  entry_.begin() + static_cast<i64>(begin_[net]));
  }
  Entry& added = entry_[begin_[net] + size_[net]++];
  added = {core, 0, 0};
  return added;
}

void CoreSets::drop_if_empty(u32 net, Entry& entry) {
  if (entry.targets != 0 || entry.sources != 0) return;
  entry = entry_[begin_[net] + --size_[net]];
}

bool CoreSets::is_source_of(u32 vertex, u32 net) const {
  const auto sent = graph_.sent_by(vertex);
  return std::any_of(sent.begin(), sent.end(),
                     [&](const auto& source) { return source.vertex_or_net == net; });
}

CoreSets::Score& CoreSets::score_at(u32 core) {
  if (!is_touched_[core]) {
    is_touched_[core] = true;
    touched_.push_back(core);
    score_[core] = {};
  }
  return score_[core];
}

// A target in a core that hears the net already costs nothing; else the net's weight, less that of
// its sources there. A source saves its weight where the net is heard. A vertex that is both
// leaves as a target first and comes as one first.
void CoreSets::score(u32 vertex) {
  const u32 own = core_of_[vertex];
  for (const u32 core : touched_) is_touched_[core] = false;
  touched_.clear();
  leave_gain_ = enter_cost_ = 0;
  all_axons_ = 0;
  for (const u32 net : graph_.heard_by(vertex)) {
    const i64 weight = graph_.net_weight[net];
    const u32 sources = graph_.net_sources[net];
    enter_cost_ += weight;
    all_axons_ += sources;
    for (const Entry& found : entries(net)) {
      if (found.core == own) {
        if (found.targets == 1) leave_gain_ += weight - found.sources;
        continue;
      }
      Score& score = score_at(found.core);
      score.saved += found.targets > 0 ? weight : found.sources;
      if (found.targets > 0) score.known_axons += sources;
    }
  }
  for (const auto& sent : graph_.sent_by(vertex)) {
    const u32 net = sent.vertex_or_net;
    const auto heard = graph_.heard_by(vertex);
    const bool is_target = std::binary_search(heard.begin(), heard.end(), net);
    if (is_target) enter_cost_ -= sent.weight;
    for (const Entry& found : entries(net)) {
      if (found.core == own) {
        if (found.targets > (is_target ? 1u : 0u)) leave_gain_ -= sent.weight;
      } else if (!is_target && found.targets > 0) {
        score_at(found.core).saved += sent.weight;
      }
    }
  }
}

std::span<const CoreSets::Choice> CoreSets::choices(u32 vertex) {
  score(vertex);
  choices_.clear();
  for (const u32 core : touched_) {
    const Score& score = score_[core];
    choices_.push_back(
        {core, leave_gain_ - enter_cost_ + score.saved, all_axons_ - score.known_axons});
  }
  return choices_;
}

CoreSets::Choice CoreSets::choice(u32 vertex, u32 core) {
  SPIKEFAB_ASSERT(core != core_of_[vertex]);
  score(vertex);
  const Score score = is_touched_[core] ? score_[core] : Score{};
  return {core, leave_gain_ - enter_cost_ + score.saved, all_axons_ - score.known_axons};
}

u64 CoreSets::freed_axons(u32 vertex) const {
  u64 freed = 0;
  for (const u32 net : graph_.heard_by(vertex)) {
    if (find(net, core_of_[vertex]).targets == 1) freed += graph_.net_sources[net];
  }
  return freed;
}

void CoreSets::take(u32 vertex) {
  const u32 core = core_of_[vertex];
  for (const u32 net : graph_.heard_by(vertex)) {
    Entry& found = entry(net, core);
    if (--found.targets <= 1) changed_at_[net] = moves_;
    if (found.targets == 0) {
      cost_ -= graph_.net_weight[net] - found.sources;
      axons_[core] -= graph_.net_sources[net];
    }
    drop_if_empty(net, found);
  }
  for (const auto& sent : graph_.sent_by(vertex)) {
    Entry& found = entry(sent.vertex_or_net, core);
    found.sources -= sent.weight;
    changed_at_[sent.vertex_or_net] = moves_;
    if (found.targets > 0) cost_ += sent.weight;
    drop_if_empty(sent.vertex_or_net, found);
  }
  weight_[core] -= graph_.weight[vertex];
  std::vector<u32>& members = members_[core];
  members[place_[vertex]] = members.back();
  place_[members.back()] = place_[vertex];
  members.pop_back();
}

void CoreSets::put(u32 vertex, u32 core) {
  for (const u32 net : graph_.heard_by(vertex)) {
    Entry& found = entry(net, core);
    if (found.targets <= 1) changed_at_[net] = moves_;
    if (found.targets++ == 0) {
      cost_ += graph_.net_weight[net] - found.sources;
      axons_[core] += graph_.net_sources[net];
    }
  }
  for (const auto& sent : graph_.sent_by(vertex)) {
    Entry& found = entry(sent.vertex_or_net, core);
    found.sources += sent.weight;
    if (found.targets > 0) cost_ -= sent.weight;
  }
  core_of_[vertex] = core;
  weight_[core] += graph_.weight[vertex];
  place_[vertex] = static_cast<u32>(members_[core].size());
  members_[core].push_back(vertex);
}

void CoreSets::move(u32 vertex, u32 core) {
  ++moves_;
  take(vertex);
  put(vertex, core);
}

bool CoreSets::has_changed(u32 vertex, u64 since) const {
  return std::ranges::any_of(graph_.heard_by(vertex),
                             [&](u32 net) { return changed_at_[net] > since; }) ||
         std::ranges::any_of(graph_.sent_by(vertex), [&](const auto& sent) {
           return changed_at_[sent.vertex_or_net] > since;
         });
}

}  // namespace spikefab
