// Writes the program of a crossbar network core by core, as mapper/crossbar_plan.h has planned it.
#include "mapper/crossbar_network.h"

#include <bit>

#include "arch/neurons/ranc.h"
#include "base/memory.h"
#include "mapper/crossbar_plan.h"

namespace spikefab {
namespace {

using neurons::Ranc;

u32 positions(const CrossbarLayer& layer) { return layer.side_rows * layer.side_columns; }

// Calls visit(core of the network, axon) for each axon that takes a channel of what `layer` sees,
// at a row and column of it.
template <class Visit>
void for_each_axon(const CrossbarLayer& layer, const CrossbarPlan::Layer& plan, u32 row, u32 column,
                   u32 channel, Visit&& visit) {
  const u32 group = channel % layer.groups;
  const u32 in_group = channel / layer.groups;
  for_each_window(layer, row, column, [&](u32 position, u32 window_row, u32 window_column) {
    const u32 input = (in_group * layer.window + window_row) * layer.window + window_column;
    const u64 part = u64{position} * layer.groups + group;
    for (u64 core = plan.part_begin[part]; core < plan.part_begin[part + 1]; ++core) {
      for (u32 copy = 0; copy < layer.copies; ++copy) {
        visit(plan.first_core + static_cast<u32>(core), input * layer.copies + copy);
      }
    }
  });
}

class Assembler {
 public:
  explicit Assembler(const CrossbarNetwork& network)
      : network_(network), plan_(plan_cores(network)) {
    const CrossbarLayer& last = network.layers.back();
    program_.chip = network.chip;
    program_.output_position = network.chip.mesh.size() - 1;
    program_.output_lines = networks() * positions(last) * last.features;
  }

  Program program() {
    place_cores();
    allocate();
    for (u32 n = 0; n < networks(); ++n) {
      for (u32 l = 0; l < network_.layers.size(); ++l) write_layer(n, l);
    }
    return std::move(program_);
  }

  void add_pixels(ImageClassifier& classifier) const {
    classifier.pixel_begin = {0};
    for (u32 row = 0; row < network_.rows; ++row) {
      for (u32 column = 0; column < network_.columns; ++column) {
        for (u32 n = 0; n < networks(); ++n) {
          for_each_axon(network_.layers[0], plan_.layers[0], row, column, 0,
                        [&](u32 core, u32 axon) {
                          classifier.pixel_targets.push_back({.position = n * plan_.cores + core,
                                                              .axon = static_cast<u16>(axon),
                                                              .delay = 0,
                                                              .unused = 0});
                        });
        }
        classifier.pixel_begin.push_back(classifier.pixel_targets.size());
      }
    }
  }

 private:
  u32 networks() const { return static_cast<u32>(network_.networks.size()); }

  // Calls visit(position, first feature, last feature + 1) for each core of a layer of one network.
  template <class Visit>
  void for_each_core(u32 l, Visit&& visit) const {
    const CrossbarLayer& shape = network_.layers[l];
    const CrossbarPlan::Layer& plan = plan_.layers[l];
    const u32 in_group = shape.features / shape.groups;
    for (u64 part = 0; part + 1 < plan.part_begin.size(); ++part) {
      const u32 position = static_cast<u32>(part / shape.groups);
      const u32 group = static_cast<u32>(part % shape.groups);
      const u64 end = plan.part_begin[part + 1];
      for (u64 core = plan.part_begin[part]; core < end; ++core) {
        const u32 last = core + 1 < end ? plan.first_feature[core + 1] : (group + 1) * in_group;
        visit(position, plan.first_feature[core], last);
      }
    }
  }

  u64 neurons_of_feature(u32 l, u32 position, u32 feature) const {
    const bool is_last = l + 1 == network_.layers.size();
    const u32 next_groups = is_last ? 1 : network_.layers[l + 1].groups;
    return plan_.layers[l].neurons[u64{position} * next_groups + feature % next_groups];
  }

  void place_cores() {
    program_.neuron_begin = {0};
    for (u32 n = 0; n < networks(); ++n) {
      for (u32 l = 0; l < network_.layers.size(); ++l) {
        for_each_core(l, [&](u32 position, u32 first, u32 last) {
          u64 neurons = program_.neuron_begin.back();
          for (u32 f = first; f < last; ++f) neurons += neurons_of_feature(l, position, f);
          program_.position.push_back(program_.cores());
          program_.neuron_begin.push_back(neurons);
        });
      }
    }
  }

  void allocate() {
    const u64 n = program_.neurons();
    const u32 weights = program_.chip.weights;
    crossbar_begin_ = program_.crossbar_begin();
    const u64 neuron_bytes =
        (weights + Ranc::params.size() + Ranc::state_words) * sizeof(i32) + sizeof(u64);
    check_available_memory(n * neuron_bytes + crossbar_begin_.back() * sizeof(u64) +
                               u64{program_.cores()} * program_.chip.axons,
                           "the program of " + network_.path);
    program_.crossbar.assign(crossbar_begin_.back(), 0);
    program_.weight.assign(n * weights, 0);
    program_.neuron_param.assign(n * Ranc::params.size(), 0);
    program_.neuron_state.assign(n * Ranc::state_words, 0);
    program_.target_core.assign(n, output_bus);
    program_.target_axon.assign(n, 0);
    program_.target_delay.assign(n, 0);
    program_.axon_type.reserve(u64{program_.cores()} * program_.chip.axons);
    for (u32 core = 0; core < program_.cores(); ++core) {
      for (u32 axon = 0; axon < program_.chip.axons; ++axon) {
        program_.axon_type.push_back(static_cast<u8>(axon % weights));
      }
    }
  }

  void write_layer(u32 n, u32 l) {
    u32 core = n * plan_.cores + plan_.layers[l].first_core;
    for_each_core(l, [&](u32 position, u32 first, u32 last) {
      u64 neuron = program_.neuron_begin[core];
      for (u32 feature = first; feature < last; ++feature) {
        const u64 first_neuron = neuron;
        write_targets(n, l, position, feature, neuron);
        for (u64 i = first_neuron; i < neuron; ++i) write_neuron(n, l, feature, core, i);
      }
      SPIKEFAB_ASSERT(neuron == program_.neuron_begin[core + 1]);
      ++core;
    });
  }

  // A neuron for each target, from `neuron` on.
  void write_targets(u32 n, u32 l, u32 position, u32 feature, u64& neuron) {
    const CrossbarLayer& shape = network_.layers[l];
    if (l + 1 == network_.layers.size()) {
      const u32 line = (n * positions(shape) + position) * shape.features + feature;
      program_.target_axon[neuron++] = static_cast<u16>(line);
      return;
    }
    for_each_axon(network_.layers[l + 1], plan_.layers[l + 1], position / shape.side_columns,
                  position % shape.side_columns, feature, [&](u32 core, u32 axon) {
                    program_.target_core[neuron] = n * plan_.cores + core;
                    program_.target_axon[neuron++] = static_cast<u16>(axon);
                  });
  }

  // All thresholds and reset potentials are 0: a neuron is at 0 after every tick.
  void write_neuron(u32 n, u32 l, u32 feature, u32 core, u64 neuron) {
    const u64 total = program_.neurons();
    const CrossbarWeights& of_layer = network_.networks[n][l];
    const u32 weights = program_.chip.weights;
    program_.neuron_param[Ranc::leak * total + neuron] = of_layer.leak[feature];
    program_.neuron_param[Ranc::reset_type * total + neuron] =
        program_.chip.neuron_params[Ranc::reset_type];
    for (u32 w = 0; w < weights; ++w) {
      program_.weight[w * total + neuron] = of_layer.weight[u64{feature} * weights + w];
    }
    connect(&of_layer.connections[u64{feature} * network_.layers[l].axon_words()],
            network_.layers[l].axon_words(), core, neuron - program_.neuron_begin[core]);
  }

  void connect(const u64* axon_bits, u32 axon_words, u32 core, u64 neuron) {
    u64* crossbar = &program_.crossbar[crossbar_begin_[core] + neuron / word_bits];
    const u64 bit = u64{1} << neuron % word_bits;
    const u32 row_words = program_.neuron_words(core);
    for (u32 w = 0; w < axon_words; ++w) {
      for (u64 bits = axon_bits[w]; bits != 0; bits &= bits - 1) {
        const u32 axon = w * word_bits + static_cast<u32>(std::countr_zero(bits));
        crossbar[u64{axon} * row_words] |= bit;
      }
    }
  }

  const CrossbarNetwork& network_;
  const CrossbarPlan plan_;
  Program program_;
  std::vector<u64> crossbar_begin_;
};

// A card that states other numbers than the network has is of another network.
void check_card(const CrossbarNetwork& network, const Program& program) {
  const ModelCard& card = network.card;
  Problems problems;
  const auto check = [&](const std::string& name, u64 stated, u64 have) {
    if (stated == 0 || stated == have) return;
    problems.add({card.place.empty() ? network.path : card.place,
                  "card." + name + " = " + std::to_string(stated),
                  "the network has " + std::to_string(have)});
  };
  check("cores", card.cores, program.cores());
  check("neurons", card.neurons, program.neurons());
  check("connections", card.connections, program.connections());
  problems.throw_if_any();
}

}  // namespace

ImageClassifier assemble(const CrossbarNetwork& network) {
  Assembler assembler(network);
  ImageClassifier classifier;
  classifier.name = network.name;
  classifier.rows = network.rows;
  classifier.columns = network.columns;
  classifier.encoding = network.encoding;
  assembler.add_pixels(classifier);
  classifier.latency = static_cast<u32>(network.layers.size());
  classifier.decoder = network.decoder;
  classifier.classes = network.classes;
  classifier.program = assembler.program();
  for (u32 line = 0; line < classifier.program.output_lines; ++line) {
    const u32 feature = line % network.layers.back().features;
    classifier.class_of_line.push_back(static_cast<u8>(feature % network.classes));
  }
  check_card(network, classifier.program);
  check_program(classifier.program, network.path);
  return classifier;
}

}  // namespace spikefab
