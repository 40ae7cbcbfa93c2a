#include "mapper/quantise/quantised_simulation.h"

#include <algorithm>
#include <array>
#include <utility>

#include "arch/neuron_random.h"
#include "arch/synapse.h"
#include "base/error.h"
#include "base/memory.h"
#include "compartment_models.h"

namespace spikefab {

QuantisedSimulation::QuantisedSimulation(const QuantisedNetwork& network)
    : network_(network), begin_(network.sources() + 1) {
  check_available_memory(checked_product({network.source.size(), sizeof(Synapse)}),
                         network.path + ": its simulation");
  for (const u32 source : network.source) ++begin_[source + 1];
  for (u64 s = 0; s < network.sources(); ++s) begin_[s + 1] += begin_[s];
  synapses_.resize(network.source.size());
  std::vector<u64> next(begin_.begin(), begin_.end() - 1);
  u64 longest_delay = 0;
  for (u32 n = 0; n < network.neurons; ++n) {
    const u32 layer = network.layer_of_neuron(n);
    for (u64 s = network.synapse_begin[n]; s < network.synapse_begin[n + 1]; ++s) {
      const u32 source = network.source[s];
      const WeightFormat& format = network.format(network.layer_of_source(source), layer);
      const i32 value = synapse_value(network.mantissa[s], format.exponent);
      synapses_[next[source]++] = {n, static_cast<i16>(value), network.delay[s]};
      longest_delay = std::max<u64>(longest_delay, network.delay[s]);
    }
  }
  slots_ = longest_delay + 2;
  reset();
}

void QuantisedSimulation::reset() {
  state_ = network_.neuron_state;
  waiting_.assign(slots_ * network_.neurons, 0);
  sent_.assign(network_.neurons, 0);
  now_ = 0;
}

// A spike that is due in this tick at the earliest.
void QuantisedSimulation::deliver(u64 source, i32 payload) {
  for (u64 s = begin_[source]; s < begin_[source + 1]; ++s) {
    const Synapse& synapse = synapses_[s];
    i32& sum = waiting_[(now_ + synapse.delay) % slots_ * network_.neurons + synapse.target];
    sum = wrap_add(sum, synapse.value * payload);
  }
}

template <class Model>
void QuantisedSimulation::update() {
  const u64 n = network_.neurons;
  std::array<i32, Model::params.size()> params;
  std::array<i32, Model::state_words> state;
  for (u64 i = 0; i < n; ++i) {
    for (u64 k = 0; k < params.size(); ++k) params[k] = network_.neuron_param[k * n + i];
    for (u64 k = 0; k < state.size(); ++k) state[k] = state_[k * n + i];
    std::array<i32, Model::inputs> input = {};
    input[0] = std::exchange(waiting_[now_ % slots_ * n + i], 0);
    const NeuronRandom random = {0, 0, 0, static_cast<u32>(i % max_neurons), now_};
    sent_[i] = Model::step(params.data(), state.data(), input.data(), random);
    for (u64 k = 0; k < state.size(); ++k) state_[k * n + i] = state[k];
  }
}

void QuantisedSimulation::tick(std::span<const CalibrationRun::Event> events) {
  for (u64 i = 0; i < network_.neurons; ++i) {
    if (sent_[i] != 0) deliver(network_.input_elements + i, sent_[i]);
  }
  for (const CalibrationRun::Event& event : events) {
    const QuantisedLayer& input = network_.inputs.at(event.input);
    SPIKEFAB_ASSERT(event.index < input.size);
    deliver(input.first + event.index, static_cast<i32>(event.count));
  }
  CompartmentModels::at(network_.chip.neuron_model, [&](auto model) { update<decltype(model)>(); });
  ++now_;
}

}  // namespace spikefab
