// The lines "% keyword value" that Prophesee's RAW files begin with, and what they say of sensor
// and encoding. [docs.prophesee.ai, "RAW File Format"]
#pragma once

#include <string>
#include <string_view>

#include "mapper/events/bytes.h"
#include "mapper/events/collector.h"
#include "mapper/events/header.h"

namespace spikefab {

// "2.0", "2.1", "3.0", ... as the first lines of a RAW file say; "" if they do not.
std::string evt_version(std::string_view head);

// Takes the header of a RAW file, checks that it is of this version if it says so, and sets the
// sensor. Throws InputError.
void take_raw_header(EventBytes& bytes, const std::string& version, EventCollector& collector);

// Says how many bytes at the end were no whole word: a recording that was stopped anyhow.
void note_raw_tail(u64 bytes, EventCollector& collector);

// Reads a RAW file of one version in words of type Word. A Decoder has take(word, place_of) and
// note_what_is_left_out(). Throws InputError.
template <class Word, class Decoder>
EventRecording read_raw(const std::string& path, const std::string& version) {
  EventBytes bytes(path);
  EventCollector collector(path);
  take_raw_header(bytes, version, collector);
  Decoder decoder(collector);
  auto word = bytes.take(sizeof(Word));
  for (; word.size() == sizeof(Word); word = bytes.take(sizeof(Word))) {
    decoder.take(little_endian<Word>(word),
                 [&] { return bytes.place(bytes.offset() - sizeof(Word)); });
  }
  decoder.note_what_is_left_out();
  note_raw_tail(word.size(), collector);
  return collector.take();
}

}  // namespace spikefab
