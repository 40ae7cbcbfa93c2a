#include "cli/files.h"

#include <algorithm>

#include "arch/container.h"
#include "base/files.h"
#include "base/suggest.h"
#include "mapper/events/reader.h"

namespace spikefab::cli {
namespace {

// Configs are small; a larger .json is a network.
constexpr u64 max_config_bytes = u64{1} << 20;

template <class Endings>
bool ends_with_any(const std::string& path, const Endings& endings) {
  return std::any_of(endings.begin(), endings.end(),
                     [&path](const auto& ending) { return path.ends_with(ending); });
}

bool ends_with_any(const std::string& path, std::initializer_list<const char*> endings) {
  return ends_with_any<std::initializer_list<const char*>>(path, endings);
}

bool is_event_recording(const std::string& path) {
  for (const auto& [name, entry] : Registry<EventReader>::all()) {
    if (ends_with_any(path, entry.make()->extensions())) return true;
  }
  return false;
}

// A key is looked for as text, so that a file with a mistake still gets its own loader's message.
FileKind kind_of_json(const std::string& path) {
  if (FileReader(path).size() > max_config_bytes) return FileKind::ranc_input;
  const std::string text = read_text(path, max_config_bytes);
  const auto has_key = [&text](const std::string& key) {
    return text.find('"' + key + '"') != std::string::npos;
  };
  if (has_key("num_cores_x")) return FileKind::ranc_config;
  if (has_key("mesh")) return FileKind::chip;
  if (has_key("cores") || has_key("packets") || has_key("output_bus")) return FileKind::ranc_input;
  throw InputError(path, "is neither a chip, nor a RANC config or input");
}

FileKind kind_of_yaml(const std::string& path) {
  if (FileReader(path).size() > max_config_bytes) return FileKind::chip;
  const std::string text = read_text(path, max_config_bytes);
  const auto has_key = [&text](const std::string& key) {
    return text.starts_with(key + ":") || text.find("\n" + key + ":") != std::string::npos;
  };
  if (has_key("weights") || has_key("chip")) return FileKind::crossbar_network;
  return has_key("layers") ? FileKind::described_network : FileKind::chip;
}

}  // namespace

std::string kind_name(FileKind kind) {
  switch (kind) {
    case FileKind::program:
      return "program";
    case FileKind::stimulus:
      return "stimulus";
    case FileKind::checkpoint:
      return "checkpoint";
    case FileKind::chip:
      return "chip";
    case FileKind::crossbar_network:
      return "trained network";
    case FileKind::ranc_config:
      return "RANC config";
    case FileKind::ranc_input:
      return "RANC input";
    case FileKind::nir:
      return "NIR network";
    case FileKind::netx:
      return "NetX network";
    case FileKind::described_network:
      return "described network";
    case FileKind::recording:
      return "event recording";
  }
  return "";
}

FileKind kind_of(const std::string& path) {
  if (ends_with_any(path, {".yaml", ".yml"})) return kind_of_yaml(path);
  if (ends_with_any(path, {".json"})) return kind_of_json(path);
  if (ends_with_any(path, {".nir"})) return FileKind::nir;
  if (ends_with_any(path, {".net"})) return FileKind::netx;
  if (is_event_recording(path)) return FileKind::recording;
  if (!is_container(path)) {
    throw InputError(path, "is of no kind that is known by its name",
                     "chips and trained networks end in .yaml, RANC's networks and RANC configs in "
                     ".json, networks of other tools in .nir or .net, our files in .sfab; event "
                     "recordings as docs/events.md says");
  }
  const std::string kind = ContainerReader(path, "").header().kind();
  for (const FileKind known : {FileKind::program, FileKind::stimulus, FileKind::checkpoint}) {
    if (kind == kind_name(known)) return known;
  }
  throw InputError(path, "is a file of unknown kind '" + printable(kind) + "'",
                   "have: program, stimulus, checkpoint");
}

Chip load_chip_or_ranc_config(const std::string& path) {
  const bool json = ends_with_any(path, {".json"});
  if (!json && kind_of_yaml(path) != FileKind::chip) {
    throw InputError(path, "is a network, not a chip",
                     "the chip of a trained one is what it says under 'chip'");
  }
  if (json && kind_of_json(path) != FileKind::chip) return load_ranc_config(path).chip;
  Chip chip = load_chip(path);
  if (!chip.has_crossbars()) {
    throw InputError(path, "chip '" + printable(chip.name) + "' has synaptic memory",
                     "RANC's networks need crossbars, such as those of configs/chips/ranc.yaml");
  }
  return chip;
}

}  // namespace spikefab::cli
