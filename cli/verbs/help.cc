// spikefab help [VERB]
#include "cli/help.h"

#include "cli/result.h"

namespace spikefab::cli {
namespace {

class Help : public Command {
 public:
  Description describe() const override {
    Description d;
    d.text = "Shows what there is, or what a verb takes.";
    d.positionals = {{"verb", join(Registry<Command>::names(), "|"), "the verb to explain",
                      Positional::at_most_one}};
    d.examples = {{"help run", "same as 'spikefab run --help'"}};
    return d;
  }

  int run(const Arguments& arguments) override {
    if (!arguments.has("verb")) {
      print(overview_help());
      return exit_ok;
    }
    const std::string verb = arguments.text("verb");
    print(verb_help(verb, Registry<Command>::make(verb)->describe()));
    return exit_ok;
  }
};

SPIKEFAB_REGISTER(Command, "help", Help, "show help on the tool or on a verb");

}  // namespace
}  // namespace spikefab::cli
