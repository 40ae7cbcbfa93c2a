#include "mapper/netx/synapses.h"

#include <algorithm>
#include <array>
#include <bit>

#include "arch/synapse.h"
#include "base/memory.h"

namespace spikefab {
namespace {

constexpr i64 largest_value = (1 << 15) - 1;  // of a synapse (arch/synapse.h)

// The row or column under a tap of the window, or none if it lies in the padding.
std::optional<u32> position_under(u32 output, u32 tap, const NetxWindow& window, u32 side) {
  const i64 at = i64{output} * window.stride + i64{tap} * window.dilation - window.padding;
  if (at < 0 || at >= side) return {};
  return static_cast<u32>(at);
}

// Of one channel that is read; `weight` is that of the first tap.
void add_window(const NetxLayer& before, const NetxLayer& layer, u32 channel, u64 place,
                const i32* weight, std::vector<NetxSynapse>& synapses) {
  const u32 height = before.shape[1];
  const u32 width = before.shape[2];
  const u32 y = static_cast<u32>(place / layer.shape[2]);
  const u32 x = static_cast<u32>(place % layer.shape[2]);
  for (u32 i = 0; i < layer.rows.kernel; ++i) {
    const std::optional<u32> row = position_under(y, i, layer.rows, height);
    for (u32 j = 0; j < layer.columns.kernel; ++j, ++weight) {
      const std::optional<u32> column = position_under(x, j, layer.columns, width);
      if (!row || !column || *weight == 0) continue;
      synapses.push_back({(channel * height + *row) * width + *column, *weight});
    }
  }
}

void add_windows(const NetxLayer& before, const NetxLayer& layer, u64 neuron,
                 std::vector<NetxSynapse>& synapses) {
  const u64 places = u64{layer.shape[1]} * layer.shape[2];
  const u32 taps = layer.rows.kernel * layer.columns.kernel;
  const u32 channel = static_cast<u32>(neuron / places);
  if (layer.type == NetxType::pooling) {  // channel by channel, one window for all or one each
    const u64 first = layer.weight_shape[0] == 1 ? 0 : u64{channel} * taps;
    add_window(before, layer, channel, neuron % places, &layer.weight[first], synapses);
    return;
  }
  const u32 channels_in = layer.weight_shape[1];  // of a group
  const u32 first_in = channel / (layer.shape[0] / layer.groups) * channels_in;
  for (u32 c = 0; c < channels_in; ++c) {
    const i32* weight = &layer.weight[(u64{channel} * channels_in + c) * taps];
    add_window(before, layer, first_in + c, neuron % places, weight, synapses);
  }
}

void add_row(const std::vector<i32>& matrix, u64 neuron, u32 columns,
             std::vector<NetxSynapse>& synapses) {
  for (u32 i = 0; i < columns; ++i) {
    const i32 weight = matrix[neuron * columns + i];
    if (weight != 0) synapses.push_back({i, weight});
  }
}

// Of magnitudes and, with mixed signs, of negative numbers.
bool fits(i64 low, i64 high, SignMode mode, u32 bits) {
  if (mode != SignMode::mixed) return std::max(high, -low) < (i64{1} << bits);
  return -(i64{1} << (bits - 1)) <= low && high < (i64{1} << (bits - 1));
}

}  // namespace

void add_netx_synapses(const NetxLayer& before, const NetxLayer& layer, u64 neuron,
                       std::vector<NetxSynapse>& synapses) {
  switch (layer.type) {
    case NetxType::input: {
      const i32 weight = layer.weight.empty() ? 1 : layer.weight[0];
      if (weight != 0) synapses.push_back({static_cast<u32>(neuron), weight});
      return;
    }
    case NetxType::dense:
    case NetxType::recurrent_dense:
      return add_row(layer.weight, neuron, layer.weight_shape[1], synapses);
    case NetxType::convolution:
    case NetxType::pooling:
      return add_windows(before, layer, neuron, synapses);
    case NetxType::flatten:
      return;
  }
}

void add_recurrent_synapses(const NetxLayer& layer, u64 neuron,
                            std::vector<NetxSynapse>& synapses) {
  if (layer.type != NetxType::recurrent_dense) return;
  add_row(layer.recurrent_weight, neuron, static_cast<u32>(layer.neuron_count()), synapses);
}

u64 netx_fan_in(const NetxLayer& layer) {
  const u64 taps = checked_product({layer.rows.kernel, layer.columns.kernel});
  switch (layer.type) {
    case NetxType::input:
      return 1;
    case NetxType::dense:
      return layer.weight_shape[1];
    case NetxType::recurrent_dense:
      return layer.weight_shape[1] + layer.neuron_count();
    case NetxType::convolution:
      return checked_product({layer.weight_shape[1], taps});
    case NetxType::pooling:
      return taps;
    case NetxType::flatten:
      break;
  }
  return 0;
}

i64 netx_value(i32 weight, i32 exponent) {
  return exponent < 0 ? weight >> -exponent : i64{weight} * (i64{1} << exponent);
}

void ValueRange::add(i64 value) {
  low = std::min(low, value);
  high = std::max(high, value);
  bits |= static_cast<u64>(value < 0 ? -value : value);
  ++count;
}

u32 ValueRange::common_zeros() const {
  return bits == 0 ? 0 : static_cast<u32>(std::countr_zero(bits));
}

std::optional<WeightFormat> exact_format(const ValueRange& values, SynapseStorage storage) {
  if (std::max(values.high, -values.low) > largest_value) return {};
  const bool is_packed = storage == SynapseStorage::packed;
  const u32 zeros = values.common_zeros();
  const i64 low = values.low >> zeros;
  const i64 high = values.high >> zeros;
  WeightFormat format;
  format.mode = is_packed || (low < 0 && high > 0) ? SignMode::mixed
                : low < 0                          ? SignMode::inhibitory
                                                   : SignMode::excitatory;
  for (const u32 bits : std::array{1u, 2u, 3u, 4u, 5u, 6u, 8u, 9u}) {  // Loihi does not have 7
    if (bits == 9 && !is_packed) break;
    if (!fits(low, high, format.mode, bits)) continue;
    format.bits = bits;
    const u32 up = lost_bits(format.mode, bits);  // the mantissa's low bits that are not stored
    format.exponent = static_cast<i32>(zeros) - static_cast<i32>(up);
    if (format.exponent > max_exponent)
      --format.exponent;  // 7 bits, stored as 8, have one to spare
    return format;
  }
  return {};
}

}  // namespace spikefab
