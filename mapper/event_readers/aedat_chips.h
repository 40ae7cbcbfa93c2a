// The cameras that AEDAT files are of, by what their headers call them.
#pragma once

#include <array>
#include <string_view>

#include "mapper/events/header.h"
#include "mapper/events/recording.h"

namespace spikefab {

struct AedatChip {
  std::string_view name;  // in lower case, a part of what headers say, as in "DAVIS240C"
  SensorSize size;
  bool is_davis;
};

// Sizes: docs.inivation.com, "Devices".
inline constexpr std::array aedat_chips = {
    AedatChip{"dvs128", {128, 128}, false},  AedatChip{"edvs", {128, 128}, false},
    AedatChip{"dvs132s", {132, 104}, false}, AedatChip{"davis128", {128, 128}, true},
    AedatChip{"davis208", {208, 192}, true}, AedatChip{"davis240", {240, 180}, true},
    AedatChip{"davis346", {346, 260}, true}, AedatChip{"davis640", {640, 480}, true}};

// Null if no chip is meant.
inline const AedatChip* find_aedat_chip(std::string_view text) {
  const std::string lower = lower_case(text);
  for (const AedatChip& chip : aedat_chips) {
    if (lower.find(chip.name) != lower.npos) return &chip;
  }
  return nullptr;
}

}  // namespace spikefab
