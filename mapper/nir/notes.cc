#include "mapper/nir/notes.h"

#include "base/suggest.h"

namespace spikefab {

void NirNotes::add_all(const NirNotes& others) {
  for (const auto& [what, nodes] : others.nodes_) {
    std::vector<std::string>& mine = nodes_[what];
    mine.insert(mine.end(), nodes.begin(), nodes.end());
  }
}

std::vector<std::string> NirNotes::lines() const {
  constexpr std::size_t max_named = 5;
  std::vector<std::string> lines;
  for (const auto& [what, nodes] : nodes_) {
    std::vector<std::string> named;
    for (std::size_t i = 0; i < nodes.size() && i < max_named; ++i) {
      named.push_back("'" + printable(nodes[i]) + "'");
    }
    std::string line = what + (named.empty() ? "" : ": ") + join(named, ", ");
    if (nodes.size() > max_named) {
      line += " and " + std::to_string(nodes.size() - max_named) + " more";
    }
    lines.push_back(std::move(line));
  }
  return lines;
}

}  // namespace spikefab
