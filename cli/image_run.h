// Images through a classifier on an engine: the answers, and what it took.
#pragma once

#include <string>
#include <vector>

#include "mapper/image_classifier.h"
#include "sim/decoder.h"
#include "sim/engine.h"

namespace spikefab::cli {

struct ImageSet {
  Images images;
  std::string place;         // the file with the images, for messages
  std::string labels_place;  // and that with the labels
  std::string source;        // "built in" or a folder, for results
};

struct ImageRun {
  std::vector<sim::Decision> decisions;  // [image] fewer than there are images if a signal came

  // SHA-256 of what the bus showed for each image, in the order of the images. It does not depend
  // on how many images are loaded at a time.
  std::string outputs_digest;

  sim::State totals;        // its counts only: those of all loads
  u64 ticks = 0;            // of all loads, with the latency of each
  double load_seconds = 0;  // images become a stimulus, and the engine is loaded
  double run_seconds = 0;   // the engine runs its ticks
  double seconds() const { return load_seconds + run_seconds; }
};

// How many images make one stimulus: few enough to be small, enough to hide the latency.
inline constexpr u32 usual_images_per_load = 100;

// All images of the set, which are of the classifier's size, in order, until a signal comes.
ImageRun run_images(sim::Engine& engine, const ImageClassifier& classifier, const ImageSet& set,
                    u32 images_per_load = usual_images_per_load);

u64 right_answers(const ImageRun& run, const Images& images);
u64 tied_answers(const ImageRun& run);

}  // namespace spikefab::cli
