// What a chip is: a mesh of equal cores, with crossbars or with synaptic memory. Written as YAML,
// checked by chip.proto.
#pragma once

#include <string>
#include <vector>

#include "arch/mesh.h"
#include "base/error.h"
#include "base/params.h"

namespace spikefab {

// Upper limits of the chip schema (arch/chip.proto); what is above cannot be indexed.
inline constexpr u32 max_mesh_side = 1024;
inline constexpr u32 max_axons = 65536;
inline constexpr u32 max_neurons = 65536;
inline constexpr u32 max_weights = 64;
inline constexpr u32 max_slots = 256;
inline constexpr u32 max_outputs = 65536;
inline constexpr u32 max_synaptic_axons = 1 << 24;  // of a core with synaptic memory

enum class Organisation { crossbar, synaptic_memory };

// How the synapses of an axon are stored, which decides how many words they take.
enum class SynapseStorage {
  packed,  // 32 bits each
  loihi,   // entries of up to 60 synapses in the formats of Loihi 1 (mapper/loihi_storage.h)
};

// What a core with synaptic memory has room for. Only mappers look at it; what they assemble runs.
struct SynapticLimits {
  u32 output_axons = 4096;      // (core, axon) pairs that the core's neurons reach
  u32 accumulators = 8192;      // neurons * slots, slots a power of two >= largest delay + 2
  u32 max_delay = 62;           // ticks, of a synapse
  u32 words = 16384;            // of 64 bits, for synapses; 0: not limited
  u32 weight_formats = 16;      // different (bits, exponent, sign mode) in a core; 0: not limited
  u32 neuron_profiles = 32;     // different (decays, refractory delay); 0: not limited
  u32 threshold_profiles = 16;  // different thresholds; 0: not limited
  SynapseStorage storage = SynapseStorage::loihi;
};

struct Chip {
  std::string name;
  Mesh mesh;
  Organisation organisation = Organisation::crossbar;
  u32 axons = 256;                 // per core
  u32 neurons = 256;               // per core
  u32 weights = 4;                 // crossbar: weights per neuron = axon types
  u32 slots = 16;                  // crossbar: ticks that a spike can wait; delays are 0..slots-2
  SynapticLimits limits;           // synaptic memory
  u32 neuron_model = 0;            // index into NeuronModels, or CompartmentModels
  std::vector<i32> neuron_params;  // [param] what a neuron has if the network says nothing

  bool has_crossbars() const { return organisation == Organisation::crossbar; }
  u32 axon_words() const { return words_for(axons); }
};

// Reads a chip from a .yaml or .json file; throws InputError with file:line:col and all problems.
Chip load_chip(const std::string& path);

// The chip as YAML with every default filled in: load_chip reads it back to an equal chip.
std::string to_yaml(const Chip& chip);

// Names of the neuron models in this build, by index; and the defaults of a model's parameters.
std::vector<std::string> neuron_model_names(Organisation organisation = Organisation::crossbar);
std::vector<i32> default_neuron_params(u32 neuron_model,
                                       Organisation organisation = Organisation::crossbar);

// What the chip's neuron model declares.
struct ModelOutline {
  std::vector<ParamSpec> params;
  u32 state_words;
  u32 inputs;  // sums that a neuron takes, each with its own accumulator
};
ModelOutline model_outline(const Chip& chip);

}  // namespace spikefab
