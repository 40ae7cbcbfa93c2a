// RANC's MNIST network fed with MNIST's images themselves: the spikes are those of RANC's input
// file, its output is RANC's, and 9,312 of 10,000 answers are right.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <tuple>

#include "base/registry.h"
#include "mapper/importers/ranc.h"
#include "mapper/ranc_mnist.h"
#include "sim/decoder.h"
#include "sim/ranc_text.h"
#include "tests/support/data_folder.h"
#include "tests/support/engines.h"
#include "tests/support/ranc_network.h"
#include "tests/support/temp_folder.h"

namespace spikefab::test {
namespace {

class RancMnist : public testing::Test {
 protected:
  void SetUp() override {
    for (const std::string& file : {source_, images_, labels_}) {
      if (!std::filesystem::exists(file)) return skip_without_data("no " + file);
    }
    input_ = folder_.write("input.json", read_data_file(source_));
  }

  ImageClassifier classifier(const std::string& grid = "12core") const {
    return load_ranc_mnist(input_, chip(grid));
  }
  Chip chip(const std::string& grid) const {
    return load_ranc_config(mnist100_ + "config_" + grid + ".json").chip;
  }
  Images images() const { return load_images(images_, labels_); }

  std::string mnist100_ = data_folder() + "/ranc/mnist100/";
  std::string source_ = mnist100_ + "input.json.xz";
  std::string images_ = data_folder() + "/mnist/t10k-images-idx3-ubyte.gz";
  std::string labels_ = data_folder() + "/mnist/t10k-labels-idx1-ubyte.gz";
  TempFolder folder_;
  std::string input_;
};

sim::Recording run_serial(const Program& program, const Stimulus& stimulus) {
  check_stimulus(stimulus, program, "images");
  const auto engine = Registry<sim::Engine>::make("serial");
  sim::Recording recording;
  engine->load(program, stimulus);
  engine->advance(stimulus.ticks, {}, recording);
  return recording;
}

TEST_F(RancMnist, IsFedWithThePacketsOfRancsFile) {
  const Stimulus packets = load_ranc_input(input_, chip("12core")).stimulus;
  constexpr u32 count = 100;

  const Stimulus stimulus = present(classifier(), images(), 0, count, "images");

  ASSERT_EQ(packets.ticks, count);
  const auto sorted = [](const Stimulus& s, u64 tick) {
    const auto [first, last] = s.range(0, tick);
    std::vector<std::tuple<u32, u32, u32>> events;
    for (u64 i = first; i < last; ++i) {
      events.emplace_back(s.events[i].position, s.events[i].axon, s.events[i].delay);
    }
    std::sort(events.begin(), events.end());
    return events;
  };
  for (u64 tick = 0; tick < count; ++tick) EXPECT_EQ(sorted(stimulus, tick), sorted(packets, tick));
}

TEST_F(RancMnist, OutputIsThatOfRancOnEachGrid) {
  for (const std::string grid : {"12core", "128core", "512core"}) {
    SCOPED_TRACE(grid);
    const ImageClassifier ranc = classifier(grid);
    const Stimulus stimulus = present(ranc, images(), 0, 100, "images");

    sim::RancOutput output(folder_.file("output.txt"), ranc.program.output_lines);
    output.append(run_serial(ranc.program, stimulus).outputs, stimulus.ticks);
    output.commit();

    EXPECT_EQ(read_whole_file(folder_.file("output.txt")),
              read_whole_file(mnist100_ + "output.txt"));
  }
}

TEST_F(RancMnist, Answers9312Of10000RightWith319Ties) {
  const ImageClassifier ranc = classifier();
  const Images all = images();
  const auto decoder = Registry<sim::Decoder>::make(ranc.decoder);

  const auto outputs = run_serial(ranc.program, present(ranc, all, 0, all.count, "images")).outputs;

  const u32 words = ranc.program.output_words();
  u32 right = 0;
  u32 ties = 0;
  for (u32 i = 0; i < all.count; ++i) {
    const std::span<const u64> window(&outputs[(i + ranc.latency) * words], words);
    const sim::Decision decision = decoder->decide({window, ranc.class_of_line, ranc.classes});
    right += decision.label == all.labels[i];
    ties += decision.tie;
  }
  EXPECT_EQ(all.count, 10'000u);
  EXPECT_EQ(right, 9312u);
  EXPECT_EQ(ties, 319u);
}

RancCore relay(int x, int y, const RancNeuron& neuron) {
  return {.x = x, .y = y, .axon_types = {}, .connections = {{1}}, .neurons = {neuron}};
}

// `sources` cores in a row of 256 axons that all send to one more, which sends to the bus.
RancNetwork small_network(int sources) {
  RancNetwork net;
  net.width = sources;
  net.height = 3;
  net.num_neurons = 2;
  net.num_axons = 256;
  net.bus_y = 2;
  net.num_outputs = 12;
  for (int x = 0; x < sources; ++x) {
    net.cores.push_back(relay(x, 0, {.weights = {}, .dx = -x, .dy = 1}));
  }
  net.cores.push_back(relay(0, 1, {.weights = {}, .dy = 1, .target_axon = 11}));
  return net;
}

std::string load_error(const RancNetwork& network) {
  const TempFolder folder;
  const std::string config = folder.write("config.json", config_json(network));
  const std::string input = folder.write("input.json", input_json(network, {}));
  try {
    load_ranc_mnist(input, load_ranc_config(config).chip);
  } catch (const InputError& error) {
    return std::string(error.what()).substr(folder.path().size() + 1);
  }
  return "";
}

TEST(RancMnistFile, IsReadAsAClassifier) {
  const TempFolder folder;
  const RancNetwork network = small_network(4);
  const std::string config = folder.write("config.json", config_json(network));

  const ImageClassifier ranc = load_ranc_mnist(folder.write("input.json", input_json(network, {})),
                                               load_ranc_config(config).chip);

  EXPECT_EQ(ranc.name, "ranc");
  EXPECT_EQ(ranc.rows, 28);
  EXPECT_EQ(ranc.columns, 28);
  EXPECT_EQ(ranc.encoding.encoder, "threshold");
  EXPECT_EQ(ranc.encoding.params, std::vector<i32>{128});
  EXPECT_EQ(ranc.encoding.ticks, 1);
  EXPECT_EQ(ranc.decoder, "votes");
  EXPECT_EQ(ranc.latency, 2);
  EXPECT_EQ(ranc.classes, 10);
  EXPECT_EQ(ranc.class_of_line, (std::vector<u8>{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1}));
  const auto targets = [&](u32 pixel) {
    return std::vector<StimulusEvent>(
        ranc.pixel_targets.begin() + static_cast<i64>(ranc.pixel_begin[pixel]),
        ranc.pixel_targets.begin() + static_cast<i64>(ranc.pixel_begin[pixel + 1]));
  };
  using Events = std::vector<StimulusEvent>;
  EXPECT_EQ(targets(0), (Events{{0, 0}}));
  EXPECT_EQ(targets(175), (Events{{0, 175}}));
  EXPECT_EQ(targets(176), (Events{{0, 176}, {1, 0}}));
  EXPECT_EQ(targets(255), (Events{{0, 255}, {1, 79}}));
  EXPECT_EQ(targets(256), (Events{{1, 80}}));
  EXPECT_EQ(targets(783), (Events{{3, 255}}));
}

TEST(RancMnistFile, HasFourCoresOf256AxonsInItsFirstLayer) {
  EXPECT_EQ(load_error(small_network(4)), "");
  EXPECT_EQ(load_error(small_network(3)),
            "input.json: is not RANC's MNIST network: 3 cores of 256 axons get no spikes from "
            "others (must be 4 of 256)");
  RancNetwork network = small_network(4);
  network.num_axons = 255;
  EXPECT_EQ(load_error(network),
            "input.json: is not RANC's MNIST network: 4 cores of 255 axons get no spikes from "
            "others (must be 4 of 256)");
}

TEST(RancMnistFile, HasNoDelays) {
  RancNetwork late = small_network(4);
  late.cores[1].neurons[0].target_delay = 1;

  EXPECT_EQ(load_error(late),
            "input.json: is not RANC's MNIST network: a neuron has a destination_tick above 0 (its "
            "spikes all arrive in the next tick)");
}

TEST(RancMnistFile, SendsThroughLayersToTheBus) {
  const std::string message =
      "input.json: is not RANC's MNIST network: spikes reach the output bus never, or through more "
      "cores and fewer (each layer must send to the next one, the last to the bus)";
  RancNetwork shortcut = small_network(4);
  shortcut.cores[0].neurons[0].dy = 2;
  RancNetwork no_outputs = small_network(4);
  no_outputs.cores.back().neurons[0] = {.weights = {}, .dx = 1, .target_axon = 3};

  EXPECT_EQ(load_error(shortcut), message);
  EXPECT_EQ(load_error(no_outputs), message);
}

}  // namespace
}  // namespace spikefab::test
