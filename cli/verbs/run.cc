// spikefab run: a program and its stimuli through an engine, into an output folder.
#include "cli/command.h"
#include "cli/interrupt.h"
#include "cli/run_session.h"

namespace spikefab::cli {
namespace {

class Run : public Command {
 public:
  Description describe() const override {
    Description d;
    d.text =
        "Runs a program for a number of ticks and tells what happened. Several stimuli make a "
        "batch: one replica of the program each, all run together.";
    d.positionals = {
        {"program", "PROGRAM.sfab",
         "what 'spikefab import' wrote, or 'spikefab bench mnist MODEL --program-out'"}};
    auto option = d.options.add_options();
    option("stimulus,s", texts_value("FILE"), "spikes from outside; repeat it for a batch");
    option("ticks,n", number_value("N", 1),
           "run up to tick N; else all ticks of the stimulus and one more per slot of the chip");
    option("output,o", text_value("DIR"), "write what is recorded into this new folder");
    option("engine,e", text_value(engine_choices())->default_value("auto"), engine_help);
    option("record", text_value(record_choices), "what to write; outputs if not given");
    option("cores", text_value("A..B"),
           "mesh indices, or just A, whose spikes and potentials are recorded");
    option("window", text_value("T0..T1"), "ticks, or just T0, of which they are recorded");
    option("checkpoint-every", number_value("N", 1), "write a checkpoint after each N ticks");
    option("restore", text_value("FILE"), "go on from a checkpoint; same program and stimuli");
    option("force", flag_value(), "replace the output folder of another run");
    option("reproducible", flag_value(), "leave times, host and paths out of the output folder");
    option("json", flag_value(), json_help);
    d.examples = {{"run net.sfab -s net.stimulus.sfab", "print what happened"},
                  {"run net.sfab -s a.sfab -s b.sfab -o out --record spikes", "a batch of two"},
                  {"run net.sfab -n 5000 -o more --restore out/checkpoint-1000.sfab", "go on"}};
    d.exit_codes = {
        {exit_input, "bad program, stimulus or checkpoint"},
        {exit_resource,
         "too little memory or disk, the engine cannot run here, or DIR was taken meanwhile"},
        {130, "stopped by SIGINT (143: by SIGTERM); -o holds a checkpoint"}};
    return d;
  }

  int run(const Arguments& arguments) override {
    RunFacts facts;
    facts.words = arguments.words();
    facts.start_utc = utc_now_text();
    catch_interrupts();

    RunSession session(read_run_request(arguments));
    session.advance();
    session.write_output(std::move(facts));
    print_result(session.summary(), arguments);
    return session.interrupted() ? exit_signal_base + pending_signal() : exit_ok;
  }
};

SPIKEFAB_REGISTER(Command, "run", Run, "run a program on an engine");

}  // namespace
}  // namespace spikefab::cli
