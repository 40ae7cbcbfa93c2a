// RANC's own MNIST benchmark as an ImageClassifier: its network (5 cores), its encoding, its vote.
// Source: RANC's TeaLearning; one tick per image, pixel >= 128 spikes, windows of 256 pixels at
// flat offsets 0, 176, 352, 528 go to the four cores of the first layer, output line j votes for
// class j % 10, the first maximum wins.
#pragma once

#include <string>

#include "mapper/image_classifier.h"

namespace spikefab {

// From a RANC input file with that network, such as mnist_config_1.json; packets in the file are
// not used. Throws InputError if its first layer is not four cores of 256 axons.
ImageClassifier load_ranc_mnist(const std::string& path, const Chip& chip);

}  // namespace spikefab
