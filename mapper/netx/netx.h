// Networks that lava-dl trained for Loihi and exported (NetX: HDF5 with one group per layer), as
// plain integers. Format: lava-dl, src/lava/lib/dl/netx/README.md and slayer/block/base.py.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/hd.h"

namespace spikefab {

enum class NetxType { input, dense, recurrent_dense, convolution, pooling, flatten };
std::string_view name_of(NetxType type);  // as in the file

// Parameters have one value for all neurons, or one each, or one per channel (shape[0]).
struct NetxNeurons {
  std::string type;                   // LOIHI or CUBA, which are the same
  std::vector<i32> current_decay;     // iDecay, of 4096: 0 keeps the current, 4096 has no memory
  std::vector<i32> voltage_decay;     // vDecay, likewise
  std::vector<i32> threshold;         // vThMant: fires above 64 times this
  std::vector<i32> refractory_delay;  // refDelay, ticks; 1: none
  i32 weight_exponent = 0;            // wgtExp
  bool has_graded_spikes = false;
};

struct NetxWindow {
  u32 kernel = 1;
  u32 stride = 1;
  u32 padding = 0;
  u32 dilation = 1;
};

struct NetxLayer {
  std::string place;  // "file.net: /layer/3", for messages
  NetxType type = NetxType::input;
  std::vector<u32> shape;  // of its output: channels, height, width; or one number
  std::vector<u32>
      weight_shape;         // dense: out, in; convolution: out, in of the group, height, width
  std::vector<i32> weight;  // row-major; of an input: one value, or none
  std::vector<i32> recurrent_weight;  // [out][out], from its own output one tick before
  std::vector<i32> bias;              // per output channel, or one; added 64 times. Empty: none
  std::vector<i32> delay;             // of its spikes, ticks: one, or one per neuron. Empty: none
  NetxWindow rows;                    // of convolution and pooling
  NetxWindow columns;
  u32 groups = 1;
  std::optional<NetxNeurons> neurons;  // none: of flatten; or else the sums are the output

  u64 neuron_count() const;
};

struct NetxNetwork {
  std::string path;
  std::vector<NetxLayer> layers;   // in the order of the file; each feeds the next
  u32 sample_ticks = 0;            // length of a sample in training; 0: not said
  std::vector<std::string> notes;  // what was left out
};

// Throws InputError with all that is unknown, missing, not an integer or out of range, by the path
// in the file. Sizes of consecutive layers fit.
NetxNetwork load_netx(const std::string& path);

}  // namespace spikefab
