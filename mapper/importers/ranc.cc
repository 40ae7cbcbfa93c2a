// RANC's input.json: the consumer that checks each value on its way in. What the file looks like:
// mapper/ranc_format.h. How the cores become a Program: mapper/ranc_builder.cc.
#include "mapper/importers/ranc.h"

#include <algorithm>
#include <array>
#include <bit>
#include <limits>
#include <map>

#include "base/memory.h"
#include "base/registry.h"
#include "base/suggest.h"
#include "mapper/ranc_builder.h"
#include "mapper/ranc_format.h"
#include "neuron_models.h"

namespace spikefab {
namespace {

using namespace ranc_format;

struct Range {
  i64 low = std::numeric_limits<i32>::min();
  i64 high = std::numeric_limits<i32>::max();
  const char* reason = "";
};

// What each integer may be. Coordinates depend on the axis, axons on whether the target is the bus.
std::array<Range, id_count> ranges(const Chip& chip) {
  std::array<Range, id_count> r;
  r[packet_axon] = r[target_axon] = {0, max_axons - 1};
  r[packet_delay] = r[target_delay] = {0, chip.slots - 1, "max_tick_offset slots"};
  r[bus_lines] = {0, max_outputs};
  r[axon_type] = {0, chip.weights - 1, "one of num_weights"};
  r[connection] = {0, 1};
  r[reset_mode] = {0, 1, "0 is absolute, 1 linear"};
  return r;
}

std::string must_be(i64 low, i64 high, const std::string& reason) {
  return "must be " + std::to_string(low) + ".." + std::to_string(high) +
         (reason.empty() ? "" : "; " + reason);
}

class RancReader final : public JsonConsumer {
 public:
  RancReader(JsonStream& stream, const Chip& chip)
      : stream_(stream), chip_(chip), ranges_(ranges(chip)) {
    stimulus_.mesh_width = chip.mesh.width;
  }

  void begin(u32 id) override;
  void end(u32 id) override;
  void integer(u32 id, i64 value) override;

  // Checks what needs the whole file; problems go to the stream.
  void check_targets();
  // Once there are no problems.
  Imported take(IdleCores idle);

 private:
  // True for the first `limit` elements of an array; the next one is a problem.
  bool fits(u64 count, u64 limit, const char* what) {
    if (count == limit) {
      stream_.add_problem("is one too many", "at most " + std::to_string(limit) + ", " + what);
    }
    return count < limit;
  }
  void read_coordinate(u32 id, i64 value);
  Position end_coordinates();
  void read_connection(i64 value);
  void end_core();
  void write_crossbar();
  void check_memory(u64 more_bytes);
  i64 axon_limit(u32 position) const {
    return position == bus_.position ? bus_.lines : chip_.axons;
  }
  void add_axon_problem(const std::string& path, u32 position, i64 axon);
  void check_neuron_target(const RancCore& core, u64 index);
  std::vector<u32> targeted_positions() const;

  JsonStream& stream_;
  const Chip& chip_;
  std::array<Range, id_count> ranges_;

  // What is being read.
  u64 coordinates_ = 0;
  std::array<i32, 2> coordinate_{};
  StimulusEvent packet_;
  RancNeuron neuron_;
  RancCore core_;
  u64 weight_count_ = 0;
  u64 connection_count_ = 0;
  u64 row_count_ = 0;
  std::vector<u64> row_bits_;   // the rows of the core one after the other, as long as they are
  std::vector<u64> row_begin_;  // [row + 1] in words
  u32 core_count_ = 0;
  u64 unchecked_bytes_ = 0;

  std::map<u32, u32> core_of_position_;
  std::vector<RancCore> cores_;
  RancBus bus_;
  Stimulus stimulus_;
};

void RancReader::begin(u32 id) {
  switch (id) {
    case packet_core:
    case bus_core:
    case core_place:
    case core_offset:
      coordinates_ = 0;
      coordinate_ = {};
      break;
    case core:
      core_ = {};
      core_.file_index = core_count_++;
      row_count_ = 0;
      row_bits_.clear();
      row_begin_ = {0};
      break;
    case connection_row:
      fits(row_count_++, chip_.neurons, "num_neurons");
      connection_count_ = 0;
      break;
    case neuron:
      fits(core_.neurons.size(), chip_.neurons, "num_neurons");
      neuron_ = {};
      weight_count_ = 0;
      core_.weights.resize((core_.neurons.size() + 1) * chip_.weights);
      break;
    default:
      break;
  }
}

void RancReader::end(u32 id) {
  switch (id) {
    case packet_core:
      packet_.position = chip_.mesh.index(end_coordinates());
      break;
    case bus_core:
      bus_.position = chip_.mesh.index(end_coordinates());
      break;
    case core_place:
      core_.position = chip_.mesh.index(end_coordinates());
      break;
    case core_offset:
      end_coordinates();
      neuron_.dx = coordinate_[0];
      neuron_.dy = coordinate_[1];
      break;
    case packet:
      stimulus_.events.push_back(packet_);
      break;
    case packets_tick:
      stimulus_.begin.push_back(stimulus_.events.size());
      ++stimulus_.ticks;
      break;
    case connection_row:
      row_begin_.push_back(row_bits_.size());
      break;
    case neuron:
      core_.neurons.push_back(neuron_);
      break;
    case core:
      end_core();
      break;
    default:
      break;
  }
}

void RancReader::integer(u32 id, i64 value) {
  const Range& range = ranges_[id];
  if (value < range.low || value > range.high) {
    stream_.add_problem("= " + std::to_string(value), must_be(range.low, range.high, range.reason));
    return;
  }
  const auto v = static_cast<i32>(value);
  switch (id) {
    case packet_coordinate:
    case bus_coordinate:
    case core_coordinate:
    case offset:
      read_coordinate(id, value);
      break;
    case packet_axon:
      packet_.axon = static_cast<u16>(v);
      break;
    case packet_delay:
      packet_.delay = static_cast<u8>(v);
      break;
    case bus_lines:
      bus_.lines = static_cast<u32>(v);
      break;
    case axon_type:
      if (fits(core_.axon_type.size(), chip_.axons, "num_axons")) {
        core_.axon_type.push_back(static_cast<u8>(v));
      }
      break;
    case connection:
      read_connection(value);
      break;
    case weight:
      if (fits(weight_count_++, chip_.weights, "num_weights")) {
        core_.weights[core_.neurons.size() * chip_.weights + weight_count_ - 1] = v;
      }
      break;
    case leak:
      neuron_.leak = v;
      break;
    case positive_threshold:
      neuron_.positive_threshold = v;
      break;
    case negative_threshold:
      neuron_.negative_threshold = v;
      break;
    case reset_potential:
      neuron_.reset_potential = v;
      break;
    case current_potential:
      neuron_.potential = v;
      break;
    case reset_mode:
      neuron_.reset_mode = v;
      break;
    case target_axon:
      neuron_.axon = v;
      break;
    case target_delay:
      neuron_.delay = v;
      break;
    default:
      break;
  }
}

void RancReader::read_coordinate(u32 id, i64 value) {
  if (!fits(coordinates_, 2, "x and y")) return;
  const i64 side = coordinates_ == 0 ? chip_.mesh.width : chip_.mesh.height;
  if (id != offset && (value < 0 || value >= side)) {
    const std::string axis = coordinates_ == 0 ? "num_cores_x" : "num_cores_y";
    stream_.add_problem("= " + std::to_string(value),
                        must_be(0, side - 1, axis + " is " + std::to_string(side)));
  } else {
    coordinate_[coordinates_] = static_cast<i32>(value);
  }
  ++coordinates_;
}

Position RancReader::end_coordinates() {
  if (coordinates_ < 2) stream_.add_problem("must be two integers, x and y");
  return {static_cast<u32>(coordinate_[0]), static_cast<u32>(coordinate_[1])};
}

void RancReader::read_connection(i64 value) {
  if (!fits(connection_count_, chip_.axons, "num_axons")) return;
  const u64 bit = connection_count_++ % word_bits;
  if (bit == 0) row_bits_.push_back(0);
  row_bits_.back() |= static_cast<u64>(value) << bit;
}

void RancReader::end_core() {
  if (row_count_ < core_.neurons.size()) {
    stream_.add_problem("has " + std::to_string(core_.neurons.size()) + " neurons but only " +
                            std::to_string(row_count_) + " rows of connections",
                        "add a row, even an empty one, for each neuron");
    return;
  }
  const auto [found, is_new] = core_of_position_.emplace(core_.position, core_.file_index);
  if (!is_new) {
    stream_.add_problem("has the coordinates of cores[" + std::to_string(found->second) + "]",
                        "in RANC the last one would win silently");
    return;
  }
  write_crossbar();
  cores_.push_back(std::move(core_));
}

// From rows per neuron to rows per axon.
void RancReader::write_crossbar() {
  const u64 words = words_for(core_.neurons.size());
  check_memory(u64{chip_.axons} * words * sizeof(u64));
  core_.crossbar.assign(chip_.axons * words, 0);
  for (u64 n = 0; n < core_.neurons.size(); ++n) {
    const u64 bit = u64{1} << (n % word_bits);
    for (u64 w = row_begin_[n]; w < row_begin_[n + 1]; ++w) {
      const u64 first_axon = (w - row_begin_[n]) * word_bits;
      for (u64 bits = row_bits_[w]; bits != 0; bits &= bits - 1) {
        const u64 axon = first_axon + static_cast<u64>(std::countr_zero(bits));
        core_.crossbar[axon * words + n / word_bits] |= bit;
      }
    }
  }
}

// A small file can describe crossbars that no memory holds.
void RancReader::check_memory(u64 more_bytes) {
  constexpr u64 step = u64{64} << 20;
  unchecked_bytes_ += more_bytes;
  if (unchecked_bytes_ < step) return;
  check_available_memory(2 * unchecked_bytes_, "the crossbars of this network");
  unchecked_bytes_ = 0;
}

void RancReader::check_targets() {
  for (const RancCore& core : cores_) {
    for (u64 n = 0; n < core.neurons.size(); ++n) check_neuron_target(core, n);
  }
  for (u64 tick = 0; tick < stimulus_.ticks; ++tick) {
    for (u64 i = stimulus_.begin[tick]; i < stimulus_.begin[tick + 1]; ++i) {
      const StimulusEvent& event = stimulus_.events[i];
      if (event.axon < axon_limit(event.position)) continue;
      add_axon_problem("packets[" + std::to_string(tick) + "][" +
                           std::to_string(i - stimulus_.begin[tick]) + "].destination_axon",
                       event.position, event.axon);
    }
  }
}

void RancReader::add_axon_problem(const std::string& path, u32 position, i64 axon) {
  const bool to_bus = position == bus_.position;
  const i64 limit = axon_limit(position);
  if (limit == 0) {
    stream_.add_problem_at(path, "is of the output bus, which has no lines", "num_outputs is 0");
    return;
  }
  stream_.add_problem_at(path, "= " + std::to_string(axon),
                         must_be(0, limit - 1,
                                 to_bus ? "the target is the output bus, with num_outputs lines"
                                        : "the target is a core, with num_axons axons"));
}

void RancReader::check_neuron_target(const RancCore& core, u64 index) {
  const RancNeuron& n = core.neurons[index];
  const Position at = chip_.mesh.at(core.position);
  const i64 x = i64{at.x} + n.dx;
  const i64 y = i64{at.y} + n.dy;
  const auto path = [&](const char* member) {
    return "cores[" + std::to_string(core.file_index) + "].neurons[" + std::to_string(index) +
           "]." + member;
  };
  if (!chip_.mesh.holds(x, y)) {
    stream_.add_problem_at(path("destination_core_offset"),
                           "= [" + std::to_string(n.dx) + ", " + std::to_string(n.dy) +
                               "] leads from core (" + std::to_string(at.x) + ", " +
                               std::to_string(at.y) + ") to (" + std::to_string(x) + ", " +
                               std::to_string(y) + ")",
                           "must stay on the grid of " + std::to_string(chip_.mesh.width) + " x " +
                               std::to_string(chip_.mesh.height) + " cores");
    return;
  }
  const u32 target = chip_.mesh.index({static_cast<u32>(x), static_cast<u32>(y)});
  if (n.axon >= axon_limit(target)) add_axon_problem(path("destination_axon"), target, n.axon);
}

std::vector<u32> RancReader::targeted_positions() const {
  std::vector<bool> targeted(chip_.mesh.size());
  for (const RancCore& core : cores_) {
    const Position at = chip_.mesh.at(core.position);
    for (const RancNeuron& n : core.neurons) {
      targeted[chip_.mesh.index({at.x + static_cast<u32>(n.dx), at.y + static_cast<u32>(n.dy)})] =
          true;
    }
  }
  for (const StimulusEvent& event : stimulus_.events) targeted[event.position] = true;
  std::vector<u32> positions;
  for (u32 i = 0; i < targeted.size(); ++i) {
    if (targeted[i]) positions.push_back(i);
  }
  return positions;
}

Imported RancReader::take(IdleCores idle) {
  Imported input;
  std::erase_if(cores_, [&](const RancCore& core) {
    if (core.position != bus_.position) return false;
    input.notes.push_back("cores[" + std::to_string(core.file_index) +
                          "] stands where the output bus is; it is ignored, as in RANC");
    return true;
  });
  const std::vector<u32> targeted = targeted_positions();
  input.program = build_program(chip_, bus_, std::move(cores_), targeted, idle);
  input.stimulus = std::move(stimulus_);
  return input;
}

}  // namespace

Imported load_ranc_input(const std::string& path, const Chip& chip, IdleCores idle) {
  const std::string model = neuron_model_names().at(chip.neuron_model);
  if (model != neurons::Ranc::name) {
    throw InputError(path, "needs a chip with neuron model 'ranc'", "this one has '" + model + "'");
  }
  JsonStream stream(path, n_root);
  RancReader reader(stream, chip);
  stream.parse(reader);
  if (stream.problem_count() == 0) reader.check_targets();
  stream.throw_if_any();
  Imported input = reader.take(idle);
  for (const auto& [name, count] : stream.ignored()) {
    input.notes.push_back("'" + printable(name) + "' is ignored, as in RANC (stands " +
                          std::to_string(count) + (count == 1 ? " time)" : " times)"));
  }
  return input;
}

namespace {

class RancImporter final : public Importer {
 public:
  Imported read(const std::string& path, const Chip& chip) const override {
    return load_ranc_input(path, chip);
  }
};

SPIKEFAB_REGISTER(Importer, "ranc", RancImporter,
                  "RANC's input.json, a network that is mapped already, with its stimulus");

}  // namespace

}  // namespace spikefab
