// Writes events in each file format, from the descriptions of the formats: what readers are held
// against. The events must be in order of time; gaps must be short enough for the format.
#pragma once

#include <random>
#include <string>
#include <vector>

#include "mapper/events/recording.h"

namespace spikefab::test {

using Events = std::vector<Event>;

// Numbers of `count` bytes.
std::string low_first(u64 value, u32 count);
std::string high_first(u64 value, u32 count);

std::string nmnist_file(const Events& events);
// `chip` as jAER names it, such as "DAVIS240C"; empty: no such line, and a DVS128.
std::string aedat2_file(const Events& events, const std::string& chip = "");
// Packets of at most `packet` events, of the source 1, which is `camera`.
std::string aedat31_file(const Events& events, const std::string& camera = "DVS128",
                         u32 packet = 100);
std::string dat_file(const Events& events, SensorSize sensor);
std::string evt2_file(const Events& events, SensorSize sensor);

enum class Evt3Style { single, vectors };  // vectors wherever there are neighbours in a row
std::string evt3_file(const Events& events, SensorSize sensor, Evt3Style style);
std::string csv_file(const Events& events);

// Parts of the formats, for tests of their details.
std::string aedat31_header(const std::string& camera = "DVS128");
std::string aedat31_packet(u32 type, u32 source, u32 overflow, const std::string& events,
                           u32 count);
std::string raw_header(const std::string& encoding, SensorSize sensor);
std::string evt3_words(const std::vector<u32>& words);
std::string evt2_words(const std::vector<u32>& words);

// Random events within the sensor. A step of time is 0, or up to max_step_us; mostly a small one.
Events random_events(SensorSize sensor, u64 count, u64 max_step_us, std::mt19937_64& random);

// The same with some of them followed by neighbours: the same row, time and polarity, to the right.
Events with_neighbours(const Events& events, SensorSize sensor, std::mt19937_64& random);

// A small file of every format, by the format's registered name, with all that it can hold.
struct EventSample {
  std::string format;
  std::string file_name;
  std::string content;
  SensorSize sensor;
  Events events;
};
std::vector<EventSample> event_samples();

}  // namespace spikefab::test
