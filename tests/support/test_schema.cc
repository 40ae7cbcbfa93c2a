#include "tests/support/test_schema.h"

#include <google/protobuf/descriptor.pb.h>
#include <google/protobuf/dynamic_message.h>
#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>

#include "base/field_rule.pb.h"

namespace spikefab::test {
namespace {

namespace pb = google::protobuf;
using FieldProto = pb::FieldDescriptorProto;

// Adds fields to a message type; their numbers count from 1.
class TypeBuilder {
 public:
  TypeBuilder(pb::FileDescriptorProto& file, const std::string& name)
      : type_(*file.add_message_type()) {
    type_.set_name(name);
  }

  // `rule_text` is a FieldRule in protobuf's text format; `type_name` that of a message or enum.
  FieldProto& add(const std::string& name, FieldProto::Type type, const std::string& rule_text = "",
                  const std::string& type_name = "") {
    FieldProto& field = *type_.add_field();
    field.set_name(name);
    field.set_number(type_.field_size());
    field.set_label(FieldProto::LABEL_OPTIONAL);
    field.set_type(type);
    if (!type_name.empty()) field.set_type_name(type_name);
    EXPECT_TRUE(pb::TextFormat::ParseFromString(rule_text,
                                                field.mutable_options()->MutableExtension(rule)));
    return field;
  }
  void add_list(const std::string& name, FieldProto::Type type, const std::string& rule_text = "",
                const std::string& type_name = "") {
    add(name, type, rule_text, type_name).set_label(FieldProto::LABEL_REPEATED);
  }
  void add_map(const std::string& name, FieldProto::Type type, const std::string& type_name = "") {
    pb::DescriptorProto& entry = *type_.add_nested_type();
    entry.set_name(std::string(1, static_cast<char>(name[0] - 32)) + name.substr(1) + "Entry");
    entry.mutable_options()->set_map_entry(true);
    add_list(name, FieldProto::TYPE_MESSAGE, "", type_.name() + "." + entry.name());
    const auto add_member = [&](const std::string& member, int number, FieldProto::Type of) {
      FieldProto& field = *entry.add_field();
      field.set_name(member);
      field.set_number(number);
      field.set_label(FieldProto::LABEL_OPTIONAL);
      field.set_type(of);
      return &field;
    };
    add_member("key", 1, FieldProto::TYPE_STRING);
    FieldProto& value = *add_member("value", 2, type);
    if (!type_name.empty()) value.set_type_name(type_name);
  }
  // A oneof of the last `members` fields.
  void close_oneof(const std::string& name, int members) {
    type_.add_oneof_decl()->set_name(name);
    for (int i = type_.field_size() - members; i < type_.field_size(); ++i) {
      type_.mutable_field(i)->set_oneof_index(type_.oneof_decl_size() - 1);
    }
  }

 private:
  pb::DescriptorProto& type_;
};

void add_test_type(pb::FileDescriptorProto& file) {
  TypeBuilder type(file, "Test");
  type.add("i32", FieldProto::TYPE_INT32);
  type.add("u32", FieldProto::TYPE_UINT32, "default: 7 min: 1 max: 100 unit: 'pJ'");
  type.add("i64", FieldProto::TYPE_INT64);
  type.add("u64", FieldProto::TYPE_UINT64);
  type.add("s32", FieldProto::TYPE_SINT32, "default: -3 old_names: 'former'");
  type.add("real", FieldProto::TYPE_DOUBLE, "default: 2 min: -1 max: 10");
  type.add("small", FieldProto::TYPE_FLOAT);
  type.add("flag", FieldProto::TYPE_BOOL, "default: 1");
  type.add("text", FieldProto::TYPE_STRING, "default_text: 'none' max_length: 8");
  type.add("color", FieldProto::TYPE_ENUM, "default_text: 'green'", "Color");
  type.add("inner", FieldProto::TYPE_MESSAGE, "", "Inner");
  type.add_map("params", FieldProto::TYPE_SINT32);
  type.add_map("inners", FieldProto::TYPE_MESSAGE, "Inner");
  type.add_list("sizes", FieldProto::TYPE_UINT32, "min: 1 max: 9");
  type.add_list("list", FieldProto::TYPE_MESSAGE, "", "Inner");
  type.add_list("words", FieldProto::TYPE_STRING);
  type.add_list("colors", FieldProto::TYPE_ENUM, "", "Color");
  type.add("a", FieldProto::TYPE_MESSAGE, "", "Inner");
  type.add("b", FieldProto::TYPE_UINT32);
  type.close_oneof("kind", 2);
  type.add("maybe", FieldProto::TYPE_UINT32).set_proto3_optional(true);
  type.close_oneof("_maybe", 1);
}

const pb::FileDescriptor& test_schema() {
  static pb::DescriptorPool pool;
  static const pb::FileDescriptor* built = [] {
    pb::FileDescriptorProto file;
    file.set_name("test.proto");
    file.set_syntax("proto3");
    add_test_type(file);
    TypeBuilder inner(file, "Inner");
    inner.add("need", FieldProto::TYPE_UINT32, "default: 5");
    inner.add("deep", FieldProto::TYPE_MESSAGE, "", "Deep");
    TypeBuilder(file, "Deep").add("depth_ticks", FieldProto::TYPE_UINT32);
    TypeBuilder strict(file, "Strict");
    strict.add("count", FieldProto::TYPE_UINT32, "required: true min: 1 max: 4");
    strict.add("other", FieldProto::TYPE_UINT32, "required: true help: 'how many others'");
    strict.add("third", FieldProto::TYPE_UINT32, "required: true if_missing: 'add third: 3'");
    pb::EnumDescriptorProto& color = *file.add_enum_type();
    color.set_name("Color");
    for (const char* name : {"red", "green"}) {
      color.add_value()->set_name(name);
      color.mutable_value(color.value_size() - 1)->set_number(color.value_size() - 1);
    }
    return pool.BuildFile(file);
  }();
  return *built;
}

}  // namespace

std::unique_ptr<pb::Message> new_message(const std::string& type) {
  static pb::DynamicMessageFactory factory;
  return std::unique_ptr<pb::Message>(
      factory.GetPrototype(test_schema().FindMessageTypeByName(type))->New());
}

std::string text_of(const Problems& problems) {
  try {
    problems.throw_if_any();
  } catch (const InputError& e) {
    return e.what();
  }
  return "";
}

std::string bound(const std::string& text, pb::Message& message, UnknownKeys unknown_keys) {
  Problems problems;
  bind_yaml_text({"t.yaml", unknown_keys}, text, message, problems);
  return text_of(problems);
}

std::string problems_of(const std::string& text, const std::string& type) {
  return bound(text, *new_message(type));
}

std::string times(const std::string& text, int n) {
  std::string out;
  for (int i = 0; i < n; ++i) out += text;
  return out;
}

}  // namespace spikefab::test
