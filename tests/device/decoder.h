// Makes programs of PTX text: resolves names, lays out registers and memory, inlines the calls of
// functions (so that there is no stack, and recursion is an error). The opcodes are in
// arithmetic.cc, moves.cc, memory_ops.cc and control_ops.cc; one that is not there is an error.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "tests/device/program.h"
#include "tests/device/ptx_text.h"

namespace spikefab::ptx {

// Gives global memory to a variable of the module and returns its address.
using GlobalVariable = std::function<u64(const std::vector<u8>& value)>;

// The kernels of a module. Throws std::runtime_error that names line and text of what it does not
// know.
std::vector<Program> decode_module(const std::string& text, const GlobalVariable& place_global);

// Takes `bytes` of a memory of which `used` bytes are taken; returns where they are.
inline u32 take_memory(u32& used, u32 align, u32 bytes) {
  const u32 at = (used + align - 1) / align * align;
  used = at + bytes;
  return at;
}
inline std::string quoted(std::string_view name) { return "'" + std::string(name) + "'"; }

class Decoder;
using DecodeOpcode = void (*)(Decoder&, const Statement&);
using Opcodes = std::map<std::string_view, DecodeOpcode>;
const Opcodes& arithmetic_opcodes();
const Opcodes& move_opcodes();
const Opcodes& memory_opcodes();
const Opcodes& control_opcodes();

struct Symbol {
  enum class Kind { reg, variable, module_shared, dynamic_shared, label, label_list };
  Kind kind = Kind::reg;
  u32 bytes = 0;  // of a register: 2, 4, 8, or 1 for a predicate; of a module's shared variable
  u32 align = 1;
  u32 reg = 0;  // offset in the register file; 0: not placed yet
  Space space = Space::generic;
  u64 value = 0;  // address in its space, or index of the instruction
  std::vector<std::string_view> labels = {};
};
using Symbols = std::map<std::string_view, Symbol>;

struct Parameter {
  std::string_view name;
  u32 align = 1;
  u32 bytes = 0;
};

struct Function {
  std::string_view name = {};
  bool is_kernel = false;
  bool has_body = false;
  std::vector<Parameter> results = {};
  std::vector<Parameter> parameters = {};
  u64 body = 0;  // token of its {
};

struct Module {
  std::vector<Token> tokens;
  Symbols variables = {};
  std::map<std::string_view, Function> functions = {};
};

// "b32 %r<4>", ".align 8 .b8 name[16]": a variable or parameter, from its first dot on.
struct Declaration {
  Type type;
  Parameter variable;
  bool is_unsized = false;  // name[]
};
Declaration read_declaration(Reader& reader);

// Decodes one kernel. The opcodes use its functions below.
class Decoder {
 public:
  Decoder(const Module& module, Program& program) : module_(module), program_(program) {}
  void decode(const Function& kernel);

  // The register of an operand. A source may also be a number, the address of a variable, or a
  // special register. Throws std::runtime_error if its width is not `bits`.
  u32 destination(const Operand& operand, u32 bits);
  u32 source(const Operand& operand, u32 bits);
  u32 predicate(const Operand& operand);  // without its negation
  u32 register_bits(const Operand& operand);
  u32 constant(u64 value, u32 bytes, bool is_dynamic_shared = false);
  u32 new_register(u32 bytes);
  // The address of a load, store or atomic; `space` is what the opcode says.
  void address(Instruction& instruction, const Operand& operand, Space space);

  // Appends an instruction with the guard and line of the statement.
  Instruction& emit(const Statement& statement, Instruction instruction);
  void branch(const Statement& statement, std::string_view label);
  void branch_table(const Statement& statement, const Operand& index, std::string_view list);
  void return_from_function(const Statement& statement);

 private:
  struct Pending {
    u64 instruction;
    u64 entry;  // of a branch table
    std::string_view label;
  };
  struct Scope {
    Symbols symbols;
    std::vector<Pending> pending;  // branches to labels that have not come yet
  };

  void body(Reader& reader, std::string_view end_label);
  void item(Reader& reader);
  void declare(Reader& reader);
  void declare_registers(Reader& reader);
  void declare_variable(Reader& reader, Space space);
  void label(Reader& reader);
  void instruction(const Statement& statement);
  void call(Reader& reader, const Statement& statement);
  void inline_call(const Function& function, const Statement& statement,
                   const std::vector<Operand>& results, const std::vector<Operand>& arguments);
  void define_label(std::string_view name);
  void close_scope();
  void set_target(const Pending& pending, u32 target);
  void mark_spin_loops();
  void place_dynamic_shared();
  Symbol* find(std::string_view name);
  Symbol& lookup(std::string_view name);
  u32 special(std::string_view name);

  const Module& module_;
  Program& program_;
  std::vector<Scope> scopes_;
  std::vector<std::string_view> calls_;          // functions that are being inlined
  std::vector<std::string_view> return_labels_;  // one for each of them
  std::deque<std::string> names_;                // of the return labels
  u32 line_ = 0;
};

}  // namespace spikefab::ptx
