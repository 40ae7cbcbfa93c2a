// idx files of images and labels, gzip or not: what they hold, and one clear message for each way
// to be wrong. Files come from strangers: no damage crashes or gives other images.
#include "mapper/images.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "base/error.h"
#include "cli/share.h"
#include "tests/support/data_folder.h"
#include "tests/support/gzip_text.h"
#include "tests/support/temp_folder.h"

namespace spikefab::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::string big_endian(u32 value) {
  std::string text;
  for (int shift = 24; shift >= 0; shift -= 8) text += static_cast<char>(value >> shift & 255);
  return text;
}

std::string idx(u32 magic, const std::vector<u32>& sides, const std::string& values) {
  std::string text = big_endian(magic);
  for (const u32 side : sides) text += big_endian(side);
  return text + values;
}

// Two images of 2 x 3 pixels, and their labels.
const std::string good_images = idx(0x803, {2, 2, 3}, "abcdefghijkl");
const std::string good_labels = idx(0x801, {2}, "\x07\x03");

class ImagesTest : public testing::Test {
 protected:
  Images load(const std::string& images, const std::string& labels = good_labels) const {
    return load_images(folder_.write("i", images), folder_.write("l", labels));
  }

  // The message without the folder; "" if all is well.
  std::string problem(const std::string& images, const std::string& labels = good_labels) const {
    try {
      load(images, labels);
    } catch (const InputError& error) {
      std::string text = error.what();
      const std::string prefix = folder_.path() + "/";
      for (u64 at; (at = text.find(prefix)) != text.npos;) text.erase(at, prefix.size());
      return text;
    }
    return "";
  }

  const TempFolder folder_{memory_folder()};
};

bool are_good(const Images& images) {
  return images.count == 2 && images.rows == 2 && images.columns == 3 &&
         std::string(images.pixels.begin(), images.pixels.end()) == "abcdefghijkl" &&
         images.labels == std::vector<u8>{7, 3};
}

TEST_F(ImagesTest, AreReadCompressedOrNot) {
  EXPECT_TRUE(are_good(load(good_images)));
  EXPECT_TRUE(are_good(load(gzip(good_images), gzip(good_labels))));
  EXPECT_TRUE(are_good(load(good_images, gzip(good_labels))));
}

TEST_F(ImagesTest, AreReadFromSeveralGzipMembers) {
  EXPECT_TRUE(are_good(load(gzip(good_images.substr(0, 9)) + gzip(good_images.substr(9)))));
  EXPECT_TRUE(are_good(load(gzip(good_images) + gzip(""))));
}

TEST_F(ImagesTest, LargerThanEveryBufferAreReadWhole) {
  std::string pixels(5'000'000, '\0');
  for (u64 i = 0; i < pixels.size(); ++i) pixels[i] = static_cast<char>(i * i >> 7);
  const std::string text = idx(0x803, {2, 2500, 1000}, pixels);

  for (const std::string& file : {text, gzip(text)}) {
    const Images images = load(file);
    EXPECT_TRUE(std::equal(pixels.begin(), pixels.end(), images.pixels.begin(), images.pixels.end(),
                           [](char a, u8 b) { return static_cast<u8>(a) == b; }));
  }
}

TEST_F(ImagesTest, EachImageIsAViewAndTheFirstCanBeKept) {
  Images images = load(good_images);
  EXPECT_THAT(images.image(1), ElementsAre('g', 'h', 'i', 'j', 'k', 'l'));

  images.keep_first(3);
  EXPECT_EQ(images.count, 2u);
  images.keep_first(1);

  EXPECT_EQ(images.count, 1u);
  EXPECT_EQ(images.pixels.size(), 6u);
  EXPECT_THAT(images.labels, ElementsAre(7));
}

TEST_F(ImagesTest, AreCountedByTheHeader) {
  EXPECT_EQ(image_count(folder_.write("i", gzip(good_images))), 2u);
}

TEST_F(ImagesTest, MagicNumbersAreNamed) {
  EXPECT_EQ(problem(good_labels),
            "i: magic number 0x00000801 at byte 0 (must be 0x00000803: bytes, images; this file "
            "holds labels)");
  EXPECT_EQ(problem(good_images, good_images),
            "l: magic number 0x00000803 at byte 0 (must be 0x00000801: bytes, labels; this file "
            "holds images)");
  EXPECT_EQ(problem(idx(0xd03, {1, 1, 1}, "aaaa")),
            "i: magic number 0x00000d03 at byte 0 (must be 0x00000803: bytes, images)");
}

TEST_F(ImagesTest, HeadersMustBeWholeAndWithoutZeros) {
  EXPECT_EQ(problem(""), "i: has 0 bytes, fewer than the header of an idx file of images (16)");
  EXPECT_EQ(problem(good_images.substr(0, 15)),
            "i: has 15 bytes, fewer than the header of an idx file of images (16)");
  EXPECT_EQ(problem(good_images, good_labels.substr(0, 7)),
            "l: has 7 bytes, fewer than the header of an idx file of labels (8)");
  EXPECT_EQ(problem(idx(0x803, {0, 2, 3}, "")), "i: count = 0 at byte 4 (must be 1 or more)");
  EXPECT_EQ(problem(idx(0x803, {2, 0, 3}, "")), "i: rows = 0 at byte 8 (must be 1 or more)");
  EXPECT_EQ(problem(idx(0x803, {2, 2, 0}, "")), "i: columns = 0 at byte 12 (must be 1 or more)");
}

TEST_F(ImagesTest, SizesAreBoundedBeforeAnythingIsRead) {
  const std::string limit = " makes it too large (at most 268435456 bytes after the header)";
  EXPECT_EQ(problem(idx(0x803, {16384, 128, 129}, "")), "i: columns = 129 at byte 12" + limit);
  EXPECT_EQ(problem(idx(0x803, {~0u, ~0u, ~0u}, "")), "i: count = 4294967295 at byte 4" + limit);
  EXPECT_EQ(problem(idx(0x803, {16384, 128, 128}, ""), idx(0x801, {16384}, "")),
            "i: ends after 0 of the 268435456 bytes (16384 images of 128 x 128) that its header "
            "announces");
}

TEST_F(ImagesTest, DataMustBeAsLongAsTheHeaderSays) {
  EXPECT_EQ(problem(good_images.substr(0, 27)),
            "i: ends after 11 of the 12 bytes (2 images of 2 x 3) that its header announces");
  EXPECT_EQ(problem(good_images + "m"),
            "i: goes on after the 12 bytes (2 images of 2 x 3) that its header announces");
  EXPECT_EQ(problem(good_images, good_labels + "m"),
            "l: goes on after the 2 bytes (2 labels) that its header announces");
}

TEST_F(ImagesTest, DecompressionStopsAfterWhatTheHeaderSays) {
  const std::string bomb = gzip(good_images + std::string(100'000'000, '\0'));
  ASSERT_LT(bomb.size(), 200'000u);
  // The end is cut off: reading on would find that.
  EXPECT_EQ(problem(bomb.substr(0, bomb.size() / 2)),
            "i: goes on after the 12 bytes (2 images of 2 x 3) that its header announces");
}

TEST_F(ImagesTest, BothFilesMustHoldTheSameNumber) {
  EXPECT_EQ(problem(good_images, idx(0x801, {3}, "abc")),
            "l: 3 labels, but 2 images in i (the two files must belong together)");
}

TEST_F(ImagesTest, DamagedGzipIsNamedWithItsPlace) {
  const std::string good = gzip(good_images);
  std::string wrong_sum = good;
  wrong_sum[good.size() - 8] ^= 1;

  EXPECT_EQ(problem(good.substr(0, good.size() - 1)),
            "i: ends within its gzip data, at byte " + std::to_string(good.size() - 1));
  EXPECT_EQ(problem(wrong_sum), "i: damaged gzip data before byte " +
                                    std::to_string(good.size() - 4) + ": incorrect data check");
  EXPECT_EQ(problem(good + "xy"), "i: damaged gzip data before byte " +
                                      std::to_string(good.size() + 2) + ": incorrect header check");
}

TEST_F(ImagesTest, FilesThatCannotBeOpenedAreNamed) {
  const std::string labels = folder_.write("l", good_labels);
  const std::string missing = folder_.file("no");
  try {
    load_images(missing, labels);
    FAIL();
  } catch (const InputError& error) {
    EXPECT_THAT(error.what(), HasSubstr(missing + ": cannot be opened: No such file"));
  }
  EXPECT_THROW(load_images(folder_.path(), labels), InputError);
}

TEST_F(ImagesTest, NoTruncationOfGzipIsAccepted) {
  const std::string good = gzip(good_images);
  for (u64 size = 0; size < good.size(); ++size) {
    EXPECT_NE(problem(good.substr(0, size)), "") << size << " bytes";
  }
}

TEST_F(ImagesTest, NoDamageCrashesOrGivesOtherImages) {
  const std::string good = gzip(good_images);
  std::set<u64> harmless;  // bytes
  for (u64 at = 0; at < good.size(); ++at) {
    for (int change = 1; change < 256; ++change) {
      std::string damaged = good;
      damaged[at] = static_cast<char>(damaged[at] ^ change);
      try {
        EXPECT_TRUE(are_good(load(damaged))) << "byte " << at << " ^ " << change;
        harmless.insert(at);
      } catch (const InputError&) {
      }
    }
  }
  // The flag for text; time, level and system; bits between the data and its checksum.
  EXPECT_EQ(harmless, (std::set<u64>{3, 4, 5, 6, 7, 8, 9, good.size() - 9}));
}

TEST_F(ImagesTest, NoTruncationOfPlainFilesIsAccepted) {
  for (u64 size = 0; size < good_images.size(); ++size) {
    EXPECT_NE(problem(good_images.substr(0, size)), "") << size << " bytes";
  }
  for (u64 size = 0; size < good_labels.size(); ++size) {
    EXPECT_NE(problem(good_images, good_labels.substr(0, size)), "") << size << " bytes";
  }
}

Images built_in_images() {
  const std::string folder = cli::share_folder() + "/configs/benchmarks/mnist/images/";
  return load_images(folder + "t10k-first1000-images-idx3-ubyte.gz",
                     folder + "t10k-first1000-labels-idx1-ubyte.gz");
}

TEST(BuiltInMnist, HoldsAThousandImagesOfAllDigits) {
  const Images images = built_in_images();

  EXPECT_EQ(images.count, 1000u);
  EXPECT_EQ(images.rows, 28u);
  EXPECT_EQ(images.columns, 28u);
  for (u8 digit = 0; digit < 10; ++digit) {
    EXPECT_GT(std::count(images.labels.begin(), images.labels.end(), digit), 80) << int{digit};
  }
}

TEST(BuiltInMnist, IsTheStartOfTheOfficialTestSet) {
  const std::string folder = data_folder() + "/mnist/";
  const std::string official = folder + "t10k-images-idx3-ubyte.gz";
  if (!std::filesystem::exists(official)) return skip_without_data("no " + official);
  Images all = load_images(official, folder + "t10k-labels-idx1-ubyte.gz");
  EXPECT_EQ(all.count, 10'000u);

  all.keep_first(1000);

  const Images images = built_in_images();
  EXPECT_TRUE(images.pixels == all.pixels);
  EXPECT_EQ(images.labels, all.labels);
}

}  // namespace
}  // namespace spikefab::test
