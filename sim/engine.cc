#include "sim/engine.h"

#include "base/registry.h"
#include "base/specification.h"

namespace spikefab::sim {

std::unique_ptr<Engine> make_engine(const std::string& specification) {
  auto engine = Registry<Engine>::make(name_in(specification));
  engine->configure(values_in(specification, Engine::kind, engine->options()));
  return engine;
}

}  // namespace spikefab::sim
