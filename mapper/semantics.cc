#include "mapper/semantics.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <functional>

#include "base/suggest.h"
#include "mapper/semantics_text.h"

namespace spikefab {

std::string number_text(double value) {
  char buffer[32];
  const auto [end, error] = std::to_chars(buffer, buffer + sizeof buffer, value);
  return {buffer, end};
}

namespace {

constexpr double max_steps = 65535;  // of a delay

// A choice by name: how it is read, shown and explained. The only list of them.
struct Choice {
  SemanticsChoice shown;
  std::function<std::string(const Semantics&)> get;
  std::function<void(Semantics&, const std::string&)> set;
};

[[noreturn]] void reject(const std::string& name, const std::string& text,
                         const std::string& allowed) {
  throw UsageError("semantics: " + name + " = '" + printable(text) + "'", allowed);
}

double parse_number(const std::string& name, const std::string& text) {
  double value = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc() || stop != end || !std::isfinite(value)) {
    reject(name, text, "must be a number");
  }
  return value;
}

template <class Enum>
Choice one_of(std::string name, Enum Semantics::*field, std::vector<std::string> values,
              std::string help) {
  Choice choice;
  choice.get = [=](const Semantics& s) { return values[static_cast<std::size_t>(s.*field)]; };
  choice.set = [=](Semantics& s, const std::string& text) {
    const auto found = std::find(values.begin(), values.end(), text);
    if (found == values.end()) {
      reject(name, text, "one of " + join(values, ", ") + did_you_mean(text, values));
    }
    s.*field = static_cast<Enum>(found - values.begin());
  };
  choice.shown = {std::move(name), std::move(values), std::move(help)};
  return choice;
}

Choice number(std::string name, double Semantics::*field, double min, std::string help) {
  return {{name, {}, std::move(help)},
          [=](const Semantics& s) { return number_text(s.*field); },
          [=](Semantics& s, const std::string& text) {
            const double value = parse_number(name, text);
            if (!(value >= min)) reject(name, text, "must be at least " + number_text(min));
            s.*field = value;
          }};
}

Choice steps(std::string name, u32 Semantics::*field, u32 min, std::string help) {
  return {{name, {}, std::move(help)},
          [=](const Semantics& s) { return std::to_string(s.*field); },
          [=](Semantics& s, const std::string& text) {
            const double value = parse_number(name, text);
            if (!(value >= min && value <= max_steps) || value != std::floor(value)) {
              reject(name, text, "must be an integer " + std::to_string(min) + "..65535");
            }
            s.*field = static_cast<u32>(value);
          }};
}

Choice optional_number(std::string name, std::optional<double> Semantics::*field,
                       std::string help) {
  return {{name, {}, std::move(help)},
          [=](const Semantics& s) { return s.*field ? number_text(*(s.*field)) : "auto"; },
          [=](Semantics& s, const std::string& text) {
            if (text == "auto") {
              (s.*field).reset();
            } else {
              s.*field = parse_number(name, text);
            }
          }};
}

const std::vector<Choice>& choices() {
  using S = Semantics;
  const std::vector<std::string> decays = {"euler", "exact"};
  const std::vector<std::string> timings = {"same_step", "next_step", "no_double"};
  const std::vector<std::string> gains = {"matched", "euler", "none"};
  const std::vector<std::string> no_yes = {"no", "yes"};
  static const std::vector<Choice> all = {
      number("dt", &S::dt, smallest_dt, "length of a step, in the unit of tau"),
      one_of("decay", &S::decay, decays, "what is left of v: 1 - dt/tau or exp(-dt/tau)"),
      one_of("synapse_decay", &S::synapse_decay, decays, "the same for synaptic currents"),
      one_of("gain", &S::gain, gains, "of the input into v or I: 1 - decay, dt/tau or 1"),
      one_of("current_gain", &S::current_gain, gains, "of I into v, likewise"),
      optional_number("input_gain", &S::input_gain,
                      "a number instead of gain and r, for neurons without synapse; or auto"),
      number("integrator_decay", &S::integrator_decay, 0, "what is left of v without tau"),
      one_of("use_r", &S::use_r, no_yes, "whether r counts, or is taken as 1"),
      one_of("use_w_in", &S::use_w_in, no_yes, "whether w_in counts, or is taken as 1"),
      one_of("reset", &S::reset, {"to_value", "subtract"},
             "after a spike: v = v_reset (or 0), or v -= v_threshold"),
      one_of("reset_timing", &S::reset_timing, timings, "when, without synapse"),
      one_of("cuba_reset_timing", &S::cuba_reset_timing, timings, "when, with synapse"),
      one_of("spikes_per_step", &S::spikes_per_step, {"one", "many"},
             "v > v_threshold, or floor(v / v_threshold)"),
      one_of("clamp_below", &S::clamp_below, no_yes, "v >= -v_threshold in neurons without tau"),
      steps("input_delay", &S::input_delay, 0, "steps by which the input is late"),
      steps("forward_delay", &S::forward_delay, 0, "steps from neurons to the next"),
      steps("output_delay", &S::output_delay, 0, "steps until spikes are seen at all"),
      steps("recurrent_delay", &S::recurrent_delay, 1, "steps of what closes a cycle"),
      one_of("recurrent_bias_at_start", &S::recurrent_bias_at_start, no_yes,
             "whether a recurrent branch gives its bias before its first spikes"),
      one_of("arithmetic", &S::arithmetic, {"float32", "float64", "int8_weights", "loihi_integer"},
             "of states; or SpiNNaker2's integer weights, or lava's integers"),
  };
  return all;
}

void set_choice(Semantics& semantics, const std::string& text) {
  const std::size_t equals = text.find('=');
  const std::string name = text.substr(0, equals);
  std::vector<std::string> names;
  for (const Choice& choice : choices()) {
    names.push_back(choice.shown.name);
    if (names.back() != name) continue;
    if (equals == std::string::npos) reject(name, "", "write " + name + "=...");
    return choice.set(semantics, text.substr(equals + 1));
  }
  throw UsageError("semantics: no choice '" + printable(name) + "'",
                   "have: " + join(names, ", ") + did_you_mean(name, names));
}

void check_combination(const Semantics& s) {
  const bool same_step =
      s.reset_timing == ResetTiming::same_step && s.cuba_reset_timing == ResetTiming::same_step;
  if (s.spikes_per_step == SpikesPerStep::many && !same_step) {
    throw UsageError(
        "semantics: spikes_per_step=many needs reset_timing and cuba_reset_timing "
        "same_step");
  }
  const bool integer =
      s.arithmetic == Arithmetic::int8_weights || s.arithmetic == Arithmetic::loihi_integer;
  if (integer && (s.input_gain || !same_step)) {
    throw UsageError(
        "semantics: integer arithmetic needs reset_timing and cuba_reset_timing "
        "same_step and input_gain auto");
  }
}

}  // namespace

SemanticsText split_semantics(const std::string& text) {
  SemanticsText words;
  std::size_t begin = 0;
  while (true) {
    const std::size_t comma = text.find(',', begin);
    const std::string word = text.substr(begin, comma - begin);
    if (begin == 0) {
      words.preset = word;
    } else {
      words.choices.push_back(word);
    }
    if (comma == std::string::npos) return words;
    begin = comma + 1;
  }
}

Semantics semantics_of_preset(const std::string& name) {
  Semantics values = Registry<SemanticsPreset>::make(name)->values();
  values.preset = name;
  return values;
}

void apply_choices(Semantics& semantics, const std::vector<std::string>& words) {
  for (const std::string& word : words) set_choice(semantics, word);
  check_combination(semantics);
}

Semantics parse_semantics(const std::string& text) {
  const SemanticsText words = split_semantics(text);
  Semantics semantics = semantics_of_preset(words.preset);
  apply_choices(semantics, words.choices);
  return semantics;
}

std::string text_of(const Semantics& semantics) {
  std::string text = semantics.preset;
  for (const Choice& choice : choices()) {
    text += "," + choice.shown.name + "=" + choice.get(semantics);
  }
  return text;
}

std::vector<SemanticsChoice> semantics_choices() {
  std::vector<SemanticsChoice> shown;
  for (const Choice& choice : choices()) shown.push_back(choice.shown);
  return shown;
}

}  // namespace spikefab
