#include "benchmarks/networks.h"

#include <unistd.h>

#include <cstdlib>
#include <filesystem>

#include "base/random.h"
#include "neuron_models.h"

namespace spikefab::benchmarks {
namespace {

namespace fs = std::filesystem;

fs::path data_folder() {
  const char* set = std::getenv("SPIKEFAB_DATA");
  return set ? fs::path(set) : fs::path(SPIKEFAB_SOURCE_DIR) / "../shared/data";
}

// The unpacked copy of an .xz file, gone with the object.
class Unpacked {
 public:
  explicit Unpacked(const fs::path& packed)
      : path_(fs::temp_directory_path() / ("spikefab-" + std::to_string(::getpid()) + ".json")) {
    const std::string command = "xz -dc '" + packed.string() + "' > '" + path_.string() + "'";
    if (std::system(command.c_str()) != 0) throw InputError(packed.string(), "cannot be unpacked");
  }
  ~Unpacked() { fs::remove(path_); }
  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

Stimulus repeated(const Stimulus& once, u64 ticks) {
  Stimulus out;
  out.ticks = ticks;
  for (u64 tick = 0; tick < ticks; ++tick) {
    const auto [first, last] = once.range(0, tick % once.ticks);
    for (u64 i = first; i < last; ++i) out.events.push_back(once.events[i]);
    out.begin.push_back(out.events.size());
  }
  return out;
}

Chip square_chip(u32 cores) {
  Chip chip;
  chip.name = "active";
  chip.mesh = {.width = 1, .height = 1};
  while (chip.mesh.size() < cores + 1) {  // one place is the bus
    (chip.mesh.width > chip.mesh.height ? chip.mesh.height : chip.mesh.width) += 1;
  }
  return chip;
}

}  // namespace

std::optional<Imported> mnist100(const std::string& grid, IdleCores idle, u64 ticks) {
  const fs::path folder = data_folder() / "ranc" / "mnist100";
  if (!fs::exists(folder / "input.json.xz")) return std::nullopt;
  const Unpacked input(folder / "input.json.xz");
  const RancConfig config = load_ranc_config((folder / ("config_" + grid + ".json")).string());
  Imported loaded = load_ranc_input(input.path().string(), config.chip, idle);
  loaded.stimulus = repeated(loaded.stimulus, ticks);
  return loaded;
}

Imported active_chip(u32 cores, u32 percent, u64 ticks) {
  constexpr i32 weights[] = {1, -1, 2, -2};
  Imported out;
  Program& p = out.program;
  p.chip = square_chip(cores);
  p.chip.neuron_params = default_neuron_params(p.chip.neuron_model);
  p.output_position = p.chip.mesh.size() - 1;
  p.output_lines = p.chip.neurons;
  const u64 n = u64{cores} * p.chip.neurons;
  for (u32 c = 0; c < cores; ++c) p.position.push_back(c);
  for (u32 c = 0; c <= cores; ++c) p.neuron_begin.push_back(u64{c} * p.chip.neurons);
  RandomStream random(1);
  for (u64 i = 0; i < u64{cores} * p.chip.axons; ++i) p.axon_type.push_back(random.next() % 4);
  p.crossbar.resize(p.crossbar_begin().back());
  for (u64& word : p.crossbar) word = u64{random.next()} << 32 | random.next();
  for (const i32 weight : weights) p.weight.insert(p.weight.end(), n, weight);
  for (const ParamSpec& spec : neurons::Ranc::params) {
    const bool threshold = spec.name == "positive_threshold";
    p.neuron_param.insert(p.neuron_param.end(), n, threshold ? 40 : spec.value);
  }
  p.neuron_state.assign(n, 0);
  p.target_core.assign(n, output_bus);
  for (u64 i = 0; i < n; ++i) p.target_axon.push_back(static_cast<u16>(i % p.chip.neurons));
  p.target_delay.assign(n, 0);

  out.stimulus.ticks = ticks;
  for (u64 tick = 0; tick < ticks; ++tick) {
    for (u32 c = 0; c < cores; ++c) {
      for (u32 axon = 0; axon < p.chip.axons; ++axon) {
        if (random.next() % 100 >= percent) continue;
        out.stimulus.events.push_back({.position = c, .axon = static_cast<u16>(axon)});
      }
    }
    out.stimulus.begin.push_back(out.stimulus.events.size());
  }
  return out;
}

}  // namespace spikefab::benchmarks
