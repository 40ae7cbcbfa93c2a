#include "sim/ranc_text.h"

#include "sim/host_program.h"
#include "sim/tick.h"

namespace spikefab::sim {
namespace {

constexpr const char* byte_order_mark = "\xEF\xBB\xBF";

bool bit_of(const u64* words, u64 index) {
  return words[index / word_bits] >> (index % word_bits) & 1;
}

std::string bits_text(const u64* words, u32 count) {
  std::string text(count, '0');
  for (u32 i = 0; i < count; ++i) text[i] = bit_of(words, i) ? '1' : '0';
  return text;
}

}  // namespace

// Replays ticks on a state of its own, in RANC's order, and describes each step.
class RancTrace::Writer {
 public:
  Writer(const Program& program, const Stimulus& stimulus, const RancTraceLevels& levels, u64 ticks,
         const std::string& path)
      : host_(program),
        p_(host_.view()),
        stimulus_(stimulus),
        levels_(levels),
        ticks_(ticks),
        file_(path),
        state_(initial_state(program, 1)) {
    file_.write(byte_order_mark);
    line("Starting simulation with " + std::to_string(ticks) + " ticks.");
    inject_events(0);
  }

  void follow(const State& state) {
    while (state_.tick < state.tick) trace_tick();
    SPIKEFAB_ASSERT(state.neuron_state == state_.neuron_state);
  }

  void commit() { file_.commit(); }

 private:
  // The events of this tick were injected already: RANC injects those of tick t + 1 during tick t.
  void trace_tick() {
    const std::string number = std::to_string(state_.tick + 1);
    line("-------------------- Tick " + number + " begins --------------------");
    std::fill(state_.output.begin(), state_.output.end(), 0);
    if (levels_.scheduler > 0) for_each_position([&](u32 position) { trace_due_slot(position); });
    if (state_.tick + 1 < ticks_) inject_events(state_.tick + 1);
    for_each_position([&](u32 position) { run_core(position); });
    ++state_.tick;
  }

  void line(const std::string& text) { file_.write(text + "\n"); }

  StateView state() {
    return {.neuron_state = state_.neuron_state.data(),
            .waiting = state_.waiting.data(),
            .accumulators = nullptr,
            .output = state_.output.data(),
            .counts = state_.counts.data()};
  }

  std::string at(u32 position) const {
    const auto [x, y] = host_.program().chip.mesh.at(position);
    return "(" + std::to_string(x) + ", " + std::to_string(y) + ")";
  }

  template <class Visit>
  void for_each_position(Visit&& visit) {
    const Program& program = host_.program();
    for (u32 position = 0; position < program.chip.mesh.size(); ++position) {
      if (position != program.output_position) visit(position);
    }
  }

  // The axon bits that the core at `position` processes in this tick; none if it is not programmed.
  std::vector<u64> due_words(u32 position) {
    const CoreId core = host_.core_at(position);
    if (core.value == output_bus) return std::vector<u64>(p_.axon_words, 0);
    const u64* words = waiting_words(p_, state(), slot_of(p_, state_.tick), core);
    return {words, words + p_.axon_words};
  }

  void trace_due_slot(u32 position) {
    line("~~~ Scheduler " + at(position) + " updates current word to " +
         std::to_string(slot_of(p_, state_.tick)) +
         ". Current line: " + bits_text(due_words(position).data(), p_.axons));
  }

  void inject_events(u64 tick) {
    const auto [first, last] = stimulus_.range(0, tick);
    for (u64 i = first; i < last; ++i) {
      const StimulusEvent& event = stimulus_.events[i];
      trace_delivery(tick, host_.core_at(event.position), AxonId{event.axon}, event.delay);
    }
  }

  // Delivers, and says what became of the spike.
  void trace_delivery(u64 tick, CoreId core, AxonId axon, u32 delay) {
    const u64 merged_before = state_.counts[merged];
    const u64 dropped_before = state_.counts[dropped];
    deliver(p_, state(), PlainMemory{}, tick, core, axon, delay);
    if (core.value == output_bus) return;
    const std::string where = at(host_.program().position[core.value]);
    const std::string word = std::to_string(slot_of(p_, tick + delay));
    if (state_.counts[dropped] != dropped_before) {
      line("[WARNING] Packet tried to write to current word in scheduler (core " + where +
           ", word " + word + ")\n");
    } else if (state_.counts[merged] != merged_before) {
      line("[WARNING] Scheduler received duplicate spike in same time tick (core " + where +
           " word " + word + ").");
    } else if (levels_.scheduler == 2) {
      line("~~~ Scheduler " + where + " writes to word " + word + ", bit " +
           std::to_string(axon.value) + " ~~~");
    }
  }

  void run_core(u32 position) {
    const std::vector<u64> due = due_words(position);
    if (levels_.controller > 0) {
      line("++++++ Core Controller " + at(position) + " running. Fetched spikes " +
           bits_text(due.data(), p_.axons));
    } else if (levels_.neuron > 0) {
      line("++++++ Core Controller " + at(position) + " running. ++++++");
    }
    const CoreId core = host_.core_at(position);
    const u32 programmed = core.value == output_bus ? 0 : host_.program().core_neurons(core.value);
    for (u32 n = 0; n < programmed; ++n) run_neuron(core, n, due);
    for (u32 n = programmed; n < host_.program().chip.neurons; ++n) trace_default_neuron(n);
    if (core.value != output_bus) {
      std::fill_n(waiting_words(p_, state(), slot_of(p_, state_.tick), core), p_.axon_words, 0);
    }
  }

  void run_neuron(CoreId core, u32 neuron, const std::vector<u64>& due) {
    const u64 n = p_.neuron_begin[core.value] + neuron;
    const i32 start = state_.neuron_state[n];
    const std::vector<u32> axons = received(core, neuron, due);
    trace_start(neuron, axons, start);
    i32 input = 0;
    for (const u32 axon : axons) {
      const i32 weight = axon_weights(p_, core, AxonId{axon})[neuron];
      input = wrap_add(input, weight);
      potential_line("\tIntegrated spike from axon " + std::to_string(axon) + " with weight " +
                     std::to_string(weight) +
                     ". Current potential: " + std::to_string(wrap_add(start, input)));
    }
    const i32 leak = p_.neuron_param[neurons::Ranc::leak * p_.neurons + n];
    trace_leak(leak, wrap_add(wrap_add(start, input), leak));
    if (update_neuron<neurons::Ranc>(p_, state(), n, input)) {
      potential_line("\tNeuron spikes.");
      trace_delivery(state_.tick + 1, CoreId{p_.target_core[n]}, AxonId{p_.target_axon[n]},
                     p_.target_delay[n]);
    }
    potential_line("\tNeuron ends at potential: " + std::to_string(state_.neuron_state[n]));
  }

  // RANC describes every neuron of every core; those that nobody programmed stay at 0.
  void trace_default_neuron(u32 neuron) {
    if (levels_.neuron == 0) return;
    trace_start(neuron, {}, 0);
    trace_leak(0, 0);
    potential_line("\tNeuron ends at potential: 0");
  }

  std::vector<u32> received(CoreId core, u32 neuron, const std::vector<u64>& due) const {
    std::vector<u32> axons;
    for (u32 axon = 0; axon < p_.axons; ++axon) {
      if (bit_of(due.data(), axon) && bit_of(crossbar_row(p_, core, AxonId{axon}), neuron)) {
        axons.push_back(axon);
      }
    }
    return axons;
  }

  void potential_line(const std::string& text) {
    if (levels_.neuron == 1) line(text);
  }

  void trace_start(u32 neuron, const std::vector<u32>& axons, i32 potential) {
    potential_line("Neuron " + std::to_string(neuron) + " integration");
    potential_line("\tStarting potential: " + std::to_string(potential));
    if (levels_.neuron != 2) return;
    std::string text = "Neuron " + std::to_string(neuron) + " received spikes at axons ";
    for (const u32 axon : axons) text += std::to_string(axon) + " ";
    line(text);
  }

  void trace_leak(i32 leak, i32 potential) {
    potential_line("\tApplied leak of: " + std::to_string(leak) +
                   ". Current potential: " + std::to_string(potential));
  }

  HostProgram host_;
  ProgramView p_;
  Stimulus stimulus_;
  RancTraceLevels levels_;
  u64 ticks_;
  AtomicFile file_;
  State state_;
};

RancOutput::RancOutput(const std::string& path, u32 lines) : file_(path), lines_(lines) {
  file_.write(byte_order_mark);
  text_.assign(u64{2} * lines + 1, ' ');
  text_.back() = '\n';
}

void RancOutput::append(const std::vector<u64>& outputs, u64 ticks) {
  const u64 words = words_for(lines_);
  SPIKEFAB_ASSERT(outputs.size() == ticks * words);
  for (u64 tick = 0; tick < ticks; ++tick) {
    for (u32 i = 0; i < lines_; ++i) {
      text_[u64{2} * i] = bit_of(outputs.data() + tick * words, i) ? '1' : '0';
    }
    file_.write(text_);
  }
}

RancTrace::RancTrace(const Program& program, const Stimulus& stimulus,
                     const RancTraceLevels& levels, u64 ticks, const std::string& path)
    : writer_(std::make_unique<Writer>(program, stimulus, levels, ticks, path)) {}

RancTrace::~RancTrace() = default;

void RancTrace::follow(const Engine& engine) { writer_->follow(engine.state()); }

void RancTrace::commit() { writer_->commit(); }

}  // namespace spikefab::sim
