// A YAML text as a tree of bounded size, whatever the text is: the step before binding.
#pragma once

#include <deque>
#include <string>
#include <vector>

#include "base/hd.h"

namespace spikefab {

// Nodes in a file, and nodes visited when aliases are followed (aliases of aliases of ...
// multiply).
inline constexpr u64 max_yaml_nodes = 200'000;

struct YamlNode {
  enum class Kind { null, scalar, list, map };
  Kind kind = Kind::null;
  int line = 1;
  int column = 1;
  bool quoted = false;
  std::string text;                       // of a scalar
  std::vector<const YamlNode*> children;  // of a map: key, value, key, value; aliases share nodes

  bool is_list() const { return kind == Kind::list; }
  bool is_map() const { return kind == Kind::map; }
  bool is_scalar() const { return kind == Kind::scalar; }
};

class YamlTree {
 public:
  // Throws InputError with file:line:col unless the text is one YAML document of sane size.
  YamlTree(const std::string& path, const std::string& text);
  YamlTree(const YamlTree&) = delete;
  YamlTree& operator=(const YamlTree&) = delete;

  const YamlNode& root() const { return nodes_.front(); }
  std::string place(const YamlNode& node) const;  // file:line:col

 private:
  std::string path_;
  std::deque<YamlNode> nodes_;
};

}  // namespace spikefab
