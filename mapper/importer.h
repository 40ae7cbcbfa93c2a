// Reads the network of another tool. One importer is one new file in mapper/importers/, registered
// by name.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "arch/program.h"
#include "arch/stimulus.h"

namespace spikefab {

struct Imported {
  Program program;
  Stimulus stimulus;
  std::vector<std::string> notes;  // what was ignored, for a warning each
};

class Importer {
 public:
  static constexpr std::string_view kind = "importer";
  virtual ~Importer() = default;

  // Throws InputError with file:line:col and all problems.
  virtual Imported read(const std::string& path, const Chip& chip) const = 0;
};

}  // namespace spikefab
