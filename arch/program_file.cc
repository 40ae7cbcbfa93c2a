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
  if (!s.payload.empty() && s.payload.size() != s.events.size()) {
    throw InputError(path, "payload has " + std::to_string(s.payload.size()) + " elements",
                     "must be one for each of " + std::to_string(s.events.size()) +
                         " events; the file is damaged");
  }
}

}  // namespace

void save_program(const Program& program, const std::string& path) {
  schema::FileHeader header;
  header.set_kind("program");
  *header.mutable_program()->mutable_chip() = to_message(program.chip);
  header.mutable_program()->set_output_position(program.output_position);
  header.mutable_program()->set_output_lines(program.output_lines);
  header.mutable_program()->set_slots(program.slots);
  header.mutable_program()->set_seed(program.seed);
  ContainerWriter writer(path, std::move(header));
  for_each_array(program, [&](const char* name, const auto& array) { writer.add(name, array); });
  writer.finish();
}

Program load_program(const std::string& path) {
  ContainerReader reader(path, "program");
  Program program;
  program.chip = read_chip(reader.header().program().chip(), path);
  program.output_position = reader.header().program().output_position();
  program.output_lines = reader.header().program().output_lines();
  program.slots = reader.header().program().slots();
  program.seed = reader.header().program().seed();
  for_each_array(program, [&](const char* name, auto& array) { reader.read(name, array); });
  reader.finish();
  check_program(program, path);
  return program;
}

void save_stimulus(const Stimulus& stimulus, const std::string& path) {
  schema::FileHeader header;
  header.set_kind("stimulus");
  header.mutable_stimulus()->set_replicas(stimulus.replicas);
  header.mutable_stimulus()->set_ticks(stimulus.ticks);
  header.mutable_stimulus()->set_mesh_width(stimulus.mesh_width);
  header.mutable_stimulus()->set_has_payload(!stimulus.payload.empty());
  ContainerWriter writer(path, std::move(header));
  writer.add("begin", stimulus.begin);
  writer.add("events", stimulus.events);
  if (!stimulus.payload.empty()) writer.add("payload", stimulus.payload);
  writer.finish();
}

Stimulus load_stimulus(const std::string& path) {
  ContainerReader reader(path, "stimulus");
  Stimulus stimulus;
  stimulus.replicas = reader.header().stimulus().replicas();
  stimulus.ticks = reader.header().stimulus().ticks();
  stimulus.mesh_width = reader.header().stimulus().mesh_width();
  reader.read("begin", stimulus.begin);
  reader.read("events", stimulus.events);
  if (reader.header().stimulus().has_payload()) reader.read("payload", stimulus.payload);
  reader.finish();
  check_in_itself(stimulus, path);
  return stimulus;
}

}  // namespace spikefab
