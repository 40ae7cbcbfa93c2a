#include "mapper/nir/names.h"

#include <algorithm>
#include <set>

#include "base/suggest.h"

namespace spikefab {
namespace {

enum class End { from, to };

bool are_neurons(const std::string& type) {
  static const std::set<std::string> types = {"I",      "IF",      "LI",       "LIF",
                                              "CubaLI", "CubaLIF", "Threshold"};
  return types.contains(type);
}

class Resolver {
 public:
  Resolver(const std::vector<NamedEdge>& edges, const std::vector<NirName>& names) : names_(names) {
    for (const NirName& name : names) known_.insert(name.name);
    for (const NamedEdge& edge : edges) {
      named_.insert(edge.from);
      named_.insert(edge.to);
    }
  }

  bool knows(const std::string& name) const { return known_.contains(name); }

  bool was_flattened(const std::string& name) const {
    return std::any_of(names_.begin(), names_.end(),
                       [&](const NirName& n) { return n.name.starts_with(name + "."); });
  }

  // "" if there is no single reading.
  std::string resolve(const std::string& name, End end) const {
    return was_flattened(name) ? port_of(name, end) : renamed(name);
  }

  std::vector<std::string> all() const { return {known_.begin(), known_.end()}; }

 private:
  std::string port_of(const std::string& name, End end) const {
    const std::string port = name + (end == End::to ? ".input" : ".output");
    if (knows(port)) return port;
    return only_one(
        [&](const NirName& n) { return n.name.starts_with(name + ".") && are_neurons(n.type); });
  }

  std::string renamed(const std::string& name) const {
    return only_one([&](const NirName& n) {
      const bool alike = n.name.starts_with(name) || name.starts_with(n.name);
      return alike && !named_.contains(n.name);
    });
  }

  template <class Is>
  std::string only_one(const Is& is) const {
    std::string found;
    for (const NirName& n : names_) {
      if (!is(n)) continue;
      if (!found.empty()) return "";
      found = n.name;
    }
    return found;
  }

  const std::vector<NirName>& names_;
  std::set<std::string> known_;
  std::set<std::string> named_;
};

}  // namespace

void resolve_names(std::vector<NamedEdge>& edges, const std::vector<NirName>& names,
                   const std::string& prefix, const std::string& place, NirNotes& notes,
                   Problems& problems) {
  const Resolver resolver(edges, names);
  std::erase_if(edges, [&](const NamedEdge& edge) {
    if (edge.from != edge.to || resolver.knows(edge.from)) return false;
    if (!resolver.was_flattened(edge.from)) return false;
    notes.add("an edge from a flattened sub-graph to itself is left out, as its nodes have edges",
              prefix + edge.from);
    return true;
  });
  std::set<std::string> reported;
  const auto replace = [&](std::string& name, End end) {
    if (resolver.knows(name)) return;
    const std::string found = resolver.resolve(name, end);
    if (!found.empty()) {
      if (reported.insert(name + "\n" + found).second) {
        notes.add("an edge names a node that does not exist; another is taken",
                  prefix + name + " = " + prefix + found);
      }
      name = found;
    } else if (reported.insert(name).second) {
      problems.add({place, "an edge names '" + printable(name) + "', which is no node",
                    "have: " + printable(join(resolver.all(), ", "), 200) +
                        did_you_mean(name, resolver.all())});
    }
  };
  for (NamedEdge& edge : edges) {
    replace(edge.from, End::from);
    replace(edge.to, End::to);
  }
}

}  // namespace spikefab
