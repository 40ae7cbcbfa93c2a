// Vector-matrix multiplication as a network whose spike counts are the product: a program that
// knows its own answer.
#pragma once

#include <vector>

#include "arch/program.h"
#include "arch/stimulus.h"

namespace spikefab::test {

inline constexpr i32 vmm_max_entry = 3;     // matrix: -3..3
inline constexpr u32 vmm_max_activity = 7;  // vector: 0..7

struct Vmm {
  u32 rows = 0;
  u32 columns = 0;
  std::vector<i32> matrix;  // [row][column]
  std::vector<u32> vector;  // [column]
};

Vmm random_vmm(u32 rows, u32 columns, u64 seed);
std::vector<i64> product(const Vmm& vmm);  // [row] computed directly

struct VmmNetwork {
  Program program;
  Stimulus stimulus;
  u64 ticks = 0;  // after which all spikes have been shown
};

// On a 4x3 mesh of 256x256 cores: at most 85 columns and 176 rows. Row r counts up on output line
// 2r and down on line 2r + 1.
VmmNetwork vmm_network(const Vmm& vmm);

// The product from the number of spikes on each output line.
std::vector<i64> vmm_product_of_counts(const std::vector<u64>& line_counts);

}  // namespace spikefab::test
