#include "arch/program_file.h"

#include <algorithm>

#include "arch/chip_message.h"
#include "arch/container.h"

namespace spikefab {
namespace {

Chip read_chip(const schema::Chip& message, const std::string& path) {
  Problems problems;
  Chip chip = chip_from_message(
      message, [&path](const std::string& field) { return path + ": header: chip." + field; },
      problems);
  problems.throw_if_any();
  return chip;
}

// begin must ascend from 0 to the number of events, one entry per replica and tick and one more.
void check_in_itself(const Stimulus& s, const std::string& path) {
  u64 rows = 0;
  u64 entries = 0;
  const bool countable = !__builtin_add_overflow(s.ticks, u64{1}, &rows) &&
                         !__builtin_mul_overflow(rows, u64{s.replicas}, &entries);
  if (s.replicas == 0 || !countable || entries != s.begin.size() || s.begin.front() != 0 ||
      s.begin.back() != s.events.size() || !std::is_sorted(s.begin.begin(), s.begin.end())) {
    throw InputError(path,
                     "begin does not index the events of " + std::to_string(s.replicas) +
                         " replicas and " + std::to_string(s.ticks) + " ticks",
                     "the file is damaged");
  }
}

}  // namespace

void save_program(const Program& program, const std::string& path) {
  schema::FileHeader header;
  header.set_kind("program");
  *header.mutable_program()->mutable_chip() = to_message(program.chip);
  header.mutable_program()->set_output_position(program.output_position);
  header.mutable_program()->set_output_lines(program.output_lines);
  ContainerWriter writer(path, std::move(header));
  writer.add("position", program.position);
  writer.add("neuron_begin", program.neuron_begin);
  writer.add("axon_type", program.axon_type);
  writer.add("crossbar", program.crossbar);
  writer.add("weight", program.weight);
  writer.add("neuron_param", program.neuron_param);
  writer.add("neuron_state", program.neuron_state);
  writer.add("target_core", program.target_core);
  writer.add("target_axon", program.target_axon);
  writer.add("target_delay", program.target_delay);
  writer.finish();
}

Program load_program(const std::string& path) {
  ContainerReader reader(path, "program");
  Program program;
  program.chip = read_chip(reader.header().program().chip(), path);
  program.output_position = reader.header().program().output_position();
  program.output_lines = reader.header().program().output_lines();
  program.position = reader.array<u32>("position");
  program.neuron_begin = reader.array<u64>("neuron_begin");
  program.axon_type = reader.array<u8>("axon_type");
  program.crossbar = reader.array<u64>("crossbar");
  program.weight = reader.array<i32>("weight");
  program.neuron_param = reader.array<i32>("neuron_param");
  program.neuron_state = reader.array<i32>("neuron_state");
  program.target_core = reader.array<u32>("target_core");
  program.target_axon = reader.array<u16>("target_axon");
  program.target_delay = reader.array<u8>("target_delay");
  reader.finish();
  check_program(program, path);
  return program;
}

void save_stimulus(const Stimulus& stimulus, const std::string& path) {
  schema::FileHeader header;
  header.set_kind("stimulus");
  header.mutable_stimulus()->set_replicas(stimulus.replicas);
  header.mutable_stimulus()->set_ticks(stimulus.ticks);
  ContainerWriter writer(path, std::move(header));
  writer.add("begin", stimulus.begin);
  writer.add("events", stimulus.events);
  writer.finish();
}

Stimulus load_stimulus(const std::string& path) {
  ContainerReader reader(path, "stimulus");
  Stimulus stimulus;
  stimulus.replicas = reader.header().stimulus().replicas();
  stimulus.ticks = reader.header().stimulus().ticks();
  stimulus.begin = reader.array<u64>("begin");
  stimulus.events = reader.array<StimulusEvent>("events");
  reader.finish();
  check_in_itself(stimulus, path);
  return stimulus;
}

}  // namespace spikefab
