// What a chip is: a mesh of equal cores with crossbars. Written as YAML, checked by chip.proto.
#pragma once

#include <string>
#include <vector>

#include "arch/mesh.h"
#include "base/error.h"

namespace spikefab {

// Upper limits of the chip schema (arch/chip.proto); what is above cannot be indexed.
inline constexpr u32 max_mesh_side = 1024;
inline constexpr u32 max_axons = 65536;
inline constexpr u32 max_neurons = 65536;
inline constexpr u32 max_weights = 64;
inline constexpr u32 max_slots = 256;
inline constexpr u32 max_outputs = 65536;

struct Chip {
  std::string name;
  Mesh mesh;
  u32 axons = 256;                 // per core
  u32 neurons = 256;               // per core
  u32 weights = 4;                 // weights per neuron = axon types
  u32 slots = 16;                  // ticks that a spike can wait; delays are 0..slots-2
  u32 neuron_model = 0;            // index into NeuronModels
  std::vector<i32> neuron_params;  // [param] what a neuron has if the network says nothing

  u32 axon_words() const { return words_for(axons); }
};

// Reads a chip from a .yaml or .json file; throws InputError with file:line:col and all problems.
Chip load_chip(const std::string& path);

// The chip as YAML with every default filled in: load_chip reads it back to an equal chip.
std::string to_yaml(const Chip& chip);

// Names of the neuron models in this build, by index; and the defaults of a model's parameters.
std::vector<std::string> neuron_model_names();
std::vector<i32> default_neuron_params(u32 neuron_model);

}  // namespace spikefab
