// What must hold in a program, whoever wrote it; crossbars here, synaptic memory in its own file.
#include <span>

#include "arch/check_synaptic_memory.h"
#include "arch/program.h"

namespace spikefab {
namespace {

// Adds problems about one program; each check assumes those before it.
class Checker {
 public:
  Checker(const Program& program, const std::string& place) : p_(program), place_(place) {}

  void run() {
    check_positions();
    check_neurons();
    problems_.throw_if_any();
    check_model_lengths();
    if (p_.chip.has_crossbars()) {
      check_crossbar_lengths();
      problems_.throw_if_any();
      check_crossbars();
    } else {
      problems_.throw_if_any();
      check_synaptic_memory(p_, place_, problems_);
    }
    check_params();
    problems_.throw_if_any();
  }

 private:
  void add(std::string what, const std::string& must = "") {
    problems_.add(damage(place_, std::move(what), must));
  }

  void check_positions() {
    const u32 size = p_.chip.mesh.size();
    if (p_.output_lines > max_outputs) {
      add("output_lines = " + std::to_string(p_.output_lines),
          "be 0.." + std::to_string(max_outputs));
    }
    if (p_.output_lines > 0 && p_.output_position >= size) {
      add("the output bus is at mesh index " + std::to_string(p_.output_position),
          "be below " + std::to_string(size));
    }
    for (u32 c = 0; c < p_.cores(); ++c) {
      if (p_.position[c] >= size || (c > 0 && p_.position[c] <= p_.position[c - 1])) {
        add("position[" + std::to_string(c) + "] = " + std::to_string(p_.position[c]),
            "ascend and stay below " + std::to_string(size));
      } else if (p_.output_lines > 0 && p_.position[c] == p_.output_position) {
        add("core " + std::to_string(c) + " is at the position of the output bus");
      }
    }
  }

  void check_neurons() {
    if (p_.neuron_begin.size() != p_.position.size() + 1 || p_.neuron_begin.front() != 0) {
      add("neuron_begin has " + std::to_string(p_.neuron_begin.size()) + " elements",
          "be " + std::to_string(p_.position.size() + 1) + ", the first of them 0");
      return;
    }
    for (u32 c = 0; c < p_.cores(); ++c) {
      const u64 first = p_.neuron_begin[c];
      const u64 last = p_.neuron_begin[c + 1];
      if (last < first || last - first > p_.chip.neurons) {
        add("core " + std::to_string(c) + " has " + std::to_string(last - first) + " neurons",
            "be 0.." + std::to_string(p_.chip.neurons));
        return;
      }
    }
  }

  void length(const char* name, u64 have, u64 need) {
    if (have != need) problems_.add(wrong_length(place_, name, have, need));
  }

  void check_model_lengths() {
    const u64 n = p_.neurons();
    length("neuron_param", p_.neuron_param.size(), n * outline_.params.size());
    length("neuron_state", p_.neuron_state.size(), n * outline_.state_words);
  }

  void check_crossbar_lengths() {
    const u64 n = p_.neurons();
    length("axon_type", p_.axon_type.size(), u64{p_.cores()} * p_.chip.axons);
    length("crossbar", p_.crossbar.size(), p_.crossbar_begin().back());
    length("weight", p_.weight.size(), n * p_.chip.weights);
    length("target_core", p_.target_core.size(), n);
    length("target_axon", p_.target_axon.size(), n);
    length("target_delay", p_.target_delay.size(), n);
  }

  // Bits beyond the last neuron of a row would index other cores' neurons.
  void check_crossbar_padding() {
    const std::vector<u64> begin = p_.crossbar_begin();
    for (u32 c = 0; c < p_.cores() && !problems_.full(); ++c) {
      const u32 used = p_.core_neurons(c) % word_bits;
      if (used == 0) continue;
      const u32 words = p_.neuron_words(c);
      for (u64 last = begin[c] + words - 1; last < begin[c + 1]; last += words) {
        if (p_.crossbar[last] >> used == 0) continue;
        add("core " + std::to_string(c) +
            " has an axon that connects to a neuron that does not exist");
        break;
      }
    }
  }

  void check_crossbars() {
    check_crossbar_padding();
    for (u64 i = 0; i < p_.axon_type.size() && !problems_.full(); ++i) {
      if (p_.axon_type[i] >= p_.chip.weights) {
        add("axon_type[" + std::to_string(i) + "] = " + std::to_string(p_.axon_type[i]),
            "be below " + std::to_string(p_.chip.weights));
      }
    }
    for (u64 n = 0; n < p_.neurons() && !problems_.full(); ++n) {
      const bool to_bus = p_.target_core[n] == output_bus && p_.output_lines > 0;
      const u32 axons = to_bus ? p_.output_lines : p_.chip.axons;
      if ((!to_bus && p_.target_core[n] >= p_.cores()) || p_.target_axon[n] >= axons ||
          p_.target_delay[n] >= p_.chip.slots) {
        add("neuron " + std::to_string(n) + " has a target that does not exist");
      }
    }
  }

  void check_params() {
    for (u64 k = 0; k < outline_.params.size(); ++k) {
      const ParamSpec& spec = outline_.params[k];
      for (u64 n = 0; n < p_.neurons() && !problems_.full(); ++n) {
        const i32 value = p_.neuron_param[k * p_.neurons() + n];
        if (value >= spec.min && value <= spec.max) continue;
        add("neuron " + std::to_string(n) + ": " + std::string(spec.name) + " = " +
                std::to_string(value),
            "be " + std::to_string(spec.min) + ".." + std::to_string(spec.max));
      }
    }
  }

  const Program& p_;
  const std::string& place_;
  const ModelOutline outline_ = model_outline(p_.chip);
  Problems problems_;
};

}  // namespace

void check_program(const Program& program, const std::string& place) {
  Checker(program, place).run();
}

}  // namespace spikefab
