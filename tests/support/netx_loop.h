// A NetX network as plain loops with Loihi's rule: what a chip that runs it must repeat. Spikes are
// pushed from source to target, layer by layer within a step, without any code of the mapper.
#pragma once

#include <deque>
#include <vector>

#include "mapper/netx/netx.h"

namespace spikefab::test {

class NetxLoop {
 public:
  explicit NetxLoop(const NetxNetwork& network);

  void reset();
  // One step on counts of the network's input; what each layer with neurons sends.
  std::vector<std::vector<u32>> step(const std::vector<i32>& input);

 private:
  struct Layer {
    const NetxLayer* layer = nullptr;
    std::vector<i32> sum = {};
    std::vector<i32> current = {};
    std::vector<i32> voltage = {};
    std::vector<u32> dead = {};
    std::vector<u32> fired = {};              // in the step before
    std::deque<std::vector<i32>> given = {};  // counts of each element, the latest step first
  };

  void push(Layer& to, const NetxLayer& from, u32 element, i32 count);
  void push_window(Layer& to, const NetxLayer& from, u32 element, i32 count);
  static std::vector<i32> delayed(const Layer& layer);
  static void update(Layer& layer);

  std::vector<Layer> layers_;
};

}  // namespace spikefab::test
