// The generator of random networks; see random_network.h.
#include "tests/support/random_network.h"

#include <algorithm>
#include <limits>

namespace spikefab::test {
namespace {

constexpr i32 lowest = std::numeric_limits<i32>::min();
constexpr i32 highest = std::numeric_limits<i32>::max();

class Generator {
 public:
  explicit Generator(u64 seed) : random_(seed) {}

  RandomCase make() {
    make_chip();
    for (int y = 0; y < used_height_; ++y) {
      for (int x = 0; x < used_width_; ++x) {
        if (one_in(4)) continue;  // a core that is not programmed; or one that the bus replaces
        net_.cores.push_back(make_core(x, y));
      }
    }
    std::shuffle(net_.cores.begin(), net_.cores.end(), random_);
    const int ticks = affordable_ticks();
    net_.packets.resize(static_cast<std::size_t>(replicas_));
    for (RancPackets& packets : net_.packets) packets = make_packets(ticks);
    return {net_, ticks};
  }

 private:
  // Inclusive. Not std::uniform_int_distribution, which differs between libraries.
  int between(int low, int high) {
    const u64 range = static_cast<u64>(i64{high} - low) + 1;
    return static_cast<int>(low + static_cast<i64>(random_() % range));
  }
  bool one_in(int n) { return between(1, n) == 1; }
  int one_of(std::initializer_list<int> values) {
    return values.begin()[between(0, static_cast<int>(values.size()) - 1)];
  }

  // Mostly small, sometimes large, often beside the limit of a word.
  int size() {
    if (one_in(4)) return one_of({1, 2, 63, 64, 65, 127, 128, 129, 150});
    return between(1, one_of({6, 20, 40, 150}));
  }

  void make_chip() {
    net_.width = between(1, 6);
    net_.height = between(1, 5);
    net_.num_neurons = size();
    net_.num_axons = size();
    net_.num_weights = between(1, 5);
    net_.slots = one_in(3) ? between(2, 3) : between(2, 16);
    net_.reset_type = between(0, 1);
    net_.bus_x = between(0, net_.width - 1);
    net_.bus_y = between(0, net_.height - 1);
    const bool bus_only = net_.width * net_.height == 1;
    net_.num_outputs = one_in(12) && !bus_only ? 0 : size();
    replicas_ = between(1, 3);
    const bool part = one_in(3) && net_.num_outputs > 0;
    used_width_ = part ? between(1, net_.width) : net_.width;
    used_height_ = part ? between(1, net_.height) : net_.height;
    busy_axons_ = one_in(2) ? std::min(net_.num_axons, 4) : net_.num_axons;
  }

  // Picks a position (the bus often, if it has lines) and something there to aim at.
  RancPacket make_target(int x, int y) {
    RancPacket target{between(0, used_width_ - 1), between(0, used_height_ - 1), 0, 0};
    if (one_in(8)) target = {x, y, 0, 0};
    if (one_in(4) && net_.num_outputs > 0) target = {net_.bus_x, net_.bus_y, 0, 0};
    while (net_.num_outputs == 0 && target.x == net_.bus_x && target.y == net_.bus_y) {
      target.x = between(0, net_.width - 1);
      target.y = between(0, net_.height - 1);
    }
    const bool bus = target.x == net_.bus_x && target.y == net_.bus_y;
    target.axon = bus ? between(0, net_.num_outputs - 1) : between(0, busy_axons_ - 1);
    target.delay = one_in(3) ? 0 : between(0, net_.slots - 1);
    return target;
  }

  RancCore make_core(int x, int y) {
    RancCore core{.x = x, .y = y, .axon_types = {}, .connections = {}, .neurons = {}};
    const int neurons = one_in(2) ? net_.num_neurons : between(0, net_.num_neurons);
    const int types = one_in(2) ? net_.num_axons : between(0, net_.num_axons);
    for (int a = 0; a < types; ++a) core.axon_types.push_back(between(0, net_.num_weights - 1));
    const int rows = one_in(4) ? between(neurons, net_.num_neurons) : neurons;
    const int sparsity = one_of({1, 2, 3, 10});
    const bool ragged = one_in(3);
    for (int n = 0; n < rows; ++n) {
      std::vector<int> row;
      const int length = ragged ? between(0, net_.num_axons) : net_.num_axons;
      for (int a = 0; a < length; ++a) row.push_back(one_in(sparsity) ? 1 : 0);
      core.connections.push_back(row);
    }
    const int style = between(0, 3);
    for (int n = 0; n < neurons; ++n) {
      core.neurons.push_back(make_neuron(x, y, one_in(4) ? between(0, 3) : style));
    }
    return core;
  }

  RancNeuron make_neuron(int x, int y, int style) {
    RancNeuron n;
    const int weights = one_in(4) ? between(0, net_.num_weights) : net_.num_weights;
    for (int w = 0; w < weights; ++w) n.weights.push_back(style == 3 ? wild() : between(-3, 5));
    n.reset_mode = between(0, 1);
    const RancPacket target = make_target(x, y);
    n.dx = target.x - x;
    n.dy = target.y - y;
    n.target_axon = target.axon;
    n.target_delay = target.delay;
    set_values(n, style);
    return n;
  }

  void set_values(RancNeuron& n, int style) {
    n.leak = between(-1, 1);
    n.positive_threshold = between(1, 9);
    n.negative_threshold = between(-9, 0);
    n.reset_potential = between(-2, 2);
    n.potential = one_in(2) ? 0 : between(-5, 5);
    if (style == 1) n.positive_threshold = between(-3, 0);  // fires without input
    if (style == 2) n.leak = between(-3, -1);               // goes down
    if (style == 3) {
      n.leak = one_in(2) ? 0 : wild();
      n.positive_threshold = one_in(2) ? between(1, 9) : wild();
      n.negative_threshold = wild();
      n.reset_potential = wild();
      n.potential = wild();
    }
  }

  // Any 32-bit number, the extremes often.
  i32 wild() {
    if (one_in(3)) return one_of({lowest, lowest + 1, -1, 0, 1, highest - 1, highest});
    return static_cast<i32>(static_cast<u32>(random_()));
  }

  // Bounds the work of the oracle, which visits every synapse in every tick.
  int affordable_ticks() {
    const i64 work = i64{net_.width} * net_.height * net_.num_neurons * net_.num_axons;
    constexpr i64 budget = 3'000'000;
    if (work * 20 * replicas_ > budget) replicas_ = 1;
    return static_cast<int>(std::clamp<i64>(budget / (work * replicas_), 6, 50));
  }

  RancPackets make_packets(int ticks) {
    RancPackets out(static_cast<std::size_t>(one_in(2) ? ticks + 2 : between(0, ticks)));
    const int rate = one_of({0, 1, 5, 40});
    for (auto& tick : out) {
      if (one_in(5)) continue;
      for (int i = between(0, rate); i > 0; --i) {
        tick.push_back(one_in(8) && !tick.empty() ? tick.back() : make_packet());
      }
    }
    return out;
  }

  RancPacket make_packet() {
    RancPacket packet = make_target(net_.bus_x, net_.bus_y);
    const bool bus = packet.x == net_.bus_x && packet.y == net_.bus_y;
    if (bus) packet.axon = std::min(packet.axon, net_.num_axons - 1);  // RANC's own limit
    return packet;
  }

  std::mt19937_64 random_;
  RancNetwork net_;
  int replicas_ = 1;
  int used_width_ = 1;  // the rest of the mesh is idle
  int used_height_ = 1;
  int busy_axons_ = 1;  // few targets, so that spikes meet
};

}  // namespace

RandomCase random_case(u64 seed) { return Generator(seed).make(); }

}  // namespace spikefab::test
