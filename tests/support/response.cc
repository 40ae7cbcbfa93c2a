#include "tests/support/response.h"

#include "mapper/float_simulation.h"

namespace spikefab::test {

Response respond(const Network& network, const std::string& semantics,
                 const std::vector<float>& inputs, u32 node) {
  check_network(network);
  FloatSimulation simulation(network, parse_semantics(semantics));
  Response response;
  for (const float x : inputs) {
    const InputElement element = {0, x};
    simulation.set_input(0, std::span(&element, 1));
    simulation.step();
    response.out.push_back(simulation.output(node)[0]);
    if (!network.nodes[node].as<Neurons>()) continue;
    response.v.push_back(static_cast<float>(simulation.potential(node)[0]));
  }
  return response;
}

}  // namespace spikefab::test
