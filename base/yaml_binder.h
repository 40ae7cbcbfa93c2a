// YAML (and JSON, which is nearly all YAML) into a protobuf message, by reflection. The .proto file
// is the schema: field options (base/field_rule.proto) give default, range, unit and help.
#pragma once

#include <google/protobuf/message.h>

#include <map>
#include <string>

#include "base/error.h"

namespace spikefab {

enum class UnknownKeys { reject, ignore };

// Where each bound field stands in the file, for checks that come after binding.
class YamlPlaces {
 public:
  // "file:line:col" of a field path such as "mesh.width", or of its closest bound parent. Entries
  // of a map are found by key, printable() as in messages.
  std::string of(const std::string& field_path) const;
  void set(const std::string& field_path, std::string place);

 private:
  std::map<std::string, std::string> places_;
};

struct YamlFile {
  std::string path;
  UnknownKeys unknown_keys = UnknownKeys::reject;
};

// Replaces `message` by what the file says, defaults filled in. Every problem is added to
// `problems` with file:line:col; what could be bound is bound. Throws InputError only if the file
// cannot be read. Time and memory are bounded whatever the file holds: 4 MiB, 200,000 values.
YamlPlaces bind_yaml(const YamlFile& file, google::protobuf::Message& message, Problems& problems);

// The same for text already in memory; `path` is for messages.
YamlPlaces bind_yaml_text(const YamlFile& file, const std::string& text,
                          google::protobuf::Message& message, Problems& problems);

// The message as YAML in field order; bind_yaml reads it back to an equal message.
std::string to_yaml_text(const google::protobuf::Message& message);

}  // namespace spikefab
