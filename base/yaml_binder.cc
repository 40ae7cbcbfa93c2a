// Walks the YAML tree along the message's descriptor: keys, maps and lists here, values in
// base/yaml_scalars.h.
#include "base/yaml_binder.h"

#include <algorithm>
#include <vector>

#include "base/field_rules.h"
#include "base/files.h"
#include "base/suggest.h"
#include "base/yaml_scalars.h"
#include "base/yaml_tree.h"

namespace spikefab {
namespace {

namespace pb = google::protobuf;
using Field = pb::FieldDescriptor;

constexpr u64 max_file_bytes = u64{4} << 20;

bool is_message(const Field& field) {
  return field.cpp_type() == Field::CPPTYPE_MESSAGE && !field.is_repeated();
}

std::vector<std::string> key_names(const pb::Descriptor& type) {
  std::vector<std::string> names;
  for (int i = 0; i < type.field_count(); ++i) names.push_back(type.field(i)->name());
  return names;
}

const Field* find_field(const pb::Descriptor& type, const std::string& key) {
  if (const Field* field = type.FindFieldByName(key)) return field;
  for (int i = 0; i < type.field_count(); ++i) {
    const auto& old_names = rule_of(*type.field(i)).old_names();
    if (std::find(old_names.begin(), old_names.end(), key) != old_names.end()) return type.field(i);
  }
  return nullptr;
}

// Path of the message below `type` that has this key, or "".
std::string owner_of(const pb::Descriptor& type, const std::string& key, int depth = 0) {
  constexpr int deepest = 8;  // schemas may be recursive
  for (int i = 0; i < type.field_count() && depth < deepest; ++i) {
    const Field& field = *type.field(i);
    if (!is_message(field)) continue;
    if (field.message_type()->FindFieldByName(key)) return field.name();
    const std::string below = owner_of(*field.message_type(), key, depth + 1);
    if (!below.empty()) return field.name() + "." + below;
  }
  return "";
}

std::string map_hint(const YamlNode& node, const std::string& path) {
  if (node.kind == YamlNode::Kind::null && !path.empty()) return "leave the key out for defaults";
  const bool is_glued = node.is_scalar() && node.text.find(':') != std::string::npos;
  return is_glued ? "a blank is needed after ':'" : "";
}

std::string below(const std::string& path, const std::string& key) {
  return path.empty() ? printable(key) : path + "." + printable(key);
}

// The keys of one map so far, and those that the schema does not know.
struct Keys {
  std::map<std::string, const YamlNode*> known;  // by the field's name
  std::vector<std::string> unknown;
};

class Binder {
 public:
  Binder(const YamlFile& file, const YamlTree& tree, const pb::Descriptor& root, Problems& problems,
         YamlPlaces& places)
      : file_(file), tree_(tree), root_(root), problems_(problems), places_(places) {}

  // The message has its defaults already. An empty path is the root.
  void bind_message(const YamlNode& node, pb::Message& message, const std::string& path) {
    const pb::Descriptor& type = *message.GetDescriptor();
    if (!node.is_map()) {
      return add(wrong_type(node, path, place(node), "a map of " + join(key_names(type), ", "),
                            map_hint(node, path)));
    }
    Keys keys;
    for (std::size_t i = 0; i < node.children.size(); i += 2) {
      const YamlNode& key = *node.children[i];
      if (!check_key(key, path)) continue;
      if (const Field* field = find_field(type, key.text)) {
        bind_key(key, *node.children[i + 1], message, *field, path, keys);
      } else {
        keys.unknown.push_back(key.text);
        if (file_.unknown_keys == UnknownKeys::reject) add_unknown(key, type, path);
      }
    }
    check_required(node, type, path, keys);
  }

 private:
  std::string place(const YamlNode& node) const { return tree_.place(node); }
  void add(Problem problem) { problems_.add(std::move(problem)); }

  bool check_key(const YamlNode& key, const std::string& path) {
    if (!key.is_scalar()) add(wrong_type(key, path, place(key), "a word as key"));
    return key.is_scalar();
  }

  void add_unknown(const YamlNode& key, const pb::Descriptor& type, const std::string& path) {
    const std::string meant = closest(key.text, key_names(type));
    const std::string owner = owner_of(root_, key.text);
    std::string hint = "known here: " + join(key_names(type), ", ");
    if (!meant.empty()) hint = "did you mean '" + meant + "'?";
    if (!owner.empty()) hint = "it belongs below '" + owner + "'";
    if (key.text == "<<") hint = "merging is not supported; write the keys out";
    add({place(key), below(path, key.text) + ": unknown key", hint});
  }

  void check_required(const YamlNode& map, const pb::Descriptor& type, const std::string& path,
                      const Keys& keys) {
    for (int i = 0; i < type.field_count(); ++i) {
      const Field& field = *type.field(i);
      if (keys.known.contains(field.name())) continue;
      if (rule_of(field).required()) {
        add_missing(map, field, path, closest(field.name(), keys.unknown));
      } else if (is_message(field) && !field.real_containing_oneof()) {
        check_required(map, *field.message_type(), below(path, field.name()), {});
      }
    }
  }

  void add_missing(const YamlNode& map, const Field& field, const std::string& path,
                   const std::string& misspelt) {
    const bool is_reported = !misspelt.empty() && file_.unknown_keys == UnknownKeys::reject;
    if (is_reported) return;
    const FieldRule& of_field = rule_of(field);
    std::string hint = of_field.if_missing();
    if (hint.empty()) hint = of_field.help();
    if (hint.empty()) hint = "must be " + range_of(field).text;
    if (!misspelt.empty()) hint = "is it misspelt as '" + printable(misspelt) + "'?";
    add({place(map), "missing key '" + below(path, field.name()) + "'", hint});
  }

  // False, and a problem, if the name was there before.
  bool note_key(const YamlNode& key, const std::string& name, const std::string& path, Keys& keys) {
    const auto [found, is_new] = keys.known.emplace(name, &key);
    if (is_new) return true;
    const YamlNode& first = *found->second;
    const std::string as = first.text == key.text ? "" : " as '" + printable(first.text) + "'";
    add({place(key), path + ": duplicate key", "first in line " + std::to_string(first.line) + as});
    return false;
  }

  void bind_key(const YamlNode& key, const YamlNode& value, pb::Message& message,
                const Field& field, const std::string& path, Keys& keys) {
    const std::string field_path = below(path, field.name());
    if (!note_key(key, field.name(), field_path, keys)) return;
    if (const auto* oneof = field.real_containing_oneof()) {
      const auto* other = message.GetReflection()->GetOneofFieldDescriptor(message, oneof);
      if (other) {
        return add({place(key), field_path + ": there is '" + other->name() + "' already",
                    "only one of the two"});
      }
    }
    places_.set(field_path, place(value));
    if (field.is_map()) return bind_map(value, message, field, field_path);
    if (field.is_repeated()) return bind_list(value, message, field, field_path);
    bind_value(value, message, field, field_path);
  }

  void bind_map(const YamlNode& node, pb::Message& message, const Field& field,
                const std::string& path) {
    if (!node.is_map()) {
      return add(wrong_type(node, path, place(node), "a map", "{} is an empty one"));
    }
    const Field& key_field = *field.message_type()->map_key();
    Keys keys;
    for (std::size_t i = 0; i < node.children.size(); i += 2) {
      const YamlNode& key = *node.children[i];
      if (!check_key(key, path)) continue;
      const std::string entry_path = below(path, key.text);
      if (!note_key(key, key.text, entry_path, keys)) continue;
      places_.set(entry_path, place(key));
      pb::Message& entry = *message.GetReflection()->AddMessage(&message, &field);
      fill_defaults(entry);
      bind_value(key, entry, key_field, entry_path);
      bind_value(*node.children[i + 1], entry, *field.message_type()->map_value(), entry_path);
    }
  }

  void bind_list(const YamlNode& node, pb::Message& message, const Field& field,
                 const std::string& path) {
    if (!node.is_list()) {
      return add(wrong_type(node, path, place(node), "a list", "[] is an empty one"));
    }
    for (std::size_t i = 0; i < node.children.size(); ++i) {
      const std::string element_path = path + "[" + std::to_string(i) + "]";
      places_.set(element_path, place(*node.children[i]));
      bind_value(*node.children[i], message, field, element_path);
    }
  }

  void bind_value(const YamlNode& node, pb::Message& message, const Field& field,
                  const std::string& path) {
    if (++visited_ > max_yaml_nodes) {
      throw InputError(place(node), "more than " + std::to_string(max_yaml_nodes) +
                                        " values when aliases are followed");
    }
    if (field.cpp_type() != Field::CPPTYPE_MESSAGE) {
      auto problem = bind_scalar(node, {field, path, place(node)}, message);
      if (problem) add(std::move(*problem));
      return;
    }
    const pb::Reflection& reflection = *message.GetReflection();
    pb::Message& inner = *(field.is_repeated() ? reflection.AddMessage(&message, &field)
                                               : reflection.MutableMessage(&message, &field));
    if (field.is_repeated() || field.real_containing_oneof()) fill_defaults(inner);
    bind_message(node, inner, path);
  }

  const YamlFile& file_;
  const YamlTree& tree_;
  const pb::Descriptor& root_;
  Problems& problems_;
  YamlPlaces& places_;
  u64 visited_ = 0;
};

}  // namespace

std::string YamlPlaces::of(const std::string& field_path) const {
  std::string path = field_path;
  while (true) {
    const auto found = places_.find(path);
    if (found != places_.end()) return found->second;
    if (path.empty()) return "";
    const std::size_t end = path.find_last_of(".[");
    path.resize(end == std::string::npos ? 0 : end);
  }
}

void YamlPlaces::set(const std::string& field_path, std::string place) {
  places_[field_path] = std::move(place);
}

YamlPlaces bind_yaml_text(const YamlFile& file, const std::string& text, pb::Message& message,
                          Problems& problems) {
  YamlPlaces places;
  places.set("", file.path);
  message.Clear();
  fill_defaults(message);
  try {
    const YamlTree tree(file.path, text);
    places.set("", tree.place(tree.root()));
    Binder(file, tree, *message.GetDescriptor(), problems, places)
        .bind_message(tree.root(), message, "");
  } catch (const InputError& e) {
    for (const Problem& problem : e.problems()) problems.add(problem);
  }
  return places;
}

YamlPlaces bind_yaml(const YamlFile& file, pb::Message& message, Problems& problems) {
  return bind_yaml_text(file, read_text(file.path, max_file_bytes), message, problems);
}

}  // namespace spikefab
