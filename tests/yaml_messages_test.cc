// The exact message of each rule of YAML files, one row a rule; the schema is that of
// tests/support/test_schema.cc.
#include <gtest/gtest.h>

#include <ostream>
#include <string>
#include <vector>

#include "tests/support/test_schema.h"

namespace spikefab::test {
namespace {

struct Bad {
  const char* rule;
  std::string text;
  std::string problem;  // without "t.yaml:"
  const char* type = "Test";
};

void PrintTo(const Bad& bad, std::ostream* out) { *out << bad.rule; }

class YamlBinderRejects : public testing::TestWithParam<Bad> {};

TEST_P(YamlBinderRejects, WithThisMessage) {
  EXPECT_EQ(problems_of(GetParam().text, GetParam().type), "t.yaml:" + GetParam().problem);
}

const std::vector<Bad> bad_keys = {
    {"Misspelt", "colour: red", "1:1: colour: unknown key (did you mean 'color'?)"},
    {"Elsewhere", "depth_ticks: 1",
     "1:1: depth_ticks: unknown key (it belongs below 'inner.deep')"},
    {"UnknownBelow", "inner: {foo: 1}", "1:9: inner.foo: unknown key (known here: need, deep)"},
    {"Unprintable", "inner: {\"a\\e\": 1}",
     "1:9: inner.a\\x1b: unknown key (known here: need, deep)"},
    {"Duplicate", "u32: 1\ni32: 1\nu32: 2\n", "3:1: u32: duplicate key (first in line 1)"},
    {"DuplicateByOldName", "former: 1\ns32: 1\n",
     "2:1: s32: duplicate key (first in line 1 as 'former')"},
    {"DuplicateInMap", "params:\n  a: 1\n  a: 2\n",
     "3:3: params.a: duplicate key (first in line 2)"},
    {"ListAsKey", "? [a]\n: 1\n", "1:3: expected a word as key, got a list"},
    {"NothingAsKey", "inner: {~: 1}", "1:9: inner: expected a word as key, got nothing"},
    {"MergeKey", "inner: {<<: {need: 1}}",
     "1:9: inner.<<: unknown key (merging is not supported; write the keys out)"},
    {"TwoOfOneof", "a: {}\nb: 1\n", "2:1: b: there is 'a' already (only one of the two)"},
    {"MissingByRange", "{other: 1, third: 3}", "1:1: missing key 'count' (must be 1..4)", "Strict"},
    {"MissingByHelp", "{count: 1, third: 3}", "1:1: missing key 'other' (how many others)",
     "Strict"},
    {"MissingByHint", "{count: 1, other: 1}", "1:1: missing key 'third' (add third: 3)", "Strict"},
    {"MissingAsMisspelt", "{coutn: 1, other: 1, thirdd: 3, count: 1}",
     "1:2: coutn: unknown key (did you mean 'count'?)\n"
     "t.yaml:1:22: thirdd: unknown key (did you mean 'third'?)",
     "Strict"},
};

const std::vector<Bad> bad_integers = {
    {"BelowRange", "u32: 0", "1:6: u32 = 0 (must be 1..100 pJ)"},
    {"AboveRange", "u32: 101", "1:6: u32 = 101 (must be 1..100 pJ)"},
    {"Negative", "u32: -1", "1:6: u32 = -1 (must be 1..100 pJ)"},
    {"AboveType", "i32: 2147483648", "1:6: i32 = 2147483648 (must be -2147483648..2147483647)"},
    {"AboveInt64", "i64: 9223372036854775808",
     "1:6: i64 = 9223372036854775808 (must be -9223372036854775808..9223372036854775807)"},
    {"AboveUint64", "u64: 18446744073709551616",
     "1:6: u64 = 18446744073709551616 (must be 0..18446744073709551615)"},
    {"AboveEverything", "u64: " + times("9", 100),
     "1:6: u64 = " + times("9", 60) + "... (must be 0..18446744073709551615)"},
    {"Fraction", "u32: 2.5", "1:6: u32: expected an integer, got '2.5' (must be 1..100 pJ)"},
    {"Exponent", "u32: 1e1", "1:6: u32: expected an integer, got '1e1' (must be 1..100 pJ)"},
    {"Word", "u32: many", "1:6: u32: expected an integer, got 'many' (must be 1..100 pJ)"},
    {"Quoted", "u32: \"12\"",
     "1:6: u32: expected an integer, got the string \"12\" (write 12 without quotes)"},
    {"LeadingZero", "u32: 010",
     "1:6: u32: expected an integer, got '010' (write 10; a leading zero means octal to some)"},
    {"Zeros", "u32: 000",
     "1:6: u32: expected an integer, got '000' (write 0; a leading zero means octal to some)"},
    {"Hexadecimal", "u32: 0x10",
     "1:6: u32: expected an integer, got '0x10' (write it as a decimal number)"},
    {"Octal", "u32: 0o10",
     "1:6: u32: expected an integer, got '0o10' (write it as a decimal number)"},
    {"Plus", "u32: +1", "1:6: u32: expected an integer, got '+1' (write 1 without the sign)"},
    {"Nothing", "u32:", "1:1: u32: expected an integer, got nothing (must be 1..100 pJ)"},
    {"Null", "u32: null", "1:1: u32: expected an integer, got nothing (must be 1..100 pJ)"},
    {"List", "u32: [1]", "1:6: u32: expected an integer, got a list (must be 1..100 pJ)"},
    {"Map", "u32: {a: 1}", "1:6: u32: expected an integer, got a map (must be 1..100 pJ)"},
    {"InList", "sizes: [1, 10]", "1:12: sizes[1] = 10 (must be 1..9)"},
    {"InMap", "params: {a: x}",
     "1:13: params.a: expected an integer, got 'x' (must be -2147483648..2147483647)"},
    {"InListOfMaps", "list:\n  - need: 1\n  - need: x\n",
     "3:11: list[1].need: expected an integer, got 'x' (must be 0..4294967295)"},
};

const std::vector<Bad> bad_values = {
    {"NumberOutOfRange", "real: 10.5", "1:7: real = 10.5 (must be -1..10)"},
    {"NumberInfinite", "small: inf", "1:8: small = inf (must be finite)"},
    {"NumberWord", "real: .inf",
     "1:7: real: expected a number, got '.inf' (such as 1, -0.5 or 2e-3)"},
    {"NumberTooLarge", "real: 1e999",
     "1:7: real: expected a number, got '1e999' (such as 1, -0.5 or 2e-3)"},
    {"BoolYes", "flag: yes", "1:7: flag: expected true or false, got 'yes'"},
    {"BoolQuoted", "flag: 'true'", "1:7: flag: expected true or false, got the string \"true\""},
    {"Enum", "color: blue", "1:8: color = 'blue' (one of: red, green)"},
    {"EnumNumber", "color: 1", "1:8: color = '1' (one of: red, green)"},
    {"EnumList", "color: [red]", "1:8: color: expected a word, got a list (one of: red, green)"},
    {"StringNull", "text: ~", "1:1: text: expected a string, got nothing (\"\" is an empty one)"},
    {"StringTooLong", "text: 123456789", "1:7: text: 9 bytes are too long (at most 8)"},
    {"StringLongByDefault", "words: [" + times("x", 257) + "]",
     "1:9: words[0]: 257 bytes are too long (at most 256)"},
    {"StringNul", "text: \"a\\0b\"",
     "1:7: text: control characters, line breaks and tabs are not allowed"},
    {"MessageNull", "inner:",
     "1:1: inner: expected a map of need, deep, got nothing (leave the key out for defaults)"},
    {"MessageScalar", "inner: 3", "1:8: inner: expected a map of need, deep, got '3'"},
    {"MessageGlued", "inner: need:3",
     "1:8: inner: expected a map of need, deep, got 'need:3' (a blank is needed after ':')"},
    {"MapList", "params: [a]", "1:9: params: expected a map, got a list ({} is an empty one)"},
    {"ListScalar", "sizes: 4", "1:8: sizes: expected a list, got '4' ([] is an empty one)"},
};

const std::vector<Bad> bad_files = {
    {"Empty", "", "1:1: nothing in the file"},
    {"OnlyComment", "# hello\n", "1:1: nothing in the file"},
    {"ListAsRoot", "[1]", "1:1: expected a map of need, deep, got a list", "Inner"},
    {"NullAsRoot", "---\n", "2:1: expected a map of need, deep, got nothing", "Inner"},
    {"TwoDocuments", "u32: 1\n---\nu32: 2\n",
     "2:1: a second YAML document begins here (only one in a file)"},
    {"Tag", "u32: !!int 3",
     "1:6: the tag 'tag:yaml.org,2002:int' is not supported (leave it out; types follow from the "
     "keys)"},
    {"OpenBracket", "sizes: [1", "1:1: not valid YAML: end of sequence flow not found"},
    {"Tab", "inner:\n\tneed: 1\n",
     "2:6: not valid YAML: illegal map value (indent with blanks, not tabs)"},
    {"MissingBlank", "u32:1\ni32: 2\n",
     "2:4: not valid YAML: illegal map value (check the lines before: 'key: value' needs a blank "
     "after ':' and equal indentation)"},
    {"UnknownAlias", "u32: *a", "1:6: not valid YAML: the referenced anchor is not defined"},
    {"AliasOfItself", "sizes: &a [*a]",
     "1:12: an alias of what it is part of (write the value out)"},
    {"NotUtf8", "text: \"\xc3\x28\"", "1:8: not UTF-8 from here on (save the file as UTF-8)"},
    {"Overlong", "u32: 1\ntext: \xc0\xaf\n",
     "2:7: not UTF-8 from here on (save the file as UTF-8)"},
    {"Surrogate", "text: \xed\xa0\x80", "1:7: not UTF-8 from here on (save the file as UTF-8)"},
    {"Nul", std::string("text: a\0b", 9), "1:8: control character \\x00 (is this a text file?)"},
    {"EndOfTransmission", "text: a\x04", "1:8: control character \\x04 (is this a text file?)"},
    {"DeepLists", times("[", 20000) + times("]", 20000), "1:65: nested more than 64 deep"},
    {"DeepMaps", times("{a: ", 20000) + times("}", 20000), "1:257: nested more than 64 deep"},
    {"DeepBlocks", times("- ", 20000), "1:129: nested more than 64 deep"},
    {"DeepKeys", times("? ", 20000), "1:129: nested more than 64 deep"},
    {"ManyMarks", times("[", 5'000'000),
     "1:1: more than 800000 line breaks and marks such as , : [ ] in the file"},
    {"ManyValues", "sizes: [" + times("1,", 200'000) + "]", "1:400003: more than 200000 values"},
};

std::string rule_name(const testing::TestParamInfo<Bad>& info) { return info.param.rule; }

INSTANTIATE_TEST_SUITE_P(Keys, YamlBinderRejects, testing::ValuesIn(bad_keys), rule_name);
INSTANTIATE_TEST_SUITE_P(Integers, YamlBinderRejects, testing::ValuesIn(bad_integers), rule_name);
INSTANTIATE_TEST_SUITE_P(Values, YamlBinderRejects, testing::ValuesIn(bad_values), rule_name);
INSTANTIATE_TEST_SUITE_P(Files, YamlBinderRejects, testing::ValuesIn(bad_files), rule_name);

}  // namespace
}  // namespace spikefab::test
