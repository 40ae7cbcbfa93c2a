// The MNIST benchmark: a model on an engine over the first test images, and what there is to say
// about it. `spikefab bench` compares models, `spikefab demo` shows one.
#pragma once

#include <optional>
#include <string>

#include "cli/core_activity.h"
#include "cli/image_models.h"
#include "cli/image_run.h"
#include "cli/result.h"

namespace spikefab::cli {

inline constexpr u32 activity_images = 10;  // by which the activity of cores is measured

enum class IfFewer { refuse, take_all };

// The first `images` test images: built in, or from a folder (cli/mnist_data.h). Throws UsageError
// if there are fewer and those are not enough.
ImageSet load_mnist(u64 images, const std::string& folder, IfFewer if_fewer = IfFewer::refuse);

// Throws InputError unless the model can answer what the set asks: image size and labels.
void check_images(const ImageModel& model, const ImageSet& set);

struct ModelRun {
  ImageRun answers;
  CoreActivity activity;
};

// Nothing if a signal came; then a warning tells how far it was.
std::optional<ModelRun> run_model(sim::Engine& engine, const ImageModel& model,
                                  const ImageSet& set);

// One object with all that was measured.
Json model_result(const ImageModel& model, const std::string& engine, const ModelRun& run,
                  const Images& images);

// The document of `bench` as tables with a row or more for each model.
// `results` is an array of what model_result() gave.
Json comparison(const Json& results);

// What differs from the model's card, if that is of as many images: a problem's text, or "".
std::string difference_from_card(const ImageModel& model, const ImageRun& run,
                                 const Images& images);

// The answers as CSV: image,label,prediction,tie.
std::string predictions_csv(const ImageRun& run, const Images& images);

}  // namespace spikefab::cli
