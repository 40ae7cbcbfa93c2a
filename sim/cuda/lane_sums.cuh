// What a lane adds up for its neurons. Axons of one type are counted first, several neurons in one
// register: for each axon that spikes, each neuron adds 1 if it is connected. Then each count is
// multiplied by its neuron's weight for that type.
#pragma once

#include "sim/cuda/lanes.cuh"

namespace spikefab::sim::cuda {

// Values of `count` neurons that follow each other; the address is aligned to their size, but at
// most to 16 bytes.
template <u32 count>
__device__ void fetch(const i32* from, i32 (&to)[count]) {
  if constexpr (count == 2) {
    const int2 two = *reinterpret_cast<const int2*>(from);
    to[0] = two.x;
    to[1] = two.y;
  } else {
    static_assert(count % 4 == 0);
#pragma unroll
    for (u32 i = 0; i < count; i += 4) {
      const int4 four = *reinterpret_cast<const int4*>(from + i);
      to[i] = four.x;
      to[i + 1] = four.y;
      to[i + 2] = four.z;
      to[i + 3] = four.w;
    }
  }
}

template <u32 count>
__device__ void store(const i32 (&from)[count], i32* to) {
  if constexpr (count == 2) {
    *reinterpret_cast<int2*>(to) = make_int2(from[0], from[1]);
  } else {
    static_assert(count % 4 == 0);
#pragma unroll
    for (u32 i = 0; i < count; i += 4) {
      *reinterpret_cast<int4*>(to + i) = make_int4(from[i], from[i + 1], from[i + 2], from[i + 3]);
    }
  }
}

// The constants of a core, in shared or global memory.
struct CoreView {
  const u8* blob;
  CoreRecord record;

  __device__ u32 row_bytes() const { return record.padded / 8; }
  // Where the connections of an axon to the neurons from `neuron` on begin.
  __device__ const u8* column(u32 row, u32 neuron) const {
    return blob + row * row_bytes() + neuron / 8;
  }
  __device__ const u32* word_rows() const {
    return reinterpret_cast<const u32*>(blob + record.word_rows);
  }
  __device__ const u8* word_types() const { return blob + record.word_types; }
  __device__ const i32* weights(u32 type) const {
    return reinterpret_cast<const i32*>(blob + record.weights) + type * record.padded;
  }
  __device__ const i32* params(u32 param) const {
    return reinterpret_cast<const i32*>(blob + record.params) + param * record.padded;
  }
  __device__ const Target* targets() const {
    return reinterpret_cast<const Target*>(blob + record.targets);
  }
};

// Counts connected axons for 8 neurons in bytes, or for 2 in half words.
template <u32 per_lane>
struct ConnectionCounter {
  static_assert(per_lane == 2 || per_lane == 8);
  static constexpr bool is_wide = per_lane == 8;
  static constexpr u32 registers = is_wide ? 2 : 1;
  static constexpr u32 bits = is_wide ? 8 : 16;  // of one count
  static constexpr u32 most = (1u << bits) - 1;  // axons until it must be emptied

  u32 counts[registers] = {};

  // Up to 32 axons whose rows follow each other; `column` is that of the first one.
  __device__ void add(const u8* column, u32 row_bytes, u32 axons, u32 first_neuron) {
    for (; axons != 0; axons &= axons - 1) {
      const u32 connected = column[static_cast<u32>(first_bit(axons)) * row_bytes];
      if constexpr (is_wide) {
        counts[0] += spread(connected & 15);
        counts[1] += spread(connected >> 4);
      } else {
        const u32 mine = connected >> (first_neuron % 8);
        counts[0] += (mine | mine << 15) & 0x10001;
      }
    }
  }

  __device__ u32 count_of(u32 neuron) const {
    return counts[neuron * bits / 32] >> (neuron * bits % 32) & most;
  }

  // Of all neurons.
  __device__ u32 total() const {
    if constexpr (is_wide) {
      return __dp4a(counts[0], 0x01010101u, __dp4a(counts[1], 0x01010101u, 0u));
    } else {
      return (counts[0] & 0xffff) + (counts[0] >> 16);
    }
  }

 private:
  // Bit i of 4 to the lowest bit of byte i.
  __device__ static u32 spread(u32 bits4) { return bits4 * 0x00204081 & 0x01010101; }
};

template <u32 per_lane>
struct LaneSums {
  i32 sum[per_lane] = {};

  __device__ void add(const ConnectionCounter<per_lane>& counter, const i32* weights) {
    i32 weight[per_lane];
    fetch(weights, weight);
#pragma unroll
    for (u32 i = 0; i < per_lane; ++i) {
      // Unsigned: potentials wrap.
      sum[i] = static_cast<i32>(static_cast<u32>(sum[i]) +
                                counter.count_of(i) * static_cast<u32>(weight[i]));
    }
  }
};

}  // namespace spikefab::sim::cuda
