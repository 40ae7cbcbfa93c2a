// What the field options of a schema (base/field_rule.proto) mean for a message: its defaults and
// the checks of its values. For messages from YAML files and from binary headers alike.
#pragma once

#include <google/protobuf/message.h>

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"
#include "base/field_rule.pb.h"

namespace spikefab {

inline const FieldRule& rule_of(const google::protobuf::FieldDescriptor& field) {
  return field.options().GetExtension(rule);
}

using WideInteger = __int128;  // holds every integer type of a schema

// A decimal integer without '+' or leading zeros, cut to +-10^30; nothing if it is not one.
std::optional<WideInteger> parse_integer(std::string_view text);

struct IntegerRange {
  WideInteger min;
  WideInteger max;
  std::string text;  // "1..1024 cores"
};

// The range by the field's rule, or that of its type.
IntegerRange range_of(const google::protobuf::FieldDescriptor& field);

// A field and where its value stands.
struct FieldPlace {
  const google::protobuf::FieldDescriptor& field;
  std::string path;
  std::string place;
};

// What is wrong with a value; nothing if all is well. `shown` is the value in the message.
std::optional<Problem> check_integer(const FieldPlace& at, WideInteger value,
                                     const std::string& shown);
std::optional<Problem> check_number(const FieldPlace& at, double value, const std::string& shown);
std::optional<Problem> check_enum(const FieldPlace& at, const std::string& name);
std::optional<Problem> check_string(const FieldPlace& at, const std::string& value);

std::string one_of(const google::protobuf::FieldDescriptor& enum_field);  // "one of: xy, yx"

// Gives every field its default and creates nested messages (but not members of a oneof). The
// message must be empty.
void fill_defaults(google::protobuf::Message& message);

// Adds a problem for each value that breaks its field's rule and for each nested message that is
// not there; for messages that no YAML file was bound to.
void check_rules(const google::protobuf::Message& message,
                 const std::function<std::string(const std::string& field_path)>& place_of,
                 Problems& problems);

// The value of a field (index -1) or of an element of a repeated one, as text; not of a message.
std::string text_of(const google::protobuf::Message& message,
                    const google::protobuf::FieldDescriptor& field, int index);

// Length of the longest prefix that is UTF-8 [RFC 3629].
std::size_t utf8_prefix(std::string_view text);

}  // namespace spikefab
