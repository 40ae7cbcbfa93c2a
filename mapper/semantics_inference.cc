// What a network tells of the tool that made it, and so of its semantics (declared in semantics.h).
#include <algorithm>
#include <cmath>

#include "mapper/semantics.h"
#include "mapper/semantics_text.h"

namespace spikefab {
namespace {

bool names_choice(const std::vector<std::string>& words, const std::string& name) {
  return std::any_of(words.begin(), words.end(),
                     [&](const std::string& word) { return word.starts_with(name + "="); });
}

bool any_spiking(const Network& network, bool with_v_reset) {
  for (const u32 node : network.populations()) {
    const Neurons& n = *network.nodes[node].as<Neurons>();
    if (spikes(n.type) && has_membrane(n.type) && n.v_reset.given() == with_v_reset) return true;
  }
  return false;
}

// What the network itself says about resets.
void infer_reset(const Network& network, Semantics& semantics, std::vector<std::string>& notes) {
  if (any_spiking(network, true)) {
    semantics.reset = Reset::to_value;
  } else if (any_spiking(network, false)) {
    semantics.reset = network.subtracts_without_v_reset ? Reset::subtract : Reset::to_value;
    notes.push_back(
        network.subtracts_without_v_reset
            ? "semantics: the network has no v_reset and is of a time when a reset was "
              "v - v_threshold; reset=subtract is assumed"
            : "semantics: the network has no v_reset; a reset to 0 is assumed (reset=subtract if "
              "it was trained with v - v_threshold)");
  }
}

bool times_look_like_steps(const Network& network) {
  bool some = false;
  for (const u32 node : network.populations()) {
    const Neurons& n = *network.nodes[node].as<Neurons>();
    for (const Parameter* tau : {&n.tau, &n.tau_syn}) {
      for (const double time : tau->values) {
        if (time < 1) return false;
        some = true;
      }
    }
  }
  return some;
}

// Without the noise of float32, in which files hold it.
double rounded(double dt) {
  const double digits = std::pow(10, 6 - std::floor(std::log10(dt)));
  return std::round(dt * digits) / digits;
}

// No sign of the tool if its dt would be one that nobody can have meant.
Fingerprint recognised(const std::string& preset, const Network& network) {
  Fingerprint found = Registry<SemanticsPreset>::make(preset)->recognise(network);
  if (!found.dt) return found;
  found.dt = rounded(*found.dt);
  return is_dt(*found.dt) ? found : Fingerprint{};
}

Semantics infer(const Network& network, std::vector<std::string>& notes) {
  Fingerprint best;
  std::string best_name;
  for (const std::string& name : Registry<SemanticsPreset>::names()) {
    const Fingerprint found = recognised(name, network);
    if (found.evidence <= best.evidence) continue;
    best = found;
    best_name = name;
  }
  if (best_name.empty()) {
    Semantics semantics;
    if (times_look_like_steps(network)) semantics.dt = 1;
    notes.push_back(
        "semantics: no tool recognised; Euler steps with dt=" + number_text(semantics.dt) +
        (semantics.dt == 1 ? " are assumed, since all time constants are 1 or more"
                           : " are assumed") +
        " (name a preset or choices to change that)");
    infer_reset(network, semantics, notes);
    return semantics;
  }
  Semantics semantics = semantics_of_preset(best_name);
  if (best.dt) semantics.dt = *best.dt;
  notes.push_back("semantics: " + best_name + " with dt=" + number_text(semantics.dt) +
                  " is assumed, since " + best.why);
  return semantics;
}

void note_ignored(const Network& network, const Semantics& semantics,
                  std::vector<std::string>& notes) {
  bool fast = false;
  bool other_r = false;
  bool other_reset = false;
  for (const u32 node : network.populations()) {
    const Neurons& n = *network.nodes[node].as<Neurons>();
    const auto below_dt = [&](double tau) { return tau < semantics.dt; };
    fast |= std::any_of(n.tau.values.begin(), n.tau.values.end(), below_dt) ||
            std::any_of(n.tau_syn.values.begin(), n.tau_syn.values.end(), below_dt);
    other_r |= std::any_of(n.r.values.begin(), n.r.values.end(), [](double r) { return r != 1; });
    other_reset |= n.v_reset.given();
  }
  if (fast) {
    notes.push_back("semantics: some tau is below dt=" + number_text(semantics.dt) +
                    "; tau in other units, or another dt?");
  }
  if (other_r && !semantics.use_r) {
    notes.push_back("semantics: " + semantics.preset + " takes r as 1; here it is not 1 for all");
  }
  if (other_reset && semantics.reset == Reset::subtract) {
    notes.push_back("semantics: v_reset is ignored by reset=subtract");
  }
}

}  // namespace

Semantics choose_semantics(const std::string& text, const Network& network,
                           std::vector<std::string>& notes) {
  const SemanticsText words = split_semantics(text);
  const bool ask = words.preset.empty() || words.preset == "auto";
  Semantics semantics = ask ? infer(network, notes) : semantics_of_preset(words.preset);
  if (!ask && !names_choice(words.choices, "dt")) {
    const Fingerprint found = recognised(words.preset, network);
    if (found.dt) {
      semantics.dt = *found.dt;
      notes.push_back("semantics: dt=" + number_text(semantics.dt) + ", since " + found.why);
    }
  }
  apply_choices(semantics, words.choices);
  note_ignored(network, semantics, notes);
  return semantics;
}

}  // namespace spikefab
