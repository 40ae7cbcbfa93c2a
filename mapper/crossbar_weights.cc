#include "mapper/crossbar_weights.h"

#include <algorithm>
#include <bit>

#include "base/error.h"
#include "base/files.h"
#include "base/memory.h"

namespace spikefab {
namespace {

u64 connection_bytes(const CrossbarLayer& layer) { return divide_up(layer.axons(), 8); }

u64 feature_bytes(const Chip& chip, const CrossbarLayer& layer) {
  return (1 + u64{chip.weights}) * sizeof(i16) + connection_bytes(layer);
}

// The limits of the schema keep this and what follows far below 2^64.
u64 bytes_needed(u32 networks, const Chip& chip, const std::vector<CrossbarLayer>& layers) {
  u64 bytes = 0;
  for (const CrossbarLayer& layer : layers) bytes += layer.features * feature_bytes(chip, layer);
  return networks * bytes;
}

// "2 networks x (256 features x 35 bytes + 10 features x 42 bytes)".
std::string how_needed(u32 networks, const Chip& chip, const std::vector<CrossbarLayer>& layers) {
  std::string sum;
  for (const CrossbarLayer& layer : layers) {
    sum += (sum.empty() ? "" : " + ") + std::to_string(layer.features) + " features x " +
           std::to_string(feature_bytes(chip, layer)) + " bytes";
  }
  return std::to_string(networks) + (networks == 1 ? " network" : " networks") + " x (" + sum + ")";
}

void check_size(u64 have, const CrossbarWeightsFile& file, const Chip& chip,
                const std::vector<CrossbarLayer>& layers) {
  const u64 need = bytes_needed(file.networks, chip, layers);
  const std::string how = how_needed(file.networks, chip, layers);
  if (need > max_crossbar_weights_bytes) {
    throw InputError(
        file.path, "must have " + std::to_string(need) + " bytes by the layers",
        "at most " + std::to_string(max_crossbar_weights_bytes) + " are allowed; it is " + how);
  }
  if (have == need) return;
  throw InputError(file.path, "has " + std::to_string(have) + " bytes",
                   "must be " + std::to_string(need) + " = " + how);
}

u64 bytes_in_memory(u32 networks, const Chip& chip, const std::vector<CrossbarLayer>& layers) {
  u64 bytes = 0;
  for (const CrossbarLayer& layer : layers) {
    bytes +=
        layer.features * ((1 + u64{chip.weights}) * sizeof(i16) + layer.axon_words() * sizeof(u64));
  }
  return networks * bytes;
}

class Reader {
 public:
  Reader(const CrossbarWeightsFile& file, const Chip& chip,
         const std::vector<CrossbarLayer>& layers)
      : stated_(file), chip_(chip), layers_(layers), file_(file.path) {
    check_size(file_.size(), file, chip, layers);
    check_available_memory(bytes_in_memory(file.networks, chip, layers),
                           "the network of " + file.path);
  }

  std::vector<std::vector<CrossbarWeights>> read() {
    std::vector<std::vector<CrossbarWeights>> networks(stated_.networks);
    for (u32 n = 0; n < stated_.networks; ++n) {
      for (u32 l = 0; l < layers_.size(); ++l) {
        networks[n].push_back(read_layer(
            layers_[l], "network " + std::to_string(n) + ", layer " + std::to_string(l)));
      }
    }
    check_sha256();
    problems_.throw_if_any();
    return networks;
  }

 private:
  CrossbarWeights read_layer(const CrossbarLayer& layer, const std::string& name) {
    CrossbarWeights weights;
    weights.leak.reserve(layer.features);
    weights.weight.reserve(u64{layer.features} * chip_.weights);
    weights.connections.resize(u64{layer.features} * layer.axon_words());
    bytes_.resize(feature_bytes(chip_, layer));
    for (u32 f = 0; f < layer.features; ++f) {
      next_feature();
      weights.leak.push_back(number(0));
      for (u32 w = 0; w < chip_.weights; ++w) weights.weight.push_back(number(1 + w));
      read_connections(layer, &weights.connections[u64{f} * layer.axon_words()]);
      check_unused_bits(layer, name + ", feature " + std::to_string(f));
    }
    return weights;
  }

  void next_feature() {
    const u64 buffered = bytes_.size();
    for (u64 done = 0; done < buffered;) {
      if (next_ == block_.size()) read_block();
      const u64 part = std::min<u64>(buffered - done, block_.size() - next_);
      std::copy_n(block_.begin() + static_cast<std::ptrdiff_t>(next_), part,
                  bytes_.begin() + static_cast<std::ptrdiff_t>(done));
      done += part;
      next_ += part;
    }
  }

  void read_block() {
    constexpr u64 block_bytes = u64{1} << 20;
    block_.resize(std::min(block_bytes, file_.remaining()));
    const u64 got = file_.read(block_);
    if (got == 0 || got < block_.size()) {
      throw InputError(stated_.path,
                       "ends at byte " + std::to_string(file_.offset()) + " while it is read",
                       "is another program writing it?");
    }
    sha256_.add(block_);
    next_ = 0;
  }

  u32 byte(u64 index) const { return std::to_integer<u32>(bytes_[index]); }
  i16 number(u64 index) const {
    return static_cast<i16>(byte(2 * index) | byte(2 * index + 1) << 8);
  }

  void read_connections(const CrossbarLayer& layer, u64* words) const {
    const u64 first = bytes_.size() - connection_bytes(layer);
    for (u64 b = first; b < bytes_.size(); ++b) {
      words[(b - first) / sizeof(u64)] |= u64{byte(b)} << (b - first) % sizeof(u64) * 8;
    }
  }

  void check_unused_bits(const CrossbarLayer& layer, const std::string& name) {
    const u32 used = layer.axons() % 8;
    if (used == 0 || byte(bytes_.size() - 1) >> used == 0) return;
    problems_.add(
        {stated_.path,
         name + ": its last byte of connections is " + std::to_string(byte(bytes_.size() - 1)),
         "must be 0.." + std::to_string((1u << used) - 1) + "; there are " +
             std::to_string(layer.axons()) + " axons"});
  }

  void check_sha256() {
    const std::string have = sha256_.hex();
    if (have == stated_.sha256) return;
    throw InputError(stated_.sha256_place,
                     "weights.sha256 is not that of " + stated_.path + ", which is " + have,
                     "the file is damaged, or of another training run");
  }

  const CrossbarWeightsFile& stated_;
  const Chip& chip_;
  const std::vector<CrossbarLayer>& layers_;
  FileReader file_;
  Sha256 sha256_;
  Problems problems_;
  std::vector<std::byte> block_;  // of the file; next_ is the first byte that is not used yet
  u64 next_ = 0;
  std::vector<std::byte> bytes_;  // of the feature that is being read
};

}  // namespace

std::vector<std::vector<CrossbarWeights>> load_crossbar_weights(
    const CrossbarWeightsFile& file, const Chip& chip, const std::vector<CrossbarLayer>& layers) {
  return Reader(file, chip, layers).read();
}

}  // namespace spikefab
