// The leaves of binding: one YAML scalar into one field of a message.
#pragma once

#include <google/protobuf/message.h>

#include "base/field_rules.h"
#include "base/yaml_tree.h"

namespace spikefab {

// Sets the field, or adds to it if it is repeated. Changes nothing if a problem is returned.
std::optional<Problem> bind_scalar(const YamlNode& node, const FieldPlace& at,
                                   google::protobuf::Message& message);

// "path: expected an integer, got a list"; an empty path is the root of the file.
Problem wrong_type(const YamlNode& node, const std::string& path, const std::string& place,
                   const std::string& expected, const std::string& hint = "");

}  // namespace spikefab
