// No tool: the defaults, from which choices are named one by one.
#include "mapper/semantics.h"

namespace spikefab {
namespace {

class Custom : public SemanticsPreset {
 public:
  Semantics values() const override { return {}; }
};

SPIKEFAB_REGISTER(SemanticsPreset, "custom", Custom, "Euler steps, for choices of your own");

}  // namespace
}  // namespace spikefab
