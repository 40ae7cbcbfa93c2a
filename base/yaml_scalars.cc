// Strict on purpose: what other YAML readers may take for something else is an error with a hint.
#include "base/yaml_scalars.h"

#include <charconv>

#include "base/suggest.h"

namespace spikefab {
namespace {

namespace pb = google::protobuf;
using Field = pb::FieldDescriptor;

std::string described(const YamlNode& node) {
  switch (node.kind) {
    case YamlNode::Kind::null:
      return "nothing";
    case YamlNode::Kind::list:
      return "a list";
    case YamlNode::Kind::map:
      return "a map";
    case YamlNode::Kind::scalar:
      break;
  }
  return node.quoted ? "the string \"" + printable(node.text) + "\""
                     : "'" + printable(node.text) + "'";
}

Problem wrong_value(const YamlNode& node, const FieldPlace& at, const std::string& expected,
                    const std::string& hint = "") {
  return wrong_type(node, at.path, at.place, expected, hint);
}

// How to write what was most likely meant by a scalar that is not an integer, or "".
std::string integer_hint(const YamlNode& node) {
  const std::string& text = node.text;
  if (node.quoted) return parse_integer(text) ? "write " + printable(text) + " without quotes" : "";
  if (text.starts_with('+') && parse_integer(text.substr(1))) {
    return "write " + printable(text.substr(1)) + " without the sign";
  }
  if (text.starts_with("0x") || text.starts_with("0o") || text.starts_with("0b")) {
    return "write it as a decimal number";
  }
  const bool digits = text.find_first_not_of("0123456789") == std::string::npos;
  if (digits && text.starts_with('0')) {
    const std::size_t first = std::min(text.find_first_not_of('0'), text.size() - 1);
    return "write " + printable(text.substr(first)) + "; a leading zero means octal to some";
  }
  return "";
}

// Calls the setter of a singular field or the adder of a repeated one.
template <class T>
void store(pb::Message& message, const Field& field, T value,
           void (pb::Reflection::*set)(pb::Message*, const Field*, T) const,
           void (pb::Reflection::*add)(pb::Message*, const Field*, T) const) {
  const pb::Reflection& reflection = *message.GetReflection();
  (reflection.*(field.is_repeated() ? add : set))(&message, &field, std::move(value));
}

void store_integer(pb::Message& m, const Field& f, WideInteger value) {
  using R = pb::Reflection;
  switch (f.cpp_type()) {
    case Field::CPPTYPE_INT32:
      return store(m, f, static_cast<i32>(value), &R::SetInt32, &R::AddInt32);
    case Field::CPPTYPE_UINT32:
      return store(m, f, static_cast<u32>(value), &R::SetUInt32, &R::AddUInt32);
    case Field::CPPTYPE_INT64:
      return store(m, f, static_cast<i64>(value), &R::SetInt64, &R::AddInt64);
    default:
      return store(m, f, static_cast<u64>(value), &R::SetUInt64, &R::AddUInt64);
  }
}

std::optional<Problem> bind_integer(const YamlNode& node, const FieldPlace& at, pb::Message& m) {
  const auto value = node.is_scalar() && !node.quoted ? parse_integer(node.text) : std::nullopt;
  if (!value) {
    const std::string hint = node.is_scalar() ? integer_hint(node) : "";
    return wrong_value(node, at, "an integer",
                       hint.empty() ? "must be " + range_of(at.field).text : hint);
  }
  if (auto problem = check_integer(at, *value, printable(node.text))) return problem;
  store_integer(m, at.field, *value);
  return std::nullopt;
}

std::optional<Problem> bind_number(const YamlNode& node, const FieldPlace& at, pb::Message& m) {
  double value = 0;
  const char* end = node.text.data() + node.text.size();
  const auto [stopped, error] = std::from_chars(node.text.data(), end, value);
  if (!node.is_scalar() || node.quoted || stopped != end || error != std::errc()) {
    return wrong_value(node, at, "a number", "such as 1, -0.5 or 2e-3");
  }
  if (auto problem = check_number(at, value, printable(node.text))) return problem;
  using R = pb::Reflection;
  if (at.field.cpp_type() == Field::CPPTYPE_DOUBLE) {
    store(m, at.field, value, &R::SetDouble, &R::AddDouble);
  } else {
    store(m, at.field, static_cast<float>(value), &R::SetFloat, &R::AddFloat);
  }
  return std::nullopt;
}

std::optional<Problem> bind_bool(const YamlNode& node, const FieldPlace& at, pb::Message& m) {
  const bool is_true = node.text == "true";
  if (!node.is_scalar() || node.quoted || (!is_true && node.text != "false")) {
    return wrong_value(node, at, "true or false");
  }
  store(m, at.field, is_true, &pb::Reflection::SetBool, &pb::Reflection::AddBool);
  return std::nullopt;
}

std::optional<Problem> bind_string(const YamlNode& node, const FieldPlace& at, pb::Message& m) {
  if (!node.is_scalar()) return wrong_value(node, at, "a string", "\"\" is an empty one");
  if (auto problem = check_string(at, node.text)) return problem;
  store(m, at.field, node.text, &pb::Reflection::SetString, &pb::Reflection::AddString);
  return std::nullopt;
}

std::optional<Problem> bind_enum(const YamlNode& node, const FieldPlace& at, pb::Message& m) {
  if (!node.is_scalar()) return wrong_value(node, at, "a word", one_of(at.field));
  if (auto problem = check_enum(at, node.text)) return problem;
  const int number = at.field.enum_type()->FindValueByName(node.text)->number();
  store(m, at.field, number, &pb::Reflection::SetEnumValue, &pb::Reflection::AddEnumValue);
  return std::nullopt;
}

}  // namespace

Problem wrong_type(const YamlNode& node, const std::string& path, const std::string& place,
                   const std::string& expected, const std::string& hint) {
  const std::string what = "expected " + expected + ", got " + described(node);
  return {place, path.empty() ? what : path + ": " + what, hint};
}

std::optional<Problem> bind_scalar(const YamlNode& node, const FieldPlace& at,
                                   pb::Message& message) {
  switch (at.field.cpp_type()) {
    case Field::CPPTYPE_STRING:
      return bind_string(node, at, message);
    case Field::CPPTYPE_ENUM:
      return bind_enum(node, at, message);
    case Field::CPPTYPE_BOOL:
      return bind_bool(node, at, message);
    case Field::CPPTYPE_DOUBLE:
    case Field::CPPTYPE_FLOAT:
      return bind_number(node, at, message);
    default:
      return bind_integer(node, at, message);
  }
}

}  // namespace spikefab
