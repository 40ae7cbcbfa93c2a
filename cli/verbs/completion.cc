// spikefab completion bash|zsh|fish
#include "cli/completion.h"

#include "cli/result.h"

namespace spikefab::cli {
namespace {

class Completion : public Command {
 public:
  Description describe() const override {
    Description d;
    d.text = "Prints a completion script: verbs, options, their values and file names.";
    d.positionals = {{"shell", "bash|zsh|fish", "whose script"}};
    d.examples = {
        {"completion bash > ~/.local/share/bash-completion/completions/spikefab", "for bash"},
        {"completion zsh > ~/.zfunc/_spikefab", "for zsh, where ~/.zfunc is in fpath"},
        {"completion fish > ~/.config/fish/completions/spikefab.fish", "for fish"}};
    return d;
  }

  int run(const Arguments& arguments) override {
    const std::string shell = arguments.text("shell");
    print(shell == "bash"  ? bash_completion()
          : shell == "zsh" ? zsh_completion()
                           : fish_completion());
    return exit_ok;
  }
};

SPIKEFAB_REGISTER(Command, "completion", Completion, "print a completion script for a shell");

}  // namespace
}  // namespace spikefab::cli
