// NetX networks on Loihi cores: the same spikes as plain loops with Loihi's rule, step by step.
#include "mapper/netx/quantised.h"
#include "mapper/netx/synapses.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <filesystem>
#include <iostream>

#include "base/error.h"
#include "base/random.h"
#include "mapper/images.h"
#include "tests/support/data_folder.h"
#include "tests/support/netx_loop.h"
#include "tests/support/sanitized.h"
#include "tests/support/small_network.h"

namespace spikefab::test {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

Chip loihi1() { return load_chip(SPIKEFAB_SOURCE_DIR "/configs/chips/loihi1.yaml"); }

std::string netx_folder() { return data_folder() + "/nir/lava-dl-netx"; }

NetxNeurons neurons(i32 threshold) {
  return {.type = "LOIHI",
          .current_decay = {1024},
          .voltage_decay = {128},
          .threshold = {threshold},
          .refractory_delay = {1}};
}

std::vector<i32> random_weights(RandomStream& random, u64 count, u32 steps = 128) {
  std::vector<i32> weights;
  for (u64 i = 0; i < count; ++i) {
    weights.push_back(2 * (static_cast<i32>(random.next() % steps) - static_cast<i32>(steps / 3)));
  }
  return weights;
}

NetxLayer layer(NetxType type, std::vector<u32> shape) {
  NetxLayer made;
  made.type = type;
  made.shape = std::move(shape);
  made.place = "x.net: /layer/" + std::string(name_of(type));
  return made;
}

NetxLayer dense(RandomStream& random, u32 outputs, u32 inputs, i32 threshold) {
  NetxLayer made = layer(NetxType::dense, {outputs});
  made.weight_shape = {outputs, inputs};
  made.weight = random_weights(random, u64{outputs} * inputs);
  made.neurons = neurons(threshold);
  return made;
}

NetxNetwork network_of(std::vector<NetxLayer> layers) {
  NetxNetwork network;
  network.path = "x.net";
  network.layers = std::move(layers);
  return network;
}

Steps random_input(RandomStream& random, u32 elements, u32 steps, u32 one_in) {
  Steps all(steps);
  for (auto& step : all) {
    for (u32 i = 0; i < elements; ++i) {
      if (random.next() % one_in == 0) step.push_back({0, i, 1 + random.next() % 2});
    }
  }
  return all;
}

// Returns the number of spikes, so that silence is seen.
u64 expect_chip_as_loop(const NetxNetwork& network, const Chip& chip, const Steps& steps,
                        u32 neurons_per_core = 0) {
  const QuantisedNetwork quantised = quantised_netx(network, chip);
  const MappedNetwork mapped = assemble(
      quantised, place_network(quantised, {.choice = {}, .neurons_per_core = neurons_per_core}));
  const LayerSpikes on_chip = run_on_chip(mapped, steps);
  NetxLoop loop(network);
  u64 spikes = 0;
  for (u64 t = 0; t < steps.size(); ++t) {
    std::vector<i32> counts(size_of(netx_input_shape(network)));
    for (const auto& event : steps[t]) counts[event.index] += static_cast<i32>(event.count);
    const std::vector<std::vector<u32>> expected = loop.step(counts);
    for (u64 l = 0; l < expected.size(); ++l) {
      std::vector<u32> fired;
      for (const auto& [neuron, payload] : on_chip.at(mapped.layers[l].name)[t]) {
        fired.push_back(neuron);
      }
      EXPECT_EQ(fired, expected[l]) << mapped.layers[l].name << " in step " << t;
      if (fired != expected[l]) return 0;
      spikes += fired.size();
    }
  }
  return spikes;
}

TEST(NetxQuantised, DenseLayersWithDelaysBiasesAndRefractoryDelays) {
  RandomStream random(1, 0);
  NetxLayer input = layer(NetxType::input, {12});
  input.weight = {40};
  input.bias = {3};
  input.delay = {2};
  input.neurons = neurons(60);
  NetxLayer hidden = dense(random, 9, 12, 150);
  hidden.delay = {0, 1, 2, 3, 4, 5, 6, 0, 1};
  hidden.bias = {1, -2, 3, 4, -5, 6, 7, 8, 4095};
  hidden.neurons->refractory_delay = {1, 2, 3, 4, 5, 6, 7, 8, 63};
  NetxLayer last = dense(random, 5, 9, 100);
  last.bias = {9};
  last.neurons->current_decay = {4096};
  last.neurons->voltage_decay = {4096};
  const NetxNetwork network = network_of({input, hidden, last});
  const Steps steps = random_input(random, 12, 60, 3);

  EXPECT_GT(expect_chip_as_loop(network, loihi1(), steps), 100u);
  EXPECT_GT(expect_chip_as_loop(network, loihi1(), steps, 1), 100u);
}

TEST(NetxQuantised, RecurrentLayersReadTheirOwnSpikesOfTheStepBefore) {
  RandomStream random(2, 0);
  NetxLayer hidden = dense(random, 8, 6, 200);
  hidden.type = NetxType::recurrent_dense;
  hidden.recurrent_weight = random_weights(random, 64);
  hidden.delay = {3};
  hidden.neurons->current_decay = {0};
  hidden.neurons->voltage_decay = {4096, 0, 1, 2, 4095, 100, 200, 300};
  const NetxNetwork network = network_of({hidden, dense(random, 4, 8, 90)});

  EXPECT_GT(expect_chip_as_loop(network, loihi1(), random_input(random, 6, 40, 2)), 50u);
}

TEST(NetxQuantised, ConvolutionsPoolingAndFlatten) {
  RandomStream random(3, 0);
  const NetxLayer input = layer(NetxType::input, {4, 6, 5});
  NetxLayer convolution = layer(NetxType::convolution, {6, 3, 4});
  convolution.groups = 2;
  convolution.weight_shape = {6, 2, 3, 2};
  convolution.weight = random_weights(random, 72);
  convolution.rows = {.kernel = 3, .stride = 2, .padding = 1, .dilation = 1};
  convolution.columns = {.kernel = 2, .stride = 1, .padding = 1, .dilation = 3};
  convolution.bias = {1, 2, 3, -4, 5, 6};
  convolution.neurons = neurons(180);
  convolution.neurons->threshold = {100, 120, 140, 160, 180, 200};
  NetxLayer pooling = layer(NetxType::pooling, {6, 1, 2});
  pooling.weight_shape = {1, 1, 2, 2};
  pooling.weight = {30, 31, 32, 33};
  pooling.rows = {.kernel = 2, .stride = 2};
  pooling.columns = {.kernel = 2, .stride = 2};
  pooling.neurons = neurons(50);
  pooling.delay = {1, 0, 3, 0, 0, 2};  // of channels
  const NetxNetwork network = network_of(
      {input, convolution, pooling, layer(NetxType::flatten, {12}), dense(random, 5, 12, 80)});

  EXPECT_GT(expect_chip_as_loop(network, loihi1(), random_input(random, 120, 30, 4)), 100u);
}

TEST(NetxQuantised, WeightExponentsKeepValues) {
  for (const i32 exponent : {-5, -3, 0, 4}) {
    RandomStream random(4, 0);
    NetxLayer only = dense(random, 6, 10, exponent < 0 ? 3 : 300);
    only.neurons->weight_exponent = exponent;
    const NetxNetwork network = network_of({only});

    EXPECT_GT(expect_chip_as_loop(network, loihi1(), random_input(random, 10, 40, 3)), 0u)
        << exponent;
  }
}

// 127 needs 7 bits, which Loihi stores as 8: then the mantissa's lowest bit would be 2^8.
TEST(NetxFormats, ExponentsAreThoseThatSynapsesHave) {
  ValueRange values;
  values.add(32512);
  values.add(256);

  const auto format = exact_format(values, SynapseStorage::loihi);

  ASSERT_TRUE(format);
  EXPECT_EQ(format->bits, 8u);
  EXPECT_EQ(format->exponent, max_exponent);
  EXPECT_LE(32512 >> format->exponent, max_mantissa);
}

std::string refusal_of(const NetxNetwork& network, const Chip& chip) {
  try {
    quantised_netx(network, chip);
  } catch (const std::exception& error) {
    return error.what();
  }
  return "none";
}

TEST(NetxQuantised, TellsWhatAChipCannotHold) {
  RandomStream random(5, 0);
  const NetxLayer sound = dense(random, 2, 2, 10);
  NetxLayer odd = sound;
  odd.weight = {-255, 1, 255, 3};
  NetxLayer graded = sound;
  graded.neurons->has_graded_spikes = true;
  NetxLayer silent = sound;
  silent.neurons.reset();
  NetxLayer biased = sound;
  biased.bias = {4097};
  NetxLayer late = sound;
  late.delay = {62};
  Chip prompt = loihi1();
  prompt.limits.max_delay = 6;
  Chip packed = loihi1();
  packed.limits.storage = SynapseStorage::packed;

  EXPECT_EQ(refusal_of(network_of({sound}), loihi1()), "none");
  EXPECT_THAT(refusal_of(network_of({odd}), loihi1()),
              HasSubstr("x.net: /layer/dense/weight: the values -255..255 in steps of 1"));
  EXPECT_EQ(refusal_of(network_of({odd}), packed), "none");
  EXPECT_THAT(refusal_of(network_of({graded}), loihi1()), HasSubstr("gradedSpike: spikes with"));
  EXPECT_THAT(refusal_of(network_of({silent}), loihi1()), HasSubstr("has no neurons"));
  EXPECT_THAT(refusal_of(network_of({biased}), loihi1()), HasSubstr("/bias: 4097 * 64 is no bias"));
  EXPECT_THAT(refusal_of(network_of({late, sound}), prompt), HasSubstr("a delay of 62 ticks"));
  EXPECT_THAT(refusal_of(network_of({layer(NetxType::input, {2})}), loihi1()),
              HasSubstr("x.net: has no neurons"));
  EXPECT_THAT(refusal_of(network_of({sound}), large_chip("lif")), HasSubstr("loihi_lif"));
}

// Each pixel is a neuron that integrates its brightness and fires above 1, as in lava-dl.
Steps encoded(std::span<const u8> image, u32 ticks) {
  Steps steps(ticks);
  std::vector<float> voltage(image.size());
  for (auto& step : steps) {
    for (u32 i = 0; i < image.size(); ++i) {
      voltage[i] += static_cast<float>(image[i]) / 255;
      if (voltage[i] <= 1) continue;
      voltage[i] = 0;
      step.push_back({0, i, 1});
    }
  }
  return steps;
}

TEST(NetxQuantised, TrainedMnistNetworkSpikesAsThePlainLoop) {
  const std::string model = netx_folder() + "/mnist__trained_mnist_network.net";
  const std::string pixels = data_folder() + "/mnist/t10k-images-idx3-ubyte.gz";
  const std::string labels = data_folder() + "/mnist/t10k-labels-idx1-ubyte.gz";
  for (const std::string& file : {model, pixels, labels}) {
    if (!fs::exists(file)) return skip_without_data("no " + file);
  }
  const NetxNetwork network = load_netx(model);
  Images images = load_images(pixels, labels);
  images.keep_first(is_sanitized ? 4 : 40);

  for (u32 i = 0; i < images.count; ++i) {
    SCOPED_TRACE(i);
    EXPECT_GT(expect_chip_as_loop(network, loihi1(), encoded(images.image(i), 32)), 500u);
  }
}

TEST(NetxQuantised, EveryFileIsPlacedOrRefusedForAReason) {
  std::vector<fs::path> files;
  std::error_code not_there;
  for (const auto& entry : fs::directory_iterator(netx_folder(), not_there)) {
    if (entry.path().extension() == ".net") files.push_back(entry.path());
  }
  if (files.empty()) return skip_without_data("no NetX files");
  std::sort(files.begin(), files.end());
  for (const fs::path& file : files) {
    std::cout << file.filename().string() << ": ";
    try {
      const QuantisedNetwork quantised = quantised_netx(load_netx(file.string()), loihi1());
      const MappedNetwork mapped = assemble(quantised, place_network(quantised));
      std::cout << quantised.neurons << " neurons, " << quantised.source.size() << " synapses, "
                << mapped.cores.size() << " cores\n";
      EXPECT_EQ(mapped.layers.size(), quantised.layers.size());
    } catch (const InputError& error) {
      std::cout << error.what() << "\n";
      EXPECT_THAT(error.what(), HasSubstr("/layer/"));
    } catch (const FitError& error) {
      std::cout << error.what() << "\n";
    }
  }
}

}  // namespace
}  // namespace spikefab::test
