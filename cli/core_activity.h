// Which cores carry spikes while a classifier looks at images, layer by layer.
#pragma once

#include <optional>
#include <vector>

#include "cli/image_run.h"

namespace spikefab::cli {

// A core at depth d (depth_of_cores) works on the image that entered d ticks before; what it
// receives and sends in the ticks of an image belongs to that image. A core carries spikes if it
// receives and sends: neurons may fire by their leak alone. All but `cores` are sums over the
// images.
struct LayerActivity {
  u64 cores = 0;
  u64 receiving_cores = 0;  // at least one spike
  u64 sending_cores = 0;    // likewise
  u64 carrying_cores = 0;   // receiving and sending
  u64 spikes_received = 0;
  u64 spikes_sent = 0;
};

struct CoreActivity {
  u64 images = 0;
  std::vector<LayerActivity> layers;  // by depth; cores that no pixel reaches are in none

  double per_image(u64 sum) const { return static_cast<double>(sum) / static_cast<double>(images); }
  double carrying_cores() const;  // of all layers, per image
};

// Looks at the first `images` images of the set (or all, if it has fewer) in a pass of its own, as
// recording spikes takes time. Nothing if a signal came.
std::optional<CoreActivity> measure_activity(sim::Engine& engine, const ImageClassifier& classifier,
                                             const ImageSet& set, u32 images);

}  // namespace spikefab::cli
