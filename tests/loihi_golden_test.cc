// Every golden vector below <data>/loihi on every engine: registers and spikes step by step, as
// chip captures, Lava, nengo-loihi and brian2-loihi have them. A vector tells its kind; what is
// disputed among its sources, and learning, is skipped.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <nlohmann/json.hpp>

#include "arch/weight_format.h"
#include "tests/support/data_folder.h"
#include "tests/support/engines.h"
#include "tests/support/synaptic_core.h"

namespace spikefab::test {
namespace {

using Json = nlohmann::json;
using Rows = std::vector<std::vector<i32>>;  // [step][neuron]

// A parameter that may be one number for all neurons, or missing.
i32 value_of(const Json& params, const char* name, u32 neuron, i32 otherwise = 0) {
  if (!params.contains(name)) return otherwise;
  const Json& value = params[name];
  return value.is_array() ? value[neuron].get<i32>() : value.get<i32>();
}

// Decays in the files are sums of register and offset, 0..4096.
void set_loihi_params(SynapticCore& core, u32 n, const Json& params) {
  const i32 cu = value_of(params, "cu", n);
  const i32 cv = value_of(params, "cv", n);
  core.set(n, "decay_u", std::min(cu, 4095)).set(n, "offset_u", cu == 4096);
  core.set(n, "decay_v", std::min(cv, 4095)).set(n, "offset_v", cv == 4096);
  const i32 threshold = params.contains("vth_mant") ? value_of(params, "vth_mant", n)
                                                    : value_of(params, "vth", n) / 64;
  core.set(n, "threshold", threshold);
  core.set(n, "refractory_delay", value_of(params, "ref", n, 1));
  if (params.contains("bias_mant")) {
    core.set(n, "bias_mantissa", value_of(params, "bias_mant", n));
    core.set(n, "bias_exponent", value_of(params, "bias_exp", n));
  } else {
    core.set(n, "bias_mantissa", value_of(params, "bias", n));
  }
  const i32 lowest = value_of(params, "vmin", n, -(1 << 23) + 1);
  const i32 highest = value_of(params, "vmax", n, (1 << 23) - 1);
  for (i32 e = 0; e <= 23; ++e) {
    if (-(1 << e) + 1 == lowest) core.set(n, "v_min_exponent", e);
  }
  for (i32 e = 0; e <= 7; ++e) {
    if ((1 << (9 + 2 * e)) - 1 == highest) core.set(n, "v_max_exponent", e);
  }
}

// What a run of one core showed after each step.
struct Trace {
  std::vector<Rows> state;  // [state word]
  Rows sent;                // payloads
};

using BeforeStep = std::function<void(u64 step, sim::Engine&)>;

Trace run(const std::string& engine_name, const Program& program, const Stimulus& stimulus,
          u64 steps, const BeforeStep& before_step = {}) {
  const auto engine = sim::make_engine(engine_name);
  check_stimulus(stimulus, program, "this test");
  engine->load(program, stimulus);
  Trace trace;
  trace.state.resize(program.state_words());
  sim::RecordPlan plan;
  plan.spikes = sim::Selection{};
  for (u64 step = 0; step < steps; ++step) {
    if (before_step) before_step(step, *engine);
    sim::Recording recording;
    engine->advance(1, plan, recording);
    const sim::State state = engine->state();
    const auto neurons = static_cast<std::ptrdiff_t>(program.neurons());
    for (u32 w = 0; w < program.state_words(); ++w) {
      const auto begin = state.neuron_state.begin() + w * neurons;
      trace.state[w].emplace_back(begin, begin + neurons);
    }
    std::vector<i32> sent(program.neurons(), 0);
    for (const sim::Spike& spike : recording.spikes) sent[spike.neuron] = spike.payload;
    trace.sent.push_back(std::move(sent));
  }
  return trace;
}

// One payload per accumulator and step, through the axons of add_input_axons().
Stimulus payloads(const std::vector<Rows>& inputs) {
  PayloadStimulus stimulus;
  for (std::size_t step = 0; step < inputs[0].size(); ++step) {
    stimulus.begin_tick();
    for (u32 n = 0; n < inputs[0][step].size(); ++n) {
      for (u32 i = 0; i < inputs.size(); ++i) {
        stimulus.add(n * static_cast<u32>(inputs.size()) + i, inputs[i][step][n]);
      }
    }
  }
  return stimulus.build();
}

u32 neurons_of(const Json& vector) { return vector["neurons"].get<u32>(); }
u64 steps_of(const Json& vector) { return vector["steps"].get<u64>(); }

void check_lif(const std::string& engine, const Json& o) {
  SynapticCore core("loihi_lif", neurons_of(o));
  for (u32 n = 0; n < neurons_of(o); ++n) set_loihi_params(core, n, o["params"]);
  const Program program = core.add_input_axons().build();

  const Trace trace = run(engine, program, payloads({o["input"]["q"].get<Rows>()}), steps_of(o));

  EXPECT_EQ(trace.state[0], o["expected"]["v"].get<Rows>());
  EXPECT_EQ(trace.state[1], o["expected"]["u"].get<Rows>());
  EXPECT_EQ(trace.sent, o["expected"]["s"].get<Rows>());
}

void check_noise(const std::string& engine, const Json& o) {
  SynapticCore core("loihi_lif_replay", neurons_of(o));
  for (u32 n = 0; n < neurons_of(o); ++n) {
    set_loihi_params(core, n, o["params"]);
    core.set(n, "noise_target", o["params"]["noise_at"] == "v" ? 2 : 1);
    core.set(n, "noise_mantissa", value_of(o["params"], "noise_mant", n));
    core.set(n, "noise_exponent", value_of(o["params"], "noise_exp", n));
  }
  const Program program = core.add_input_axons().build();

  const Trace trace =
      run(engine, program, payloads({o["input"]["q"].get<Rows>(), o["input"]["r"].get<Rows>()}),
          steps_of(o));

  EXPECT_EQ(trace.state[0], o["expected"]["v"].get<Rows>());
  EXPECT_EQ(trace.state[1], o["expected"]["u"].get<Rows>());
  EXPECT_EQ(trace.sent, o["expected"]["s"].get<Rows>());
}

// The synapses that neuron or input j has by one of the vector's connections.
std::vector<StoredSynapse> synapses_of(const Json& connection, u32 j) {
  std::vector<StoredSynapse> synapses;
  for (u32 i = 0; i < connection["W"].size(); ++i) {
    const i32 weight = connection["W"][i][j].get<i32>();
    if (weight == 0) continue;
    const u32 delay = connection["D"].is_array() ? connection["D"][i][j].get<u32>() : 0;
    const i32 mantissa =
        stored_mantissa(weight, static_cast<SignMode>(connection["sign_mode"].get<int>()),
                        connection["nbits"].get<u32>());
    synapses.push_back({i, delay, mantissa, connection["exp"].get<i32>()});
  }
  return synapses;
}

void check_network(const std::string& engine, const Json& o) {
  const u32 neurons = neurons_of(o);
  SynapticCore core("loihi_lif", neurons);
  std::vector<std::vector<u32>> input_axons(o["inputs"].get<u32>());
  for (u32 n = 0; n < neurons; ++n) set_loihi_params(core, n, o["params"]);
  for (const Json& connection : o["connections"]) {
    const bool from_input = connection["src"] == "in";
    for (u32 j = 0; j < (from_input ? input_axons.size() : neurons); ++j) {
      const u32 axon = core.add_axon(synapses_of(connection, j));
      if (from_input) {
        input_axons[j].push_back(axon);
      } else {
        core.send(j, axon);
      }
    }
  }
  const auto x = o["input"]["x"].get<Rows>();
  PayloadStimulus stimulus;
  stimulus.begin_tick();  // a spike of step t arrives in step t + 1 at the earliest
  for (const std::vector<i32>& row : x) {
    stimulus.begin_tick();
    for (u32 j = 0; j < row.size(); ++j) {
      for (const u32 axon : input_axons[j]) stimulus.add(axon, row[j]);
    }
  }

  const Trace trace = run(engine, core.build(), stimulus.build(), steps_of(o));

  EXPECT_EQ(trace.state[0], o["expected"]["v"].get<Rows>());
  EXPECT_EQ(trace.state[1], o["expected"]["u"].get<Rows>());
  EXPECT_EQ(trace.sent, o["expected"]["s"].get<Rows>());
}

void check_single_step(const std::string& engine, const Json& o) {
  const auto u0 = o["input"]["u0"].get<std::vector<i32>>();
  const auto q = o["input"]["q"].get<std::vector<i32>>();
  const auto cu = o["input"]["cu"];
  SynapticCore core("loihi_lif", static_cast<u32>(u0.size()));
  for (u32 n = 0; n < u0.size(); ++n) {
    const i32 decay = cu.is_array() ? cu[n].get<i32>() : cu.get<i32>();
    core.set(n, "decay_u", std::min(decay, 4095)).set(n, "offset_u", decay == 4096);
    core.set(n, "threshold", 131071).start(n, 1, u0[n]);
  }

  const Trace trace = run(engine, core.add_input_axons().build(), payloads({{q}}), 1);

  EXPECT_EQ(trace.state[1][0], o["expected"]["u"].get<std::vector<i32>>());
}

// Captured registers of single neurons: while a neuron is refractory, the register of v shows
// refractory_delay * 128 and more; here the delay is 1.
void check_captured_lif(const std::string& engine, const Json& o) {
  const auto neurons = static_cast<u32>(o["neurons"].size());
  SynapticCore core("loihi_lif", neurons);
  std::vector<std::vector<u32>> axons(neurons);
  for (u32 n = 0; n < neurons; ++n) {
    const Json& neuron = o["neurons"][n];
    set_loihi_params(core, n, neuron["params"]);
    for (const i32 weight : neuron["weights"]) {
      axons[n].push_back(core.add_axon({{n, 0, stored_mantissa(weight, SignMode::mixed, 8), 0}}));
    }
  }
  PayloadStimulus stimulus;
  stimulus.begin_tick();
  for (u64 step = 1; step < steps_of(o); ++step) {
    stimulus.begin_tick();
    for (u32 n = 0; n < neurons; ++n) {
      for (const u32 m : o["neurons"][n]["pre_active"][step - 1]) stimulus.add(axons[n][m], 1);
    }
  }
  const BeforeStep reset = [&](u64 step, sim::Engine& running) {
    sim::State state = running.state();
    for (u32 n = 0; n < neurons; ++n) {
      for (const u64 at : o["neurons"][n]["resets_before_step"]) {
        if (at == step) state.neuron_state[n] = state.neuron_state[neurons + n] = 0;
      }
    }
    running.restore(state);
  };

  const Trace trace = run(engine, core.build(), stimulus.build(), steps_of(o), reset);

  for (u32 n = 0; n < neurons; ++n) {
    const Json& neuron = o["neurons"][n];
    for (u64 step = 0; step < steps_of(o); ++step) {
      const i32 spike = trace.sent[step][n];
      const i32 v_register = spike != 0 ? 128 : trace.state[0][step][n];
      EXPECT_EQ(trace.state[1][step][n], neuron["u"][step].get<i32>());
      EXPECT_EQ(v_register, neuron["v_register"][step].get<i32>());
      EXPECT_EQ(spike, neuron["s"][step].get<i32>());
    }
  }
}

void set_sigma_delta_params(SynapticCore& core, u32 n, const Json& params) {
  core.set(n, "threshold", value_of(params, "vth", n)).set(n, "bias", value_of(params, "bias", n));
  core.set(n, "state_exponent", value_of(params, "state_exp", n));
  core.set(n, "rectify", params["relu"].get<bool>());
  core.set(n, "cumulative_error", params["cum_error"].get<bool>());
}

void check_sigma_delta(const std::string& engine, const Json& o) {
  SynapticCore core("sigma_delta", neurons_of(o));
  for (u32 n = 0; n < neurons_of(o); ++n) set_sigma_delta_params(core, n, o["params"]);

  const Trace trace = run(engine, core.add_input_axons().build(),
                          payloads({o["input"]["a"].get<Rows>()}), steps_of(o));

  EXPECT_EQ(trace.state[0], o["expected"]["act"].get<Rows>());
  EXPECT_EQ(trace.sent, o["expected"]["s_out"].get<Rows>());
}

void check_captured_sigma_delta(const std::string& engine, const Json& o) {
  for (const Json& neuron : o["neurons"]) {
    SynapticCore core("sigma_delta", 1);
    set_sigma_delta_params(core, 0, neuron["params"]);
    const auto a = neuron["a"].get<std::vector<i32>>();
    Rows rows;
    for (const i32 value : a) rows.push_back({value});

    const Trace trace = run(engine, core.add_input_axons().build(), payloads({rows}), a.size());

    for (std::size_t step = 0; step < a.size(); ++step) {
      EXPECT_EQ(trace.sent[step][0], neuron["s_out"][step].get<i32>());
      EXPECT_EQ(trace.state[1][step][0], neuron["sigma"][step].get<i32>());
    }
  }
}

void check_resonator(const std::string& engine, const Json& o) {
  SynapticCore core("resonate_fire", neurons_of(o));
  const Json& params = o["params"];
  for (u32 n = 0; n < neurons_of(o); ++n) {
    core.set(n, "cosine", value_of(params, "cos_decay", n));
    core.set(n, "sine", value_of(params, "sin_decay", n));
    core.set(n, "threshold", value_of(params, "vth", n));
    core.set(n, "state_exponent", value_of(params, "state_exp", n));
    core.set(n, "decay_bits", value_of(params, "decay_bits", n));
    core.set(n, "izhikevich", params["izhikevich"].get<bool>());
  }

  const Trace trace = run(
      engine, core.add_input_axons().build(),
      payloads({o["input"]["a_real"].get<Rows>(), o["input"]["a_imag"].get<Rows>()}), steps_of(o));

  EXPECT_EQ(trace.state[0], o["expected"]["real"].get<Rows>());
  EXPECT_EQ(trace.state[1], o["expected"]["imag"].get<Rows>());
  EXPECT_EQ(trace.sent, o["expected"]["s"].get<Rows>());
}

void check_graded_resonator(const std::string& engine, const Json& o) {
  SynapticCore core("resonate_fire_graded", neurons_of(o));
  for (u32 n = 0; n < neurons_of(o); ++n) {
    core.set(n, "cosine", value_of(o["params"], "lct", n));
    core.set(n, "sine", value_of(o["params"], "lst", n));
    core.set(n, "threshold", value_of(o["params"], "uth", n));
  }

  const Trace trace =
      run(engine, core.add_input_axons().build(),
          payloads({o["input"]["u_in"].get<Rows>(), o["input"]["v_in"].get<Rows>()}), steps_of(o));

  EXPECT_EQ(trace.state[0], o["expected"]["u"].get<Rows>());
  EXPECT_EQ(trace.state[1], o["expected"]["v"].get<Rows>());
  EXPECT_EQ(trace.sent, o["expected"]["s"].get<Rows>());
}

void check_ternary(const std::string& engine, const Json& o) {
  SynapticCore core("ternary_lif", neurons_of(o));
  for (u32 n = 0; n < neurons_of(o); ++n) {
    core.set(n, "decay_u", value_of(o["params"], "cu", n));
    core.set(n, "decay_v", value_of(o["params"], "cv", n));
    core.set(n, "upper_threshold", value_of(o["params"], "vth_hi", n) / 64);
    core.set(n, "lower_threshold", value_of(o["params"], "vth_lo", n) / 64);
  }

  const Trace trace = run(engine, core.add_input_axons().build(),
                          payloads({o["input"]["q"].get<Rows>()}), steps_of(o));

  EXPECT_EQ(trace.state[0], o["expected"]["v"].get<Rows>());
  EXPECT_EQ(trace.state[1], o["expected"]["u"].get<Rows>());
  EXPECT_EQ(trace.sent, o["expected"]["s"].get<Rows>());
}

void check_graded(const std::string& engine, const Json& o) {
  const Json& params = o["params"];
  struct Variant {
    const char* expected;
    bool rectify;
    bool multiply;
  };
  for (const Variant& variant :
       {Variant{"graded", false, false}, Variant{"graded_relu", true, false},
        Variant{"product", false, true}}) {
    SynapticCore core("graded", neurons_of(o));
    for (u32 n = 0; n < neurons_of(o); ++n) {
      core.set(n, "threshold",
               value_of(params, variant.multiply ? "vth_product" : "vth_graded", n));
      core.set(n, "exponent", value_of(params, "exp_product", n));
      core.set(n, "rectify", variant.rectify).set(n, "multiply", variant.multiply);
    }

    const Trace trace =
        run(engine, core.add_input_axons().build(),
            payloads({o["input"]["a"].get<Rows>(), o["input"]["b"].get<Rows>()}), steps_of(o));

    EXPECT_EQ(trace.sent, o["expected"][variant.expected].get<Rows>()) << variant.expected;
  }
}

const std::map<std::string, void (*)(const std::string&, const Json&)> checks = {
    {"loihi1-lif", check_lif},
    {"loihi1-noise", check_noise},
    {"loihi1-network", check_network},
    {"loihi1-u-single-step", check_single_step},
    {"loihi1-hw-neuron", check_captured_lif},
    {"loihi2-sigma-delta", check_sigma_delta},
    {"loihi2-hw-sdnn", check_captured_sigma_delta},
    {"loihi2-resonator", check_resonator},
    {"loihi2-rfzero", check_graded_resonator},
    {"loihi2-ternary-lif", check_ternary},
    {"loihi2-graded", check_graded},
};

// Names of the vectors below <data>/loihi, or one that says that there is none.
std::vector<std::string> vector_names() {
  std::vector<std::string> names;
  const std::filesystem::path folder = data_folder() + "/loihi";
  if (std::filesystem::is_directory(folder)) {
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
      if (entry.path().extension() == ".json") names.push_back(entry.path().stem().string());
    }
  }
  std::sort(names.begin(), names.end());
  return names.empty() ? std::vector<std::string>{"no_vectors"} : names;
}

class LoihiGolden : public testing::TestWithParam<std::tuple<std::string, std::string>> {};

TEST_P(LoihiGolden, EveryRegisterInEveryStep) {
  const auto& [engine, name] = GetParam();
  if (name == "no_vectors") return skip_without_data("golden vectors of Loihi");
  if (skip_if_unavailable(engine)) return;
  if (name.find("DISPUTED") != std::string::npos) GTEST_SKIP() << "its sources disagree";
  std::ifstream file(data_folder() + "/loihi/" + name + ".json");
  const Json vector = Json::parse(file);
  if (vector["kind"] == "loihi-learning") GTEST_SKIP() << "synapses do not learn yet";

  const auto check = checks.find(vector["kind"]);

  ASSERT_NE(check, checks.end()) << "unknown kind " << vector["kind"];
  check->second(engine, vector);
}

INSTANTIATE_TEST_SUITE_P(Engines, LoihiGolden,
                         testing::Combine(testing::ValuesIn(engine_names()),
                                          testing::ValuesIn(vector_names())),
                         [](const auto& test) {
                           return test_name(std::get<0>(test.param)) + "_" +
                                  std::get<1>(test.param);
                         });

// The table of stored mantissas and values: sign mode x bits x exponent x weight.
TEST(LoihiGoldenTable, WeightsAreStoredAndShifted) {
  std::ifstream file(data_folder() + "/loihi/l1_18_weight_table.csv");
  if (!file) return skip_without_data("the weight table of Loihi");
  std::string line;
  std::getline(file, line);
  const std::string header = "sign_mode,num_weight_bits,weight_exp,weight,ref_mantissa,ref_actual";
  ASSERT_EQ(line.substr(0, header.size()), header);
  u64 rows = 0;
  while (std::getline(file, line)) {
    int mode = 0;
    u32 bits = 0;
    i32 exponent = 0;
    i32 weight = 0;
    i32 mantissa = 0;
    i32 value = 0;
    ASSERT_EQ(std::sscanf(line.c_str(), "%d,%u,%d,%d,%d,%d", &mode, &bits, &exponent, &weight,
                          &mantissa, &value),
              6);

    EXPECT_EQ(stored_mantissa(weight, static_cast<SignMode>(mode), bits), mantissa) << line;
    EXPECT_EQ(synapse_value(mantissa, exponent) * 64, value) << line;
    ++rows;
  }
  EXPECT_GT(rows, 1000u);
}

}  // namespace
}  // namespace spikefab::test
