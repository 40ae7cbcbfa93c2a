// A partition as METIS and hMetis write it: line i holds the core of neuron i, from 0 on; behind it
// there may be the neuron's place on the core, else the order is that of the neurons. The
// hypergraph for such programs is written by mapper/mapping/hmetis.h.
#include <algorithm>
#include <string_view>

#include "base/error.h"
#include "base/files.h"
#include "base/suggest.h"
#include "base/text.h"
#include "mapper/mapping/core_groups.h"

namespace spikefab {
namespace {

constexpr u64 max_bytes = u64{1} << 34;

class Reader {
 public:
  Reader(const std::string& path, u32 neurons) : path_(path), neurons_(neurons) {}

  void read() {
    const std::string text = read_text(path_, max_bytes);
    for (std::size_t begin = 0; begin < text.size() && !problems_.full();) {
      const std::size_t end = std::min(text.find('\n', begin), text.size());
      ++line_;
      add_line(trimmed(std::string_view(text).substr(begin, end - begin)));
      begin = end + 1;
    }
    problems_.throw_if_any();
    if (core_.size() != neurons_) {
      throw InputError(path_,
                       "has " + std::to_string(core_.size()) + " lines; the network has " +
                           std::to_string(neurons_) + " neurons",
                       "line i holds the core of neuron i");
    }
  }

  const std::vector<u32>& core() const { return core_; }    // [neuron]
  const std::vector<u32>& place() const { return place_; }  // [neuron] 0 if it is not given

 private:
  void add_line(std::string_view line) {
    const bool is_the_end = line.empty() && core_.size() == neurons_;
    if (is_the_end) return;
    const std::size_t blank = std::min(line.find_first_of(" \t"), line.size());
    const std::string_view second = trimmed(line.substr(blank));
    const u32 limit = std::max(neurons_, 1u);
    const u32 core = parse_number<u32>(line.substr(0, blank)).value_or(limit);
    const u32 place = second.empty() ? 0 : parse_number<u32>(second).value_or(limit);
    if (core >= limit || place >= limit) {
      problems_.add({path_ + ":" + std::to_string(line_),
                     "'" + printable(line) + "' is no core, or core and place (must be 0.." +
                         std::to_string(limit - 1) + ")",
                     ""});
    }
    core_.push_back(core);
    place_.push_back(place);
  }

  const std::string& path_;
  const u32 neurons_;
  Problems problems_;
  u64 line_ = 0;
  std::vector<u32> core_;
  std::vector<u32> place_;
};

class FilePartitioner : public Partitioner {
 public:
  bool takes_file() const override { return true; }

  NeuronGroups group(const PartitionProblem& problem, std::span<const i32>) const override {
    const u32 neurons = problem.graph.neurons;
    Reader reader(problem.path, neurons);
    reader.read();
    NeuronGroups groups = groups_of(reader.core(), neurons);
    for (std::vector<u32>& group : groups) {
      std::stable_sort(group.begin(), group.end(),
                       [&](u32 a, u32 b) { return reader.place()[a] < reader.place()[b]; });
    }
    return groups;
  }
};

SPIKEFAB_REGISTER(Partitioner, "file", FilePartitioner,
                  "from a text file, as METIS writes it: line i holds the core of neuron i");

}  // namespace
}  // namespace spikefab
