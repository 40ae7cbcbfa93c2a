// Cores with synaptic memory: every neuron takes its due accumulators, then every spike is added to
// the accumulators of all that it reaches.
#include "sim/serial/runners.h"
#include "sim/serial/tick_loop.h"
#include "sim/synaptic_tick.h"

namespace spikefab::sim::serial {
namespace {

class SynapticRunner final : public TickLoop {
 public:
  SynapticRunner(const Program& program, const Stimulus& stimulus)
      : TickLoop(program, stimulus), p_(host().synaptic_view()) {}

 private:
  void inject_event(const StateView& s, u64 tick, CoreId core, const StimulusEvent& event,
                    i32 payload) override {
    inject(p_, s, PlainMemory{}, tick, core, AxonId{event.axon}, payload);
  }

  void run_cores(const StateView& s, u64 tick, u32 replica) override {
    CompartmentModels::at(p_.neuron_model, [&](auto model) {
      for (u32 c = 0; c < p_.cores; ++c) update<decltype(model)>(s, tick, replica, c);
    });
    for (u64 n = 0; n < p_.neurons; ++n) {
      if (sent_[n] != 0) send_payload(p_, s, PlainMemory{}, tick, n, sent_[n]);
    }
  }

  template <class Model>
  void update(const StateView& s, u64 tick, u32 replica, u32 core) {
    const u64 first = p_.neuron_begin[core];
    for (u64 n = first; n < p_.neuron_begin[core + 1]; ++n) {
      const NeuronRandom random = {p_.seed, replica, p_.position[core], static_cast<u32>(n - first),
                                   tick};
      sent_[n] = update_compartment<Model>(p_, s, n, random);
    }
  }

  SynapticView p_;
};

}  // namespace

std::unique_ptr<ChipRunner> run_synaptic_memory(const Program& program, const Stimulus& stimulus) {
  return std::make_unique<SynapticRunner>(program, stimulus);
}

}  // namespace spikefab::sim::serial
