// Defaults and checks by reflection along the message's descriptor.
#include "base/field_rules.h"

#include <google/protobuf/text_format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "base/suggest.h"

namespace spikefab {
namespace {

namespace pb = google::protobuf;
using Field = pb::FieldDescriptor;

bool is_message(const Field& field) { return field.cpp_type() == Field::CPPTYPE_MESSAGE; }

bool has_range(const FieldRule& of_field) { return of_field.min() != 0 || of_field.max() != 0; }

template <class T>
IntegerRange limits_of() {
  const T min = std::numeric_limits<T>::min();
  const T max = std::numeric_limits<T>::max();
  return {min, max, std::to_string(min) + ".." + std::to_string(max)};
}

IntegerRange limits_of_type(const Field& field) {
  switch (field.cpp_type()) {
    case Field::CPPTYPE_INT32:
      return limits_of<i32>();
    case Field::CPPTYPE_UINT32:
      return limits_of<u32>();
    case Field::CPPTYPE_UINT64:
      return limits_of<u64>();
    default:
      return limits_of<i64>();
  }
}

// Length of the UTF-8 sequence at the front of the text, or 0 if there is none.
std::size_t utf8_sequence(std::string_view text) {
  const auto byte = [&](std::size_t i) {
    return i < text.size() ? static_cast<unsigned char>(text[i]) : 0u;
  };
  const u32 lead = byte(0);
  if (lead < 0x80) return 1;
  // Second bytes below or above these would be overlong, surrogates, or above U+10FFFF.
  const u32 lowest = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
  const u32 highest = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;
  const std::size_t length = lead < 0xc2   ? 0
                             : lead < 0xe0 ? 2
                             : lead < 0xf0 ? 3
                             : lead < 0xf5 ? 4
                                           : 0;
  if (length == 0 || byte(1) < lowest || byte(1) > highest) return 0;
  for (std::size_t i = 2; i < length; ++i) {
    if (byte(i) < 0x80 || byte(i) > 0xbf) return 0;
  }
  return length;
}

void set_default(pb::Message& message, const Field& field) {
  const pb::Reflection& set = *message.GetReflection();
  const FieldRule& of_field = rule_of(field);
  const i64 number = of_field.default_();
  switch (field.cpp_type()) {
    case Field::CPPTYPE_INT32:
      return set.SetInt32(&message, &field, static_cast<i32>(number));
    case Field::CPPTYPE_INT64:
      return set.SetInt64(&message, &field, number);
    case Field::CPPTYPE_UINT32:
      return set.SetUInt32(&message, &field, static_cast<u32>(number));
    case Field::CPPTYPE_UINT64:
      return set.SetUInt64(&message, &field, static_cast<u64>(number));
    case Field::CPPTYPE_DOUBLE:
      return set.SetDouble(&message, &field, static_cast<double>(number));
    case Field::CPPTYPE_FLOAT:
      return set.SetFloat(&message, &field, static_cast<float>(number));
    case Field::CPPTYPE_BOOL:
      return set.SetBool(&message, &field, number != 0);
    case Field::CPPTYPE_STRING:
      return set.SetString(&message, &field, of_field.default_text());
    case Field::CPPTYPE_ENUM: {
      const auto* value = field.enum_type()->FindValueByName(of_field.default_text());
      return set.SetEnum(&message, &field, value ? value : field.enum_type()->value(0));
    }
    case Field::CPPTYPE_MESSAGE:
      return fill_defaults(*set.MutableMessage(&message, &field));
  }
}

std::optional<Problem> check_value(const FieldPlace& at, const std::string& text) {
  switch (at.field.cpp_type()) {
    case Field::CPPTYPE_BOOL:
      return std::nullopt;
    case Field::CPPTYPE_STRING:
      return check_string(at, text);
    case Field::CPPTYPE_ENUM:
      return check_enum(at, text);
    case Field::CPPTYPE_DOUBLE:
    case Field::CPPTYPE_FLOAT:
      return check_number(at, std::strtod(text.c_str(), nullptr), text);
    default:
      return check_integer(at, *parse_integer(text), text);
  }
}

class RuleChecker {
 public:
  RuleChecker(const std::function<std::string(const std::string&)>& place_of, Problems& problems)
      : place_of_(place_of), problems_(problems) {}

  void check(const pb::Message& message, const std::string& path) {
    const pb::Descriptor& type = *message.GetDescriptor();
    for (int i = 0; i < type.field_count(); ++i) {
      const Field& field = *type.field(i);
      check_field(message, field, path.empty() ? field.name() : path + "." + field.name());
    }
  }

 private:
  void check_field(const pb::Message& message, const Field& field, const std::string& path) {
    const pb::Reflection& get = *message.GetReflection();
    if (field.is_repeated()) {
      for (int i = 0; i < get.FieldSize(message, &field); ++i) {
        const std::string index = "[" + std::to_string(i) + "]";
        check_element(message, field, i, path + index);
      }
    } else if (!field.has_presence() || get.HasField(message, &field)) {
      check_element(message, field, -1, path);
    } else if (is_message(field) && !field.real_containing_oneof()) {
      problems_.add({place_of_(path), "missing '" + path + "'", rule_of(field).help()});
    }
  }

  void check_element(const pb::Message& message, const Field& field, int index,
                     const std::string& path) {
    if (is_message(field)) {
      const pb::Reflection& get = *message.GetReflection();
      return check(index < 0 ? get.GetMessage(message, &field)
                             : get.GetRepeatedMessage(message, &field, index),
                   path);
    }
    const std::string text = text_of(message, field, index);
    if (auto problem = check_value({field, path, place_of_(path)}, text)) {
      problems_.add(std::move(*problem));
    }
  }

  const std::function<std::string(const std::string&)>& place_of_;
  Problems& problems_;
};

Problem outside(const FieldPlace& at, const std::string& shown, const std::string& range) {
  return {at.place, at.path + " = " + shown, "must be " + range};
}

}  // namespace

std::optional<WideInteger> parse_integer(std::string_view text) {
  constexpr WideInteger cut = WideInteger{1'000'000'000'000'000} * 1'000'000'000'000'000;
  const bool negative = text.starts_with('-');
  const std::string_view digits = text.substr(negative ? 1 : 0);
  if (digits.empty() || (digits.size() > 1 && digits[0] == '0')) return std::nullopt;
  WideInteger value = 0;
  for (const char c : digits) {
    if (c < '0' || c > '9') return std::nullopt;
    value = std::min(value * 10 + (c - '0'), cut);
  }
  return negative ? -value : value;
}

IntegerRange range_of(const Field& field) {
  const FieldRule& of_field = rule_of(field);
  if (!has_range(of_field)) return limits_of_type(field);
  std::string text = std::to_string(of_field.min()) + ".." + std::to_string(of_field.max());
  if (!of_field.unit().empty()) text += " " + of_field.unit();
  return {of_field.min(), of_field.max(), text};
}

std::optional<Problem> check_integer(const FieldPlace& at, WideInteger value,
                                     const std::string& shown) {
  const IntegerRange range = range_of(at.field);
  if (value >= range.min && value <= range.max) return std::nullopt;
  return outside(at, shown, range.text);
}

std::optional<Problem> check_number(const FieldPlace& at, double value, const std::string& shown) {
  if (!std::isfinite(value)) return outside(at, shown, "finite");
  if (!has_range(rule_of(at.field))) return std::nullopt;
  const IntegerRange range = range_of(at.field);
  if (value >= static_cast<double>(range.min) && value <= static_cast<double>(range.max)) {
    return std::nullopt;
  }
  return outside(at, shown, range.text);
}

std::optional<Problem> check_enum(const FieldPlace& at, const std::string& name) {
  if (at.field.enum_type()->FindValueByName(name)) return std::nullopt;
  return Problem{at.place, at.path + " = '" + printable(name) + "'", one_of(at.field)};
}

std::optional<Problem> check_string(const FieldPlace& at, const std::string& value) {
  constexpr u64 default_max_length = 256;
  const u64 max_length = rule_of(at.field).max_length();
  const u64 limit = max_length == 0 ? default_max_length : max_length;
  const auto is_control = [](char c) { return (c >= 0 && c < 0x20) || c == 0x7f; };
  std::string what;
  if (value.size() > limit) {
    what = std::to_string(value.size()) + " bytes are too long (at most " + std::to_string(limit) +
           ")";
  } else if (utf8_prefix(value) != value.size()) {
    what = "not UTF-8";
  } else if (std::any_of(value.begin(), value.end(), is_control)) {
    what = "control characters, line breaks and tabs are not allowed";
  } else {
    return std::nullopt;
  }
  return Problem{at.place, at.path + ": " + what, ""};
}

std::string one_of(const Field& enum_field) {
  const pb::EnumDescriptor& type = *enum_field.enum_type();
  std::vector<std::string> names;
  for (int i = 0; i < type.value_count(); ++i) names.push_back(type.value(i)->name());
  return "one of: " + join(names, ", ");
}

std::string text_of(const pb::Message& message, const Field& field, int index) {
  const pb::Reflection& get = *message.GetReflection();
  if (field.cpp_type() == Field::CPPTYPE_STRING) {
    return index < 0 ? get.GetString(message, &field)
                     : get.GetRepeatedString(message, &field, index);
  }
  std::string text;
  pb::TextFormat::PrintFieldValueToString(message, &field, index, &text);
  return text;
}

std::size_t utf8_prefix(std::string_view text) {
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t length = utf8_sequence(text.substr(at));
    if (length == 0) break;
    at += length;
  }
  return at;
}

void fill_defaults(pb::Message& message) {
  const pb::Descriptor& type = *message.GetDescriptor();
  for (int i = 0; i < type.field_count(); ++i) {
    const Field& field = *type.field(i);
    const bool optional = field.has_presence() && !is_message(field);
    if (field.is_repeated() || optional || field.real_containing_oneof()) continue;
    set_default(message, field);
  }
}

void check_rules(const pb::Message& message,
                 const std::function<std::string(const std::string&)>& place_of,
                 Problems& problems) {
  RuleChecker(place_of, problems).check(message, "");
}

}  // namespace spikefab
