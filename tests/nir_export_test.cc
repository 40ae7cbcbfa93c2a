// NIR files that we write: read again they are the same network, bit for bit, whatever it holds,
// and so is every network in the data folder.
#include "mapper/nir/export.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <random>
#include <system_error>

#include "base/error.h"
#include "mapper/hdf5/hdf5.h"
#include "mapper/nir/nir.h"
#include "tests/support/data_folder.h"
#include "tests/support/hand_made_network.h"
#include "tests/support/hdf5_files.h"
#include "tests/support/network_text.h"
#include "tests/support/small_network.h"
#include "tests/support/temp_folder.h"

namespace spikefab::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

Parameter random_values(std::mt19937_64& random, u64 count, double low, double high) {
  Parameter parameter;
  std::uniform_real_distribution<double> values(low, high);
  for (u64 i = 0; i < count; ++i) parameter.values.push_back(values(random));
  return parameter;
}

std::vector<float> random_weights(std::mt19937_64& random, u64 count) {
  const Parameter values = random_values(random, count, -1, 1);
  return {values.values.begin(), values.values.end()};
}

// Values that only float64 holds; floats would do for `neat` ones.
Neurons random_neurons(std::mt19937_64& random, NeuronType type, u64 count) {
  Neurons n = neurons_of(type);
  for (Parameter* parameter : {&n.tau, &n.tau_syn, &n.r, &n.w_in, &n.v_threshold}) {
    if (parameter->given()) *parameter = random_values(random, count, 0.01, 0.02);
  }
  if (n.v_leak.given()) n.v_leak = random_values(random, count, -0.01, 0.01);
  const bool resets = spikes(type) && type != NeuronType::threshold;
  if (resets) n.v_reset = random_values(random, count, -0.01, 0);
  return n;
}

// Two Inputs, every type of node, convolutions with all that they can have, a recurrent edge.
Network network_of_all_nodes() {
  std::mt19937_64 random(1);
  const auto weights = [&](u64 count) { return random_weights(random, count); };
  const auto neurons = [&](const std::string& name, NeuronType type, const Shape& shape) {
    return node(name, random_neurons(random, type, size_of(shape)), shape, shape);
  };
  const Window strided = {{3, 3}, {2, 1}, {1, 0}, {1, 2}};
  const Window halved = {{2, 2}, {2, 2}, {0, 0}, {1, 1}};
  Network n = chain({
      node("image", Input{}, {2, 12, 12}, {2, 12, 12}),
      node("a1 conv2d", Convolution{strided, 2, weights(36)}, {2, 12, 12}, {4, 6, 8}),
      neurons("a2 if", NeuronType::integrate_and_fire, {4, 6, 8}),
      node("a3 sum", Pooling{halved, false}, {4, 6, 8}, {4, 3, 4}),
      node("a4 average", Pooling{{{3, 2}, {1, 2}, {1, 0}, {1, 1}}, true}, {4, 3, 4}, {4, 3, 2}),
      node("a5 flatten", Reshape{}, {4, 3, 2}, {24}),
      node("a6 affine", dense(6, 24, weights(144)), {24}, {6}),
      neurons("a7 lif", NeuronType::leaky_fire, {6}),
      node("a8 linear", dense(5, 6, weights(30)), {6}, {5}),
      neurons("a9 cubalif", NeuronType::cuba_fire, {5}),
      node("b1 scale", Scale{weights(5)}, {5}, {5}),
      neurons("b2 cubali", NeuronType::cuba_leaky, {5}),
      node("b3 delay", Delay{random_values(random, 5, 0, 0.003)}, {5}, {5}),
      neurons("b4 li", NeuronType::leaky, {5}),
      neurons("b5 threshold", NeuronType::threshold, {5}),
      neurons("b6 i", NeuronType::integrator, {5}),
      node("out", Output{}, {5}, {5}),
  });
  n.nodes[1].bias = weights(4);
  n.nodes[6].bias = weights(6);
  const Window same = {{1, 4}, {1, 1}, {0, 1}, {1, 1}};  // the fourth tap needs 'same'
  const auto first = static_cast<u32>(n.nodes.size());
  n.nodes.push_back(node("sound", Input{}, {3, 8}, {3, 8}));
  n.nodes.push_back(node("c1 conv1d", Convolution{same, 1, weights(24)}, {3, 8}, {2, 8}));
  n.nodes.back().bias = weights(2);
  n.nodes.push_back(neurons("c2 if", NeuronType::integrate_and_fire, {2, 8}));
  std::get<Neurons>(n.nodes.back().kind).v_reset = {};  // as older files
  n.nodes.push_back(node("c3 blocks", Dense{2, 3, 8, weights(48)}, {2, 8}, {2, 3}));
  n.nodes.back().bias = weights(6);
  n.nodes.push_back(node("c4 flatten", Reshape{}, {2, 3}, {6}));
  n.nodes.push_back(node("w_rec", dense(6, 6, weights(36)), {6}, {6}));
  for (u32 i = first; i + 2 < n.nodes.size(); ++i) n.edges.push_back({i, i + 1});
  n.edges.push_back({first + 4, 7});  // into a7 lif
  n.edges.push_back({7, first + 5});
  n.edges.push_back({first + 5, 7});
  return n;
}

struct RoundTrip {
  NirForm form;
  NirNetwork nir;
  std::string bytes;
};

RoundTrip round_trip(const Network& network, const NirExportOptions& options = {}) {
  const TempFolder folder(memory_folder());
  const NirForm form = to_nir_form(network);
  save_nir(form, folder.file("x.nir"), options);
  return {form, load_nir(folder.file("x.nir")), read_whole_file(folder.file("x.nir"))};
}

TEST(NirExport, EveryTypeOfNodeComesBackBitForBit) {
  const Network network = network_of_all_nodes();

  const RoundTrip trip = round_trip(network);

  EXPECT_EQ(network_text(trip.nir.network), network_text(trip.form.network));
  EXPECT_THAT(trip.nir.notes, IsEmpty());
  EXPECT_EQ(trip.nir.version, "1.0.7");
  EXPECT_EQ(network_text(trip.form.network), network_text(network)) << "nothing had to be changed";
  EXPECT_THAT(trip.form.notes,
              ElementsAre("NIR's own reader takes convolutions with groups only with "
                          "type_check=False: 'a1 conv2d'"));
}

// The last version that subtracted says what a missing v_reset means.
TEST(NirExport, AResetBySubtractionIsInTheVersion) {
  Network network = network_of_all_nodes();  // c2 has no v_reset
  network.subtracts_without_v_reset = true;
  Network all_given = network;
  for (const u32 i : all_given.populations()) {
    auto& n = std::get<Neurons>(all_given.nodes[i].kind);
    if (spikes(n.type) && has_membrane(n.type) && !n.v_reset.given()) n.v_reset = {{0}};
  }

  const RoundTrip trip = round_trip(network);

  EXPECT_EQ(trip.nir.version, "1.0.5");
  EXPECT_TRUE(trip.nir.network.subtracts_without_v_reset);
  EXPECT_EQ(round_trip(all_given).nir.version, "1.0.7");
}

TEST(NirExport, EveryTypeOfNodeComputesTheSameBits) {
  const Network network = network_of_all_nodes();
  const Semantics semantics = parse_semantics("norse,dt=1e-3");

  const RoundTrip trip = round_trip(network);

  const std::string before = simulation_text(network, semantics, 30, 7);
  EXPECT_THAT(before, HasSubstr("0x1p+0")) << "some neurons spike";
  EXPECT_EQ(simulation_text(trip.nir.network, semantics, 30, 7), before);
}

TEST(NirExport, RandomNetworksComeBack) {
  for (u64 seed = 1; seed <= 50; ++seed) {
    SCOPED_TRACE(seed);
    const Network network = random_network_of_sixteenths(seed);
    const Semantics semantics = parse_semantics("norse,dt=1e-3");

    const RoundTrip trip = round_trip(network);

    EXPECT_EQ(network_text(trip.nir.network), network_text(trip.form.network));
    EXPECT_EQ(simulation_text(trip.nir.network, semantics, 20, seed),
              simulation_text(network, semantics, 20, seed));
  }
}

TEST(NirExport, EqualNetworksMakeEqualFiles) {
  const RoundTrip first = round_trip(network_of_all_nodes());
  const RoundTrip second = round_trip(network_of_all_nodes());
  const RoundTrip again = round_trip(first.nir.network);

  EXPECT_EQ(first.bytes, second.bytes);
  EXPECT_EQ(network_text(again.nir.network), network_text(first.nir.network));
}

TEST(NirExport, CompressedFilesHoldTheSame) {
  const Network network =
      chain({input_of(2000), node("w", dense(200, 2000, {}), {2000}, {200}),
             population("n", neurons_of(NeuronType::leaky_fire), 200), output_of(200)});
  Network zeros = network;
  std::get<Dense>(zeros.nodes[1].kind).weight.resize(400'000);

  const RoundTrip plain = round_trip(zeros);
  const RoundTrip compressed = round_trip(zeros, {.written_by = "", .deflate_level = 4});

  EXPECT_EQ(network_text(compressed.nir.network), network_text(plain.nir.network));
  EXPECT_GT(plain.bytes.size(), 1'600'000u);
  EXPECT_LT(compressed.bytes.size(), 40'000u);
}

TEST(NirExport, TheLayoutIsThatOfNir) {
  const TempFolder folder(memory_folder());
  const std::string path = folder.file("x.nir");

  save_nir(to_nir_form(network_of_all_nodes()), path, {.written_by = "a test", .deflate_level = 0});

  const Hdf5Group root = read_hdf5(path);
  const Hdf5Group& graph = root.groups.at("node");
  EXPECT_THAT(root.datasets.at("version").texts, ElementsAre("1.0.7"));
  EXPECT_THAT(graph.datasets.at("type").texts, ElementsAre("NIRGraph"));
  EXPECT_THAT(graph.datasets.at("edges").shape, ElementsAre(23, 2));
  EXPECT_THAT(graph.groups.at("metadata").datasets.at("written_by").texts, ElementsAre("a test"));
  EXPECT_THAT(root.notes, IsEmpty()) << "no attributes";
  const Hdf5Group& conv1d = graph.groups.at("nodes").groups.at("c1 conv1d");
  EXPECT_THAT(conv1d.datasets.at("type").texts, ElementsAre("Conv1d"));
  EXPECT_THAT(conv1d.datasets.at("input_shape").shape, IsEmpty()) << "one number";
  EXPECT_EQ(conv1d.datasets.at("input_shape").kind, Hdf5Kind::integer);
  EXPECT_THAT(conv1d.datasets.at("padding").texts, ElementsAre("same"));
  const Hdf5Group& conv2d = graph.groups.at("nodes").groups.at("a1 conv2d");
  EXPECT_THAT(conv2d.datasets.at("input_shape").numbers, ElementsAre(12, 12));
  EXPECT_THAT(conv2d.datasets.at("padding").numbers, ElementsAre(1, 0));
  const Hdf5Group& flatten = graph.groups.at("nodes").groups.at("a5 flatten");
  EXPECT_THAT(flatten.datasets.at("input_type").numbers, ElementsAre(4, 3, 2));
  EXPECT_THAT(flatten.datasets.at("start_dim").numbers, ElementsAre(0));
  EXPECT_THAT(flatten.datasets.at("end_dim").numbers, ElementsAre(-1));
}

TEST(NirExport, FloatsAreWrittenWhereTheyAreEnough) {
  const auto bytes_with_tau = [](double tau) {
    Neurons lif = neurons_of(NeuronType::leaky_fire);
    lif.tau = {{tau}};
    return round_trip(chain({input_of(1000), population("n", lif, 1000), output_of(1000)})).bytes;
  };

  const std::size_t with_floats = bytes_with_tau(0.0078125).size();
  const std::size_t with_doubles = bytes_with_tau(0.01).size();

  EXPECT_NEAR(static_cast<double>(with_doubles - with_floats), 4 * 4000, 500);
}

TEST(NirExport, ANetworkWithoutEdgesComesBack) {
  Network network = chain({input_of(3), output_of(3)});
  network.edges.clear();

  EXPECT_EQ(network_text(round_trip(network).nir.network), network_text(network));
}

// --- What cannot be written ---------------------------------------------------------------------

std::string failure_of_saving(const std::string& path) {
  const NirForm form = to_nir_form(network_of_all_nodes());
  testing::internal::CaptureStderr();
  std::string message;
  try {
    save_nir(form, path);
  } catch (const std::system_error& error) {
    message = error.what();
  }
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
  return message;
}

TEST(NirExport, AFullDiskIsOneClearError) {
  if (!std::filesystem::exists("/dev/full")) GTEST_SKIP() << "no /dev/full here";

  EXPECT_EQ(failure_of_saving("/dev/full"), "cannot write /dev/full: No space left on device");
}

TEST(NirExport, AMissingFolderIsOneClearError) {
  const TempFolder folder;
  const std::string path = folder.file("missing/x.nir");

  EXPECT_EQ(failure_of_saving(path), "cannot write " + path + ": No such file or directory");
}

TEST(NirExport, AFileIsCompleteOrAbsent) {
  const TempFolder folder;
  NirForm form = to_nir_form(network_of_all_nodes());
  form.network.nodes[2].name = form.network.nodes[1].name;  // libhdf5 refuses the second

  EXPECT_THROW(save_nir(form, folder.file("x.nir")), ResourceError);
  EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
}

// --- Files that others made ---------------------------------------------------------------------

// Names as a file holds them: those of sub-graphs lose their '/'.
Network with_names_of_files(Network network) {
  for (Node& node : network.nodes) std::replace(node.name.begin(), node.name.end(), '/', '.');
  return network;
}

// "" if the simulation refuses the network.
std::string simulated(const Network& network, const Semantics& semantics) {
  try {
    return simulation_text(network, semantics, 12, 1);
  } catch (const InputError&) {
    return "";
  }
}

TEST(NirExportFiles, EveryUsableNetworkComesBack) {
  std::vector<std::string> files = find_model_files();
  std::erase_if(files, [](const std::string& file) { return !file.ends_with(".nir"); });
  if (files.empty()) return skip_without_data("no NIR files below " + data_folder() + "/nir");
  u64 usable = 0;
  u64 run = 0;
  for (const std::string& file : files) {
    SCOPED_TRACE(file);
    NirNetwork original;
    try {
      original = load_nir(file);
    } catch (const InputError&) {
      continue;  // nir_files_test.cc says which
    }
    std::vector<std::string> ignored;
    const Semantics semantics = choose_semantics("auto", original.network, ignored);

    const RoundTrip trip = round_trip(original.network);

    ++usable;
    EXPECT_EQ(network_text(trip.nir.network), network_text(trip.form.network));
    EXPECT_EQ(round_trip(trip.nir.network).bytes.size(), trip.bytes.size());
    const std::string before = simulated(with_names_of_files(original.network), semantics);
    EXPECT_EQ(simulated(trip.nir.network, semantics), before);
    run += !before.empty();
    std::printf("%s\n", std::filesystem::path(file).filename().c_str());
    for (const std::string& note : trip.form.notes) std::printf("    %s\n", note.c_str());
    for (const std::string& note : trip.nir.notes) std::printf("    read: %s\n", note.c_str());
  }
  std::printf("%zu networks came back, %zu of them were run\n", static_cast<std::size_t>(usable),
              static_cast<std::size_t>(run));
  EXPECT_GT(usable, 0u);
}

}  // namespace
}  // namespace spikefab::test
