// The run loop of RANC, step by step; see oracle.h.
#include "tests/support/oracle.h"

#include <algorithm>
#include <cstdlib>
#include <limits>

#include "base/mix.h"

namespace spikefab::test {
namespace {

// Something that arrived at an axon or a bus line. RANC injects packets[i] during its tick i, which
// is our tick i-1; we inject it at the start of our tick i. `known_at` is our tick in which both
// have seen it, so that states can be compared after each tick.
struct Arrival {
  int known_at;
};

using Cell = std::vector<Arrival>;  // a bit of RANC: set if anything arrived

struct Core {
  bool is_bus = false;
  RancCore programmed;                       // filled up to full size
  std::vector<std::vector<Cell>> scheduler;  // [word][axon]
};

class Oracle {
 public:
  Oracle(const RancNetwork& network, const RancPackets& packets, int num_ticks)
      : network_(network), packets_(packets), num_ticks_(num_ticks) {
    make_cores();
    run_.ticks.resize(static_cast<std::size_t>(num_ticks));
  }

  OracleRun run() {
    inject(0);
    for (int t = 1; t <= num_ticks_; ++t) {
      prepare(t);
      if (t < num_ticks_) inject(t);
      for (int k = 0; k < network_.width * network_.height; ++k) run_core(k, t);
      our_tick(t).digest = digest(t - 1);
    }
    count();
    for (const Core& core : cores_) {
      std::vector<i32> potentials;
      for (const RancNeuron& n : core.programmed.neurons) potentials.push_back(n.potential);
      run_.potentials.push_back(potentials);
    }
    return run_;
  }

 private:
  OracleTick& our_tick(int ranc_tick) {
    return run_.ticks[static_cast<std::size_t>(ranc_tick - 1)];
  }
  Core& core_at(int x, int y) { return cores_[static_cast<std::size_t>(x + y * network_.width)]; }

  void make_cores() {
    cores_.resize(static_cast<std::size_t>(network_.width * network_.height));
    for (const RancCore& core : network_.cores) core_at(core.x, core.y).programmed = core;
    core_at(network_.bus_x, network_.bus_y).is_bus = true;
    core_at(network_.bus_x, network_.bus_y).programmed = RancCore{};
    const auto axons = static_cast<std::size_t>(network_.num_axons);
    for (Core& core : cores_) {
      fill_up(core.programmed);
      core.scheduler.assign(static_cast<std::size_t>(network_.slots), std::vector<Cell>(axons));
    }
    current_word_ = network_.slots - 1;
    bus_.resize(static_cast<std::size_t>(network_.num_outputs));
  }

  // What the file does not say: types, connections and weights 0, neurons that do nothing.
  void fill_up(RancCore& core) {
    const auto neurons = static_cast<std::size_t>(network_.num_neurons);
    core.axon_types.resize(static_cast<std::size_t>(network_.num_axons), 0);
    core.connections.resize(core.neurons.size());
    core.connections.resize(neurons);
    for (auto& row : core.connections) row.resize(static_cast<std::size_t>(network_.num_axons), 0);
    core.neurons.resize(neurons);
    for (RancNeuron& n : core.neurons) {
      n.weights.resize(static_cast<std::size_t>(network_.num_weights), 0);
    }
  }

  void inject(int index) {
    if (index >= static_cast<int>(packets_.size())) return;
    for (const RancPacket& p : packets_[static_cast<std::size_t>(index)]) {
      ++counts_at(index).stimulus_events;
      deliver(p.x, p.y, p.delay, p.axon, index);
    }
  }

  void prepare(int t) {
    current_word_ = (current_word_ + 1) % network_.slots;
    for (Cell& line : bus_) {
      our_tick(t).output.push_back(!line.empty());
      our_tick(t).counts.output_spikes += !line.empty();
      count_merged(line, &OracleCounts::output_merged);
      line.clear();
    }
  }

  void run_core(int k, int t) {
    Core& core = cores_[static_cast<std::size_t>(k)];
    if (core.is_bus) return;
    std::vector<Cell>& word = core.scheduler[static_cast<std::size_t>(current_word_)];
    std::vector<bool> arrived;
    for (const Cell& axon : word) {
      arrived.push_back(!axon.empty());
      if (!axon.empty()) ++our_tick(t).counts.axon_events;
      count_merged(axon, &OracleCounts::merged);
    }
    for (int n = 0; n < network_.num_neurons; ++n) run_neuron(core, k, n, arrived, t);
    for (Cell& axon : word) axon.clear();
  }

  void run_neuron(Core& core, int k, int n, const std::vector<bool>& arrived, int t) {
    RancNeuron& neuron = core.programmed.neurons[static_cast<std::size_t>(n)];
    const std::vector<int>& connected = core.programmed.connections[static_cast<std::size_t>(n)];
    i32 v = neuron.potential;
    for (std::size_t a = 0; a < arrived.size(); ++a) {
      if (!arrived[a] || connected[a] == 0) continue;
      const int type = core.programmed.axon_types[a];
      v = add(v, neuron.weights[static_cast<std::size_t>(type)]);
      ++our_tick(t).counts.synaptic_events;
    }
    v = add(v, neuron.leak);
    const bool fires = v >= neuron.positive_threshold;
    if (fires) spike(neuron, k, n, t);
    neuron.potential = reset(neuron, v, fires);
  }

  i32 reset(const RancNeuron& neuron, i32 v, bool fires) {
    if (fires && neuron.reset_mode == 0) return neuron.reset_potential;
    if (fires) return subtract(v, neuron.positive_threshold);
    const bool under =
        network_.reset_type == 0 ? v < neuron.negative_threshold : v <= neuron.negative_threshold;
    if (!under) return v;
    const i32 after = neuron.reset_mode == 0 ? subtract(0, neuron.reset_potential)
                                             : subtract(v, neuron.negative_threshold);
    if (after != v) ++run_.under_resets;
    return after;
  }

  void spike(const RancNeuron& neuron, int k, int n, int t) {
    our_tick(t).spikes.push_back({static_cast<u32>(k), static_cast<u32>(n)});
    ++our_tick(t).counts.spikes;
    our_tick(t).counts.hops += static_cast<u64>(std::abs(neuron.dx) + std::abs(neuron.dy));
    const int x = k % network_.width + neuron.dx;
    const int y = k / network_.width + neuron.dy;
    deliver(x, y, neuron.target_delay, neuron.target_axon, t - 1);
  }

  void deliver(int x, int y, int delay, int axon, int known_at) {
    Core& core = core_at(x, y);
    if (core.is_bus) {
      bus_[static_cast<std::size_t>(axon)].push_back({known_at});
      return;
    }
    int word = delay + 1 + current_word_;
    if (word >= network_.slots) word -= network_.slots;
    if (word == current_word_) {
      ++counts_at(known_at).dropped;
      return;
    }
    core.scheduler[static_cast<std::size_t>(word)][static_cast<std::size_t>(axon)].push_back(
        {known_at});
  }

  // Arrivals beyond the first of a cell, each counted in the tick in which it is known.
  void count_merged(const Cell& cell, u64 OracleCounts::*count) {
    if (cell.size() < 2) return;
    Cell sorted = cell;
    std::sort(sorted.begin(), sorted.end(),
              [](Arrival a, Arrival b) { return a.known_at < b.known_at; });
    for (std::size_t i = 1; i < sorted.size(); ++i) ++(counts_at(sorted[i].known_at).*count);
  }

  OracleCounts& counts_at(int our_tick) {
    return run_.ticks[static_cast<std::size_t>(our_tick)].counts;
  }

  // Counts what is still waiting, then turns counts per tick into totals.
  void count() {
    for (const Core& core : cores_) {
      for (const auto& word : core.scheduler) {
        for (const Cell& axon : word) count_merged(axon, &OracleCounts::merged);
      }
    }
    for (const Cell& line : bus_) count_merged(line, &OracleCounts::output_merged);
    OracleCounts total;
    for (OracleTick& tick : run_.ticks) {
      for (auto member : {&OracleCounts::stimulus_events, &OracleCounts::spikes,
                          &OracleCounts::hops, &OracleCounts::merged, &OracleCounts::output_merged,
                          &OracleCounts::dropped, &OracleCounts::axon_events,
                          &OracleCounts::synaptic_events, &OracleCounts::output_spikes}) {
        total.*member += tick.counts.*member;
      }
      tick.counts = total;
    }
  }

  // Bits that are set when only arrivals up to `tick` have happened, 64 to a word.
  static std::vector<u64> bits(const std::vector<Cell>& cells, int tick) {
    std::vector<u64> words((cells.size() + 63) / 64, 0);
    for (std::size_t i = 0; i < cells.size(); ++i) {
      for (const Arrival& arrival : cells[i]) {
        if (arrival.known_at <= tick) words[i / 64] |= u64{1} << (i % 64);
      }
    }
    return words;
  }

  // RANC starts at word S-1 and advances before it runs, so word w is slot w of ours: the arrival
  // tick modulo S.
  u64 digest(int tick) const {
    u64 sum = 0;
    const u64 mesh = cores_.size();
    const auto neurons = static_cast<u64>(network_.num_neurons);
    for (u64 k = 0; k < mesh; ++k) {
      const RancCore& core = cores_[k].programmed;
      for (u64 n = 0; n < neurons; ++n) {
        const auto v = static_cast<u32>(core.neurons[n].potential);
        sum += digest_term(DigestKind::neuron_state, k * neurons + n, v);
      }
      for (u64 slot = 0; slot < cores_[k].scheduler.size(); ++slot) {
        const std::vector<u64> words = bits(cores_[k].scheduler[slot], tick);
        for (u64 w = 0; w < words.size(); ++w) {
          const u64 index = (slot * mesh + k) * words.size() + w;
          sum += digest_term(DigestKind::waiting_spikes, index, words[w]);
        }
      }
    }
    const std::vector<u64> lines = bits(bus_, tick);
    for (u64 w = 0; w < lines.size(); ++w) sum += digest_term(DigestKind::output, w, lines[w]);
    return sum;
  }

  i32 add(i32 a, i32 b) { return wrapped(i64{a} + b); }
  i32 subtract(i32 a, i32 b) { return wrapped(i64{a} - b); }

  i32 wrapped(i64 exact) {
    constexpr i64 range = i64{1} << 32;
    if (exact > std::numeric_limits<i32>::max()) {
      ++run_.overflows;
      exact -= range;
    } else if (exact < std::numeric_limits<i32>::min()) {
      ++run_.overflows;
      exact += range;
    }
    return static_cast<i32>(exact);
  }

  const RancNetwork& network_;
  const RancPackets& packets_;
  const int num_ticks_;
  std::vector<Core> cores_;
  std::vector<Cell> bus_;
  int current_word_ = 0;
  OracleRun run_;
};

}  // namespace

OracleRun run_oracle(const RancNetwork& network, const RancPackets& packets, int num_ticks) {
  return Oracle(network, packets, num_ticks).run();
}

}  // namespace spikefab::test
