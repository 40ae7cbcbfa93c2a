// Networks trained for crossbar cores, as scripts/train_mnist.py writes them: layers whose neurons
// see windows of the layer before, weights shared over positions (a convolution), several equal
// networks that vote together. Format: docs/formats.md; schema: mapper/crossbar_network.proto.
#pragma once

#include <string>
#include <vector>

#include "mapper/image_classifier.h"

namespace spikefab {

// Channel c of the layer before belongs to group c % groups. Input i of a group's neuron is
// i = (channel in the group * window + row) * window + column; it is given on `copies` axons
// i * copies .. i * copies + copies - 1; axon a has type a % chip.weights. Feature f of the layer
// belongs to group f / (features / groups). A neuron fires in a tick iff its weighted sum plus its
// leak is >= 0, and keeps nothing for the next tick.
struct CrossbarLayer {
  u32 window = 1;  // rows and columns
  u32 stride = 1;
  u32 groups = 1;
  u32 copies = 1;
  u32 features = 0;  // channels

  // The sizes that follow from the layers before, set by the loader.
  u32 side_rows = 0;  // positions
  u32 side_columns = 0;
  u32 inputs = 0;  // of a neuron: channels of the layer before / groups * window^2
  u32 axons() const { return inputs * copies; }
  u32 axon_words() const { return words_for(axons()); }
};

struct CrossbarWeights {
  std::vector<i16> leak;         // [feature]
  std::vector<i16> weight;       // [feature][axon type]
  std::vector<u64> connections;  // [feature][word of axons]
};

// What the file says of itself; checked against what is assembled.
struct ModelCard {
  u64 cores = 0;
  u64 neurons = 0;
  u64 connections = 0;  // programmed crossbar points
  u64 correct = 0;      // of `images` test images
  u64 ties = 0;
  u64 images = 0;       // 0: not measured
  std::string trained;  // how, in a sentence
  std::string place;    // file:line:col, for messages
};

struct CrossbarNetwork {
  std::string name;
  std::string path;          // of the file, for messages
  std::string weights_path;  // of the file that it names
  Chip chip;
  u32 rows = 0;  // of the image
  u32 columns = 0;
  Encoding encoding;
  std::string decoder;        // a name that the caller must check: decoders are not the mapper's
  std::string decoder_place;  // in the file
  u32 classes = 0;            // feature f of the last layer votes for class f % classes
  ModelCard card;
  std::vector<CrossbarLayer> layers;
  std::vector<std::vector<CrossbarWeights>> networks;  // [network][layer]
};

// Reads the .yaml and the weights file that it names. Throws InputError with file:line:col and all
// problems.
CrossbarNetwork load_crossbar_network(const std::string& path);

// Puts the network on its chip. A feature that several axons need is computed by as many neurons
// of the same core, as each neuron has one target; what does not fit into a core is split over
// cores, each of which needs its inputs again. Cores lie row by row in the order network, layer,
// position, group; the output bus takes the last place of the mesh. Throws FitError that names
// layer, resource, have and need.
ImageClassifier assemble(const CrossbarNetwork& network);

}  // namespace spikefab
