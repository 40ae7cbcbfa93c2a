// spikefab demo: a chip of 512 cores reads handwritten digits, from images that are built in.
#include "cli/command.h"
#include "cli/counts.h"
#include "cli/digit_art.h"
#include "cli/engines.h"
#include "cli/interrupt.h"
#include "cli/log.h"
#include "cli/mnist_bench.h"

namespace spikefab::cli {
namespace {

constexpr const char* what_next =
    "\nWhat to try next:\n"
    "  spikefab bench mnist       smaller and larger networks against each other\n"
    "  spikefab list              engines, encoders, neuron models of this build\n"
    "  spikefab doctor            what this machine has\n"
    "  spikefab help import       a RANC network that you have, to inspect and run\n"
    "  spikefab help ranc         the same as RANC's own simulator would\n";

Picture picture(u32 image, const ModelRun& run, const Images& images) {
  const sim::Decision& decision = run.answers.decisions[image];
  const bool right = decision.label == images.labels[image];
  return {image, fmt::format("  image {}: read as {}{}", image, decision.label,
                             right ? "" : fmt::format(", is {}", images.labels[image]))};
}

// The first image that was read right, and the first that was not, if there are.
std::string some_digits(const ModelRun& run, const Images& images) {
  std::vector<Picture> pictures;
  for (const bool right : {true, false}) {
    for (u32 i = 0; i < images.count; ++i) {
      if ((run.answers.decisions[i].label == images.labels[i]) != right) continue;
      pictures.push_back(picture(i, run, images));
      break;
    }
  }
  return side_by_side(images, pictures);
}

std::string headline(const Json& result) {
  return fmt::format(
      "{} of {} handwritten digits read right. For an image, {:.1f} of the {} programmed cores "
      "carry spikes (mean of {} images).\n",
      result.at("correct").get<u64>(), result.at("images").get<u64>(),
      result.at("active_cores").get<double>(), result.at("programmed_cores").get<u64>(),
      result.at("activity_images").get<u64>());
}

class Demo : public Command {
 public:
  Description describe() const override {
    Description d;
    d.text =
        "Reads handwritten digits (the first of MNIST's test set, built in) with a network on a "
        "chip of 512 cores, all of which are programmed.";
    auto option = d.options.add_options();
    option("images,n", number_value("N", 1)->default_value(200),
           "how many images; 1000 are built in");
    option("model", text_value("MODEL")->default_value("512_cores"),
           "another model, as of 'spikefab bench mnist'");
    option("engine,e", text_value(engine_choices())->default_value("auto"), engine_help);
    option("json", flag_value(), json_help);
    d.examples = {{"demo", "see it work"}, {"demo --model 5_cores", "a smaller network"}};
    d.exit_codes = {{exit_input, "a bad model, or files that come with spikefab are missing"},
                    {exit_no_fit, "the model does not fit its chip"},
                    {exit_resource, "the engine cannot run here, or too little memory"},
                    {130, "stopped by SIGINT (143: by SIGTERM)"}};
    return d;
  }

  int run(const Arguments& arguments) override {
    catch_interrupts();
    const ImageModel model = load_image_model(arguments.text("model"), "");
    const ImageSet set = load_mnist(arguments.number("images"), "");
    check_images(model, set);
    ChosenEngine chosen(arguments.text("engine"));
    const auto run = run_model(chosen, model, set);
    if (!run) return exit_signal_base + pending_signal();

    warn_of_counts(model.classifier.program, run->answers.totals);
    const Json result = model_result(model, chosen.name(), *run, set.images);
    if (!arguments.has("json")) {
      print(headline(result) + "\n" + some_digits(*run, set.images) + "\n");
    }
    print_result(result, arguments);
    if (!arguments.has("json")) print(what_next);
    return exit_ok;
  }
};

SPIKEFAB_REGISTER(Command, "demo", Demo, "read handwritten digits on a chip of 512 cores");

}  // namespace
}  // namespace spikefab::cli
