// Binding YAML to a message with every kind of field. Each error message: yaml_messages_test.cc.
#include "base/yaml_binder.h"

#include <gmock/gmock.h>
#include <google/protobuf/util/message_differencer.h>
#include <gtest/gtest.h>

#include "base/field_rules.h"
#include "tests/support/test_schema.h"

namespace spikefab::test {
namespace {

namespace pb = google::protobuf;

// What a message without anything in the file is bound to.
constexpr const char* defaults = R"(i32: 0
u32: 7
i64: 0
u64: 0
s32: -3
real: 2
small: 0
flag: true
text: none
color: green
inner:
  need: 5
  deep:
    depth_ticks: 0
params: {}
inners: {}
sizes: []
list: []
words: []
colors: []
)";

TEST(YamlBinder, FillsInDefaultsAndNestedMessages) {
  const auto message = new_message("Test");

  const std::string problems = bound("{}", *message);

  EXPECT_EQ(problems, "");
  EXPECT_EQ(to_yaml_text(*message), defaults);
}

TEST(YamlBinder, BindsEveryKindOfField) {
  const std::string text = R"(i32: -2147483648
u32: 100
i64: -9223372036854775808
u64: 18446744073709551615
s32: 2147483647
real: -0.5
small: 0.25
flag: false
text: "0123"
color: red
inner:
  need: 4294967295
  deep:
    depth_ticks: 1
params:
  leak: -1
  threshold: 5
inners:
  "a b":
    need: 1
    deep:
      depth_ticks: 0
sizes:
  - 1
  - 9
list:
  -
    need: 2
    deep:
      depth_ticks: 3
words:
  - "yes"
  - "a: \"b\" \\"
colors:
  - green
a:
  need: 5
  deep:
    depth_ticks: 0
maybe: 0
)";
  const auto message = new_message("Test");

  const std::string problems = bound(text, *message);

  EXPECT_EQ(problems, "");
  EXPECT_EQ(to_yaml_text(*message), text);
}

TEST(YamlBinder, ReadsBackWhatItWritesAsAnEqualMessage) {
  const auto message = new_message("Test");
  bound("{real: 1e-300, small: 0.1, text: \"\", words: [null_, 'null', '~', '# no', 'é'], b: 3}",
        *message);
  const auto again = new_message("Test");

  const std::string problems = bound(to_yaml_text(*message), *again);

  EXPECT_EQ(problems, "");
  EXPECT_TRUE(pb::util::MessageDifferencer::Equals(*message, *again));
}

TEST(YamlBinder, ReplacesWhatTheMessageHeld) {
  const auto message = new_message("Test");
  bound("{u32: 9, sizes: [1], a: {}}", *message);

  bound("{}", *message);

  EXPECT_EQ(to_yaml_text(*message), defaults);
}

TEST(YamlBinder, TakesJson) {
  EXPECT_EQ(problems_of("{\n\t\"u32\":5,\n\t\"text\":\"a\\/b\",\"sizes\":[1,2]\n}\n"), "");
}

TEST(YamlBinder, TakesByteOrderMarkAndCarriageReturns) {
  EXPECT_EQ(problems_of("\xef\xbb\xbfu32: 5\r\ntext: a\r\n"), "");
}

TEST(YamlBinder, FollowsAnchors) {
  const auto message = new_message("Test");

  const std::string problems =
      bound("inner: &x {need: 8}\na: *x\nu32: &n 9\nsizes: [*n]\n", *message);

  EXPECT_EQ(problems, "");
  EXPECT_THAT(to_yaml_text(*message), testing::HasSubstr("a:\n  need: 8\n"));
}

TEST(YamlBinder, TakesOldNames) {
  const auto message = new_message("Test");

  const std::string problems = bound("former: 4", *message);

  EXPECT_EQ(problems, "");
  EXPECT_THAT(to_yaml_text(*message), testing::HasSubstr("s32: 4\n"));
}

TEST(YamlBinder, IgnoresUnknownKeysIfAsked) {
  const auto message = new_message("Test");

  const std::string problems = bound("u32: 9\nfoo: [1, {a: b}]\n", *message, UnknownKeys::ignore);

  EXPECT_EQ(problems, "");
}

TEST(YamlBinder, BindsWhatItCanDespiteProblems) {
  const auto message = new_message("Test");

  bound("u32: 0\ntext: kept\ns32: x\n", *message);

  EXPECT_THAT(to_yaml_text(*message), testing::HasSubstr("text: kept"));
  EXPECT_THAT(to_yaml_text(*message), testing::HasSubstr("u32: 7"));
}

TEST(YamlBinder, KnowsThePlacesOfFields) {
  const auto message = new_message("Test");
  Problems problems;

  const YamlPlaces places = bind_yaml_text(
      {"t.yaml"}, "inner:\n  need: 1\nparams: {leak: 3}\nsizes: [4,\n 5]\n", *message, problems);

  EXPECT_EQ(places.of("inner.need"), "t.yaml:2:9");
  EXPECT_EQ(places.of("inner.deep.depth_ticks"), "t.yaml:2:3");  // not in the file: inner
  EXPECT_EQ(places.of("params.leak"), "t.yaml:3:10");            // the key
  EXPECT_EQ(places.of("sizes[1]"), "t.yaml:5:2");
  EXPECT_EQ(places.of("text"), "t.yaml:1:1");
}

TEST(YamlBinder, ReportsSeveralProblemsInOnePass) {
  EXPECT_EQ(problems_of("u32: 0\nflag: 1\nfoo: 2\n"),
            "t.yaml:1:6: u32 = 0 (must be 1..100 pJ)\n"
            "t.yaml:2:7: flag: expected true or false, got '1'\n"
            "t.yaml:3:1: foo: unknown key (known here: i32, u32, i64, u64, s32, real, small, flag, "
            "text, color, inner, params, inners, sizes, list, words, colors, a, b, maybe)");
}

// Nine levels of nine aliases: 9^9 values if they were followed.
std::string alias_bomb() {
  std::string text = "x0: &x0 [1,1,1,1,1,1,1,1,1]\n";
  for (int level = 1; level < 9; ++level) {
    const std::string below = "*x" + std::to_string(level - 1);
    const std::string name = "x" + std::to_string(level);
    text += name + ": &" + name + " [" + times(below + ",", 8) + below + "]\n";
  }
  return text;
}

TEST(YamlBinder, NeverFollowsAliasesBelowUnknownKeys) {
  const auto message = new_message("Test");

  const std::string problems = bound(alias_bomb() + "u32: 9\n", *message, UnknownKeys::ignore);

  EXPECT_EQ(problems, "");
}

TEST(YamlBinder, ReportsAnAliasBombWhereTheSchemaStopsIt) {
  const auto message = new_message("Test");

  const std::string problems = bound(alias_bomb() + "sizes: *x8\n", *message, UnknownKeys::ignore);

  EXPECT_THAT(problems,
              testing::StartsWith("t.yaml:8:5: sizes[0]: expected an integer, got a list"));
}

TEST(YamlBinder, BoundsWhatAliasesMultiplyTo) {
  const auto message = new_message("Test");
  const std::string text = "x: &x {need: 1}\nlist: [*x" + times(", *x", 150'000) + "]\n";

  const std::string problems = bound(text, *message, UnknownKeys::ignore);

  EXPECT_EQ(problems, "t.yaml:1:4: more than 200000 values when aliases are followed");
}

TEST(YamlBinder, SuggestsTheMisspellingOfAMissingKeyWhereUnknownKeysAreIgnored) {
  const auto message = new_message("Strict");

  const std::string problems =
      bound("{count: 1, othr: 1, third: 3}", *message, UnknownKeys::ignore);

  EXPECT_EQ(problems, "t.yaml:1:1: missing key 'other' (is it misspelt as 'othr'?)");
}

TEST(YamlBinder, NamesAFileThatIsNotThere) {
  const auto message = new_message("Test");
  Problems problems;

  EXPECT_THROW(bind_yaml({"no/such.yaml"}, *message, problems), InputError);
}

TEST(FieldRules, CheckAMessageThatNoFileWasBoundTo) {
  const auto message = new_message("Test");
  bound("{sizes: [1, 2], params: {a: 1}}", *message);
  const pb::Descriptor& type = *message->GetDescriptor();
  const pb::Reflection& set = *message->GetReflection();
  set.SetUInt32(message.get(), type.FindFieldByName("u32"), 101);
  set.SetRepeatedUInt32(message.get(), type.FindFieldByName("sizes"), 1, 10);
  set.SetEnumValue(message.get(), type.FindFieldByName("color"), 9);
  set.SetString(message.get(), type.FindFieldByName("text"), "a\x1b[0m");
  set.SetDouble(message.get(), type.FindFieldByName("real"), -2);
  set.ClearField(message.get(), type.FindFieldByName("inner"));
  Problems problems;

  check_rules(
      *message, [](const std::string& path) { return "at " + path; }, problems);

  EXPECT_EQ(text_of(problems),
            "at u32: u32 = 101 (must be 1..100 pJ)\n"
            "at real: real = -2 (must be -1..10)\n"
            "at text: text: control characters, line breaks and tabs are not allowed\n"
            "at color: color = '9' (one of: red, green)\n"
            "at inner: missing 'inner'\n"
            "at sizes[1]: sizes[1] = 10 (must be 1..9)");
}

TEST(FieldRules, FindNothingWrongWithAMessageThatWasBound) {
  const auto message = new_message("Test");
  bound("{sizes: [1, 2], params: {a: 1}, list: [{need: 2}], b: 2}", *message);
  Problems problems;

  check_rules(
      *message, [](const std::string&) { return "here"; }, problems);

  EXPECT_EQ(text_of(problems), "");
}

}  // namespace
}  // namespace spikefab::test
