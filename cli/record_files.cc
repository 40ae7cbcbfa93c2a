#include "cli/record_files.h"

#include <fmt/format.h>

#include <iterator>

#include "base/files.h"
#include "sim/ranc_text.h"

namespace spikefab::cli {
namespace {

// outputs.txt of one replica is exactly what RANC writes.
class RancOutputs : public RecordFile {
 public:
  RancOutputs(const std::string& path, u32 lines) : output_(path, lines) {}
  void add(const Chunk& chunk) override { output_.append(chunk.recording.outputs, chunk.ticks); }
  void commit() override { output_.commit(); }

 private:
  sim::RancOutput output_;
};

// A file of lines; derived classes append those of a chunk to text_.
class TextFile : public RecordFile {
 public:
  TextFile(const std::string& path, const std::string& header) : file_(path) {
    file_.write(header);
  }
  void add(const Chunk& chunk) override {
    text_.clear();
    append(chunk);
    file_.write(text_);
  }
  void commit() override { file_.commit(); }

 protected:
  virtual void append(const Chunk& chunk) = 0;

  template <class... Args>
  void line(fmt::format_string<Args...> format, Args&&... args) {
    fmt::format_to(std::back_inserter(text_), format, std::forward<Args>(args)...);
  }

  std::string text_;

 private:
  AtomicFile file_;
};

// outputs.txt of a batch: "replica: 0 1 ...", tick by tick.
class BatchOutputs : public TextFile {
 public:
  BatchOutputs(const std::string& path, u32 lines, u32 replicas)
      : TextFile(path, ""), lines_(lines), replicas_(replicas) {}

 private:
  void append(const Chunk& chunk) override {
    const u64 words = words_for(lines_);
    for (u64 row = 0; row < chunk.ticks * replicas_; ++row) {
      line("{}:", row % replicas_);
      for (u64 i = 0; i < lines_; ++i) {
        const u64 word = chunk.recording.outputs[row * words + i / word_bits];
        text_ += (word >> (i % word_bits) & 1) != 0 ? " 1" : " 0";
      }
      text_ += '\n';
    }
  }

  u32 lines_;
  u32 replicas_;
};

// With payloads where spikes can have some.
class Spikes : public TextFile {
 public:
  Spikes(const std::string& path, bool has_payload)
      : TextFile(path,
                 has_payload ? "tick,replica,core,neuron,payload\n" : "tick,replica,core,neuron\n"),
        has_payload_(has_payload) {}

 private:
  void append(const Chunk& chunk) override {
    for (const sim::Spike& s : chunk.recording.spikes) {
      line("{},{},{},{}", s.tick, s.replica, s.position, s.neuron);
      if (has_payload_) line(",{}", s.payload);
      text_ += '\n';
    }
  }

  bool has_payload_;
};

class Potentials : public TextFile {
 public:
  explicit Potentials(const std::string& path)
      : TextFile(path, "tick,replica,core,neuron,potential\n") {}

 private:
  void append(const Chunk& chunk) override {
    for (const sim::Potential& p : chunk.recording.potentials) {
      line("{},{},{},{},{}\n", p.tick, p.replica, p.position, p.neuron, p.value);
    }
  }
};

// "tick replica digest", the digest of the state after the tick.
class Digests : public TextFile {
 public:
  Digests(const std::string& path, u32 replicas) : TextFile(path, ""), replicas_(replicas) {}

 private:
  void append(const Chunk& chunk) override {
    const std::vector<u64>& digests = chunk.recording.digests;
    for (u64 i = 0; i < digests.size(); ++i) {
      line("{} {} {:016x}\n", chunk.first_tick + i / replicas_, i % replicas_, digests[i]);
    }
  }

  u32 replicas_;
};

}  // namespace

std::unique_ptr<RecordFile> make_record_file(const std::string& what, RunFolder& folder,
                                             const Program& program, u32 replicas) {
  if (what == "spikes") {
    return std::make_unique<Spikes>(folder.path_of("spikes.csv"), !program.chip.has_crossbars());
  }
  if (what == "potentials") return std::make_unique<Potentials>(folder.path_of("potentials.csv"));
  if (what == "digests") {
    return std::make_unique<Digests>(folder.path_of("digests.txt"), replicas);
  }
  const std::string path = folder.path_of("outputs.txt");
  if (replicas == 1) return std::make_unique<RancOutputs>(path, program.output_lines);
  return std::make_unique<BatchOutputs>(path, program.output_lines, replicas);
}

}  // namespace spikefab::cli
