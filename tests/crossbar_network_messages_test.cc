// One golden message per rule of model files: a file that is right but for one thing, and what is
// said about it. Damaged files: crossbar_network_mutants_test.cc.
#include <gtest/gtest.h>

#include "base/error.h"
#include "base/files.h"
#include "mapper/crossbar_network.h"
#include "tests/support/temp_folder.h"

namespace spikefab::test {
namespace {

constexpr const char* right_model = R"(name: m
chip:
  name: c
  mesh: {width: 6, height: 4}
  core:
    crossbar: {axons: 8, neurons: 4, weights: 2, slots: 2}
images: {rows: 6, columns: 4}
encoder: {name: rate, ticks: 4, params: {low: 77, high: 178}}
decoder: votes
classes: 2
networks: 2
layers:
  - {window: 2, stride: 2, copies: 2, features: 4}
  - {groups: 2, features: 6}
weights: {file: m.weights, sha256: "SHA256"}
card: {images: 10, correct: 9, ties: 1, trained: "by hand"}
)";

// 2 networks of 4 features with 8 axons, and 6 with 2: 7 bytes each.
constexpr std::size_t right_bytes = 140;

void replace(std::string& text, const std::string& find, const std::string& by) {
  const std::size_t at = text.find(find);
  ASSERT_NE(at, std::string::npos) << find;
  text.replace(at, find.size(), by);
}

// What is said, with the folder's path taken out.
std::string message_of(std::string model, const std::string& weights) {
  const TempFolder folder(memory_folder());
  folder.write("m.weights", weights);
  const std::size_t at = model.find("SHA256");
  if (at != std::string::npos) model.replace(at, 6, sha256_of_text(weights));
  const std::string path = folder.write("m.yaml", model);
  std::string message;
  try {
    load_crossbar_network(path);
  } catch (const InputError& error) {
    message = error.what();
  }
  const std::string prefix = folder.path() + "/";
  for (auto i = message.find(prefix); i != std::string::npos; i = message.find(prefix)) {
    message.erase(i, prefix.size());
  }
  return message;
}

TEST(CrossbarNetworkFile, IsRightAsItIs) {
  EXPECT_EQ(message_of(right_model, std::string(right_bytes, '\0')), "");
}

struct WrongModel {
  const char* rule;
  const char* find;
  const char* replace_by;
  const char* message;
};

std::ostream& operator<<(std::ostream& out, const WrongModel& c) { return out << c.rule; }

class CrossbarNetworkMessage : public testing::TestWithParam<WrongModel> {};

TEST_P(CrossbarNetworkMessage, NamesPlaceReasonAndWhatIsAllowed) {
  std::string model = right_model;
  replace(model, GetParam().find, GetParam().replace_by);

  EXPECT_EQ(message_of(model, std::string(right_bytes, '\0')), GetParam().message);
}

constexpr WrongModel wrong_models[] = {
    {"BrokenSyntax", "networks: 2", "networks: [2",
     "m.yaml:12:7: not valid YAML: end of sequence flow not found"},
    {"UnknownKey", "stride: 2", "strid: 2",
     "m.yaml:13:17: layers[0].strid: unknown key (did you mean 'stride'?)"},
    {"UnknownKeyOfTheChip", "slots: 2", "slot: 2",
     "m.yaml:6:50: chip.core.crossbar.slot: unknown key (did you mean 'slots'?)"},
    {"NoChip",
     "chip:\n  name: c\n  mesh: {width: 6, height: 4}\n  core:\n"
     "    crossbar: {axons: 8, neurons: 4, weights: 2, slots: 2}\n",
     "", "m.yaml:1:1: missing key 'chip' (the chip, with the keys of a chip file)"},
    {"NoMesh", "  mesh: {width: 6, height: 4}\n", "",
     "m.yaml:3:3: missing key 'chip.mesh' (the mesh of cores)"},
    {"NoImages", "images: {rows: 6, columns: 4}\n", "",
     "m.yaml:1:1: missing key 'images' (the size of the images)"},
    {"NoClasses", "classes: 2\n", "",
     "m.yaml:1:1: missing key 'classes' (feature f of the last layer votes for f % classes)"},
    {"NoFeatures", ", features: 6", "",
     "m.yaml:14:5: missing key 'layers[1].features' (at each place, over all groups)"},
    {"NoWeights", "weights: {", "weight: {",
     "m.yaml:15:1: weight: unknown key (did you mean 'weights'?)"},
    {"ImageTooLarge", "rows: 6", "rows: 1025",
     "m.yaml:7:16: images.rows = 1025 (must be 1..1024 pixels)"},
    {"ClassesTooMany", "classes: 2", "classes: 257",
     "m.yaml:10:10: classes = 257 (must be 1..256)"},
    {"NetworksNone", "networks: 2", "networks: 0", "m.yaml:11:11: networks = 0 (must be 1..4096)"},
    {"TicksTooMany", "ticks: 4", "ticks: 1025",
     "m.yaml:8:30: encoder.ticks = 1025 (must be 1..1024 ticks)"},
    {"FeaturesNone", "features: 6", "features: 0",
     "m.yaml:14:27: layers[1].features = 0 (must be 1..1048576)"},
    {"MeshTooWide", "width: 6", "width: 1025",
     "m.yaml:4:17: chip.mesh.width = 1025 (must be 1..1024 cores)"},
    {"NeuronModel", "slots: 2}", "slots: 2}\n    neuron: {model: lif}",
     "m.yaml:7:21: core.neuron.model = 'lif' (have: ranc)"},
    {"NeuronParam", "slots: 2}", "slots: 2}\n    neuron: {params: {reset_typ: 1}}",
     "m.yaml:7:23: core.neuron.params.reset_typ: no such parameter (have: leak, "
     "positive_threshold, negative_threshold, reset_potential, reset_mode, reset_type; did you "
     "mean 'reset_type'?)"},
    {"Encoder", "name: rate", "name: rat",
     "m.yaml:8:17: encoder.name = 'rat' (have: bernoulli, rate, threshold; did you mean 'rate'?)"},
    {"EncoderParam", "low: 77", "lo: 77",
     "m.yaml:8:42: encoder.params.lo: no such parameter (have: low, high; did you mean 'low'?)"},
    {"EncoderParamRange", "high: 178", "high: 256",
     "m.yaml:8:51: encoder.params.high = 256 (must be 1..255; pixels of at least this value spike "
     "in every tick)"},
    {"EncoderParamsTogether", "high: 178", "high: 77",
     "m.yaml:8:41: encoder.params: low = 77, high = 77 (low must be below high)"},
    {"LayersNone",
     "layers:\n  - {window: 2, stride: 2, copies: 2, features: 4}\n"
     "  - {groups: 2, features: 6}\n",
     "layers: []\n", "m.yaml:12:9: layers: there are 0 (must be 1..64)"},
    {"WindowTooLarge", "window: 2", "window: 5",
     "m.yaml:13:14: layers[0].window = 5 (must be 1..4; the layer sees 6 x 4)"},
    {"WindowTooLargeForPositions", "{groups: 2", "{window: 3, groups: 2",
     "m.yaml:14:14: layers[1].window = 3 (must be 1..2; the layer sees 3 x 2)"},
    {"StrideBeyondTheWindow", "stride: 2", "stride: 3",
     "m.yaml:13:25: layers[0].stride = 3 (must be 1..2, the window; what is between windows would "
     "be seen by nobody)"},
    {"StrideThatDoesNotFit", "window: 2, stride: 2", "window: 3, stride: 2",
     "m.yaml:13:25: layers[0].stride = 2 (windows of 3 would not end at the edge of 6 x 4; the "
     "nearest that fits is 1)"},
    {"StrideThatDoesNotFitOneSide", "rows: 6, columns: 4", "rows: 7, columns: 4",
     "m.yaml:13:25: layers[0].stride = 2 (windows of 2 would not end at the edge of 7 x 4; the "
     "nearest that fits is 1)"},
    {"GroupsOfAnImage", "copies: 2", "groups: 2, copies: 2",
     "m.yaml:13:36: layers[0].groups = 2 (must divide 1, the channels that the layer sees)"},
    {"GroupsThatDoNotDivideChannels", "groups: 2", "groups: 3",
     "m.yaml:14:14: layers[1].groups = 3 (must divide 4, the channels that the layer sees)"},
    {"FeaturesOfGroups", "features: 6", "features: 5",
     "m.yaml:14:27: layers[1].features = 5 (must be a multiple of 2, the groups)\nm.yaml:14:27: "
     "layers[1].features = 5 (must be a multiple of 2, the classes)"},
    {"AxonsTooMany", "copies: 2", "copies: 3",
     "m.yaml:13:5: layers[0]: a neuron needs 12 axons, which are 4 inputs x 3 copies (a core of "
     "the chip has 8; a smaller window, fewer copies or more groups need fewer)"},
    {"AxonsTooManyWithoutCopies", "axons: 8", "axons: 1",
     "m.yaml:13:5: layers[0]: a neuron needs 8 axons, which are 4 inputs x 2 copies (a core of the "
     "chip has 1; a smaller window, fewer copies or more groups need fewer)\nm.yaml:14:5: "
     "layers[1]: a neuron needs 2 axons, which are 2 inputs x 1 copy (a core of the chip has 1; a "
     "smaller window, fewer copies or more groups need fewer)"},
    {"FeaturesOfClasses", "classes: 2", "classes: 4",
     "m.yaml:14:27: layers[1].features = 6 (must be a multiple of 4, the classes)"},
    {"ClassesBeyondFeatures", "classes: 2", "classes: 7",
     "m.yaml:14:27: layers[1].features = 6 (must be a multiple of 7, the classes)"},
    {"OutputsTooMany", "features: 6", "features: 6000",
     "m.yaml:14:5: layers[1]: the network has 72000 outputs, which are 2 networks x 6 positions x "
     "6000 features (an output bus has at most 65536 lines)"},
    {"WeightsElsewhere", "file: m.weights", "file: ../m.weights",
     "m.yaml:15:17: weights.file = '../m.weights' (must be the name of a file in the same folder, "
     "without '/')"},
    {"WeightsAreTheFolder", "file: m.weights", "file: ..",
     "m.yaml:15:17: weights.file = '..' (must be the name of a file in the same folder, without "
     "'/')"},
    {"WeightsWithoutName", "file: m.weights", "file: \"\"",
     "m.yaml:15:17: weights.file = '' (must be the name of a file in the same folder, without "
     "'/')"},
    {"WeightsMissing", "file: m.weights", "file: n.weights",
     "n.weights: cannot be opened: No such file or directory"},
    {"Sha256TooShort", "SHA256", "12ab",
     "m.yaml:15:36: weights.sha256 = '12ab' (must be 64 digits 0-9 or a-f, as sha256sum prints "
     "them)"},
    {"Sha256OfAnotherFile", "SHA256",
     "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
     "m.yaml:15:36: weights.sha256 is not that of m.weights, which is "
     "24045c10c12a89f4c11e3b88ea34558fcdf926a8c1008cd08cc33bc71407c774 (the file is damaged, or of "
     "another training run)"},
    {"WeightsTooShort", "features: 6", "features: 8",
     "m.weights: has 140 bytes (must be 168 = 2 networks x (4 features x 7 bytes + 8 features x 7 "
     "bytes))"},
    {"WeightsTooManyForOneNetwork", "networks: 2", "networks: 1",
     "m.weights: has 140 bytes (must be 70 = 1 network x (4 features x 7 bytes + 6 features x 7 "
     "bytes))"},
    {"CorrectOfImages", "correct: 9", "correct: 11",
     "m.yaml:16:29: card.correct = 11 (must be 0..10, card.images)"},
    {"TiesOfImages", "ties: 1", "ties: 11",
     "m.yaml:16:38: card.ties = 11 (must be 0..10, card.images)"},
    {"CorrectBesideImages", "correct: 9, ", "",
     "m.yaml:16:7: card.correct is missing (card.images needs it; card.ties is 0 if not given)"},
};

INSTANTIATE_TEST_SUITE_P(Rules, CrossbarNetworkMessage, testing::ValuesIn(wrong_models),
                         [](const auto& test) { return std::string(test.param.rule); });

const std::string right_weights(right_bytes, '\0');

TEST(CrossbarNetworkFile, StrideMessageNamesTheNearestThatFits) {
  std::string model = right_model;
  replace(model, "rows: 6, columns: 4", "rows: 28, columns: 28");
  replace(model, "window: 2, stride: 2", "window: 10, stride: 5");

  EXPECT_EQ(message_of(model, right_weights),
            "m.yaml:13:26: layers[0].stride = 5 (windows of 10 would not end at the edge of 28 x "
            "28; the nearest that fits is 6)");
}

TEST(CrossbarNetworkFile, SaysAllThatIsWrong) {
  std::string model = right_model;
  replace(model, "low: 77", "low: 255");
  replace(model, "stride: 2", "stride: 3");
  replace(model, "groups: 2, features: 6", "groups: 3, features: 7");
  replace(model, "file: m.weights", "file: a/b");
  replace(model, "SHA256", "?");

  EXPECT_EQ(message_of(model, right_weights),
            "m.yaml:8:42: encoder.params.low = 255 (must be 0..254; pixels of at most this value "
            "never spike)\n"
            "m.yaml:13:25: layers[0].stride = 3 (must be 1..2, the window; what is between windows "
            "would be seen by nobody)\n"
            "m.yaml:14:14: layers[1].groups = 3 (must divide 4, the channels that the layer sees)\n"
            "m.yaml:14:27: layers[1].features = 7 (must be a multiple of 3, the groups)\n"
            "m.yaml:14:27: layers[1].features = 7 (must be a multiple of 2, the classes)\n"
            "m.yaml:15:17: weights.file = 'a/b' (must be the name of a file in the same folder, "
            "without '/')\n"
            "m.yaml:15:30: weights.sha256 = '?' (must be 64 digits 0-9 or a-f, as sha256sum prints "
            "them)");
}

TEST(CrossbarNetworkFile, HasAtMost64Layers) {
  const std::string layer = "  - {groups: 2, features: 6}\n";
  std::string layers;
  for (int i = 0; i < 63; ++i) layers += layer;
  std::string model = right_model;
  replace(model, layer, layers);
  // 63 layers of 6 features; all but the first see 6 / 2 channels, in a byte as well.
  EXPECT_EQ(message_of(model, std::string(2 * 7 * (4 + 63 * 6), '\0')), "");

  replace(model, layer, layer + layer);

  EXPECT_EQ(message_of(model, right_weights), "m.yaml:13:3: layers: there are 65 (must be 1..64)");
}

TEST(CrossbarNetworkFile, HasAtMostAGibibyteOfWeights) {
  std::string model = right_model;
  replace(model, "axons: 8", "axons: 65536");
  replace(model, "networks: 2", "networks: 512");
  replace(model, "copies: 2, features: 4", "copies: 2, features: 1048576");
  replace(model, "groups: 2, features: 6", "groups: 16, features: 16");

  EXPECT_EQ(message_of(model, right_weights),
            "m.weights: must have 3825254400 bytes by the layers (at most 1073741824 are allowed; "
            "it is 512 networks x (1048576 features x 7 bytes + 16 features x 8198 bytes))");
}

TEST(CrossbarNetworkFile, HasNoConnectionsBeyondTheAxons) {
  std::string weights = right_weights;
  const std::size_t second_layer = 4 * 7;
  weights[6] = static_cast<char>(0xff);  // all 8 axons of the first layer
  weights[second_layer + 6] = 0b11;      // both of the second
  EXPECT_EQ(message_of(right_model, weights), "");

  weights[right_bytes / 2 + second_layer + 3 * 7 + 6] = 0b100;

  EXPECT_EQ(message_of(right_model, weights),
            "m.weights: network 1, layer 1, feature 3: its last byte of connections is 4 (must be "
            "0..3; there are 2 axons)");
}

TEST(CrossbarNetworkFile, NeedsNoMoreThanThis) {
  const TempFolder folder(memory_folder());
  const std::string weights = folder.write("w", std::string(7, '\0'));
  const std::string path = folder.write("short.yaml", R"(
chip: {mesh: {width: 2, height: 1}, core: {crossbar: {weights: 2}}}
images: {rows: 1, columns: 1}
classes: 1
layers: [{features: 1}]
weights: {file: w, sha256: )" + sha256_of_file(weights) + "}\n");

  const CrossbarNetwork network = load_crossbar_network(path);

  EXPECT_EQ(network.name, "short");
  EXPECT_EQ(network.chip.name, "short");
  EXPECT_EQ(network.encoding.encoder, "threshold");
  EXPECT_EQ(network.encoding.params, std::vector<i32>{128});
  EXPECT_EQ(network.encoding.ticks, 1);
  EXPECT_EQ(network.decoder, "votes");
  EXPECT_EQ(network.networks.size(), 1);
  EXPECT_EQ(assemble(network).program.neurons(), 1);
}

}  // namespace
}  // namespace spikefab::test
