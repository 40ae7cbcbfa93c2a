// HDF5 files that we write, as our reader sees them.
#include "mapper/hdf5/writer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <numeric>

#include "base/error.h"
#include "mapper/hdf5/hdf5.h"
#include "tests/support/temp_folder.h"

namespace spikefab::test {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

Hdf5Group read_back(Hdf5Output& output) {
  const std::vector<std::byte> bytes = output.bytes();
  const TempFolder folder(memory_folder());
  return read_hdf5(
      folder.write("x.h5", {reinterpret_cast<const char*>(bytes.data()), bytes.size()}));
}

TEST(Hdf5Writer, WritesEveryTypeAsScalarAndArray) {
  Hdf5Output output("x.h5");
  const std::vector<float> floats = {0.5f, -1, 3e38f};
  const std::vector<double> doubles = {0.1, -1e300};
  const std::vector<i64> integers = {-5, i64{1} << 53};
  const std::vector<std::string> texts = {"a", "", "\xCF\x83", "d", "e", "f"};

  output.root().add("floats", {3, 1}, std::span(floats));
  output.root().add("double", {}, std::span(doubles).first(1));
  output.root().add("doubles", {2}, std::span(doubles));
  output.root().add_integer("integer", -7);
  output.root().add("integers", {2}, std::span(integers));
  output.root().add_text("text", "one");
  output.root().add("texts", {3, 2}, std::span<const std::string>(texts));

  const auto read = read_back(output).datasets;
  EXPECT_EQ(read.at("floats").kind, Hdf5Kind::real);
  EXPECT_THAT(read.at("floats").shape, ElementsAre(3, 1));
  EXPECT_THAT(read.at("floats").numbers, ElementsAre(0.5, -1, 3e38f));
  EXPECT_THAT(read.at("double").shape, IsEmpty());
  EXPECT_THAT(read.at("double").numbers, ElementsAre(0.1));
  EXPECT_THAT(read.at("doubles").numbers, ElementsAre(0.1, -1e300));
  EXPECT_EQ(read.at("integer").kind, Hdf5Kind::integer);
  EXPECT_THAT(read.at("integer").numbers, ElementsAre(-7));
  EXPECT_THAT(read.at("integers").numbers, ElementsAre(-5, 9007199254740992.0));
  EXPECT_THAT(read.at("text").texts, ElementsAre("one"));
  EXPECT_THAT(read.at("texts").shape, ElementsAre(3, 2));
  EXPECT_EQ(read.at("texts").texts, texts);
}

TEST(Hdf5Writer, WritesArraysWithoutElements) {
  Hdf5Output output("x.h5", 9);

  output.root().add("numbers", {0, 3}, std::span<const float>());
  output.root().add("texts", {0, 2}, std::span<const std::string>());

  const auto read = read_back(output).datasets;
  EXPECT_THAT(read.at("numbers").numbers, IsEmpty());
  EXPECT_THAT(read.at("texts").texts, IsEmpty());
}

TEST(Hdf5Writer, WritesGroupsInGroups) {
  Hdf5Output output("x.h5");
  Hdf5OutputGroup outer = output.root().add_group("outer");

  outer.add_group("\xCF\x83 and a dot.").add_integer("n", 1);
  outer.add_integer("n", 2);

  const Hdf5Group read = read_back(output).groups.at("outer");
  EXPECT_THAT(read.groups.at("\xCF\x83 and a dot.").datasets.at("n").numbers, ElementsAre(1));
  EXPECT_THAT(read.datasets.at("n").numbers, ElementsAre(2));
}

// A group splits its index when it has more than some dozen members.
TEST(Hdf5Writer, WritesManyMembers) {
  Hdf5Output output("x.h5");
  for (i64 i = 0; i < 2000; ++i) output.root().add_integer("n" + std::to_string(i), i);

  const auto read = read_back(output).datasets;

  ASSERT_EQ(read.size(), 2000u);
  for (i64 i = 0; i < 2000; ++i) {
    EXPECT_THAT(read.at("n" + std::to_string(i)).numbers, ElementsAre(i));
  }
}

TEST(Hdf5Writer, CompressesArraysInSeveralChunks) {
  std::vector<float> values(3 * 200'000);
  std::iota(values.begin(), values.end(), 0.0f);
  Hdf5Output plain("x.h5");
  Hdf5Output compressed("x.h5", 6);  // of the same name at the same time

  plain.root().add("a", {3, 200'000}, std::span(values));
  compressed.root().add("a", {3, 200'000}, std::span(values));

  const std::vector<double> want(values.begin(), values.end());
  EXPECT_EQ(read_back(plain).datasets.at("a").numbers, want);
  EXPECT_EQ(read_back(compressed).datasets.at("a").numbers, want);
  EXPECT_LT(compressed.bytes().size(), plain.bytes().size() / 2);
}

TEST(Hdf5Writer, FailuresAreToldAndNotPrinted) {
  Hdf5Output output("folder/x.h5");
  output.root().add_integer("twice", 1);
  testing::internal::CaptureStderr();

  EXPECT_THAT([&] { output.root().add_integer("twice", 2); },
              testing::ThrowsMessage<ResourceError>(
                  AllOf(HasSubstr("cannot make folder/x.h5: "), HasSubstr("already exists"))));

  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
}

}  // namespace
}  // namespace spikefab::test
