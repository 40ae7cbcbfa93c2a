#include "mapper/image_classifier.h"

#include <deque>

#include "base/memory.h"
#include "mapper/encoder.h"

namespace spikefab {
namespace {

// Which pixels spike, tick by tick.
struct PixelSpikes {
  std::vector<u32> pixels;
  std::vector<u64> begin = {0};  // [tick + 1]
};

PixelSpikes encode(const Encoding& encoding, const Images& images, u32 first, u32 count) {
  const auto encoder = Registry<Encoder>::make(encoding.encoder);
  check_available_memory(checked_product({count, encoding.ticks, images.size(), sizeof(u32)}),
                         "the spikes of " + std::to_string(count) + " images");
  PixelSpikes spikes;
  spikes.begin.reserve(u64{count} * encoding.ticks + 1);
  for (u32 image = first; image < first + count; ++image) {
    for (u32 tick = 0; tick < encoding.ticks; ++tick) {
      encoder->encode(images.image(image), {.image = image, .tick = tick, .ticks = encoding.ticks},
                      encoding.params, spikes.pixels);
      spikes.begin.push_back(spikes.pixels.size());
    }
  }
  return spikes;
}

}  // namespace

void check_image_size(const ImageClassifier& classifier, const Images& images,
                      const std::string& images_place) {
  if (images.rows == classifier.rows && images.columns == classifier.columns) return;
  const auto size = [](u32 rows, u32 columns) {
    return std::to_string(rows) + " x " + std::to_string(columns);
  };
  throw InputError(
      images_place, "the images have " + size(images.rows, images.columns) + " pixels",
      "model '" + classifier.name + "' takes " + size(classifier.rows, classifier.columns));
}

Stimulus present(const ImageClassifier& classifier, const Images& images, u32 first, u32 count,
                 const std::string& images_place) {
  check_image_size(classifier, images, images_place);
  SPIKEFAB_ASSERT(u64{first} + count <= images.count);
  const PixelSpikes spikes = encode(classifier.encoding, images, first, count);
  const auto& begin = classifier.pixel_begin;
  u64 events = 0;
  for (const u32 pixel : spikes.pixels) events += begin[pixel + 1] - begin[pixel];
  check_available_memory(events * sizeof(StimulusEvent), "the stimulus of these images");

  Stimulus stimulus;
  stimulus.mesh_width = classifier.program.chip.mesh.width;
  stimulus.ticks = u64{count} * classifier.encoding.ticks + classifier.latency;
  stimulus.begin.reserve(stimulus.ticks + 1);
  stimulus.events.reserve(events);
  const auto targets = classifier.pixel_targets.begin();
  for (u64 tick = 0; tick + 1 < spikes.begin.size(); ++tick) {
    for (u64 i = spikes.begin[tick]; i < spikes.begin[tick + 1]; ++i) {
      const u32 pixel = spikes.pixels[i];
      stimulus.events.insert(stimulus.events.end(),
                             targets + static_cast<std::ptrdiff_t>(begin[pixel]),
                             targets + static_cast<std::ptrdiff_t>(begin[pixel + 1]));
    }
    stimulus.begin.push_back(stimulus.events.size());
  }
  stimulus.begin.resize(stimulus.ticks + 1, stimulus.events.size());
  return stimulus;
}

std::vector<u32> depth_of_cores(const ImageClassifier& classifier) {
  const Program& program = classifier.program;
  const std::vector<u32> core_at = program.core_at_position();
  std::vector<u32> depth(program.cores(), unreached);
  std::deque<u32> queue;
  const auto reach = [&](u32 core, u32 at_depth) {
    if (core == output_bus || depth[core] != unreached) return;
    depth[core] = at_depth;
    queue.push_back(core);
  };
  for (const StimulusEvent& target : classifier.pixel_targets) reach(core_at[target.position], 0);
  while (!queue.empty()) {
    const u32 core = queue.front();
    queue.pop_front();
    for (u64 n = program.neuron_begin[core]; n < program.neuron_begin[core + 1]; ++n) {
      reach(program.target_core[n], depth[core] + 1);
    }
  }
  return depth;
}

}  // namespace spikefab
