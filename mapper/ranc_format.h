// What a RANC input file looks like, for JsonStream: every container and integer has an id.
#pragma once

#include <array>

#include "mapper/json_stream.h"

namespace spikefab::ranc_format {

enum Id : u32 {
  // containers
  root,
  packets,
  packets_tick,
  packet,
  packet_core,
  bus,
  bus_core,
  cores,
  core,
  core_place,
  axons,
  connections,
  connection_row,
  neuron_list,
  neuron,
  weights,
  core_offset,
  // integers
  packet_coordinate,
  packet_axon,
  packet_delay,
  bus_coordinate,
  bus_lines,
  core_coordinate,
  axon_type,
  connection,
  weight,
  leak,
  positive_threshold,
  negative_threshold,
  reset_potential,
  current_potential,
  reset_mode,
  offset,
  target_axon,
  target_delay,
  id_count
};

constexpr JsonNode integer_node(Id id) { return {JsonType::integer, id}; }
constexpr JsonNode array_node(Id id, const JsonNode& element) {
  return {JsonType::array, id, &element};
}

inline constexpr JsonNode n_packet_coordinate = integer_node(packet_coordinate);
inline constexpr JsonNode n_packet_core = array_node(packet_core, n_packet_coordinate);
inline constexpr JsonNode n_packet_axon = integer_node(packet_axon);
inline constexpr JsonNode n_packet_delay = integer_node(packet_delay);
inline constexpr std::array packet_members = {JsonMember{"destination_core", &n_packet_core},
                                              JsonMember{"destination_axon", &n_packet_axon},
                                              JsonMember{"destination_tick", &n_packet_delay}};
inline constexpr JsonNode n_packet = {JsonType::object, packet, nullptr, packet_members};
inline constexpr JsonNode n_packets_tick = array_node(packets_tick, n_packet);
inline constexpr JsonNode n_packets = array_node(packets, n_packets_tick);

inline constexpr JsonNode n_bus_coordinate = integer_node(bus_coordinate);
inline constexpr JsonNode n_bus_core = array_node(bus_core, n_bus_coordinate);
inline constexpr JsonNode n_bus_lines = integer_node(bus_lines);
inline constexpr std::array bus_members = {JsonMember{"coordinates", &n_bus_core},
                                           JsonMember{"num_outputs", &n_bus_lines}};
inline constexpr JsonNode n_bus = {JsonType::object, bus, nullptr, bus_members};

inline constexpr JsonNode n_weight = integer_node(weight);
inline constexpr JsonNode n_weights = array_node(weights, n_weight);
inline constexpr JsonNode n_offset = integer_node(offset);
inline constexpr JsonNode n_core_offset = array_node(core_offset, n_offset);
inline constexpr JsonNode n_leak = integer_node(leak);
inline constexpr JsonNode n_positive_threshold = integer_node(positive_threshold);
inline constexpr JsonNode n_negative_threshold = integer_node(negative_threshold);
inline constexpr JsonNode n_reset_potential = integer_node(reset_potential);
inline constexpr JsonNode n_current_potential = integer_node(current_potential);
inline constexpr JsonNode n_reset_mode = integer_node(reset_mode);
inline constexpr JsonNode n_target_axon = integer_node(target_axon);
inline constexpr JsonNode n_target_delay = integer_node(target_delay);
inline constexpr std::array neuron_members = {
    JsonMember{"reset_potential", &n_reset_potential},
    JsonMember{"weights", &n_weights},
    JsonMember{"leak", &n_leak},
    JsonMember{"positive_threshold", &n_positive_threshold},
    JsonMember{"negative_threshold", &n_negative_threshold},
    JsonMember{"destination_core_offset", &n_core_offset,
               "old RANC files call it 'destination_core'; rename it"},
    JsonMember{"destination_axon", &n_target_axon},
    JsonMember{"destination_tick", &n_target_delay},
    JsonMember{"current_potential", &n_current_potential},
    JsonMember{"reset_mode", &n_reset_mode}};
inline constexpr JsonNode n_neuron = {JsonType::object, neuron, nullptr, neuron_members};
inline constexpr JsonNode n_neuron_list = array_node(neuron_list, n_neuron);
inline constexpr JsonNode n_axon_type = integer_node(axon_type);
inline constexpr JsonNode n_axons = array_node(axons, n_axon_type);
inline constexpr JsonNode n_connection = integer_node(connection);
inline constexpr JsonNode n_connection_row = array_node(connection_row, n_connection);
inline constexpr JsonNode n_connections = array_node(connections, n_connection_row);
inline constexpr JsonNode n_core_coordinate = integer_node(core_coordinate);
inline constexpr JsonNode n_core_coordinates = array_node(core_place, n_core_coordinate);
inline constexpr std::array core_members = {
    JsonMember{"coordinates", &n_core_coordinates}, JsonMember{"axons", &n_axons},
    JsonMember{"neurons", &n_neuron_list}, JsonMember{"connections", &n_connections}};
inline constexpr JsonNode n_core = {JsonType::object, core, nullptr, core_members};
inline constexpr JsonNode n_cores = array_node(cores, n_core);

inline constexpr std::array root_members = {JsonMember{"packets", &n_packets},
                                            JsonMember{"output_bus", &n_bus},
                                            JsonMember{"cores", &n_cores}};
inline constexpr JsonNode n_root = {JsonType::object, root, nullptr, root_members};

}  // namespace spikefab::ranc_format
