// Our HDF5 reader: files that h5py wrote (scripts/make_hdf5_fixtures.py) read to their values, and
// every model file in the data folder to what h5py said of it.
#include "mapper/hdf5/hdf5.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "tests/support/data_folder.h"
#include "tests/support/hdf5_files.h"
#include "tests/support/temp_folder.h"

namespace spikefab::test {
namespace {

using nlohmann::json;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

std::vector<double> counting(u64 count) {
  std::vector<double> numbers(count);
  for (u64 i = 0; i < count; ++i) numbers[i] = static_cast<double>(i);
  return numbers;
}

TEST(Hdf5Numbers, OfAllWidthsAndByteOrdersAreRead) {
  const auto datasets = read_hdf5(hdf5_fixture("numbers.h5")).datasets;

  for (const std::string order : {"little", "big"}) {
    for (const std::string bits : {"8", "16", "32", "64"}) {
      EXPECT_THAT(datasets.at(order + "_i" + bits).numbers, ElementsAre(-2, 1)) << order << bits;
      EXPECT_THAT(datasets.at(order + "_u" + bits).numbers, ElementsAre(3, 100)) << order << bits;
      EXPECT_EQ(datasets.at(order + "_i" + bits).kind, Hdf5Kind::integer);
    }
    const double tiny = static_cast<double>(1e-40f);
    for (const auto& [bits, smallest] :
         std::map<std::string, double>{{"16", 0x1p-24}, {"32", tiny}, {"64", 1e-40}}) {
      const Hdf5Dataset& reals = datasets.at(order + "_f" + bits);
      EXPECT_THAT(reals.numbers, ElementsAre(0.5, -1.25, HUGE_VAL, 0x1p-14, smallest)) << bits;
      EXPECT_EQ(reals.kind, Hdf5Kind::real);
    }
  }
  EXPECT_THAT(datasets.at("exact").numbers, ElementsAre(0x1p53, -0x1p53));
}

TEST(Hdf5Numbers, HaveTheirShapeAndKind) {
  const auto datasets = read_hdf5(hdf5_fixture("numbers.h5")).datasets;

  EXPECT_EQ(datasets.at("bool").kind, Hdf5Kind::boolean);
  EXPECT_THAT(datasets.at("bool").shape, ElementsAre(2, 2));
  EXPECT_THAT(datasets.at("bool").numbers, ElementsAre(1, 0, 0, 1));
  EXPECT_EQ(datasets.at("scalar_bool").kind, Hdf5Kind::boolean);
  EXPECT_THAT(datasets.at("scalar").shape, IsEmpty());
  EXPECT_THAT(datasets.at("scalar").numbers, ElementsAre(7));
  EXPECT_THAT(datasets.at("empty").shape, ElementsAre(0));
  EXPECT_THAT(datasets.at("empty").numbers, IsEmpty());
  EXPECT_THAT(datasets.at("empty_2d").shape, ElementsAre(3, 0));
  EXPECT_EQ(datasets.at("null").kind, Hdf5Kind::none);
  EXPECT_THAT(datasets.at("null").shape, IsEmpty());
}

TEST(Hdf5Texts, OfFixedAndVariableLengthAreRead) {
  const auto datasets = read_hdf5(hdf5_fixture("texts.h5")).datasets;

  EXPECT_THAT(datasets.at("utf8").texts, ElementsAre("tau \xc2\xb5"));
  EXPECT_THAT(datasets.at("utf8").shape, IsEmpty());
  EXPECT_THAT(datasets.at("ascii").texts, ElementsAre("a", "", "longer than eight"));
  EXPECT_THAT(datasets.at("pairs").shape, ElementsAre(2, 2));
  EXPECT_THAT(datasets.at("pairs").texts, ElementsAre("input", "lif", "lif", "output"));
  EXPECT_THAT(datasets.at("padded_by_zero").texts, ElementsAre("dense", "ten bytes!"));
  EXPECT_THAT(datasets.at("padded_by_space").texts, ElementsAre("conv", "a b"));
  EXPECT_THAT(datasets.at("ends_with_zero").texts, ElementsAre("abc", "abcdefghi"));
  EXPECT_THAT(datasets.at("empty").texts, IsEmpty());
}

TEST(Hdf5Storage, OfEveryKindGivesTheSameValues) {
  const auto datasets = read_hdf5(hdf5_fixture("storage.h5")).datasets;

  for (const char* name : {"compact", "contiguous", "chunked", "one_chunk", "gzip", "shuffled"}) {
    EXPECT_THAT(datasets.at(name).shape, ElementsAre(5, 7)) << name;
    EXPECT_EQ(datasets.at(name).numbers, counting(35)) << name;
  }
  for (const char* name : {"checked", "all"}) {
    EXPECT_THAT(datasets.at(name).shape, ElementsAre(3, 4, 5)) << name;
    EXPECT_EQ(datasets.at(name).numbers, counting(60)) << name;
  }
  EXPECT_EQ(datasets.at("odd").numbers, counting(5));
  EXPECT_EQ(datasets.at("many").numbers, counting(300)) << "a tree of two levels";
  EXPECT_THAT(datasets.at("texts").texts, ElementsAre("a", "bc", "def"));
}

TEST(Hdf5Storage, OfWhatIsNotStoredIsTheFillValue) {
  const auto datasets = read_hdf5(hdf5_fixture("storage.h5")).datasets;

  EXPECT_THAT(datasets.at("sparse").numbers, ElementsAre(-5, -5, 1, 2, -5, -5));
  EXPECT_THAT(datasets.at("unwritten").numbers, ElementsAre(2.5, 2.5, 2.5, 2.5));
  EXPECT_THAT(datasets.at("zeros").numbers, ElementsAre(0, 0, 0, 0));
}

TEST(Hdf5Groups, AreRead) {
  const Hdf5Group root = read_hdf5(hdf5_fixture("groups.h5"));

  EXPECT_THAT(root.groups.at("many").datasets, SizeIs(40));
  EXPECT_THAT(root.groups.at("many").datasets.at("39").numbers, ElementsAre(39));
  EXPECT_THAT(root.groups.at("empty").datasets, IsEmpty());
  EXPECT_THAT(root.datasets.at("name with \xc3\xbcmlaut.x").numbers, ElementsAre(2));
  const Hdf5Dataset& leaf = root.groups.at("a").groups.at("b").groups.at("c").datasets.at("leaf");
  EXPECT_THAT(leaf.numbers, ElementsAre(1));
  EXPECT_THAT(root.datasets.at("shared").numbers, ElementsAre(1)) << "a second link to it";
  EXPECT_THAT(root.groups.at("a").datasets.at("later").numbers, ElementsAre(3));
}

TEST(Hdf5Groups, KnowTheirPlaceForMessages) {
  const std::string path = hdf5_fixture("groups.h5");

  const Hdf5Group root = read_hdf5(path);

  EXPECT_EQ(root.place, path + ": /");
  EXPECT_EQ(root.groups.at("a").groups.at("b").place, path + ": /a/b");
  EXPECT_EQ(root.groups.at("a").datasets.at("later").place, path + ": /a/later");
  EXPECT_EQ(root.datasets.at("name with \xc3\xbcmlaut.x").place,
            path + ": /name with \\xc3\\xbcmlaut.x");
}

TEST(Hdf5Groups, SayWhatWasSkipped) {
  const std::string path = hdf5_fixture("groups.h5");

  EXPECT_THAT(read_hdf5(path).notes,
              ElementsAre("skipped: 12 attributes, the first of " + path + ": /a"));
  EXPECT_THAT(read_hdf5(hdf5_fixture("storage.h5")).notes, IsEmpty());
}

void expect_small_file(const std::string& path) {
  const Hdf5Group root = read_hdf5(path);

  EXPECT_THAT(root.groups.at("group").datasets.at("number").numbers, ElementsAre(1.5, 2.5));
  EXPECT_THAT(root.groups.at("group").datasets.at("text").texts, ElementsAre("lif"));
  EXPECT_THAT(root.datasets.at("last").numbers, ElementsAre(4));
}

TEST(Hdf5Formats, OfOtherVersionsAndWidthsAreRead) {
  expect_small_file(hdf5_fixture("new_format.h5"));
  expect_small_file(hdf5_fixture("narrow.h5"));
  expect_small_file(hdf5_fixture("after_user_block.h5"));
}

// Links of HDF5 1.8 in a heap that is a table of blocks, by a tree of two levels.
TEST(Hdf5Formats, OfManyLinksAreRead) {
  const Hdf5Group root = read_hdf5(hdf5_fixture("many_links.h5"));

  const Hdf5Group& many = root.groups.at("many");
  ASSERT_THAT(many.datasets, SizeIs(300));
  for (u64 i = 0; i < 300; ++i) {
    EXPECT_THAT(many.datasets.at(std::to_string(i)).numbers, ElementsAre(1.5)) << i;
  }
}

// Version 1 has four bytes more before the addresses; the end of the root's entry is not used.
TEST(Hdf5Formats, OfSuperblockVersion1AreRead) {
  const TempFolder folder;
  const std::string old = read_whole_file(hdf5_fixture("texts.h5"));
  std::string changed = old.substr(0, 24) + std::string(4, '\0') + old.substr(24, 68);
  changed += old.substr(96);
  changed[8] = 1;

  const Hdf5Group root = read_hdf5(folder.write("changed.h5", changed));

  EXPECT_THAT(root.datasets.at("ascii").texts, ElementsAre("a", "", "longer than eight"));
}

// What the manifest in the data folder, made with h5py, says of each node: its datasets' shapes, or
// their values.
void expect_parameter(const Hdf5Dataset& dataset, const json& want) {
  SCOPED_TRACE(dataset.place);
  if (want.is_number()) {
    EXPECT_THAT(dataset.shape, IsEmpty());
    EXPECT_THAT(dataset.numbers, ElementsAre(want.get<double>()));
  } else if (want.is_array()) {
    EXPECT_EQ(dataset.numbers, want.get<std::vector<double>>());
  } else if (dataset.kind == Hdf5Kind::text) {
    EXPECT_THAT(dataset.texts, ElementsAre(want.get<std::string>()));
  } else {
    const std::string type_and_shape = want.get<std::string>();
    const json shape = json::parse(type_and_shape.substr(type_and_shape.find('[')));
    EXPECT_EQ(dataset.shape, shape.get<std::vector<u64>>());
    EXPECT_EQ(type_and_shape.starts_with("float"), dataset.kind == Hdf5Kind::real);
    EXPECT_EQ(type_and_shape.starts_with("bool"), dataset.kind == Hdf5Kind::boolean);
  }
}

// "rnn/lif" is node lif within node rnn.
const Hdf5Group& node_of(const Hdf5Group& graph, const std::string& name) {
  const std::size_t slash = name.find('/');
  const Hdf5Group& node = graph.groups.at("nodes").groups.at(name.substr(0, slash));
  return slash == std::string::npos ? node : node_of(node, name.substr(slash + 1));
}

std::vector<std::string> flattened(const json& edges) {
  std::vector<std::string> names;
  for (const json& edge : edges) names.insert(names.end(), {edge[0], edge[1]});
  return names;
}

void expect_network(const Hdf5Group& root, const json& want) {
  const Hdf5Group& graph = want["root"] == "/" ? root : root.groups.at("node");
  for (const json& node : want["nodes"]) {
    const Hdf5Group& have = node_of(graph, node["name"]);
    EXPECT_THAT(have.datasets.at("type").texts, ElementsAre(node["type"].get<std::string>()));
    for (const auto& [name, value] : node["params"].items()) {
      expect_parameter(have.datasets.at(name), value);
    }
  }
  const Hdf5Dataset& edges = graph.datasets.at("edges");
  EXPECT_EQ(edges.shape.at(0), want["edges"].size());
  if (edges.kind == Hdf5Kind::text) {
    EXPECT_EQ(edges.texts, flattened(want["edges"]));
  }
}

TEST(Hdf5Data, OfEveryModelFileIsWhatH5pyReads) {
  const std::vector<std::string> files = find_model_files();
  if (files.empty()) return skip_without_data("no model files below " + data_folder() + "/nir");
  std::map<std::string, json> manifest;
  for (const json& entry : json::parse(read_whole_file(data_folder() + "/nir/manifest.json"))) {
    manifest[entry["file"].get<std::string>()] = entry;
  }
  u64 compared = 0;
  for (const std::string& path : files) {
    SCOPED_TRACE(path);
    const std::string name = path.substr((data_folder() + "/nir/").size());
    if (!read_whole_file(path).starts_with("\x89HDF")) {
      EXPECT_THROW(read_hdf5(path), InputError);
      continue;
    }
    const Hdf5Group root = read_hdf5(path);
    if (manifest.count(name) == 0 || !manifest[name].contains("nodes")) continue;
    expect_network(root, manifest[name]);
    ++compared;
  }
  EXPECT_GE(compared, 100u) << "the manifest tells of 118";
}

}  // namespace
}  // namespace spikefab::test
