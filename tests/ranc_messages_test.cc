// One golden error message per rule of the RANC importer: an input that is right but for one thing.
#include <gtest/gtest.h>

#include "mapper/importers/ranc.h"
#include "neuron_models.h"
#include "tests/support/temp_folder.h"

namespace spikefab::test {
namespace {

// A chip of 2 x 1 cores with 3 axons, 2 neurons, 2 weights and 4 slots.
Chip small_chip() {
  Chip chip;
  chip.mesh = {.width = 2, .height = 1};
  chip.axons = 3;
  chip.neurons = 2;
  chip.weights = 2;
  chip.slots = 4;
  chip.neuron_params = default_neuron_params(chip.neuron_model);
  return chip;
}

constexpr const char* right_input =
    R"({"packets": [[{"destination_core": [0, 0], "destination_axon": 2, "destination_tick": 3}]],
"output_bus": {"coordinates": [1, 0], "num_outputs": 1},
"cores": [{"coordinates": [0, 0],
"axons": [0, 1, 0],
"connections": [[1, 0, 1]],
"neurons": [{"weights": [1, -1],
"leak": 0, "positive_threshold": 1, "negative_threshold": 0,
"reset_potential": 0, "current_potential": 0, "reset_mode": 0,
"destination_core_offset": [1, 0], "destination_axon": 0, "destination_tick": 0}]}]}
)";

struct WrongInput {
  const char* rule;
  const char* find;
  const char* replace_by;
  const char* message;  // after the folder of the file
};

std::ostream& operator<<(std::ostream& out, const WrongInput& c) { return out << c.rule; }

std::string message_of(const std::string& text) {
  const TempFolder folder;
  const std::string path = folder.write("in.json", text);
  try {
    load_ranc_input(path, small_chip());
  } catch (const InputError& error) {
    const std::string what = error.what();
    return what.starts_with(folder.path()) ? what.substr(folder.path().size() + 1) : what;
  }
  return "";
}

class RancMessage : public testing::TestWithParam<WrongInput> {};

TEST_P(RancMessage, NamesPlaceReasonAndWhatIsAllowed) {
  std::string text = right_input;
  const std::size_t at = text.find(GetParam().find);
  ASSERT_NE(at, std::string::npos);
  text.replace(at, std::string(GetParam().find).size(), GetParam().replace_by);

  std::replace(text.begin(), text.end(), '@', '\0');
  EXPECT_EQ(message_of(text), GetParam().message);
}

constexpr WrongInput wrong_inputs[] = {
    {"BrokenSyntax", "\"packets\": [[", "\"packets\": [[,",
     "in.json:1:15: is not valid JSON: Invalid value."},
    {"FileEndsEarly", "\"destination_tick\": 0}]}]}\n", "",
     "in.json:9:59: is not valid JSON: Missing a name for object member."},
    {"MoreAfterTheEnd", "\"destination_tick\": 0}]}]}", "\"destination_tick\": 0}]}]} 1",
     "in.json:9:86: is not valid JSON: The document root must not be followed by other values."},
    {"NulByte", "\"destination_tick\": 0}]}]}\n", "\"destination_tick\": 0}]}]}\n@more",
     "in.json:10:1: is not valid JSON: a NUL byte"},
    {"NumberTooBig", "\"leak\": 0", "\"leak\": 1e999",
     "in.json:7:9: is not valid JSON: Number too big to be stored in double."},
    {"PacketOffTheGrid", "\"destination_core\": [0, 0]", "\"destination_core\": [2, 0]",
     "in.json:1:37: packets[0][0].destination_core[0] = 2 (must be 0..1; num_cores_x is 2)"},
    {"PacketAtNegativeCore", "\"destination_core\": [0, 0]", "\"destination_core\": [0, -1]",
     "in.json:1:40: packets[0][0].destination_core[1] = -1 (must be 0..0; num_cores_y is 1)"},
    {"PacketCoreOfOneNumber", "\"destination_core\": [0, 0]", "\"destination_core\": [0]",
     "in.json:1:36: packets[0][0].destination_core must be two integers, x and y"},
    {"PacketCoreOfThreeNumbers", "\"destination_core\": [0, 0]", "\"destination_core\": [0, 0, 0]",
     "in.json:1:43: packets[0][0].destination_core[2] is one too many (at most 2, x and y)"},
    {"PacketAxonBeyondTheCore", "\"destination_axon\": 2", "\"destination_axon\": 3",
     "in.json:1:64: packets[0][0].destination_axon = 3 (must be 0..2; the target is a core, with "
     "num_axons axons)"},
    {"PacketAxonBeyondTheBus", "\"destination_core\": [0, 0]", "\"destination_core\": [1, 0]",
     "in.json:1:64: packets[0][0].destination_axon = 2 (must be 0..0; the target is the output "
     "bus, with num_outputs lines)"},
    {"PacketAxonNegative", "\"destination_axon\": 2", "\"destination_axon\": -2",
     "in.json:1:64: packets[0][0].destination_axon = -2 (must be 0..65535)"},
    {"PacketDelayBeyondTheSlots", "\"destination_tick\": 3", "\"destination_tick\": 4",
     "in.json:1:87: packets[0][0].destination_tick = 4 (must be 0..3; max_tick_offset slots)"},
    {"PacketWithoutTick", ", \"destination_tick\": 3", "",
     "in.json:1:15: packets[0][0] has no 'destination_tick'"},
    {"PacketIsNoObject",
     "[[{\"destination_core\": [0, 0], \"destination_axon\": 2, "
     "\"destination_tick\": 3}]]",
     "[[7]]", "in.json:1:15: packets[0][0] must be an object, is an integer"},
    {"PacketsMissing", "\"packets\"", "\"packet\"",
     "in.json:1:1: it has no 'packets' (is 'packet' meant?)"},
    {"BusOffTheGrid", "\"coordinates\": [1, 0]", "\"coordinates\": [1, 1]",
     "in.json:2:35: output_bus.coordinates[1] = 1 (must be 0..0; num_cores_y is 1)"},
    {"BusWithTooManyLines", "\"num_outputs\": 1", "\"num_outputs\": 70000",
     "in.json:2:54: output_bus.num_outputs = 70000 (must be 0..65536)"},
    {"BusWithoutLines", "\"num_outputs\": 1", "\"num_outputs\": 0",
     "in.json:9:56: cores[0].neurons[0].destination_axon is of the output bus, which has no lines "
     "(num_outputs is 0)"},
    {"CoreOffTheGrid", "\"cores\": [{\"coordinates\": [0, 0]",
     "\"cores\": [{\"coordinates\": [5, 0]",
     "in.json:3:28: cores[0].coordinates[0] = 5 (must be 0..1; num_cores_x is 2)"},
    {"CoreTwice", "\"cores\": [",
     "\"cores\": [{\"coordinates\": [0, 0], \"axons\": [], \"connections\": [], \"neurons\": []}, ",
     "in.json:3:83: cores[1] has the coordinates of cores[0] (in RANC the last one would win "
     "silently)"},
    {"AxonTypeBeyondTheWeights", "\"axons\": [0, 1, 0]", "\"axons\": [0, 2, 0]",
     "in.json:4:14: cores[0].axons[1] = 2 (must be 0..1; one of num_weights)"},
    {"TooManyAxons", "\"axons\": [0, 1, 0]", "\"axons\": [0, 1, 0, 1]",
     "in.json:4:20: cores[0].axons[3] is one too many (at most 3, num_axons)"},
    {"ConnectionIsNeither0Nor1", "[[1, 0, 1]]", "[[1, 0, 2]]",
     "in.json:5:24: cores[0].connections[0][2] = 2 (must be 0..1)"},
    {"ConnectionIsTrue", "[[1, 0, 1]]", "[[1, 0, true]]",
     "in.json:5:24: cores[0].connections[0][2] must be an integer, is true or false"},
    {"ConnectionRowTooLong", "[[1, 0, 1]]", "[[1, 0, 1, 1]]",
     "in.json:5:27: cores[0].connections[0][3] is one too many (at most 3, num_axons)"},
    {"TooManyConnectionRows", "[[1, 0, 1]]", "[[], [], []]",
     "in.json:5:25: cores[0].connections[2] is one too many (at most 2, num_neurons)"},
    {"TooFewConnectionRows", "[[1, 0, 1]]", "[]",
     "in.json:3:11: cores[0] has 1 neurons but only 0 rows of connections (add a row, even an "
     "empty one, for each neuron)"},
    {"TooManyWeights", "\"weights\": [1, -1]", "\"weights\": [1, -1, 2]",
     "in.json:6:33: cores[0].neurons[0].weights[2] is one too many (at most 2, num_weights)"},
    {"LeakWithFraction", "\"leak\": 0", "\"leak\": 0.5",
     "in.json:7:9: cores[0].neurons[0].leak must be an integer, is a number with fraction or "
     "exponent"},
    {"ThresholdBeyond32Bits", "\"positive_threshold\": 1", "\"positive_threshold\": 2147483648",
     "in.json:7:34: cores[0].neurons[0].positive_threshold = 2147483648 (must be "
     "-2147483648..2147483647)"},
    {"ThresholdBeyond64Bits", "\"positive_threshold\": 1",
     "\"positive_threshold\": 9223372036854775808",
     "in.json:7:34: cores[0].neurons[0].positive_threshold must be an integer, is an integer "
     "beyond 64 bits"},
    {"ThresholdIsText", "\"negative_threshold\": 0", "\"negative_threshold\": \"0\"",
     "in.json:7:59: cores[0].neurons[0].negative_threshold must be an integer, is a string"},
    {"PotentialIsNull", "\"current_potential\": 0", "\"current_potential\": null",
     "in.json:8:44: cores[0].neurons[0].current_potential must be an integer, is null"},
    {"ResetModeUnknown", "\"reset_mode\": 0", "\"reset_mode\": 2",
     "in.json:8:61: cores[0].neurons[0].reset_mode = 2 (must be 0..1; 0 is absolute, 1 linear)"},
    {"LeakTwice", "\"leak\": 0", "\"leak\": 0, \"leak\": 0",
     "in.json:7:20: cores[0].neurons[0].leak stands twice (keep one)"},
    {"OldNameOfTheOffset", "\"destination_core_offset\"", "\"destination_core\"",
     "in.json:6:13: cores[0].neurons[0] has no 'destination_core_offset' (old RANC files call it "
     "'destination_core'; rename it)"},
    {"NeuronAimsOffTheGrid", "\"destination_core_offset\": [1, 0]",
     "\"destination_core_offset\": [-1, 0]",
     "in.json:9:28: cores[0].neurons[0].destination_core_offset = [-1, 0] leads from core (0, 0) "
     "to (-1, 0) (must stay on the grid of 2 x 1 cores)"},
    {"NeuronAimsBeyondTheBus", "\"destination_axon\": 0, \"destination_tick\": 0",
     "\"destination_axon\": 1, \"destination_tick\": 0",
     "in.json:9:56: cores[0].neurons[0].destination_axon = 1 (must be 0..0; the target is the "
     "output bus, with num_outputs lines)"},
    {"NeuronDelayNegative", "\"destination_axon\": 0, \"destination_tick\": 0",
     "\"destination_axon\": 0, \"destination_tick\": -1",
     "in.json:9:79: cores[0].neurons[0].destination_tick = -1 (must be 0..3; max_tick_offset "
     "slots)"},
    {"NeuronsIsAnObject", "\"neurons\": [{", "\"neurons\": {\"x\": [{",
     "in.json:9:83: is not valid JSON: Missing a comma or '}' after an object member."},
};

INSTANTIATE_TEST_SUITE_P(Rules, RancMessage, testing::ValuesIn(wrong_inputs),
                         [](const auto& test) { return std::string(test.param.rule); });

TEST(RancImport, TheRightInputOfTheseTestsLoads) { EXPECT_EQ(message_of(right_input), ""); }

TEST(RancImport, ReportsAllProblemsUpToTwentyInOnePass) {
  std::string packets;
  for (int i = 0; i < 30; ++i) packets += i == 0 ? "[7]" : ",\n[7]";

  const std::string message = message_of("{\"packets\": [" + packets + "]}");

  EXPECT_EQ(std::count(message.begin(), message.end(), '\n'), 19);
}

TEST(RancImport, DeepNestingIsAnErrorNotACrash) {
  EXPECT_EQ(message_of("{\"x\": " + std::string(100000, '[')),
            "in.json:1:1: it is nested deeper than 64 levels");
}

TEST(RancImport, AByteOrderMarkAndWindowsLineEndsAreFine) {
  std::string text = right_input;
  for (std::size_t at = 0; (at = text.find('\n', at)) != std::string::npos; at += 2) {
    text.replace(at, 1, "\r\n");
  }

  EXPECT_EQ(message_of("\xEF\xBB\xBF" + text), "");
}

TEST(RancImport, UnknownMembersAreIgnoredAsInRancWithANote) {
  const TempFolder folder;
  std::string text = right_input;
  text.insert(1, R"("author": {"name": ["x", 1.5, null]}, )");
  text.replace(text.find("\"leak\": 0,"), 10, "\"leak\": 0, \"leek\": 0,");

  const Imported input = load_ranc_input(folder.write("in.json", text), small_chip());

  EXPECT_EQ(input.notes,
            (std::vector<std::string>{"'author' is ignored, as in RANC (stands 1 time)",
                                      "'leek' is ignored, as in RANC (stands 1 time)"}));
}

TEST(RancImport, AFileThatIsNotThereIsNamed) {
  try {
    load_ranc_input("no/such.json", small_chip());
    FAIL() << "loaded";
  } catch (const InputError& error) {
    EXPECT_STREQ(error.what(), "no/such.json: cannot be opened: No such file or directory");
  }
}

TEST(RancImport, ACoreAtTheBusIsIgnoredWithANote) {
  const TempFolder folder;
  std::string text = right_input;
  text.replace(text.find("\"cores\": [{\"coordinates\": [0, 0]"), 32,
               "\"cores\": [{\"coordinates\": [1, 0]");
  text.replace(text.find("\"destination_core_offset\": [1, 0]"), 33,
               "\"destination_core_offset\": [0, 0]");

  const Imported input = load_ranc_input(folder.write("in.json", text), small_chip());

  EXPECT_EQ(input.notes,
            (std::vector<std::string>{
                "cores[0] stands where the output bus is; it is ignored, as in RANC"}));
  EXPECT_EQ(input.program.neurons(), 0u);
}

}  // namespace
}  // namespace spikefab::test
