#include "sim/cuda/chip_image.h"

#include <algorithm>
#include <limits>
#include <numeric>

#include "base/memory.h"
#include "sim/core_layers.h"

namespace spikefab::sim::cuda {
namespace {

constexpr u32 section_alignment = 32;  // bytes; the widest load of the kernels is 16

// The sections of a core's blob, one after the other. The largest core of the chip schema has some
// 0.5 GiB: offsets fit.
CoreRecord layout(const Program& p, u32 words, u32 core) {
  CoreRecord r{};
  r.neurons = p.core_neurons(core);
  r.padded = static_cast<u32>(divide_up(r.neurons, word_bits)) * word_bits;
  u64 end = 0;
  const auto section = [&end](u64 bytes) {
    const u64 begin = end;
    end += divide_up(bytes, section_alignment) * section_alignment;
    return static_cast<u32>(begin);
  };
  section(u64{p.chip.axons} * r.padded / 8);
  r.weights = section(u64{p.chip.weights} * r.padded * sizeof(i32));
  r.params = section(u64{p.params()} * r.padded * sizeof(i32));
  r.targets = section(u64{r.padded} * sizeof(Target));
  r.word_rows = section(u64{words} * sizeof(u32));
  r.word_types = section(words);
  r.bytes = static_cast<u32>(end);
  return r;
}

// Fills the blob of one core.
class BlobWriter {
 public:
  BlobWriter(const HostProgram& host, const AxonOrder& order, const ChipImage& image,
             const CoreRecord& record, u32 core, u8* blob)
      : p_(host.program()),
        view_(host.view()),
        order_(order),
        image_(image),
        record_(record),
        core_(core),
        first_(p_.neuron_begin[core]),
        blob_(blob) {}

  void write() {
    write_words();
    write_rows();
    copy_rows_of(p_.weight, p_.chip.weights, record_.weights);
    copy_rows_of(p_.neuron_param, p_.params(), record_.params);
    auto* const targets = reinterpret_cast<Target*>(blob_ + record_.targets);
    for (u32 n = 0; n < record_.neurons; ++n) {
      const u64 i = first_ + n;
      targets[n] = make_target(image_, p_, CoreId{p_.target_core[i]}, AxonId{p_.target_axon[i]},
                               p_.target_delay[i], view_.target_hops[i]);
    }
  }

 private:
  u32* words_at(u32 offset) const { return reinterpret_cast<u32*>(blob_ + offset); }

  // Rows are numbered through the words, without the padding behind each type.
  void write_words() {
    u32* const word_rows = words_at(record_.word_rows);
    u8* const word_types = blob_ + record_.word_types;
    u32 row = 0;
    for (u32 w = 0; w < image_.words; ++w) {
      word_rows[w] = row;
      word_types[w] = order_.word_type(CoreId{core_}, w / 2);
      for (u32 place = w * 32; place < (w + 1) * 32; ++place) {
        row += order_.axon_at(CoreId{core_}, place) != AxonOrder::no_axon;
      }
    }
  }

  void write_rows() {
    const u64 words = record_.padded / word_bits;
    u32 row = 0;
    for (u32 place = 0; place < image_.words * 32; ++place) {
      const u32 axon = order_.axon_at(CoreId{core_}, place);
      if (axon == AxonOrder::no_axon) continue;
      const u64* const from = p_.crossbar.data() + view_.crossbar_begin[core_] + axon * words;
      std::copy_n(from, words, reinterpret_cast<u64*>(blob_) + row * words);
      ++row;
    }
  }

  // values: [row][all neurons] to [row][padded neurons of the core]
  void copy_rows_of(const std::vector<i32>& values, u32 rows, u32 offset) {
    auto* const to = reinterpret_cast<i32*>(blob_ + offset);
    for (u32 row = 0; row < rows; ++row) {
      std::copy_n(values.begin() + static_cast<i64>(row * p_.neurons() + first_), record_.neurons,
                  to + u64{row} * record_.padded);
    }
  }

  const Program& p_;
  const ProgramView view_;
  const AxonOrder& order_;
  const ChipImage& image_;
  const CoreRecord& record_;
  const u32 core_;
  const u64 first_;
  u8* const blob_;
};

// Sorts the cores by layer and says where each layer begins.
void order_cores(const Program& program, ChipImage& image) {
  const std::vector<u32> layer = core_layers(program);
  image.program_core.resize(program.cores());
  std::iota(image.program_core.begin(), image.program_core.end(), 0u);
  std::stable_sort(image.program_core.begin(), image.program_core.end(),
                   [&](u32 a, u32 b) { return layer[a] < layer[b]; });
  image.device_core.resize(program.cores());
  image.layer_begin = {0};
  for (u32 c = 0; c < program.cores(); ++c) {
    const u32 core = image.program_core[c];
    image.device_core[core] = c;
    image.position.push_back(program.position[core]);
    if (c > 0 && layer[core] != layer[image.program_core[c - 1]]) image.layer_begin.push_back(c);
  }
  image.layer_begin.push_back(program.cores());
}

}  // namespace

u64 chip_image_bytes(const Program& program, const AxonOrder& order) {
  u64 bytes = checked_product({program.cores(), program.chip.axons, sizeof(u32)});
  for (u32 c = 0; c < program.cores(); ++c) {
    bytes += layout(program, order.words() * 2, c).bytes + sizeof(CoreRecord);
  }
  return bytes;
}

ChipImage make_chip_image(const HostProgram& host, const AxonOrder& order) {
  const Program& program = host.program();
  ChipImage image;
  image.words = order.words() * 2;
  order_cores(program, image);
  u64 blob_bytes = 0;
  for (const u32 core : image.program_core) {
    CoreRecord record = layout(program, image.words, core);
    record.blob = blob_bytes;
    record.first = static_cast<u32>(image.padded_neurons);
    blob_bytes += record.bytes;
    image.padded_neurons += record.padded;
    image.largest_padded = std::max(image.largest_padded, record.padded);
    image.largest_blob = std::max(image.largest_blob, record.bytes);
    image.records.push_back(record);
    if (image.padded_neurons > std::numeric_limits<u32>::max()) {
      throw ResourceError("engine cuda: the chip has more than 2^32 neurons");
    }
    for (u32 a = 0; a < program.chip.axons; ++a) {
      image.place.push_back(order.place(CoreId{core}, AxonId{a}));
    }
  }
  image.blobs.assign(blob_bytes, 0);
  for (u32 c = 0; c < image.cores(); ++c) {
    const CoreRecord& record = image.records[c];
    BlobWriter(host, order, image, record, image.program_core[c], image.blobs.data() + record.blob)
        .write();
  }
  return image;
}

Target make_target(const ChipImage& image, const Program& program, CoreId core, AxonId axon,
                   u32 delay, u32 hops) {
  Target t{};
  t.hops = hops & 0xfff;
  t.delay = delay & 0xff;
  u32 bit = axon.value;
  if (core.value == output_bus) {
    t.kind = Target::bus;
    t.delay = 0;
  } else {
    const u32 device_core = image.device_core[core.value];
    t.kind = (delay == program.chip.slots - 1 ? Target::nowhere : Target::core) & 3;
    t.word = device_core * image.words;
    bit = image.place[u64{device_core} * program.chip.axons + axon.value];
  }
  t.word += bit / 32;
  t.bit = bit & 31;
  return t;
}

}  // namespace spikefab::sim::cuda
