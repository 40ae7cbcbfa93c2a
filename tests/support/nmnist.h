// The N-MNIST recordings of the data folder (<data>/nmnist), unpacked once per process.
#pragma once

#include <string>
#include <vector>

#include "mapper/events/recording.h"

namespace spikefab::test {

enum class NmnistSet { test, train };  // test100.txt, train1K.txt

struct NmnistRecording : EventRecording {  // named by its index in MNIST order: "1", "60001"
  u32 label = 0;
  NmnistSet set = NmnistSet::test;
};

// All recordings of the archive that a label file names, in the order of the label files, test
// before train; empty if there are no data. They are 34 x 34 pixels.
const std::vector<NmnistRecording>& nmnist_recordings();

// How many recordings the archive holds.
u64 nmnist_archive_size();

// Skips the running test if there are no recordings, or fails it if data are required; true if it
// did.
bool skip_without_nmnist();

}  // namespace spikefab::test
