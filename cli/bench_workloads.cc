#include "cli/bench_workloads.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>

#include "base/suggest.h"
#include "cli/active_chip.h"
#include "cli/image_models.h"
#include "cli/mnist_bench.h"
#include "cli/outside_command.h"
#include "cli/sparse_chip.h"
#include "mapper/importers/ranc.h"

namespace spikefab::cli {
namespace {

namespace fs = std::filesystem;

// Enough that beginning anew is rare on the fastest engine, and little enough for memory.
constexpr u64 single_ticks = 2000;
constexpr u64 batch_ticks = 32;

// A file that is gone with the object.
class TemporaryFile {
 public:
  TemporaryFile() : path_((fs::temp_directory_path() / "spikefab-XXXXXX").string()) {
    const int file = mkstemp(path_.data());
    if (file < 0) throw std::system_error(errno, std::generic_category(), path_);
    close(file);
  }
  ~TemporaryFile() {
    std::error_code ignored;
    fs::remove(path_, ignored);
  }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

fs::path ranc_mnist_folder() {
  const char* data = std::getenv("SPIKEFAB_DATA");
  const bool set = data != nullptr && *data != '\0';
  const fs::path folder = fs::path(set ? data : "") / "ranc" / "mnist100";
  if (set && fs::is_directory(folder)) return folder;
  throw InputError("mnist100",
                   std::string("its data does not come with Spikefab, and SPIKEFAB_DATA ") +
                       (set ? "has no ranc/mnist100" : "is not set"),
                   "set SPIKEFAB_DATA to a folder that has ranc/mnist100");
}

// RANC's input file, which may be there only as .xz.
Imported load_mnist100(const fs::path& folder, const Chip& chip) {
  const fs::path plain = folder / "input.json";
  const fs::path packed = folder / "input.json.xz";
  if (fs::exists(plain) || !fs::exists(packed)) {
    return load_ranc_input(plain.string(), chip, IdleCores::kept);
  }
  const TemporaryFile unpacked;
  run_command(fmt::format("xz -dc -- {} > {}", quoted(packed.string()), quoted(unpacked.path())),
              packed.string());
  return load_ranc_input(unpacked.path(), chip, IdleCores::kept);
}

// `ticks` ticks of a stimulus that is repeated, from tick `first` of it on.
Stimulus repeated(const Stimulus& once, u64 first, u64 ticks) {
  Stimulus out;
  out.mesh_width = once.mesh_width;
  out.ticks = ticks;
  for (u64 tick = 0; tick < ticks; ++tick) {
    const auto [begin, end] = once.range(0, (first + tick) % once.ticks);
    out.events.insert(out.events.end(), once.events.begin() + static_cast<i64>(begin),
                      once.events.begin() + static_cast<i64>(end));
    out.begin.push_back(out.events.size());
  }
  return out;
}

// A workload that lives of its stimulus: replica r begins r ticks further on in it.
Workload stimulated(const std::string& name, const std::string& about, Program program,
                    Stimulus once) {
  Workload out = {name, about, std::move(program), 0, single_ticks, batch_ticks, {}, {}};
  out.stimulus = [once = std::move(once)](u32 replica, u64 ticks) {
    return repeated(once, replica, ticks);
  };
  out.start = [](const Program& p, u32, u32 count) { return sim::initial_state(p, count); };
  return out;
}

Workload mnist100(const std::string& name, u32 cores) {
  const fs::path folder = ranc_mnist_folder();
  const auto config =
      load_ranc_config((folder / fmt::format("config_{}core.json", cores)).string());
  Imported loaded = load_mnist100(folder, config.chip);
  return stimulated(name, "RANC's MNIST case, 5 cores busy, all cores of the grid kept",
                    std::move(loaded.program), std::move(loaded.stimulus));
}

Workload mnist_512_cores(const std::string& name) {
  constexpr u32 images = 1000;  // all that are built in
  const ImageModel model = load_image_model("512_cores", "");
  const ImageSet set = load_mnist(images, "");
  return stimulated(name, "MNIST on 512 cores that all work, an image a tick",
                    model.classifier.program,
                    present(model.classifier, set.images, 0, images, set.place));
}

// A workload that keeps itself busy.
Workload busy(const std::string& name, const std::string& about, Program program) {
  Workload out;
  out.name = name;
  out.about = about;
  out.program = std::move(program);
  out.single_ticks = out.batch_ticks = endless;
  out.stimulus = [](u32, u64) { return Stimulus{}; };
  out.start = active_state;
  return out;
}

Workload active(const std::string& name, u32 cores, u32 percent) {
  return busy(name,
              fmt::format("every core busy, {} % of all neurons and axons in a tick", percent),
              make_active_chip({.cores = cores, .percent = percent}));
}

Workload sparse(const std::string& name, u32 neurons) {
  const SparseChip chip{.neurons = neurons};
  return busy(name,
              fmt::format("synaptic memory, {} random synapses of each neuron, {} % of them fire",
                          chip.synapses, chip.percent),
              make_sparse_chip(chip));
}

}  // namespace

std::vector<WorkloadEntry> all_workloads() {
  std::vector<WorkloadEntry> all;
  for (const u32 cores : {12u, 128u, 512u}) {
    const std::string name = fmt::format("mnist100_{}", cores);
    all.push_back({name, [=] { return mnist100(name, cores); }, true});
  }
  all.push_back({"mnist_512_cores", [] { return mnist_512_cores("mnist_512_cores"); }});
  for (const u32 cores : {12u, 128u, 512u, 4096u}) {
    for (const u32 percent : {1u, 5u, 10u, 20u, 50u}) {
      const std::string name = fmt::format("active_{}_{}", cores, percent);
      all.push_back({name, [=] { return active(name, cores, percent); }});
    }
  }
  all.push_back({"sparse_100k", [] { return sparse("sparse_100k", 100'000); }});
  all.push_back({"sparse_1m", [] { return sparse("sparse_1m", 1'000'000); }});
  return all;
}

std::vector<WorkloadEntry> find_workloads(const std::vector<std::string>& names) {
  const std::vector<WorkloadEntry> all = all_workloads();
  if (names.empty()) return all;
  std::vector<WorkloadEntry> found;
  for (const std::string& name : names) {
    const auto before = found.size();
    for (const WorkloadEntry& entry : all) {
      if (entry.name == name || entry.name.starts_with(name + "_")) found.push_back(entry);
    }
    if (found.size() > before) continue;
    std::vector<std::string> known;
    for (const WorkloadEntry& entry : all) known.push_back(entry.name);
    throw UsageError("no workload '" + printable(name) + "'",
                     "have: " + join(known, ", ") + did_you_mean(name, known));
  }
  return found;
}

}  // namespace spikefab::cli
