// A kernel, decoded: what the parser (decoder.h) makes of PTX text and warps (warp.h) execute.
// Every operand is the byte offset of a register in a warp's register file. Immediates and special
// registers have registers of their own, which are filled before the warp starts.
#pragma once

#include <array>
#include <memory>
#include <string>
#include <vector>

#include "tests/device/memory.h"

namespace spikefab::ptx {

inline constexpr u32 warp_size = 32;
inline constexpr u32 full_warp = ~0u;

class Warp;
struct Instruction;
// Executes an instruction in these lanes of a warp (never none).
using Handler = void (*)(Warp&, const Instruction&, u32 lanes);

enum class Kind : u8 { plain, branch, branch_table, collective, barrier, exit };

// Instructions by what they cost.
enum class Cost : u8 { other, global_load, global_store, atomic, shared_memory, barrier, count };

// How often an instruction was executed: by warps, and by threads (also those whose guard is
// false).
struct Count {
  u64 warps = 0;
  u64 threads = 0;
};

enum class Collective : u8 {
  shfl_up,
  shfl_down,
  shfl_bfly,
  shfl_idx,
  vote_all,
  vote_any,
  vote_uni,
  vote_ballot,
  redux_add,
  redux_min,
  redux_max,
  redux_and,
  redux_or,
  redux_xor,
  match_any,
  elect,
  match_all,
  sync
};
enum class Barrier : u8 { sync, arrive, red_popc, red_and, red_or };

struct Instruction {
  Handler run = nullptr;  // of plain instructions
  Kind kind = Kind::plain;
  Cost cost = Cost::other;
  Collective collective = Collective::sync;
  Barrier barrier = Barrier::sync;
  Space space = Space::generic;
  u8 address_bytes = 8;  // width of the register with the address
  u8 elements = 1;       // of a vector load or store
  bool guard_negated = false;
  bool predicate_negated = false;  // of the source predicate c
  bool is_signed = false;          // redux
  bool is_strong = false;          // volatile, relaxed, acquire, release: may be polled
  bool acquires = false;
  bool releases = false;
  bool writes = false;        // memory
  bool is_spin = false;       // in a loop that only waits for a change of memory
  bool ends_spin = false;     // the branch back of such a loop
  bool is_aligned = false;    // a barrier that all lanes of a warp reach together
  bool has_count = false;     // a barrier of a stated number of threads
  u32 guard = 0;              // predicate; 0 is always true
  u32 d = 0, p = 0;           // destination, second (predicate) destination
  u32 a = 0, b = 0, c = 0;    // sources; a is the address of loads, stores and atomics
  std::array<u32, 4> v = {};  // registers of a vector; [0] is what a store stores
  i64 offset = 0;             // added to the address
  u32 control = 0;            // constant of lop3, prmt mode, comparison, ...
  u32 target = 0;             // of a branch; of a table: its index
  u32 line = 0;               // in the PTX text, from 1
};

struct Constant {
  u32 reg;
  u32 bytes;
  u64 value;
  bool is_dynamic_shared;  // value is relative to the begin of dynamic shared memory
};

// Registers that depend on where a thread is. All are 32 bits wide.
enum class Special : u8 {
  tid_x,
  ntid_x,
  ctaid_x,
  nctaid_x,
  ctaid_y,
  nctaid_y,
  zero,
  one,
  laneid,
  warpid,
  nwarpid,
  lanemask_eq,
  lanemask_le,
  lanemask_lt,
  lanemask_ge,
  lanemask_gt,
  smid,
  nsmid,
  dynamic_smem_size,
  total_smem_size,
  count
};

struct Program {
  static constexpr u32 always = 0;  // the predicate that is true
  static constexpr u32 never = 4;   // the one that is false
  static constexpr u32 carry = 8;   // that of add.cc

  std::string name;
  std::vector<Instruction> code;
  std::vector<std::vector<u32>> tables;  // targets of brx.idx
  std::vector<Constant> constants;
  std::array<u32, static_cast<u64>(Special::count)> specials = {};  // 0: not used
  u32 register_bytes = 64;
  u32 param_bytes = 0;
  u32 shared_bytes = 0;                                   // static
  u32 local_bytes = 0;                                    // per thread
  std::shared_ptr<const std::vector<std::string>> lines;  // the PTX text

  const std::string& text(u32 line) const { return (*lines)[line - 1]; }
};

}  // namespace spikefab::ptx
