// The convolutional network for N-MNIST that the NIR paper published, from its file to a Loihi
// chip: accuracy of the chip against the float simulation on every recording there is.
#include <gtest/gtest.h>

#include <filesystem>

#include "cli/network_outcome.h"
#include "cli/network_report.h"
#include "mapper/nir/nir.h"
#include "mapper/place_network.h"
#include "tests/support/data_folder.h"
#include "tests/support/engines.h"
#include "tests/support/nmnist.h"

namespace spikefab::test {
namespace {

const std::string network_file = "/nir/neuromorphs-NIR/02_cnn__scnn_mnist__905c1079.nir";

cli::ShownRecording shown(const NmnistRecording& recording) {
  EventFrameOptions options;
  options.sensor = {.width = 34, .height = 34};
  return {recording.name, make_event_frames(recording, options), recording.label};
}

struct Score {
  u64 chip = 0;
  u64 in_float = 0;
  u64 equal = 0;
};

TEST(ScnnOnLoihi, IsWithinOnePointOfFloatOnAllRecordings) {
  if (!std::filesystem::exists(data_folder() + network_file)) {
    return skip_without_data("the network scnn_mnist");
  }
  if (skip_without_nmnist()) return;
  const std::vector<NmnistRecording>& recordings = nmnist_recordings();
  const Network network = load_nir(data_folder() + network_file).network;
  const Semantics semantics = parse_semantics("norse");  // resets to zero, as Loihi does
  const QuantisedNetwork quantised =
      quantise(network, semantics, load_chip(SPIKEFAB_SOURCE_DIR "/configs/chips/loihi1.yaml"));
  const MappedNetwork mapped = assemble(quantised, place_network(quantised));
  const auto engine = sim::make_engine("cpu");
  Score score;

  cli::run_on_chip(*engine, cli::population_names(network), mapped,
                   {recordings.size(), [&](u64 i) { return shown(recordings[i]); }},
                   [&](const cli::ShownRecording& recording, const cli::NetworkOutcome& on_chip) {
                     const auto expected =
                         cli::answer(cli::run_in_float(network, semantics, recording));
                     score.chip += cli::answer(on_chip) == recording.label;
                     score.in_float += expected == recording.label;
                     score.equal += expected == cli::answer(on_chip);
                   });

  std::cout << cli::to_table(cli::mapping_report(quantised.report, mapped)) << recordings.size()
            << " recordings: " << score.chip << " right on the chip, " << score.in_float
            << " in float, " << score.equal << " equal answers\n";
  const double points = 100.0 *
                        (static_cast<double>(score.in_float) - static_cast<double>(score.chip)) /
                        static_cast<double>(recordings.size());
  EXPECT_LE(points, 1.0);
  EXPECT_GE(score.chip * 100, recordings.size() * 95);
}

}  // namespace
}  // namespace spikefab::test
