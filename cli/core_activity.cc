#include "cli/core_activity.h"

#include <algorithm>

#include "cli/tick_loop.h"

namespace spikefab::cli {
namespace {

struct Traffic {
  u64 received = 0;
  u64 sent = 0;
};

// The spikes of every core, image by image.
class TrafficTable {
 public:
  TrafficTable(const ImageClassifier& classifier, u32 images)
      : classifier_(classifier),
        program_(classifier.program),
        images_(images),
        depth_(depth_of_cores(classifier)),
        core_at_(program_.core_at_position()),
        table_(u64{images} * program_.cores()) {}

  void add_stimulus(const Stimulus& stimulus) {
    for (u64 tick = 0; tick < stimulus.ticks; ++tick) {
      const auto [first, last] = stimulus.range(0, tick);
      for (u64 i = first; i < last; ++i) {
        const StimulusEvent& event = stimulus.events[i];
        receive(core_at_[event.position], tick + event.delay);
      }
    }
  }

  void add_spikes(const std::vector<sim::Spike>& spikes) {
    for (const sim::Spike& spike : spikes) {
      const u32 core = core_at_[spike.position];
      const u64 n = program_.neuron_begin[core] + spike.neuron;
      if (Traffic* traffic = of(core, spike.tick)) ++traffic->sent;
      receive(program_.target_core[n], spike.tick + 1 + program_.target_delay[n]);
    }
  }

  CoreActivity sums() const {
    CoreActivity activity = {images_, {}};
    for (u32 core = 0; core < program_.cores(); ++core) {
      if (depth_[core] == unreached) continue;
      if (depth_[core] >= activity.layers.size()) activity.layers.resize(depth_[core] + 1);
      LayerActivity& layer = activity.layers[depth_[core]];
      ++layer.cores;
      for (u32 image = 0; image < images_; ++image) add(layer, table_[index(core, image)]);
    }
    return activity;
  }

 private:
  u64 index(u32 core, u64 image) const { return image * program_.cores() + core; }

  // Of the image that a core works on in a tick; null before the first and after the last.
  Traffic* of(u32 core, u64 tick) {
    if (tick < depth_[core]) return nullptr;  // also if no pixel reaches it
    const u64 image = (tick - depth_[core]) / classifier_.encoding.ticks;
    return image < images_ ? &table_[index(core, image)] : nullptr;
  }

  void receive(u32 core, u64 tick) {
    if (core == output_bus) return;
    if (Traffic* traffic = of(core, tick)) ++traffic->received;
  }

  static void add(LayerActivity& layer, const Traffic& traffic) {
    layer.receiving_cores += traffic.received > 0;
    layer.sending_cores += traffic.sent > 0;
    layer.carrying_cores += traffic.received > 0 && traffic.sent > 0;
    layer.spikes_received += traffic.received;
    layer.spikes_sent += traffic.sent;
  }

  const ImageClassifier& classifier_;
  const Program& program_;
  u32 images_;
  std::vector<u32> depth_;      // [core]
  std::vector<u32> core_at_;    // [mesh index]
  std::vector<Traffic> table_;  // [image][core]
};

}  // namespace

double CoreActivity::carrying_cores() const {
  u64 sum = 0;
  for (const LayerActivity& layer : layers) sum += layer.carrying_cores;
  return per_image(sum);
}

std::optional<CoreActivity> measure_activity(sim::Engine& engine, const ImageClassifier& classifier,
                                             const ImageSet& set, u32 images) {
  const u32 count = std::min(images, set.images.count);
  const Stimulus stimulus = present(classifier, set.images, 0, count, set.place);
  engine.load(classifier.program, stimulus);
  TrafficTable table(classifier, count);
  table.add_stimulus(stimulus);
  const TickLoop loop = {
      .plan = {.outputs = false, .digests = false, .spikes = sim::Selection{}, .potentials = {}},
      .end_tick = stimulus.ticks};
  const auto on_chunk = [&](const Chunk& chunk) { table.add_spikes(chunk.recording.spikes); };
  if (run_ticks(engine, classifier.program, 1, loop, on_chunk) < stimulus.ticks) return {};
  return table.sums();
}

}  // namespace spikefab::cli
