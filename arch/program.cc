#include "arch/program.h"

#include <bit>
#include <span>

#include "arch/chip_message.h"
#include "base/files.h"

namespace spikefab {

std::vector<u64> Program::crossbar_begin() const {
  std::vector<u64> begin = {0};
  for (u32 c = 0; c < cores(); ++c)
    begin.push_back(begin.back() + u64{chip.axons} * neuron_words(c));
  return begin;
}

u64 Program::connections() const {
  u64 points = memory->synapse.size();
  for (const u64 word : crossbar) points += static_cast<u64>(std::popcount(word));
  return points;
}

std::vector<u32> Program::core_at_position() const {
  std::vector<u32> core(chip.mesh.size(), output_bus);
  for (u32 c = 0; c < cores(); ++c) core[position[c]] = c;
  return core;
}

std::string content_hash(const Program& program) {
  Sha256 sha;
  const auto add = [&sha](const auto& values) {
    const u64 count = values.size();
    sha.add(std::as_bytes(std::span(&count, 1)));
    sha.add(std::as_bytes(std::span(values)));
  };
  add(to_yaml(program.chip));
  add(std::vector{program.output_position, program.output_lines});
  if (!program.chip.has_crossbars()) add(std::vector{u64{program.slots}, program.seed});
  for_each_array(program, [&](const char*, const auto& array) { add(array); });
  return sha.hex();
}

}  // namespace spikefab
