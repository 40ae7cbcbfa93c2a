// yaml-cpp's events become nodes until a limit is hit; its own node type has no limits.
#include "base/yaml_tree.h"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <map>
#include <sstream>

#include "base/error.h"
#include "base/field_rules.h"
#include "base/suggest.h"

namespace spikefab {
namespace {

constexpr u64 max_depth = 64;
// yaml-cpp may queue the tokens of a whole [...], {...} or line before it reports the first one, at
// up to 270 bytes a mark. JSON has at most 3.5 marks a value.
constexpr std::string_view marks = "[]{},:&*!?'\"\n";
constexpr u64 max_marks = 4 * max_yaml_nodes;

std::string place_in(const std::string& path, int line, int column) {
  return path + ":" + std::to_string(line) + ":" + std::to_string(column);
}

// yaml-cpp counts from 0 and has no mark (-1) for some errors.
std::string place_of_mark(const std::string& path, const YAML::Mark& mark) {
  return mark.line < 0 ? path : place_in(path, mark.line + 1, mark.column + 1);
}

std::string place_of_byte(const std::string& path, std::string_view text, std::size_t at) {
  const std::string_view before = text.substr(0, at);
  const auto lines = std::count(before.begin(), before.end(), '\n');
  const std::size_t line_begin = before.rfind('\n') + 1;  // npos + 1 = 0
  return place_in(path, static_cast<int>(lines) + 1, static_cast<int>(at - line_begin) + 1);
}

class TreeBuilder : public YAML::EventHandler {
 public:
  TreeBuilder(const std::string& path, std::deque<YamlNode>& nodes) : path_(path), nodes_(nodes) {}

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (nodes_.empty()) return;
    throw InputError(place_of_mark(path_, mark), "a second YAML document begins here",
                     "only one in a file");
  }
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    stand_at_key(add(YamlNode::Kind::null, mark, "?", anchor));
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    YamlNode& node = add(YamlNode::Kind::scalar, mark, tag, anchor);
    node.text = value;
    node.quoted = tag == "!";
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    open(add(YamlNode::Kind::list, mark, tag, anchor), mark);
  }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    open(add(YamlNode::Kind::map, mark, tag, anchor), mark);
  }
  void OnSequenceEnd() override { open_.pop_back(); }
  void OnMapEnd() override { open_.pop_back(); }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    const YamlNode* target = anchors_.at(anchor);
    if (std::find(open_.begin(), open_.end(), target) != open_.end()) {
      throw InputError(place_of_mark(path_, mark), "an alias of what it is part of",
                       "write the value out");
    }
    attach(target);
  }

 private:
  YamlNode& add(YamlNode::Kind kind, const YAML::Mark& mark, const std::string& tag,
                YAML::anchor_t anchor) {
    const std::string place = place_of_mark(path_, mark);
    if (nodes_.size() == max_yaml_nodes) {
      throw InputError(place, "more than " + std::to_string(max_yaml_nodes) + " values");
    }
    if (tag != "?" && tag != "!") {
      throw InputError(place, "the tag '" + printable(tag) + "' is not supported",
                       "leave it out; types follow from the keys");
    }
    YamlNode& node = nodes_.emplace_back();
    node.kind = kind;
    node.line = mark.line + 1;
    node.column = mark.column + 1;
    if (anchor != YAML::NullAnchor) anchors_[anchor] = &node;
    attach(&node);
    return node;
  }

  void attach(const YamlNode* node) {
    if (!open_.empty()) open_.back()->children.push_back(node);
  }

  // The mark of an empty value is that of what comes next, be it lines below.
  void stand_at_key(YamlNode& node) const {
    if (open_.empty() || !open_.back()->is_map() || open_.back()->children.size() % 2 != 0) return;
    const YamlNode& key = *open_.back()->children.end()[-2];
    node.line = key.line;
    node.column = key.column;
  }

  void open(YamlNode& node, const YAML::Mark& mark) {
    if (open_.size() == max_depth) {
      throw InputError(place_of_mark(path_, mark),
                       "nested more than " + std::to_string(max_depth) + " deep");
    }
    open_.push_back(&node);
  }

  const std::string& path_;
  std::deque<YamlNode>& nodes_;
  std::vector<YamlNode*> open_;
  std::map<YAML::anchor_t, const YamlNode*> anchors_;
};

// What yaml-cpp would misread, take for the end of the file, or spend too much memory on.
void check_text(const std::string& path, std::string_view text) {
  const std::size_t utf8_end = utf8_prefix(text);
  if (utf8_end != text.size()) {
    throw InputError(place_of_byte(path, text, utf8_end), "not UTF-8 from here on",
                     "save the file as UTF-8");
  }
  const auto is_control = [](char c) {
    return (c >= 0 && c < 0x20 && c != '\t' && c != '\n' && c != '\r') || c == 0x7f;
  };
  const auto control = std::find_if(text.begin(), text.end(), is_control);
  if (control != text.end()) {
    const auto at = static_cast<std::size_t>(control - text.begin());
    throw InputError(place_of_byte(path, text, at),
                     "control character " + printable(text.substr(at, 1)), "is this a text file?");
  }
  const auto is_mark = [](char c) { return marks.find(c) != std::string_view::npos; };
  if (static_cast<u64>(std::count_if(text.begin(), text.end(), is_mark)) > max_marks) {
    throw InputError(place_in(path, 1, 1),
                     "more than " + std::to_string(max_marks) +
                         " line breaks and marks such as , : [ ] in the file");
  }
}

std::string describe(const YAML::Exception& e, const std::string& path) {
  return (path.ends_with(".json") ? "not valid JSON: " : "not valid YAML: ") +
         printable(e.msg, 200);
}

std::string syntax_hint(const YAML::Exception& e, const std::string& text) {
  if (text.find("\n\t") != std::string::npos) return "indent with blanks, not tabs";
  if (e.msg != YAML::ErrorMsg::MAP_VALUE) return "";
  return "check the lines before: 'key: value' needs a blank after ':' and equal indentation";
}

}  // namespace

YamlTree::YamlTree(const std::string& path, const std::string& text) : path_(path) {
  constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";
  std::istringstream in(text.starts_with(byte_order_mark) ? text.substr(byte_order_mark.size())
                                                          : text);
  check_text(path, in.view());
  TreeBuilder builder(path_, nodes_);
  try {
    YAML::Parser parser(in);
    while (parser.HandleNextDocument(builder)) {
    }
  } catch (const YAML::Exception& e) {
    throw InputError(place_of_mark(path, e.mark), describe(e, path), syntax_hint(e, text));
  }
  if (nodes_.empty()) throw InputError(place_in(path, 1, 1), "nothing in the file");
}

std::string YamlTree::place(const YamlNode& node) const {
  return place_in(path_, node.line, node.column);
}

}  // namespace spikefab
