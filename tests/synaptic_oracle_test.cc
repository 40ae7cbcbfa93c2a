// The serial engine against a naive simulator of cores with synaptic memory that shares nothing
// with it: contributions wait in a map by tick and neuron, Loihi's compartment is computed in wide
// integers from its published pseudo-code.
#include <gtest/gtest.h>

#include <map>

#include "tests/support/engines.h"
#include "tests/support/random_synaptic_program.h"

namespace spikefab::test {
namespace {

i64 wrapped(i64 x, int bits) {
  const i64 size = i64{1} << bits;
  x = ((x % size) + size) % size;
  return x >= size / 2 ? x - size : x;
}

i64 kept(i64 x, i64 decay) {
  const i64 magnitude = (x < 0 ? -x : x) * (4096 - decay) / 4096;
  return x < 0 ? -magnitude : magnitude;
}

i64 power(i64 exponent) { return i64{1} << exponent; }

class NaiveLoihi {
 public:
  explicit NaiveLoihi(const ProgramCase& c)
      : p_(c.program), s_(c.stimulus), m_(*p_.memory), pending_(s_.replicas) {
    for (u32 r = 0; r < s_.replicas; ++r) state_.push_back(p_.neuron_state);
  }

  // Spikes and output lines of one tick of one replica.
  void tick(u64 t, u32 replica, std::vector<sim::Spike>& spikes, std::vector<u64>& outputs) {
    const auto [first, last] = s_.range(replica, t);
    for (u64 i = first; i < last; ++i) {
      for (u32 c = 0; c < p_.cores(); ++c) {
        if (p_.position[c] == s_.events[i].position) {
          arrive(replica, t, c, s_.events[i].axon, s_.payload_of(i));
        }
      }
    }
    std::vector<u64> shown(p_.output_words(), 0);
    for (const u32 line : lines_[replica]) shown[line / 64] |= u64{1} << line % 64;
    outputs.insert(outputs.end(), shown.begin(), shown.end());
    lines_[replica].clear();
    std::vector<u64> fired;
    for (u32 c = 0; c < p_.cores(); ++c) {
      for (u64 n = p_.neuron_begin[c]; n < p_.neuron_begin[c + 1]; ++n) {
        if (!fires(replica, n, take(replica, t, n))) continue;
        fired.push_back(n);
        spikes.push_back({t, replica, p_.position[c], static_cast<u32>(n - p_.neuron_begin[c]), 1});
      }
    }
    for (const u64 n : fired) {
      for (u64 i = m_.target_begin[n]; i < m_.target_begin[n + 1]; ++i) {
        if (m_.target_core[i] == output_bus) {
          lines_[replica].push_back(m_.target_axon[i]);
        } else {
          arrive(replica, t + 1, m_.target_core[i], m_.target_axon[i], 1);
        }
      }
    }
  }

  const std::vector<i32>& state(u32 replica) const { return state_[replica]; }

 private:
  void arrive(u32 replica, u64 t, u32 core, u64 axon, i64 payload) {
    const u64 row = m_.axon_begin[core] + axon;
    for (u64 i = m_.row_begin[row]; i < m_.row_begin[row + 1]; ++i) {
      const StoredSynapse synapse = unpacked(m_.synapse[i]);
      i64 value = synapse.exponent >= 0
                      ? synapse.mantissa * power(synapse.exponent)
                      : (synapse.mantissa - ((synapse.mantissa % power(-synapse.exponent)) +
                                             power(-synapse.exponent)) %
                                                power(-synapse.exponent)) /
                            power(-synapse.exponent);
      value = std::min<i64>(std::max<i64>(value, -32767), 32767);
      pending_[replica][{t + synapse.delay, p_.neuron_begin[core] + synapse.accumulator}] +=
          value * payload;
    }
  }

  i64 take(u32 replica, u64 t, u64 n) {
    const auto found = pending_[replica].find({t, n});
    if (found == pending_[replica].end()) return 0;
    const i64 sum = found->second;
    pending_[replica].erase(found);
    return sum;
  }

  bool fires(u32 replica, u64 n, i64 sum) {
    const auto param = [&](u32 k) { return i64{p_.neuron_param[k * p_.neurons() + n]}; };
    std::vector<i32>& state = state_[replica];
    i32& v = state[n];
    i32& u = state[p_.neurons() + n];
    i32& refractory = state[2 * p_.neurons() + n];
    u = static_cast<i32>(
        wrapped(kept(u, param(0) + param(2)) + wrapped(wrapped(sum, 16) * 64, 22), 24));
    const i64 drive = wrapped(u + param(4) * power(param(5)), 24);
    i64 next = kept(v, param(1) + param(3)) + drive;
    next = std::max(next, -power(param(8)) + 1);
    next = std::min(next, power(9 + 2 * param(9)) - 1);
    if (refractory > 0) next = 0;
    const bool spike = next > param(6) * 64;
    v = spike ? 0 : static_cast<i32>(next);
    if (spike) refractory = static_cast<i32>(param(7));
    refractory = std::max(0, refractory - 1);
    return spike;
  }

  const Program& p_;
  const Stimulus& s_;
  const SynapticMemory& m_;
  std::vector<std::map<std::pair<u64, u64>, i64>> pending_;
  std::map<u32, std::vector<u32>> lines_;
  std::vector<std::vector<i32>> state_;
};

constexpr u64 programs = 150;
constexpr u32 noise_target = 10;

TEST(SynapticOracle, AgreesWithTheSerialEngine) {
  u64 spikes_seen = 0;
  for (u64 seed = 0; seed < programs && !HasFailure(); ++seed) {
    SCOPED_TRACE(seed);
    ProgramCase c = random_synaptic_program(seed, "loihi_lif");
    const u64 neurons = c.program.neurons();
    std::fill_n(
        c.program.neuron_param.begin() + static_cast<std::ptrdiff_t>(noise_target * neurons),
        neurons, 0);
    const auto engine = sim::make_engine("serial");
    NaiveLoihi naive(c);
    std::vector<sim::Spike> spikes;
    std::vector<u64> outputs;

    const EngineRun run = run_engine(*engine, c.program, c.stimulus, c.ticks);
    for (u64 t = 0; t < c.ticks; ++t) {
      for (u32 r = 0; r < c.stimulus.replicas; ++r) naive.tick(t, r, spikes, outputs);
    }

    EXPECT_TRUE(run.recording.spikes == spikes);
    EXPECT_TRUE(run.recording.outputs == outputs);
    for (u32 r = 0; r < c.stimulus.replicas; ++r) {
      const auto begin = run.state.neuron_state.begin() +
                         static_cast<std::ptrdiff_t>(r * c.program.neuron_state.size());
      EXPECT_TRUE(std::equal(naive.state(r).begin(), naive.state(r).end(), begin));
    }
    spikes_seen += spikes.size();
  }
  EXPECT_GT(spikes_seen, 10000u);
}

}  // namespace
}  // namespace spikefab::test
