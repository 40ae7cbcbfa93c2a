// What partitioners and placers have in common: how users choose them (mapper/mapping/strategy.h).
#pragma once

#include <vector>

#include "base/params.h"

namespace spikefab {

class MappingStrategy {
 public:
  virtual ~MappingStrategy() = default;

  virtual std::vector<ParamSpec> params() const { return {}; }
  virtual bool takes_file() const { return false; }  // NAME:FILE instead of options
  virtual bool improves() const { return false; }    // needs a start
};

}  // namespace spikefab
