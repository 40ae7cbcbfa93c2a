// lava-dl's trained MNIST network, with its integers and Loihi's rule, on the 10,000 test images:
// how many are recognised and how many spikes there are is known, to the last one.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>

#include "mapper/images.h"
#include "mapper/netx/netx.h"
#include "tests/support/data_folder.h"
#include "tests/support/sanitized.h"

namespace spikefab::test {
namespace {

constexpr u32 ticks = 32;

// Decays towards zero by `decay` of 4096 [Davies et al., Loihi, IEEE Micro 2018; lava's LIF].
i32 decayed(i32 value, i32 decay) {
  const i64 magnitude = i64{std::abs(value)} * (4096 - decay) >> 12;
  return static_cast<i32>(value < 0 ? -magnitude : magnitude);
}

// A layer of neurons of Loihi behind a dense layer.
class DenseLayer {
 public:
  explicit DenseLayer(const NetxLayer& layer)
      : inputs_(layer.weight_shape[1]),
        neurons_(layer.neurons.value()),
        current_(layer.neuron_count()),
        voltage_(layer.neuron_count()),
        sum_(layer.neuron_count()) {
    for (u32 i = 0; i < inputs_; ++i) {  // by input, so that a spike adds a row
      for (u32 n = 0; n < current_.size(); ++n) by_input_.push_back(layer.weight[n * inputs_ + i]);
    }
  }

  void reset() {
    std::fill(current_.begin(), current_.end(), 0);
    std::fill(voltage_.begin(), voltage_.end(), 0);
  }

  // The neurons that fire on these inputs.
  std::vector<u32> step(const std::vector<u32>& spikes) {
    std::fill(sum_.begin(), sum_.end(), 0);
    for (const u32 spike : spikes) {
      const i32* row = &by_input_[u64{spike} * sum_.size()];
      for (u64 n = 0; n < sum_.size(); ++n) sum_[n] += row[n];
    }
    std::vector<u32> fired;
    for (u32 n = 0; n < sum_.size(); ++n) {
      current_[n] = decayed(current_[n], neurons_.current_decay[0]) + (sum_[n] << 6);
      constexpr i32 limit = (1 << 23) - 1;
      const i32 voltage = decayed(voltage_[n], neurons_.voltage_decay[0]) + current_[n];
      voltage_[n] = std::clamp(voltage, -limit, limit);
      if (voltage_[n] <= neurons_.threshold[0] << 6) continue;
      voltage_[n] = 0;
      fired.push_back(n);
    }
    return fired;
  }

 private:
  u32 inputs_;
  NetxNeurons neurons_;
  std::vector<i32> by_input_;
  std::vector<i32> current_;
  std::vector<i32> voltage_;
  std::vector<i32> sum_;
};

// Each pixel is a neuron that integrates its brightness and fires above 1.
class Encoder {
 public:
  explicit Encoder(u32 pixels) : voltage_(pixels) {}
  void reset() { std::fill(voltage_.begin(), voltage_.end(), 0.0f); }
  std::vector<u32> step(std::span<const u8> image) {
    std::vector<u32> fired;
    for (u32 i = 0; i < voltage_.size(); ++i) {
      voltage_[i] += static_cast<float>(image[i]) / 255;
      if (voltage_[i] <= 1) continue;
      voltage_[i] = 0;
      fired.push_back(i);
    }
    return fired;
  }

 private:
  std::vector<float> voltage_;
};

struct Counts {
  u32 correct = 0;
  std::array<u64, 4> spikes{};  // of the input and the three layers
};

Counts classify(const NetxNetwork& network, const Images& images) {
  Counts counts;
  Encoder encoder(images.size());
  std::vector<DenseLayer> layers(network.layers.begin(), network.layers.end());
  for (u32 i = 0; i < images.count; ++i) {
    std::array<u32, 10> votes{};
    encoder.reset();
    for (DenseLayer& layer : layers) layer.reset();
    for (u32 tick = 0; tick < ticks; ++tick) {
      std::vector<u32> spikes = encoder.step(images.image(i));
      counts.spikes[0] += spikes.size();
      for (u64 l = 0; l < layers.size(); ++l) {
        spikes = layers[l].step(spikes);
        counts.spikes[l + 1] += spikes.size();
      }
      for (const u32 spike : spikes) ++votes[spike];
    }
    const auto best = std::max_element(votes.begin(), votes.end()) - votes.begin();
    counts.correct += best == images.labels[i];
  }
  return counts;
}

// Under a sanitizer, only the first images.
struct Want {
  u32 images;
  u32 correct;
  std::array<u64, 4> spikes;
};
constexpr Want all = {10'000, 9523, {19'347'211, 8'140'110, 7'483'394, 362'562}};
constexpr Want some = {1000, 949, {1'802'663, 811'934, 749'112, 36'587}};

TEST(NetxMnist, IntegersAndRuleOfLoihiRecognise9523Of10000) {
  const std::string model = data_folder() + "/nir/lava-dl-netx/mnist__trained_mnist_network.net";
  const std::string pixels = data_folder() + "/mnist/t10k-images-idx3-ubyte.gz";
  const std::string labels = data_folder() + "/mnist/t10k-labels-idx1-ubyte.gz";
  for (const std::string& file : {model, pixels, labels}) {
    if (!std::filesystem::exists(file)) return skip_without_data("no " + file);
  }
  const Want want = is_sanitized ? some : all;
  Images images = load_images(pixels, labels);
  images.keep_first(want.images);

  const Counts counts = classify(load_netx(model), images);

  EXPECT_EQ(counts.correct, want.correct);
  EXPECT_EQ(counts.spikes, want.spikes);
}

}  // namespace
}  // namespace spikefab::test
