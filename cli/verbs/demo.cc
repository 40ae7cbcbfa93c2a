// spikefab demo: multiplies a matrix by a vector on a small chip, and checks the product.
#include "cli/clock.h"
#include "cli/command.h"
#include "cli/counts.h"
#include "cli/describe.h"
#include "cli/engines.h"
#include "cli/interrupt.h"
#include "cli/log.h"
#include "cli/numbers.h"
#include "cli/result_digest.h"
#include "mapper/vmm.h"

namespace spikefab::cli {
namespace {

constexpr u32 rows = 128;
constexpr u32 columns = 64;

constexpr const char* what_next =
    "\nWhat to try next:\n"
    "  spikefab list              engines and neuron models of this build\n"
    "  spikefab doctor            what this machine has\n"
    "  spikefab help ranc         run a RANC network that you have\n";

// Spikes on each output line.
class LineCounts {
 public:
  explicit LineCounts(u32 lines) : words_(words_for(lines)), counts_(lines, 0) {}

  void add(const std::vector<u64>& outputs) {
    for (u64 i = 0; i < outputs.size(); ++i) {
      const u64 first_line = i % words_ * word_bits;
      for (u64 bit = 0; bit < word_bits && outputs[i] >> bit != 0; ++bit) {
        counts_[first_line + bit] += outputs[i] >> bit & 1;
      }
    }
  }
  const std::vector<u64>& counts() const { return counts_; }

 private:
  u64 words_;
  std::vector<u64> counts_;
};

u64 equal_entries(const std::vector<i64>& a, const std::vector<i64>& b) {
  u64 equal = 0;
  for (u64 i = 0; i < a.size(); ++i) equal += a[i] == b[i];
  return equal;
}

class Demo : public Command {
 public:
  Description describe() const override {
    Description d;
    d.text =
        "Builds a spiking network that multiplies a random 128 x 64 matrix by a vector on 8 cores, "
        "runs it, and checks the product.";
    auto option = d.options.add_options();
    option("engine,e", text_value(engine_choices())->default_value("auto"), "what runs the ticks");
    option("seed", number_value("N")->default_value(1), "of the random matrix and vector");
    option("json", flag_value(), json_help);
    d.examples = {{"demo", "see it work"}, {"demo --seed 7", "another matrix"}};
    d.exit_codes = {{exit_resource, "the engine cannot run here"},
                    {130, "stopped by SIGINT (143: by SIGTERM)"}};
    return d;
  }

  int run(const Arguments& arguments) override {
    catch_interrupts();
    const Vmm vmm = random_vmm(rows, columns, arguments.number("seed"));
    const VmmNetwork network = vmm_network(vmm);
    ChosenEngine chosen = choose_engine(arguments.text("engine"));
    chosen.engine->load(network.program, network.stimulus);

    LineCounts lines(network.program.output_lines);
    ResultDigest digest;
    const Stopwatch stopwatch;
    const TickLoop loop = {.plan = {}, .end_tick = network.ticks};
    const u64 ticks = run_ticks(*chosen.engine, network.program, 1, loop, [&](const Chunk& chunk) {
      lines.add(chunk.recording.outputs);
      digest.add(chunk);
    });
    if (ticks < network.ticks) return exit_signal_base + pending_signal();
    const double seconds = stopwatch.seconds();

    const u64 correct = equal_entries(product(vmm), vmm_product_of_counts(lines.counts()));
    Json document = summary(network.program, chosen, digest);
    document["ticks_per_second"] = static_cast<double>(ticks) / seconds;
    document["entries"] = rows;
    document["correct_entries"] = correct;
    print_result(document, arguments);
    if (correct != rows) {
      throw std::logic_error("the demo's product is wrong with engine " + chosen.name);
    }
    if (!arguments.has("json")) {
      print(fmt::format("\nproduct correct: {} of {} entries\n{}", correct, rows, what_next));
    }
    return exit_ok;
  }

 private:
  static Json summary(const Program& program, const ChosenEngine& chosen, ResultDigest& digest) {
    const sim::State state = chosen.engine->state();
    Json document = spikefab::cli::describe(program);
    document["engine"] = chosen.name;
    document["ticks"] = state.tick;
    document.update(total_counts(state));
    document["result_digest"] = digest.finish(program, state);
    return document;
  }
};

SPIKEFAB_REGISTER(Command, "demo", Demo, "multiply a matrix on a small chip, and check");

}  // namespace
}  // namespace spikefab::cli
