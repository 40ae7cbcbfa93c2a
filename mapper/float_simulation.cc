#include "mapper/float_simulation.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <utility>

#include "base/error.h"
#include "base/suggest.h"
#include "mapper/integer_weights.h"
#include "mapper/linear_ops.h"
#include "mapper/neuron_group.h"
#include "mapper/signal_history.h"
#include "mapper/simulation_plan.h"

namespace spikefab {

class FloatSimulation::Runner {
 public:
  Runner(const Network& network, const Semantics& semantics)
      : semantics_(semantics),
        own_(integer_network(network, semantics)),
        network_(own_ ? own_->network : network),
        plan_(make_simulation_plan(network_, semantics)) {
    prepare_histories();
    prepare_groups();
    prepare_linears();
    find_bias_signals();
    reset();
  }

  void reset() {
    now_ = 0;
    for (u32 i = 0; i < histories_.size(); ++i) histories_[i].fill(at_start_[i]);
    for (auto& [node, group] : groups_) group->reset();
    for (auto& line : lines_) {
      if (line) line->clear();
    }
    for (auto& [node, counts] : counts_) std::fill(counts.begin(), counts.end(), 0.0);
    for (auto& [node, input] : next_input_) input.clear();
  }

  Signal& next_input(u32 node) { return next_input_.at(check_node<Input>(node)); }

  void step() {
    for (const u32 signal : plan_.order) {
      if (signal >= network_.nodes.size()) {
        run_linear(signal);
      } else if (network_.nodes[signal].as<Input>()) {
        take_input(signal);
      } else {
        run_reader(signal);
      }
    }
    ++now_;
  }

  u64 steps() const { return now_; }

  const Signal& last(u32 node) const {
    SPIKEFAB_ASSERT(now_ > 0 && !network_.nodes.at(node).is_linear());
    const u64 step = now_ - 1;
    const u64 late = output_delay(node);
    return step < late ? at_start_[node] : histories_[node].at(step - late);
  }

  const NeuronGroup& group(u32 node) const { return *groups_.at(check_node<Neurons>(node)); }
  const std::vector<double>& counts(u32 node) const { return counts_.at(node); }

  template <class Kind>
  u32 check_node(u32 node) const {
    SPIKEFAB_ASSERT(network_.nodes.at(node).as<Kind>() != nullptr);
    return node;
  }
  const Node& node(u32 index) const { return network_.nodes[index]; }

 private:
  static std::optional<IntegerNetwork> integer_network(const Network& network,
                                                       const Semantics& semantics) {
    const Arithmetic arithmetic = semantics.arithmetic;
    if (arithmetic == Arithmetic::float32 || arithmetic == Arithmetic::float64) return {};
    return make_integer_network(network, semantics);
  }

  bool is_population(u32 node) const { return network_.nodes[node].as<Neurons>() != nullptr; }
  const Node& node_of(u32 signal) const {
    const u64 nodes = network_.nodes.size();
    return network_.nodes[signal < nodes ? signal : plan_.linears[signal - nodes].node];
  }

  void prepare_histories() {
    histories_.resize(plan_.depth.size());
    at_start_.resize(histories_.size());
    for (u32 i = 0; i < histories_.size(); ++i) {
      if (i < network_.nodes.size() && network_.nodes[i].is_linear()) continue;
      const u64 depth = i < network_.nodes.size() ? output_delay(i) : 0;
      histories_[i].prepare(node_of(i).outputs(), std::max<u64>(plan_.depth[i], depth));
      at_start_[i].resize(node_of(i).outputs());
    }
  }

  void prepare_groups() {
    for (const u32 i : network_.inputs()) next_input_[i].resize(network_.nodes[i].outputs());
    for (const u32 i : network_.outputs()) counts_[i].resize(network_.nodes[i].outputs());
    for (const u32 i : network_.populations()) {
      const Node& node = network_.nodes[i];
      groups_[i] = make_group(i, node);
      if (spikes(node.as<Neurons>()->type)) counts_[i].resize(node.outputs());
    }
  }

  std::unique_ptr<NeuronGroup> make_group(u32 i, const Node& node) const {
    switch (semantics_.arithmetic) {
      case Arithmetic::float32:
      case Arithmetic::float64:
        return make_float_group(node, semantics_, neuron_coefficients(node, semantics_));
      case Arithmetic::int8_weights:
        return make_float_group(node, semantics_, own_->coefficients[i], own_->potential_unit[i]);
      case Arithmetic::loihi_integer:
        return make_loihi_group(node, own_->registers[i]);
    }
    return nullptr;
  }

  void prepare_linears() {
    read_by_linear_.resize(histories_.size());
    for (const SimulationPlan::Linear& linear : plan_.linears) {
      const Node& node = network_.nodes[linear.node];
      if (!maps_.contains(linear.node)) {
        maps_.emplace(linear.node, std::make_unique<LinearMap>(node));
      }
      lines_.emplace_back();
      if (node.as<Delay>()) lines_.back().emplace(node, semantics_.dt);
      for (const u32 from : linear.reads) read_by_linear_[from] = true;
    }
  }

  // What linear nodes give without any spike.
  void find_bias_signals() {
    for (const u32 signal : plan_.order) {
      if (signal < network_.nodes.size()) continue;
      run_linear(signal);
      at_start_[signal] = histories_[signal].at(now_);
      at_start_[signal].find_active();
    }
  }

  void take_input(u32 node) {
    Signal& signal = histories_[node].at(now_);
    std::swap(signal, next_input_[node]);
    next_input_[node].clear();
  }

  void run_linear(u32 signal) {
    const u64 index = signal - network_.nodes.size();
    const SimulationPlan::Linear& linear = plan_.linears[index];
    const Node& node = network_.nodes[linear.node];
    Signal& out = histories_[signal].at(now_);
    fill_bias(node, linear.with_bias, out.value);
    for (const u32 from : linear.reads) {
      const Signal& in = histories_[from].at(now_);
      maps_.at(linear.node)->add_products(in.active, in.value, out.value);
    }
    if (lines_[index]) lines_[index]->pass(now_, out.value);
    if (read_by_linear_[signal]) out.find_active();
  }

  static void fill_bias(const Node& node, bool with_bias, std::vector<float>& value) {
    if (!with_bias || node.bias.empty()) return std::fill(value.begin(), value.end(), 0.0f);
    const std::size_t run = value.size() / node.bias.size();
    for (std::size_t b = 0; b < node.bias.size(); ++b) {
      std::fill_n(value.begin() + static_cast<std::ptrdiff_t>(b * run), run, node.bias[b]);
    }
  }

  void run_reader(u32 node) {
    const std::span<const float> sum = summed_entries(node);
    Signal& out = histories_[node].at(now_);
    if (is_population(node)) {
      groups_.at(node)->step(sum, out);
    } else {
      std::copy(sum.begin(), sum.end(), out.value.begin());
      out.find_active();
    }
    count(node);
  }

  std::span<const float> summed_entries(u32 node) {
    const std::vector<SimulationPlan::Entry>& entries = plan_.entries[node];
    if (entries.size() == 1 && entries[0].delay == 0) {
      return histories_[entries[0].signal].at(now_).value;
    }
    sum_.assign(network_.nodes[node].inputs(), 0.0f);
    for (const SimulationPlan::Entry& entry : entries) {
      if (entry.silent_at_start && now_ < entry.delay) continue;
      const std::vector<float>& value = earlier(entry.signal, entry.delay).value;
      for (std::size_t i = 0; i < value.size(); ++i) sum_[i] += value[i];
    }
    return sum_;
  }

  // Before step 0 lies what was there at the start.
  const Signal& earlier(u32 signal, u64 delay) const {
    return now_ < delay ? at_start_[signal] : histories_[signal].at(now_ - delay);
  }

  u64 output_delay(u32 node) const { return is_population(node) ? semantics_.output_delay : 0; }

  void count(u32 node) {
    const auto found = counts_.find(node);
    if (found == counts_.end()) return;
    const Signal& signal = earlier(node, output_delay(node));
    for (const u32 i : signal.active) found->second[i] += double{signal.value[i]};
  }

  Semantics semantics_;
  std::optional<IntegerNetwork> own_;
  const Network& network_;
  SimulationPlan plan_;
  std::vector<SignalHistory> histories_;  // [signal]
  std::vector<Signal> at_start_;          // [signal] before step 0
  std::vector<bool> read_by_linear_;
  std::map<u32, std::unique_ptr<NeuronGroup>> groups_;
  std::map<u32, std::unique_ptr<LinearMap>> maps_;
  std::vector<std::optional<DelayLine>> lines_;  // [linear of the plan]
  std::map<u32, Signal> next_input_;
  std::map<u32, std::vector<double>> counts_;
  std::vector<float> sum_;
  u64 now_ = 0;
};

FloatSimulation::FloatSimulation(const Network& network, const Semantics& semantics)
    : runner_(std::make_unique<Runner>(network, semantics)) {}
FloatSimulation::~FloatSimulation() = default;
FloatSimulation::FloatSimulation(FloatSimulation&&) noexcept = default;

void FloatSimulation::reset() { runner_->reset(); }

void FloatSimulation::set_input(u32 input_node, std::span<const InputElement> elements) {
  Signal& next = runner_->next_input(input_node);
  const std::string place = "input '" + printable(runner_->node(input_node).name) + "'";
  next.clear();
  for (const InputElement& element : elements) {
    if (element.index >= next.value.size()) {
      throw InputError(place, "has no element " + std::to_string(element.index),
                       "it has " + std::to_string(next.value.size()));
    }
    if (!std::isfinite(element.value)) throw InputError(place, "gets a value that is not finite");
    next.value[element.index] += element.value;
    next.active.push_back(element.index);
  }
  std::sort(next.active.begin(), next.active.end());
  next.active.erase(std::unique(next.active.begin(), next.active.end()), next.active.end());
}

void FloatSimulation::set_input(u32 input_node, std::span<const float> values) {
  std::vector<InputElement> elements;
  for (u32 i = 0; i < values.size(); ++i) {
    if (values[i] != 0) elements.push_back({i, values[i]});
  }
  if (values.size() != runner_->next_input(input_node).value.size()) {
    throw InputError("input '" + printable(runner_->node(input_node).name) + "'",
                     "gets " + std::to_string(values.size()) + " values",
                     "it has " + std::to_string(runner_->next_input(input_node).value.size()));
  }
  set_input(input_node, elements);
}

void FloatSimulation::step() { runner_->step(); }
u64 FloatSimulation::steps() const { return runner_->steps(); }

std::span<const float> FloatSimulation::output(u32 node) const { return runner_->last(node).value; }
std::span<const u32> FloatSimulation::active(u32 node) const { return runner_->last(node).active; }

std::vector<double> FloatSimulation::potential(u32 node) const {
  return runner_->group(node).potential();
}

std::vector<double> FloatSimulation::current(u32 node) const {
  return runner_->group(node).current();
}

std::span<const double> FloatSimulation::counts(u32 node) const { return runner_->counts(node); }

double FloatSimulation::total(u32 node) const {
  double sum = 0;
  for (const double count : counts(node)) sum += count;
  return sum;
}

}  // namespace spikefab
