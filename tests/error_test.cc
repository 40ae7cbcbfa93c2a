// Problems are collected, and each has a place.
#include "base/error.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace spikefab::test {
namespace {

std::string message_of(u64 count) {
  Problems problems;
  for (u64 i = 1; i <= count; ++i) problems.add({"f:" + std::to_string(i), "bad", ""});
  try {
    problems.throw_if_any();
  } catch (const InputError& error) {
    return error.what();
  }
  return "";
}

u64 lines_of(const std::string& text) {
  return static_cast<u64>(std::count(text.begin(), text.end(), '\n')) + 1;
}

TEST(Problems, NoneIsNoError) { EXPECT_EQ(message_of(0), ""); }

TEST(Problems, AreOneLineEach) { EXPECT_EQ(message_of(2), "f:1: bad\nf:2: bad"); }

TEST(Problems, TwentyAreShownInFull) { EXPECT_EQ(lines_of(message_of(20)), 20u); }

TEST(Problems, BeyondTwentyAreCountedFromTheirFirstPlace) {
  const std::string message = message_of(23);
  EXPECT_EQ(lines_of(message), 21u);
  EXPECT_TRUE(message.ends_with("\nf:20: bad\nf:21: and 3 more problems from here on")) << message;
}

TEST(Problem, HintComesInBrackets) {
  EXPECT_EQ((Problem{"a.yaml:1:2", "x = 3", "must be 0..2"}).text(),
            "a.yaml:1:2: x = 3 (must be 0..2)");
  EXPECT_EQ((Problem{"", "x = 3", ""}).text(), "x = 3");
}

}  // namespace
}  // namespace spikefab::test
