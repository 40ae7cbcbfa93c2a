#include "mapper/quantise/layer.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "arch/fixed_point.h"
#include "base/suggest.h"
#include "mapper/quantise/synapses.h"

namespace spikefab {
namespace {

constexpr double infinite = std::numeric_limits<double>::infinity();
constexpr double largest_scale = 1 << 30;

// Room that potentials have for what does not spike: for inhibition in thresholds, and for sums
// that nothing limits in largest weights.
constexpr double thresholds_below_zero = 64;
constexpr double weights_of_integrators = 1024;

// What is left of x after a tick that loses `lost` of 2^bits.
i64 after_tick(i64 x, i32 lost, u32 bits) {
  return scale_towards_zero(static_cast<i32>(x), (1 << bits) - lost, bits);
}

}  // namespace

LayerQuantiser::LayerQuantiser(QuantisedNetwork& network, u32 layer, const LayerDrive& drive,
                               const ChipNeuronRange& range, const QuantiserOptions& options,
                               ChipConnections& connections)
    : network_(&network),
      index_(layer),
      drive_(&drive),
      range_(&range),
      options_(&options),
      connections_(&connections) {
  find_runs();
  find_norms();
  make_relative();
  find_limits();
}

void LayerQuantiser::find_runs() {
  const u64 first = layer().first;
  const std::vector<u64>& begin = connections_->begin;
  const u64 base = begin[first];
  weights_.weight = std::span<const float>(connections_->weight)
                        .subspan(base, begin[first + layer().size] - base);
  for (u64 i = 0; i < layer().size; ++i) {
    u64 end_of_projection = 0;  // source
    for (u64 s = begin[first + i]; s < begin[first + i + 1]; ++s) {
      const u64 source = connections_->source[s];
      if (s > begin[first + i] && source < end_of_projection) {
        ++weights_.run_begin.back();
        continue;
      }
      const u32 from = network_->layer_of_source(source);
      const QuantisedLayer& of_source = is_input(from)
                                            ? network_->inputs[from]
                                            : network_->layers[from - network_->inputs.size()];
      end_of_projection =
          of_source.first + of_source.size + (is_input(from) ? 0 : network_->input_elements);
      weights_.projection.push_back(from);
      weights_.run_begin.push_back(weights_.run_begin.back() + 1);
    }
    weights_.runs_of_neuron.push_back(weights_.projection.size());
  }
}

void LayerQuantiser::find_norms() {
  double common = 0;
  norm_.assign(layer().size, 0);
  for (u64 i = 0; i < layer().size; ++i) {
    const u64 n = layer().first + i;
    for (u64 s = connections_->begin[n]; s < connections_->begin[n + 1]; ++s) {
      norm_[i] = std::max(norm_[i], std::abs(connections_->weight[s] * drive_->factor[i]));
    }
    common = std::max(common, norm_[i]);
  }
  for (u64 i = 0; i < layer().size; ++i) {
    norm_[i] = drive_->threshold[i] > 0 ? drive_->threshold[i] : common > 0 ? common : 1;
  }
}

void LayerQuantiser::make_relative() {
  for (u64 i = 0; i < layer().size; ++i) {
    const u64 n = layer().first + i;
    for (u64 s = connections_->begin[n]; s < connections_->begin[n + 1]; ++s) {
      const double relative = connections_->weight[s] * drive_->factor[i] / norm_[i];
      connections_->weight[s] = static_cast<float>(relative);
    }
  }
}

// value_of(weight, projection): of each synapse.
template <class ValueOf>
LayerQuantiser::Sums LayerQuantiser::sums_of(u64 neuron, const ValueOf& value_of) const {
  Sums sums;
  double largest = 0;
  weights_.for_each_run(neuron, [&](u32 from, u64, std::span<const float> run) {
    const double count = is_input(from) ? options_->input_count : 1;
    for (const float weight : run) {
      const double value = count * value_of(weight, from);
      (value > 0 ? sums.positive : sums.negative) += std::abs(value);
      largest = std::max(largest, std::abs(value));
    }
  });
  // One spike must fit, however few there are at a time.
  sums.positive = std::max(std::min(largest, sums.positive), options_->activity * sums.positive);
  sums.negative = std::max(std::min(largest, sums.negative), options_->activity * sums.negative);
  return sums;
}

LayerQuantiser::Sums LayerQuantiser::relative_sums(u64 neuron) const {
  return sums_of(neuron, [](float weight, u32) { return double{weight}; });
}

LayerQuantiser::Sums LayerQuantiser::chip_sums(const LayerScale& scale, u64 neuron) const {
  return sums_of(neuron, [&](float weight, u32 from) {
    return std::ldexp(scale.step_of(weight, neuron, from), scale.shift[from]);
  });
}

void LayerQuantiser::find_limits() {
  for (u64 i = 0; i < layer().size; ++i) limits_.push_back(limit_of(i));
}

ScaleLimit LayerQuantiser::limit_of(u64 i) const {
  const LayerDrive& d = *drive_;
  const ChipNeuronRange& range = *range_;
  const double unit = range.weight_unit;
  const double worst = relative_sums(i).worst();
  const double bias = std::abs(d.bias[i]) / norm_[i];
  const double current = std::abs(d.first_current[i]) / norm_[i];
  ScaleLimit limit = {largest_scale, largest_scale, "the largest scale"};
  const auto bound = [&](double room, double need, const char* why) {
    if (need <= 0 || room / need >= limit.hard) return;
    limit.hard = room / need;
    limit.why = why;
  };
  const double highest = double(std::min(range.highest, range.largest_threshold));
  if (d.threshold[i] > 0) bound(highest, unit, "the register for thresholds");
  bound(double(range.largest_input), worst, "the sum of all inputs of a tick");
  bound(double(range.largest_current), unit * (worst * d.carry[i] + bias + current),
        "the synaptic current if all inputs are active all the time");
  bound(range.largest_bias, unit * bias, "the register for biases");
  bound(double(-range.lowest), unit * std::abs(d.first_potential[i]) / norm_[i],
        "the potential at the start");
  const bool leaks = d.leak[i] > 0;
  const double most = (worst * d.carry[i] + bias) / (leaks ? d.leak[i] : 1);
  const double lowest = double(-range.lowest);
  // Potentials do not wrap, but stay at their limits.
  const double largest = d.rules.spikes() ? thresholds_below_zero : weights_of_integrators;
  const double least_room = d.rules.spikes() ? lowest : std::min(highest, lowest);
  limit.room = least_room / unit / (leaks ? std::min(largest, 1 + most) : largest);
  return limit;
}

// Limits are those of exact weights. Rounded ones may add up to a little more: then there is a
// little less for the next try.
std::vector<LayerScale> LayerQuantiser::scales(bool per_neuron) {
  constexpr double a_little_less = 0.999;
  while (true) {
    std::vector<LayerScale> all =
        layer_scales(weights_, network_->source_layers(), limits_, per_neuron, *options_);
    if (all.empty()) return all;
    bool best_fits = true;
    for (u64 i = 0; i < layer().size; ++i) {
      const double margin = margins(all.front(), i).sums();
      if (margin >= 1) continue;
      best_fits = false;
      const double threshold = double(all.front().threshold_of(i));
      limits_[i].hard = std::min(limits_[i].hard, threshold * margin) * a_little_less;
    }
    if (!best_fits) continue;
    std::erase_if(all, [&](const LayerScale& scale) { return !fits(scale); });
    return all;
  }
}

LayerQuantiser::Margins LayerQuantiser::margins(const LayerScale& scale, u64 i) const {
  const double unit = range_->weight_unit;
  const double worst = chip_sums(scale, i).worst();
  const double units = units_per_potential(scale, i);
  const double bias = std::abs(drive_->bias[i]) * units;
  const double current =
      unit * worst * drive_->carry[i] + bias + std::abs(drive_->first_current[i]) * units;
  const double most = drive_->rules.spikes() ? unit * double(scale.threshold_of(i)) + current
                      : drive_->leak[i] > 0  ? current / drive_->leak[i]
                                             : current;
  const auto times = [](double limit, double need) { return need > 0 ? limit / need : infinite; };
  return {times(double(range_->largest_input), worst),
          times(double(range_->largest_current), current), times(double(range_->highest), most)};
}

bool LayerQuantiser::fits(const LayerScale& scale) const {
  for (u64 i = 0; i < layer().size; ++i) {
    if (margins(scale, i).sums() < 1) return false;
  }
  return true;
}

void LayerQuantiser::explain_no_scale(const std::string& place, Problems& problems) const {
  const ScaleLimit& tightest = tightest_limit();
  if (tightest.hard >= 1) {
    problems.add({place, "weights of both signs need at least 2 bits", "choose more weight_bits"});
    return;
  }
  problems.add({place,
                "neuron " + std::to_string(&tightest - limits_.data()) +
                    " cannot be scaled: for its threshold to be 1, " + tightest.why + " would be " +
                    std::to_string(1 / tightest.hard) + " times what the chip holds",
                "weights, bias and v_threshold of a neuron must be of similar size; activity or "
                "input_count below what is assumed, or a chip whose neurons are lif, may help"});
}

double LayerQuantiser::units_per_potential(const LayerScale& scale, u64 neuron) const {
  return double(scale.threshold_of(neuron)) * range_->weight_unit / norm_[neuron];
}

LayerReport LayerQuantiser::write(const LayerScale& scale, const ChipNeurons& model,
                                  const std::string& place, Problems& problems) {
  LayerReport report;
  report.name = layer().name;
  report.type = name_of(drive_->rules.type);
  report.neurons = layer().size;
  report.synapses = weights_.weight.size();
  report.clipping = scale.clipping;
  report.decay_error = drive_->decay_error;
  report.synapse_decay_error = drive_->synapse_decay_error;
  std::vector<double> weight_unit(layer().size);
  for (u64 i = 0; i < layer().size; ++i) {
    weight_unit[i] = drive_->factor[i] == 0 ? 0 : norm_[i] / drive_->factor[i];
  }
  write_synapses(weights_, scale, weight_unit, *connections_, index_, *network_, report, place,
                 problems);
  report_margins(scale, report);
  write_neurons(scale, model, report);
  note_lost_bits(scale);
  note_potential_limit(report);
  return report;
}

void LayerQuantiser::report_margins(const LayerScale& scale, LayerReport& report) const {
  std::vector<double> all_scales;
  report.input_margin = report.current_margin = report.potential_margin = infinite;
  report.room_below = infinite;
  for (u64 i = 0; i < layer().size; ++i) {
    const Margins of_neuron = margins(scale, i);
    report.input_margin = std::min(report.input_margin, of_neuron.input);
    report.current_margin = std::min(report.current_margin, of_neuron.current);
    report.potential_margin = std::min(report.potential_margin, of_neuron.potential);
    all_scales.push_back(units_per_potential(scale, i));
    if (drive_->threshold[i] == 0) continue;
    const double threshold = double(scale.threshold_of(i)) * range_->weight_unit;
    report.room_below = std::min(report.room_below, -double(range_->lowest) / threshold);
  }
  std::sort(all_scales.begin(), all_scales.end());
  if (all_scales.empty()) return;
  report.smallest_scale = all_scales.front();
  report.scale = all_scales[all_scales.size() / 2];
  report.largest_scale = all_scales.back();
}

// The current before the first tick that is `wanted` after `ticks` ticks without input.
i64 LayerQuantiser::first_current(double wanted, u64 neuron, u32 ticks) const {
  const i32 lost = drive_->current_decay[neuron];
  const i64 whole = i64{1} << range_->decay_bits;
  const i64 target = std::llround(wanted);
  i64 magnitude = std::abs(target);
  for (u32 t = 0; t < ticks && lost < whole; ++t) {
    magnitude = static_cast<i64>(
        divide_up(static_cast<u64>(magnitude * whole), static_cast<u64>(whole - lost)));
    if (magnitude > range_->largest_current) return 0;
  }
  const i64 first = target < 0 ? -magnitude : magnitude;
  i64 check = first;
  for (u32 t = 0; t < ticks; ++t) check = after_tick(check, lost, range_->decay_bits);
  return check == target ? first : 0;
}

// Before the first tick of the network, which is `level` ticks late, nothing must happen.
ChipNeuron LayerQuantiser::chip_neuron(const LayerScale& scale, u64 i,
                                       bool& starts_otherwise) const {
  const LayerDrive& d = *drive_;
  const u32 level = layer().level;
  const double units = units_per_potential(scale, i);
  const double potential = d.first_potential[i] * units;
  const double current = d.first_current[i] * units;
  const bool keeps_potential = level == 0 || range_->keeps_silent_potential;
  ChipNeuron neuron;
  neuron.rules = d.rules;
  neuron.decay = d.decay[i];
  neuron.current_decay = d.current_decay[i];
  neuron.bias = d.bias[i] * units;
  neuron.threshold = d.threshold[i] > 0 ? scale.threshold_of(i) * range_->weight_unit : 0;
  if (neuron.bias != 0 || potential != 0 || current != 0) neuron.silent_ticks = level;
  neuron.first_current = first_current(current, i, level);
  if (keeps_potential) neuron.first_potential = std::llround(potential);
  starts_otherwise = (!keeps_potential && std::llround(potential) != 0) ||
                     (neuron.first_current == 0 && std::llround(current) != 0);
  return neuron;
}

void LayerQuantiser::write_neurons(const LayerScale& scale, const ChipNeurons& model,
                                   LayerReport& report) {
  std::vector<i32> params;
  std::vector<i32> state(network_->neuron_state.size() / std::max<u64>(network_->neurons, 1));
  const auto write = [&](const std::vector<i32>& from, std::vector<i32>& to, u64 neuron) {
    for (u64 k = 0; k < from.size(); ++k) to[k * network_->neurons + neuron] = from[k];
  };
  u64 other_starts = 0;
  for (u64 i = 0; i < layer().size; ++i) {
    bool starts_otherwise = false;
    const ChipNeuron neuron = chip_neuron(scale, i, starts_otherwise);
    other_starts += starts_otherwise;
    const double threshold = double(scale.threshold_of(i)) * range_->weight_unit;
    const double bias_error = std::abs(model.stored_bias(neuron.bias) - neuron.bias) / threshold;
    report.bias_error = std::max(report.bias_error, bias_error);
    params = network_->chip.neuron_params;
    std::fill(state.begin(), state.end(), 0);
    model.write(neuron, params, state);
    write(params, network_->neuron_param, layer().first + i);
    write(state, network_->neuron_state, layer().first + i);
  }
  if (other_starts == 0) return;
  network_->report.notes.push_back(
      "'" + printable(layer().name) + "': " + std::to_string(other_starts) +
      " neurons begin without what their bias or v_reset would need; their first steps differ");
}

const ScaleLimit& LayerQuantiser::tightest_limit() const {
  return *std::min_element(
      limits_.begin(), limits_.end(),
      [](const ScaleLimit& a, const ScaleLimit& b) { return a.hard < b.hard; });
}

void LayerQuantiser::note_lost_bits(const LayerScale& scale) {
  if (scale.lost_bits <= 0.5) return;
  network_->report.notes.push_back("'" + printable(layer().name) + "': weights use " +
                                   std::to_string(scale.lost_bits).substr(0, 4) +
                                   " bits less than they have, since " + tightest_limit().why +
                                   " must fit (activity says how many inputs are active at once)");
}

// A potential that spikes stays below its threshold, but one that is read is a result.
void LayerQuantiser::note_potential_limit(const LayerReport& report) {
  if (drive_->rules.spikes() || report.potential_margin >= 1) return;
  network_->report.notes.push_back(
      "'" + printable(layer().name) +
      "': its potential is read, and stays at the chip's limit if "
      "all inputs are active all the time: " +
      std::to_string(report.potential_margin) +
      " of that fits (activity says how many inputs are active at once; fewer weight_bits, or "
      "another chip whose neurons are lif, leave more room)");
}

}  // namespace spikefab
