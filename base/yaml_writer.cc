// A message as YAML text: every field, in the schema's order.
#include <algorithm>
#include <array>
#include <map>

#include "base/field_rules.h"
#include "base/yaml_binder.h"

namespace spikefab {
namespace {

namespace pb = google::protobuf;
using Field = pb::FieldDescriptor;

// Words that some YAML reader takes for something else than a string.
bool is_reserved(std::string word) {
  std::transform(word.begin(), word.end(), word.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  constexpr std::array<std::string_view, 9> reserved = {"null", "true", "false", "yes", "no",
                                                        "on",   "off",  "y",     "n"};
  return std::find(reserved.begin(), reserved.end(), word) != reserved.end();
}

std::string quoted_if_needed(const std::string& text) {
  const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
  const auto is_plain = [&](char c) { return is_letter(c) || c == '_' || (c >= '0' && c <= '9'); };
  if (!text.empty() && is_letter(text[0]) && std::all_of(text.begin(), text.end(), is_plain) &&
      !is_reserved(text)) {
    return text;
  }
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted + "\"";
}

class YamlWriter {
 public:
  std::string take() { return std::move(text_); }

  void write(const pb::Message& message, const std::string& indent) {
    const pb::Descriptor& type = *message.GetDescriptor();
    for (int i = 0; i < type.field_count(); ++i) write_field(message, *type.field(i), indent);
  }

 private:
  void write_field(const pb::Message& message, const Field& field, const std::string& indent) {
    const pb::Reflection& get = *message.GetReflection();
    if (field.has_presence() && !get.HasField(message, &field)) return;
    text_ += indent + field.name() + ":";
    if (field.is_map()) {
      write_map(message, field, indent + "  ");
    } else if (field.is_repeated()) {
      write_list(message, field, indent + "  ");
    } else {
      write_element(message, field, -1, indent);
    }
  }

  // Sorted by key, as protobuf has no order of entries.
  void write_map(const pb::Message& message, const Field& field, const std::string& indent) {
    std::map<std::string, const pb::Message*> entries;
    for (int i = 0; i < message.GetReflection()->FieldSize(message, &field); ++i) {
      const pb::Message& entry = message.GetReflection()->GetRepeatedMessage(message, &field, i);
      entries[text_of(entry, *field.message_type()->map_key(), -1)] = &entry;
    }
    text_ += entries.empty() ? " {}\n" : "\n";
    for (const auto& [key, entry] : entries) {
      text_ += indent + quoted_if_needed(key) + ":";
      write_element(*entry, *field.message_type()->map_value(), -1, indent);
    }
  }

  void write_list(const pb::Message& message, const Field& field, const std::string& indent) {
    const int size = message.GetReflection()->FieldSize(message, &field);
    text_ += size == 0 ? " []\n" : "\n";
    for (int i = 0; i < size; ++i) {
      text_ += indent + "-";
      write_element(message, field, i, indent);
    }
  }

  // What follows "key:" or "-" in a line that is indented by `indent`.
  void write_element(const pb::Message& message, const Field& field, int index,
                     const std::string& indent) {
    if (field.cpp_type() != Field::CPPTYPE_MESSAGE) {
      const std::string text = text_of(message, field, index);
      const bool is_string = field.cpp_type() == Field::CPPTYPE_STRING;
      text_ += " " + (is_string ? quoted_if_needed(text) : text) + "\n";
      return;
    }
    const pb::Reflection& get = *message.GetReflection();
    const std::size_t before = text_.size();
    text_ += "\n";
    write(index < 0 ? get.GetMessage(message, &field)
                    : get.GetRepeatedMessage(message, &field, index),
          indent + "  ");
    if (text_.size() == before + 1) text_.replace(before, 1, " {}\n");
  }

  std::string text_;
};

}  // namespace

std::string to_yaml_text(const pb::Message& message) {
  YamlWriter writer;
  writer.write(message, "");
  return writer.take();
}

}  // namespace spikefab
