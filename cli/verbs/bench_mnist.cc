// spikefab bench mnist: trained models against each other, on an engine.
#include <algorithm>
#include <array>

#include "arch/program_file.h"
#include "base/files.h"
#include "cli/benchmark.h"
#include "cli/counts.h"
#include "cli/engines.h"
#include "cli/interrupt.h"
#include "cli/log.h"
#include "cli/mnist_bench.h"
#include "cli/paths.h"

namespace spikefab::cli {
namespace {

// Options for files that are about one model.
constexpr std::array output_options = {"predictions", "program-out", "stimulus-out"};

std::vector<ImageModel> load_models(const Arguments& arguments) {
  auto names = arguments.texts("name");
  if (names.empty()) names = built_in_models();
  if (names.empty()) throw UsageError("no model is built in", "give a MODEL.yaml, or ranc");
  for (const std::string option : output_options) {
    if (!arguments.has(option) || names.size() == 1) continue;
    throw UsageError("--" + option + " needs one MODEL, not " + std::to_string(names.size()));
  }
  const std::string ranc = arguments.has("ranc-network") ? arguments.text("ranc-network") : "";
  if (!ranc.empty() && std::find(names.begin(), names.end(), "ranc") == names.end()) {
    throw UsageError("--ranc-network is given, but not model ranc", "add ranc to the models");
  }
  std::vector<ImageModel> models;
  for (const std::string& name : names) models.push_back(load_image_model(name, ranc));
  return models;
}

// The models one after the other, until a signal comes.
class BenchRun {
 public:
  explicit BenchRun(const Arguments& arguments)
      : arguments_(arguments),
        models_(load_models(arguments)),
        set_(load_mnist(arguments.number("images"),
                        arguments.has("data") ? arguments.text("data") : "",
                        arguments.has("images") ? IfFewer::refuse : IfFewer::take_all)),
        chosen_(arguments.text("engine")) {
    // A model for images of another size is refused here, before any other has run.
    for (const ImageModel& model : models_) check_images(model, set_);
    check_outputs();
  }

  int run() {
    save_files();
    for (const ImageModel& model : models_) {
      log_info("{}: {} images on {} cores", model.name, set_.images.count,
               model.classifier.program.cores());
      const auto run = run_model(chosen_, model, set_);
      if (!run) break;
      add(model, *run);
    }
    print_all();
    if (interrupted()) return exit_signal_base + pending_signal();
    return differs_ ? exit_comparison : exit_ok;
  }

 private:
  // No output takes the place of what it is made from.
  void check_outputs() const {
    std::vector<GivenPath> inputs = {{"the images", set_.place},
                                     {"their labels", set_.labels_place}};
    for (const ImageModel& model : models_) {
      for (const std::string& file : model.files) inputs.push_back({"a file of MODEL", file});
    }
    std::vector<GivenPath> outputs;
    for (const std::string option : output_options) {
      if (arguments_.has(option)) outputs.push_back({"--" + option, arguments_.text(option)});
    }
    check_files(inputs, outputs);
    for (const GivenPath& output : outputs) {
      refuse_to_overwrite(output.path, arguments_.has("force"));
    }
  }

  void save_files() const {
    const ImageClassifier& classifier = models_[0].classifier;
    if (arguments_.has("stimulus-out")) {
      save_stimulus(present(classifier, set_.images, 0, set_.images.count, set_.place),
                    arguments_.text("stimulus-out"));
    }
    if (arguments_.has("program-out")) {
      save_program(classifier.program, arguments_.text("program-out"));
    }
  }

  bool interrupted() const { return results_.size() < models_.size(); }

  void add(const ImageModel& model, const ModelRun& run) {
    warn_of_counts(model.classifier.program, run.answers.totals);
    results_.push_back(model_result(model, chosen_.name(), run, set_.images));
    if (arguments_.has("predictions")) {
      write_text(arguments_.text("predictions"), predictions_csv(run.answers, set_.images));
    }
    const std::string difference = difference_from_card(model, run.answers, set_.images);
    if (difference.empty()) return;
    log_error("{}", difference);
    differs_ = true;
  }

  void print_all() const {
    Json document = {{"benchmark", "mnist"},
                     {"status", interrupted() ? "interrupted" : "finished"},
                     {"engine", chosen_.name()},
                     {"images", set_.images.count},
                     {"image_source", set_.source}};
    if (arguments_.has("json")) {
      document["models"] = results_;
    } else {
      document["activity_images"] = std::min(set_.images.count, activity_images);
      document.update(comparison(results_));
    }
    print_result(document, arguments_);
  }

  const Arguments& arguments_;
  std::vector<ImageModel> models_;
  ImageSet set_;
  ChosenEngine chosen_;
  Json results_ = Json::array();
  bool differs_ = false;
};

class MnistBenchmark final : public Benchmark {
 public:
  Description describe() const override {
    Description d;
    d.text =
        "mnist classifies the first test images of MNIST with networks of a few to hundreds of "
        "cores, and compares accuracy, speed and how many cores carry spikes (receive and send "
        "some in the ticks of an image; a mean over 10 images). Up to 1000 images are built in. "
        "ticks/s is the engine alone, images/s also the encoding and loading of the images. NAME "
        "is "
        "a model of configs/benchmarks/mnist, such as 5_cores (all of them, if none is given); a "
        ".yaml file of that kind; or ranc, RANC's own network, which programs 5 of 512 cores.";
    auto option = d.options.add_options();
    option("images,n", number_value("N", 1)->default_value(1000),
           "how many images; if it is not given, 1000, or all if there are fewer");
    option("data", text_value("DIR"),
           "where t10k-images-idx3-ubyte and t10k-labels-idx1-ubyte are, .gz or not; else the "
           "built-in images, or what scripts/get_mnist.sh got; also by SPIKEFAB_MNIST");
    option("engine,e", text_value(engine_choices())->default_value("auto"), engine_help);
    option("ranc-network", text_value("FILE"),
           "RANC's input file for model ranc; else $SPIKEFAB_DATA/ranc/mnist100/input.json");
    option("predictions", text_value("FILE"), "write the answers of the one model as CSV");
    option("program-out", text_value("FILE"),
           "write the one model as a program, for 'spikefab run'");
    option("stimulus-out", text_value("FILE"), "and the images as its stimulus");
    d.examples = {{"bench mnist", "all models on 1000 images"},
                  {"bench mnist 512_cores -n 10000", "one model on the whole test set"},
                  {"bench mnist 5_cores ranc --ranc-network mnist_config_1.json",
                   "beside RANC's own network"}};
    return d;
  }

  int run(const Arguments& arguments) override { return BenchRun(arguments).run(); }
};

SPIKEFAB_REGISTER(Benchmark, "mnist", MnistBenchmark, "accuracy and speed of trained models");

}  // namespace
}  // namespace spikefab::cli
