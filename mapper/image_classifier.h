// A program that classifies images: where its pixels go in, how they become spikes, and what its
// output lines mean. Made by mapper/crossbar_network.h or mapper/ranc_mnist.h.
#pragma once

#include <string>
#include <vector>

#include "arch/program.h"
#include "arch/stimulus.h"
#include "mapper/encoding.h"
#include "mapper/images.h"

namespace spikefab {

// An image enters for encoding.ticks ticks; the next one follows at once. What the bus shows of
// the spikes that entered in tick t is in output tick t + latency.
struct ImageClassifier {
  std::string name;
  Program program;

  u32 rows = 0;
  u32 columns = 0;
  Encoding encoding;
  std::vector<u64> pixel_begin;              // [pixel + 1] into pixel_targets
  std::vector<StimulusEvent> pixel_targets;  // axons that a pixel's spike goes to; delay 0

  u32 latency = 1;  // ticks
  std::string decoder = "votes";
  u32 classes = 0;
  std::vector<u8> class_of_line;  // [output line]
};

// Throws InputError, with `images_place` as place, unless the images are of the classifier's size.
void check_image_size(const ImageClassifier& classifier, const Images& images,
                      const std::string& images_place);

// The stimulus of images [first, first + count): image first + i enters from tick i * ticks on, and
// enough empty ticks follow for the last one's output to show. The images must be of the
// classifier's size (InputError, with `images_place` as place).
Stimulus present(const ImageClassifier& classifier, const Images& images, u32 first, u32 count,
                 const std::string& images_place);

inline constexpr u32 unreached = 0xffffffff;  // the depth of a core that no pixel can reach

// [core] steps from the image: 0 for cores that pixels go to, 1 for cores that those send to, ...;
// or `unreached`.
std::vector<u32> depth_of_cores(const ImageClassifier& classifier);

}  // namespace spikefab
