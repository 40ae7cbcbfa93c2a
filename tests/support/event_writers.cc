#include "tests/support/event_writers.h"

#include <algorithm>

namespace spikefab::test {
namespace {

std::string text(u64 value) { return std::to_string(value); }

// Words of EVT 3.0 as they change a state; what has not changed is not written again.
class Evt3Writer {
 public:
  void single(const Event& event) {
    time_and_row(event);
    word(2, u32{event.polarity} << 11 | event.x);
  }

  // Pixels event.x + i of the bits that are set, of which there are `length` (12 or 8).
  void vector(const Event& event, u32 bits, u32 length) {
    time_and_row(event);
    if (base_x_ != event.x || base_polarity_ != event.polarity) {
      word(3, u32{event.polarity} << 11 | event.x);
    }
    word(length == 12 ? 4 : 5, bits);
    base_x_ = event.x + length;  // the reader goes on there
    base_polarity_ = event.polarity;
  }

  std::string take() { return evt3_words(words_); }

 private:
  static constexpr u32 nothing = ~u32{0};

  void word(u32 type, u32 value) { words_.push_back(type << 12 | value); }

  void time_and_row(const Event& event) {
    const u32 high = static_cast<u32>(event.time_us >> 12 & 0xfff);
    const u32 low = static_cast<u32>(event.time_us & 0xfff);
    if (high != high_) word(8, high);
    if (high != high_ || low != low_) word(6, low);
    if (event.y != row_) word(0, event.y);
    high_ = high;
    low_ = low;
    row_ = event.y;
  }

  std::vector<u32> words_;
  u32 high_ = nothing;
  u32 low_ = nothing;
  u32 row_ = nothing;
  u32 base_x_ = nothing;
  u32 base_polarity_ = nothing;
};

bool is_same_row(const Event& a, const Event& b) {
  return a.time_us == b.time_us && a.y == b.y && a.polarity == b.polarity;
}

// The bits of the events from `first` on that fit into one vector; `end` becomes what follows.
u32 vector_bits(const Events& events, u64 first, u32 length, u64& end) {
  u32 bits = 1;
  for (end = first + 1; end < events.size(); ++end) {
    const Event& last = events[end - 1];
    const bool fits = is_same_row(events[first], events[end]) && events[end].x > last.x &&
                      events[end].x < events[first].x + length;
    if (!fits) break;
    bits |= u32{1} << (events[end].x - events[first].x);
  }
  return bits;
}

}  // namespace

std::string low_first(u64 value, u32 count) {
  std::string bytes;
  for (u32 i = 0; i < count; ++i) bytes += static_cast<char>(value >> 8 * i & 255);
  return bytes;
}

std::string high_first(u64 value, u32 count) {
  std::string bytes = low_first(value, count);
  std::reverse(bytes.begin(), bytes.end());
  return bytes;
}

std::string nmnist_file(const Events& events) {
  std::string bytes;
  u64 clock_us = 0;
  const auto write = [&](u32 x, u32 y, u64 polarity, u64 time_us) {
    bytes += high_first(x, 1) + high_first(y, 1) + high_first(polarity << 23 | time_us, 3);
  };
  for (const Event& e : events) {
    for (; e.time_us - clock_us >= u64{1} << 23; clock_us += 1 << 13) write(0, 240, 0, 0);
    write(e.x, e.y, e.polarity, e.time_us - clock_us);
  }
  return bytes;
}

std::string aedat2_file(const Events& events, const std::string& chip) {
  std::string bytes = "#!AER-DAT2.0\r\n# This is a raw AE data file - do not edit\r\n";
  if (!chip.empty()) bytes += "# AEChip: eu.seebetter.ini.chips.davis." + chip + "\r\n";
  bytes += "# Timestamps tick is 1 us\r\n";
  for (const Event& e : events) {
    const u32 dvs = u32{e.y} << 8 | u32{e.x} << 1 | e.polarity;
    const u32 davis = u32{e.y} << 22 | u32{e.x} << 12 | u32{e.polarity} << 11;
    bytes += high_first(chip.empty() ? dvs : davis, 4) + high_first(e.time_us & 0x7fffffff, 4);
  }
  return bytes;
}

std::string aedat31_header(const std::string& camera) {
  return "#!AER-DAT3.1\r\n#Format: RAW\r\n#Source 1: " + camera +
         "\r\n#Start-Time: 2017-01-01 10:00:00 (TZ+0100)\r\n#!END-HEADER\r\n";
}

std::string aedat31_packet(u32 type, u32 source, u32 overflow, const std::string& events,
                           u32 count) {
  return low_first(type, 2) + low_first(source, 2) + low_first(8, 4) + low_first(4, 4) +
         low_first(overflow, 4) + low_first(count, 4) + low_first(count, 4) + low_first(count, 4) +
         events;
}

std::string aedat31_file(const Events& events, const std::string& camera, u32 packet) {
  std::string bytes = aedat31_header(camera);
  for (u64 i = 0; i < events.size();) {
    const u64 overflow = events[i].time_us >> 31;
    std::string content;
    u32 count = 0;
    for (; i < events.size() && count < packet && events[i].time_us >> 31 == overflow; ++i) {
      const Event& e = events[i];
      content += low_first(u64{e.x} << 17 | u64{e.y} << 2 | u64{e.polarity} << 1 | 1, 4) +
                 low_first(e.time_us & 0x7fffffff, 4);
      ++count;
    }
    bytes += aedat31_packet(1, 1, static_cast<u32>(overflow), content, count);
  }
  return bytes;
}

std::string dat_file(const Events& events, SensorSize sensor) {
  std::string bytes =
      "% Data file containing CD events.\n% Version 2\n% Date 2020-09-14 14:18:29\n";
  bytes += "% Height " + text(sensor.height) + "\n% Width " + text(sensor.width) + "\n\x0c\x08";
  for (const Event& e : events) {
    bytes += low_first(e.time_us & 0xffffffff, 4) +
             low_first(u64{e.polarity} << 28 | u64{e.y} << 14 | e.x, 4);
  }
  return bytes;
}

std::string raw_header(const std::string& encoding, SensorSize sensor) {
  return "% date 2023-03-29 16:37:46\n% evt " + encoding.substr(3) + ".0\n% format " + encoding +
         ";height=" + text(sensor.height) + ";width=" + text(sensor.width) + "\n% geometry " +
         text(sensor.width) + "x" + text(sensor.height) + "\n% system_ID 49\n% end\n";
}

std::string evt2_words(const std::vector<u32>& words) {
  std::string bytes;
  for (const u32 word : words) bytes += low_first(word, 4);
  return bytes;
}

std::string evt2_file(const Events& events, SensorSize sensor) {
  std::vector<u32> words;
  u64 high = ~u64{0};
  for (const Event& e : events) {
    if (e.time_us >> 6 != high) {
      high = e.time_us >> 6;
      words.push_back(u32{8} << 28 | static_cast<u32>(high & 0xfffffff));
    }
    words.push_back(u32{e.polarity} << 28 | static_cast<u32>(e.time_us & 63) << 22 |
                    u32{e.x} << 11 | e.y);
  }
  return raw_header("EVT2", sensor) + evt2_words(words);
}

std::string evt3_words(const std::vector<u32>& words) {
  std::string bytes;
  for (const u32 word : words) bytes += low_first(word, 2);
  return bytes;
}

std::string evt3_file(const Events& events, SensorSize sensor, Evt3Style style) {
  Evt3Writer writer;
  for (u64 i = 0; i < events.size();) {
    u64 end = i + 1;
    const u32 length = i % 3 == 0 ? 8 : 12;
    const u32 bits = vector_bits(events, i, length, end);
    if (style == Evt3Style::vectors && end - i > 1) {
      writer.vector(events[i], bits, length);
      i = end;
    } else {
      writer.single(events[i]);
      ++i;
    }
  }
  return raw_header("EVT3", sensor) + writer.take();
}

std::string csv_file(const Events& events) {
  std::string lines = "t,x,y,p\n";
  for (const Event& e : events) {
    lines += text(e.time_us) + "," + text(e.x) + "," + text(e.y) + "," + text(e.polarity) + "\n";
  }
  return lines;
}

Events random_events(SensorSize sensor, u64 count, u64 max_step_us, std::mt19937_64& random) {
  Events events;
  u64 time_us = random() % 1000;
  for (u64 i = 0; i < count; ++i) {
    const u64 kind = random() % 8;
    if (kind == 0) time_us += random() % (max_step_us + 1);
    if (kind > 2) time_us += random() % 100;
    events.push_back({.time_us = time_us,
                      .x = static_cast<u16>(random() % sensor.width),
                      .y = static_cast<u16>(random() % sensor.height),
                      .polarity = static_cast<u8>(random() % 2)});
  }
  return events;
}

Events with_neighbours(const Events& events, SensorSize sensor, std::mt19937_64& random) {
  Events more;
  for (const Event& event : events) {
    more.push_back(event);
    for (u64 left = random() % 40; left > 0; --left) {
      Event next = more.back();
      next.x = static_cast<u16>(next.x + 1 + random() % 3);
      if (next.x >= sensor.width) break;
      more.push_back(next);
    }
  }
  return more;
}

std::vector<EventSample> event_samples() {
  std::mt19937_64 random(1);
  const SensorSize small = {34, 34};
  const SensorSize dvs = {128, 128};
  const SensorSize vga = {640, 480};
  const auto events_of = [&](SensorSize sensor, u64 step) {
    return random_events(sensor, 60, step, random);
  };
  std::vector<EventSample> samples;
  const auto add = [&](const std::string& format, const std::string& name, SensorSize sensor,
                       const Events& events, const std::string& content) {
    samples.push_back({format, name, content, sensor, events});
  };
  Events events = events_of(small, 20'000);
  for (u64 i = 40; i < events.size(); ++i) events[i].time_us += u64{1} << 23;  // overflows
  add("nmnist", "a.bin", small, events, nmnist_file(events));
  events = events_of(dvs, u64{1} << 30);
  add("aedat2", "dvs.aedat", dvs, events, aedat2_file(events));
  events = events_of({240, 180}, u64{1} << 30);
  add("aedat2", "davis.aedat", {240, 180}, events, aedat2_file(events, "DAVIS240C"));
  events = events_of(dvs, u64{1} << 32);
  add("aedat31", "gesture.aedat", dvs, events, aedat31_file(events, "DVS128", 7));
  events = events_of(vga, u64{1} << 30);
  add("dat", "a_td.dat", vga, events, dat_file(events, vga));
  events = events_of(vga, u64{1} << 30);
  add("evt2", "evt2.raw", vga, events, evt2_file(events, vga));
  events = with_neighbours(events_of(vga, u64{1} << 22), vga, random);
  add("evt3", "evt3.raw", vga, events, evt3_file(events, vga, Evt3Style::vectors));
  events = events_of(vga, u64{1} << 40);
  add("csv", "events.csv", {}, events, csv_file(events));
  return samples;
}

}  // namespace spikefab::test
