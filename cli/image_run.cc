#include "cli/image_run.h"

#include <algorithm>

#include "base/files.h"
#include "base/registry.h"
#include "cli/clock.h"
#include "cli/interrupt.h"
#include "cli/progress.h"
#include "cli/tick_loop.h"

namespace spikefab::cli {
namespace {

// Cuts the outputs of each load into the windows of its images, and decides on each.
class Answers {
 public:
  explicit Answers(const ImageClassifier& classifier)
      : classifier_(classifier),
        decoder_(Registry<sim::Decoder>::make(classifier.decoder)),
        tick_words_(classifier.program.output_words()) {}

  // From here on, outputs are those of a new load from tick 0 on.
  void begin_load() {
    window_.clear();
    words_to_skip_ = u64{classifier_.latency} * tick_words_;
  }

  void add(std::span<const u64> outputs) {
    const u64 skipped = std::min<u64>(words_to_skip_, outputs.size());
    words_to_skip_ -= skipped;
    outputs = outputs.subspan(skipped);
    const u64 window_words = u64{classifier_.encoding.ticks} * tick_words_;
    while (!outputs.empty()) {
      const u64 taken = std::min<u64>(window_words - window_.size(), outputs.size());
      window_.insert(window_.end(), outputs.begin(), outputs.begin() + static_cast<i64>(taken));
      outputs = outputs.subspan(taken);
      if (window_.size() == window_words) end_window();
    }
  }

  const std::vector<sim::Decision>& decisions() const { return decisions_; }
  std::string digest() { return sha_.hex(); }  // once, at the end

 private:
  void end_window() {
    sha_.add(std::as_bytes(std::span(window_)));
    decisions_.push_back(
        decoder_->decide({window_, classifier_.class_of_line, classifier_.classes}));
    window_.clear();
  }

  const ImageClassifier& classifier_;
  std::unique_ptr<sim::Decoder> decoder_;
  u64 tick_words_;
  u64 words_to_skip_ = 0;
  std::vector<u64> window_;  // of the image that is being shown
  Sha256 sha_;
  std::vector<sim::Decision> decisions_;
};

void add_counts(std::vector<u64>& totals, const std::vector<u64>& counts) {
  totals.resize(counts.size(), 0);
  for (u64 i = 0; i < counts.size(); ++i) totals[i] += counts[i];
}

}  // namespace

ImageRun run_images(sim::Engine& engine, const ImageClassifier& classifier, const ImageSet& set,
                    u32 images_per_load) {
  ImageRun run;
  Answers answers(classifier);
  Progress progress("images", set.images.count);
  for (u32 first = 0; first < set.images.count; first += images_per_load) {
    const Stopwatch load_watch;
    const u32 count = std::min(images_per_load, set.images.count - first);
    const Stimulus stimulus = present(classifier, set.images, first, count, set.place);
    engine.load(classifier.program, stimulus);
    answers.begin_load();
    run.load_seconds += load_watch.seconds();

    double answer_seconds = 0;
    const auto on_chunk = [&](const Chunk& chunk) {
      const Stopwatch answer_watch;
      answers.add(chunk.recording.outputs);
      progress.update(answers.decisions().size());
      answer_seconds += answer_watch.seconds();
    };
    const TickLoop loop = {
        .plan = {}, .end_tick = stimulus.ticks, .progress = TickLoop::left_to_caller};
    const Stopwatch run_watch;
    const u64 ticks = run_ticks(engine, classifier.program, 1, loop, on_chunk);
    run.run_seconds += run_watch.seconds() - answer_seconds;
    run.ticks += ticks;
    add_counts(run.totals.counts, engine.state().counts);
    if (ticks < stimulus.ticks) break;
  }
  SPIKEFAB_ASSERT(answers.decisions().size() == set.images.count || pending_signal() != 0);
  run.decisions = answers.decisions();
  run.outputs_digest = answers.digest();
  return run;
}

u64 right_answers(const ImageRun& run, const Images& images) {
  u64 right = 0;
  for (u64 i = 0; i < run.decisions.size(); ++i) {
    right += run.decisions[i].label == images.labels[i];
  }
  return right;
}

u64 tied_answers(const ImageRun& run) {
  return static_cast<u64>(std::count_if(run.decisions.begin(), run.decisions.end(),
                                        [](const sim::Decision& d) { return d.tie; }));
}

}  // namespace spikefab::cli
