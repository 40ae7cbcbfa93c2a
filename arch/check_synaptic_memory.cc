#include "arch/check_synaptic_memory.h"

#include <algorithm>

namespace spikefab {
namespace {

// Adds problems about synaptic memory; each check assumes those before it.
class Checker {
 public:
  Checker(const Program& program, const std::string& place, Problems& problems)
      : p_(program), m_(*program.memory), place_(place), problems_(problems) {}

  void run() {
    check_sizes();
    if (!problems_.empty() || !check_indices()) return;
    check_synapses();
    check_targets();
  }

 private:
  void add(std::string what, const std::string& must) {
    problems_.add(damage(place_, std::move(what), must));
  }

  void check_sizes() {
    if (p_.slots < 2 || p_.slots > max_synapse_delay + 2) {
      add("slots = " + std::to_string(p_.slots), "be 2.." + std::to_string(max_synapse_delay + 2));
    }
    for (u32 c = 0; c < p_.cores() && !problems_.full(); ++c) {
      if (u64{p_.core_neurons(c)} * inputs_ > max_accumulators) {
        add("core " + std::to_string(c) + " needs " +
                std::to_string(u64{p_.core_neurons(c)} * inputs_) + " accumulators",
            "be at most " + std::to_string(max_accumulators));
      }
    }
  }

  template <class T>
  bool check_index(const char* name, const std::vector<T>& begin, u64 rows, u64 end) {
    if (begin.size() != rows + 1) {
      problems_.add(wrong_length(place_, name, begin.size(), rows + 1));
      return false;
    }
    if (begin.front() == 0 && begin.back() == end && std::is_sorted(begin.begin(), begin.end())) {
      return true;
    }
    add(std::string(name) + " is no index", "ascend from 0 to " + std::to_string(end));
    return false;
  }

  bool check_indices() {
    if (!check_index("axon_begin", m_.axon_begin, p_.cores(),
                     m_.row_begin.empty() ? 0 : m_.row_begin.size() - 1) ||
        !check_index("row_begin", m_.row_begin, m_.axon_begin.back(), m_.synapse.size()) ||
        !check_index("target_begin", m_.target_begin, p_.neurons(), m_.target_core.size())) {
      return false;
    }
    if (m_.target_axon.size() != m_.target_core.size()) {
      problems_.add(
          wrong_length(place_, "target_axon", m_.target_axon.size(), m_.target_core.size()));
      return false;
    }
    for (u32 c = 0; c < p_.cores(); ++c) {
      const u64 axons = m_.axon_begin[c + 1] - m_.axon_begin[c];
      if (axons > p_.chip.axons) {
        add("core " + std::to_string(c) + " has " + std::to_string(axons) + " axons",
            "be at most " + std::to_string(p_.chip.axons));
        return false;
      }
    }
    return true;
  }

  void check_synapses() {
    const u32 longest = p_.slots - 2;
    for (u32 c = 0; c < p_.cores() && !problems_.full(); ++c) {
      const u32 accumulators = p_.core_neurons(c) * inputs_;
      const u32 last = m_.row_begin[m_.axon_begin[c + 1]];
      for (u32 i = m_.row_begin[m_.axon_begin[c]]; i < last; ++i) {
        const u32 synapse = m_.synapse[i];
        if (accumulator_of(synapse) < accumulators && delay_of(synapse) <= longest) continue;
        add("synapse " + std::to_string(i) + " of core " + std::to_string(c) + " has accumulator " +
                std::to_string(accumulator_of(synapse)) + " and delay " +
                std::to_string(delay_of(synapse)),
            "be below " + std::to_string(accumulators) + " and at most " + std::to_string(longest));
        break;
      }
    }
  }

  void check_targets() {
    for (u64 i = 0; i < m_.target_core.size() && !problems_.full(); ++i) {
      const u32 core = m_.target_core[i];
      const bool to_bus = core == output_bus;
      if (to_bus ? m_.target_axon[i] < p_.output_lines
                 : core < p_.cores() &&
                       m_.target_axon[i] < m_.axon_begin[core + 1] - m_.axon_begin[core]) {
        continue;
      }
      add("target " + std::to_string(i) + " does not exist", "be an axon or an output line");
    }
  }

  const Program& p_;
  const SynapticMemory& m_;
  const std::string& place_;
  Problems& problems_;
  const u32 inputs_ = model_outline(p_.chip).inputs;
};

}  // namespace

Problem damage(const std::string& place, std::string what, const std::string& must) {
  return {place, std::move(what),
          (must.empty() ? "" : "must " + must + "; ") + std::string("the file is damaged")};
}

Problem wrong_length(const std::string& place, const char* array, u64 have, u64 need) {
  return damage(place, std::string(array) + " has " + std::to_string(have) + " elements",
                "be " + std::to_string(need));
}

void check_synaptic_memory(const Program& program, const std::string& place, Problems& problems) {
  Checker(program, place, problems).run();
}

}  // namespace spikefab
