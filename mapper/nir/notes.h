// Notes about nodes, gathered by what they say: a file with one defect has it in many nodes.
#pragma once

#include <map>
#include <string>
#include <vector>

namespace spikefab {

class NirNotes {
 public:
  void add(const std::string& what) { nodes_[what]; }
  void add(const std::string& what, const std::string& node) { nodes_[what].push_back(node); }
  void add_all(const NirNotes& others);

  // "what: 'a', 'b' and 5 more", by what they say.
  std::vector<std::string> lines() const;

 private:
  std::map<std::string, std::vector<std::string>> nodes_;
};

}  // namespace spikefab
