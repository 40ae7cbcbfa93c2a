// spikefab run: a program and its stimuli through an engine, into an output folder; or a network
// that is mapped onto a chip and shown recordings.
#include "cli/command.h"
#include "cli/interrupt.h"
#include "cli/network_run.h"
#include "cli/run_session.h"

namespace spikefab::cli {
namespace {

class Run : public Command {
 public:
  Description describe() const override {
    Description d;
    d.text =
        "Runs a program for a number of ticks and tells what happened. Several stimuli make a "
        "batch: one replica of the program each, all run together. A network (NIR, or NetX of "
        "lava-dl) is quantised, mapped onto a chip and shown recordings of an event camera.";
    d.positionals = {
        {"program", "PROGRAM.sfab|NETWORK.nir|NETWORK.net",
         "what 'spikefab import' wrote, or 'spikefab bench mnist MODEL --program-out'; or a "
         "trained network"}};
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
    add_network_options(d.options);
    d.examples = {
        {"run net.sfab -s net.stimulus.sfab", "print what happened"},
        {"run net.sfab -s a.sfab -s b.sfab -o out --record spikes", "a batch of two"},
        {"run net.sfab -n 5000 -o more --restore out/checkpoint-1000.sfab", "go on"},
        {"run net.nir --chip loihi1 --input a.bs2", "map a network and show it a recording"},
        {"run net.nir -c loihi1 -i data --labels test.txt --precision both",
         "accuracy on a data set, on the chip and in float"}};
    d.exit_codes = {
        {exit_input, "bad program, stimulus, checkpoint, network or recording"},
        {exit_no_fit, "the network does not fit the chip"},
        {exit_resource,
         "too little memory or disk, the engine cannot run here, or DIR was taken meanwhile"},
        {130, "stopped by SIGINT (143: by SIGTERM); -o holds a checkpoint"}};
    return d;
  }

  int run(const Arguments& arguments) override {
    if (is_network_file(arguments.text("program"))) return run_mapped(arguments);
    refuse_network_options(arguments);
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

 private:
  static int run_mapped(const Arguments& arguments) {
    const NetworkRequest request = read_network_request(arguments);
    catch_interrupts();
    const NetworkRun run = run_network(request);
    print_result(run.result, arguments);
    return run.interrupted ? exit_signal_base + pending_signal() : exit_ok;
  }
};

SPIKEFAB_REGISTER(Command, "run", Run, "run a program on an engine");

}  // namespace
}  // namespace spikefab::cli
