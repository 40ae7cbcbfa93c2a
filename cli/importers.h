// The importers that `spikefab import` and `list` know.
#pragma once

#include <array>
#include <string_view>

namespace spikefab::cli {

struct Importer {
  std::string_view name;
  std::string_view help;
};

inline constexpr std::array all_importers = {
    Importer{"ranc", "RANC's input.json, a network that is mapped already, with its stimulus"},
};

}  // namespace spikefab::cli
