// .sfab files: what is written is read back, and each kind of damage has its message.
#include "arch/program_file.h"

#include <gmock/gmock.h>

#include "arch/container.h"
#include "tests/support/temp_folder.h"

namespace spikefab::test {
namespace {

Program small_program() {
  Program p;
  p.chip.name = "small";
  p.chip.mesh = {.width = 2, .height = 1};
  p.chip.axons = 3;
  p.chip.neurons = 2;
  p.chip.weights = 2;
  p.chip.slots = 4;
  p.chip.neuron_params = {0, 1, 0, 0, 0, 0};
  p.output_position = 1;
  p.output_lines = 1;
  p.position = {0};
  p.neuron_begin = {0, 1};
  p.axon_type = {0, 1, 0};
  p.crossbar = {1, 0, 1};
  p.weight = {1, -1};
  p.neuron_param = {0, 1, 0, 0, 0, 1};
  p.neuron_state = {-7};
  p.target_core = {output_bus};
  p.target_axon = {0};
  p.target_delay = {3};
  return p;
}

std::string message_of(const std::string& path, const std::string& folder) {
  try {
    load_program(path);
  } catch (const InputError& error) {
    const std::string what = error.what();
    return what.starts_with(folder) ? what.substr(folder.size() + 1) : what;
  }
  return "";
}

std::string message_of_program(const Program& program) {
  const TempFolder folder;
  save_program(program, folder.file("p.sfab"));
  return message_of(folder.file("p.sfab"), folder.path());
}

std::string message_of_bytes(const std::function<void(std::string&)>& change) {
  const TempFolder folder;
  save_program(small_program(), folder.file("p.sfab"));
  std::string bytes = read_whole_file(folder.file("p.sfab"));
  change(bytes);
  return message_of(folder.write("p.sfab", bytes), folder.path());
}

TEST(ProgramFile, HoldsTheWholeProgram) {
  const TempFolder folder;
  const Program program = small_program();

  save_program(program, folder.file("p.sfab"));
  const Program loaded = load_program(folder.file("p.sfab"));

  EXPECT_EQ(content_hash(loaded), content_hash(program));
  EXPECT_EQ(loaded.chip.name, "small");
  EXPECT_EQ(loaded.neuron_state, program.neuron_state);
  EXPECT_EQ(loaded.target_delay, program.target_delay);
}

TEST(ProgramFile, SameProgramSameBytes) {
  const TempFolder folder;
  save_program(small_program(), folder.file("a.sfab"));
  save_program(small_program(), folder.file("b.sfab"));
  EXPECT_EQ(read_whole_file(folder.file("a.sfab")), read_whole_file(folder.file("b.sfab")));
}

TEST(ProgramFile, StimulusIsReadBackWithAllReplicas) {
  const TempFolder folder;
  Stimulus one;
  one.ticks = 1;
  one.begin = {0, 1};
  one.events = {{.position = 0, .axon = 2, .delay = 1}};
  one.mesh_width = 2;
  Stimulus two;
  two.ticks = 2;
  two.begin = {0, 0, 1};
  two.events = {{.position = 1, .axon = 0, .delay = 0}};
  const Stimulus both = batch({one, two});

  save_stimulus(both, folder.file("s.sfab"));
  const Stimulus loaded = load_stimulus(folder.file("s.sfab"));

  EXPECT_EQ(loaded.replicas, 2u);
  EXPECT_EQ(loaded.ticks, 2u);
  EXPECT_EQ(loaded.mesh_width, 2u);
  EXPECT_EQ(loaded.begin, (std::vector<u64>{0, 1, 1, 1, 1, 2}));
  EXPECT_EQ(loaded.events, both.events);
}

TEST(ProgramFileMessage, NotOurFile) {
  EXPECT_EQ(message_of_bytes([](std::string& b) { b[0] = 'X'; }),
            "p.sfab: byte 0: is not a Spikefab file (.sfab files are written by Spikefab, such as "
            "by 'spikefab import')");
}

TEST(ProgramFileMessage, EmptyFile) {
  EXPECT_EQ(message_of_bytes([](std::string& b) { b.clear(); }),
            "p.sfab: byte 0: is not a Spikefab file (.sfab files are written by Spikefab, such as "
            "by 'spikefab import')");
}

TEST(ProgramFileMessage, OtherVersion) {
  EXPECT_EQ(message_of_bytes([](std::string& b) { b[8] = 9; }),
            "p.sfab: byte 8: has format version 9 (this build reads 1) (make the file again with "
            "this version)");
}

TEST(ProgramFileMessage, FlippedBitInTheHeader) {
  EXPECT_THAT(message_of_bytes([](std::string& b) { b[40] ^= 1; }),
              testing::HasSubstr("p.sfab: byte 28: checksum mismatch in a record of"));
}

TEST(ProgramFileMessage, FlippedBitInAnArray) {
  EXPECT_THAT(message_of_bytes([](std::string& b) { b.back() ^= 1; }),
              testing::HasSubstr("checksum mismatch in a record of 1 bytes (the file is damaged)"));
}

TEST(ProgramFileMessage, HeaderLongerThanTheFile) {
  EXPECT_EQ(message_of_bytes([](std::string& b) { b[26] = 1; }),
            "p.sfab: byte 28: the header is longer than the file or 1 MiB (the file is damaged)");
}

TEST(ProgramFileMessage, TruncatedFile) {
  EXPECT_THAT(message_of_bytes([](std::string& b) { b.resize(b.size() - 30); }),
              testing::HasSubstr("was it copied completely?"));
}

TEST(ProgramFileMessage, SomethingBehindTheEnd) {
  EXPECT_THAT(message_of_bytes([](std::string& b) { b += "more"; }),
              testing::HasSubstr("more data than the format has (the file is damaged)"));
}

TEST(ProgramFileMessage, AStimulusIsNoProgram) {
  const TempFolder folder;
  Stimulus none;
  save_stimulus(none, folder.file("p.sfab"));
  EXPECT_EQ(message_of(folder.file("p.sfab"), folder.path()),
            "p.sfab: byte 28: is a stimulus, not a program");
}

TEST(ProgramFileMessage, ArrayLongerThanTheFileIsNotAllocated) {
  const TempFolder folder;
  schema::FileHeader header;
  header.set_kind("program");
  schema::Array* array = header.add_arrays();
  array->set_name("position");
  array->set_element_bytes(4);
  array->set_elements(u64{1} << 60);
  ContainerWriter(folder.file("p.sfab"), header).finish();

  ContainerReader reader(folder.file("p.sfab"), "program");
  try {
    std::vector<u32> position;
    reader.read("position", position);
    FAIL() << "allocated";
  } catch (const InputError& error) {
    EXPECT_THAT(error.what(), testing::HasSubstr("array 'position' has 1152921504606846976 "
                                                 "elements, more than the rest of the file holds"));
  }
}

struct WrongProgram {
  const char* rule;
  void (*change)(Program&);
  const char* message;
};

std::ostream& operator<<(std::ostream& out, const WrongProgram& c) { return out << c.rule; }

class ProgramRule : public testing::TestWithParam<WrongProgram> {};

TEST_P(ProgramRule, HasItsMessage) {
  Program program = small_program();
  GetParam().change(program);
  EXPECT_EQ(message_of_program(program), GetParam().message);
}

constexpr WrongProgram wrong_programs[] = {
    {"PositionOffTheMesh", [](Program& p) { p.position[0] = 2; },
     "p.sfab: position[0] = 2 (must ascend and stay below 2; the file is damaged)"},
    {"CoreAtTheBus", [](Program& p) { p.position[0] = 1; },
     "p.sfab: core 0 is at the position of the output bus (the file is damaged)"},
    {"BusOffTheMesh", [](Program& p) { p.output_position = 2; },
     "p.sfab: the output bus is at mesh index 2 (must be below 2; the file is damaged)"},
    {"TooManyOutputLines", [](Program& p) { p.output_lines = 65537; },
     "p.sfab: output_lines = 65537 (must be 0..65536; the file is damaged)"},
    {"NeuronBeginTooShort", [](Program& p) { p.neuron_begin = {0}; },
     "p.sfab: neuron_begin has 1 elements (must be 2, the first of them 0; the file is damaged)"},
    {"NeuronBeginDescends",
     [](Program& p) {
       p.neuron_begin = {0, ~u64{0}};
     },
     "p.sfab: core 0 has 18446744073709551615 neurons (must be 0..2; the file is damaged)"},
    {"CrossbarTooShort", [](Program& p) { p.crossbar.pop_back(); },
     "p.sfab: crossbar has 2 elements (must be 3; the file is damaged)"},
    {"AxonTypeTooHigh", [](Program& p) { p.axon_type[1] = 2; },
     "p.sfab: axon_type[1] = 2 (must be below 2; the file is damaged)"},
    {"ConnectionToNoNeuron", [](Program& p) { p.crossbar[2] = 2; },
     "p.sfab: core 0 has an axon that connects to a neuron that does not exist (the file is "
     "damaged)"},
    {"TargetIsNoCore", [](Program& p) { p.target_core[0] = 1; },
     "p.sfab: neuron 0 has a target that does not exist (the file is damaged)"},
    {"TargetBeyondTheBus", [](Program& p) { p.target_axon[0] = 1; },
     "p.sfab: neuron 0 has a target that does not exist (the file is damaged)"},
    {"DelayTooLong", [](Program& p) { p.target_delay[0] = 4; },
     "p.sfab: neuron 0 has a target that does not exist (the file is damaged)"},
    {"ParameterOutOfRange", [](Program& p) { p.neuron_param[4] = 2; },
     "p.sfab: neuron 0: reset_mode = 2 (must be 0..1; the file is damaged)"},
};

INSTANTIATE_TEST_SUITE_P(Rules, ProgramRule, testing::ValuesIn(wrong_programs),
                         [](const auto& test) { return std::string(test.param.rule); });

struct WrongEvent {
  const char* rule;
  StimulusEvent event;
  const char* message;
};

std::ostream& operator<<(std::ostream& out, const WrongEvent& c) { return out << c.rule; }

class StimulusRule : public testing::TestWithParam<WrongEvent> {};

TEST_P(StimulusRule, HasItsMessage) {
  Program program = small_program();
  program.chip.mesh.width = 3;
  Stimulus stimulus;
  stimulus.ticks = 1;
  stimulus.begin = {0, 1};
  stimulus.events = {GetParam().event};
  try {
    check_stimulus(stimulus, program, "s.sfab");
    FAIL() << "accepted";
  } catch (const InputError& error) {
    EXPECT_STREQ(error.what(), GetParam().message);
  }
}

constexpr WrongEvent wrong_events[] = {
    {"OffTheMesh",
     {.position = 3},
     "s.sfab: event 0 aims at mesh index 3 (must be below 3; was the stimulus made for another "
     "chip?)"},
    {"NoCoreThere",
     {.position = 2},
     "s.sfab: event 0 aims at core (2, 0), which the program does not have (was the stimulus made "
     "for another program?)"},
    {"AxonTooHigh", {.position = 0, .axon = 3}, "s.sfab: event 0 aims at axon 3 (must be below 3)"},
    {"LineTooHigh",
     {.position = 1, .axon = 1},
     "s.sfab: event 0 aims at output line 1 (must be below 1)"},
    {"DelayTooLong",
     {.position = 0, .axon = 0, .delay = 4},
     "s.sfab: event 0 has a delay of 4 ticks (must be below 4)"},
};

TEST(StimulusFile, IsMadeForAMeshOfThatWidth) {
  Stimulus stimulus;
  stimulus.mesh_width = 3;
  try {
    check_stimulus(stimulus, small_program(), "s.sfab");
    FAIL() << "accepted";
  } catch (const InputError& error) {
    EXPECT_STREQ(error.what(),
                 "s.sfab: is made for a mesh 3 cores wide, the program's is 2 (its events would "
                 "reach other cores)");
  }
}

INSTANTIATE_TEST_SUITE_P(Rules, StimulusRule, testing::ValuesIn(wrong_events),
                         [](const auto& test) { return std::string(test.param.rule); });

}  // namespace
}  // namespace spikefab::test
