#include "mapper/chip_neurons.h"

#include "base/suggest.h"

namespace spikefab {

std::unique_ptr<ChipNeurons> chip_neurons(const Chip& chip) {
  const std::string place = "chip '" + printable(chip.name) + "'";
  if (chip.has_crossbars()) {
    throw InputError(place, "has crossbars; networks are mapped onto cores with synaptic memory",
                     "such as configs/chips/loihi1.yaml");
  }
  const std::string model = neuron_model_names(chip.organisation).at(chip.neuron_model);
  const std::vector<std::string> names = Registry<ChipNeurons>::names();
  if (!Registry<ChipNeurons>::all().contains(model)) {
    throw InputError(place, "networks cannot be quantised for its neuron model '" + model + "'",
                     "they can for: " + join(names, ", "));
  }
  return Registry<ChipNeurons>::make(model);
}

}  // namespace spikefab
