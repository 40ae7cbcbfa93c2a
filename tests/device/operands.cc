// The part of the Decoder that finds what operands name and gives it a place.
#include "tests/device/decoder.h"

namespace spikefab::ptx {

namespace {

const std::map<std::string_view, Special> specials = {
    {"%tid.x", Special::tid_x},
    {"%tid.y", Special::zero},
    {"%tid.z", Special::zero},
    {"%ntid.x", Special::ntid_x},
    {"%ntid.y", Special::one},
    {"%ntid.z", Special::one},
    {"%ctaid.x", Special::ctaid_x},
    {"%ctaid.y", Special::ctaid_y},
    {"%ctaid.z", Special::zero},
    {"%nctaid.x", Special::nctaid_x},
    {"%nctaid.y", Special::nctaid_y},
    {"%nctaid.z", Special::one},
    {"%laneid", Special::laneid},
    {"%warpid", Special::warpid},
    {"%nwarpid", Special::nwarpid},
    {"%lanemask_eq", Special::lanemask_eq},
    {"%lanemask_le", Special::lanemask_le},
    {"%lanemask_lt", Special::lanemask_lt},
    {"%lanemask_ge", Special::lanemask_ge},
    {"%lanemask_gt", Special::lanemask_gt},
    {"%smid", Special::smid},
    {"%nsmid", Special::nsmid},
    {"%dynamic_smem_size", Special::dynamic_smem_size},
    {"%total_smem_size", Special::total_smem_size},
};

}  // namespace

Symbol* Decoder::find(std::string_view name) {
  for (auto scope = scopes_.rbegin(); scope != scopes_.rend(); ++scope) {
    if (const auto found = scope->symbols.find(name); found != scope->symbols.end()) {
      return &found->second;
    }
  }
  const auto found = module_.variables.find(name);
  if (found == module_.variables.end()) return nullptr;
  Symbol symbol = found->second;
  if (symbol.kind == Symbol::Kind::module_shared) {  // placed where a kernel first uses it
    symbol.kind = Symbol::Kind::variable;
    symbol.value = take_memory(program_.shared_bytes, symbol.align, symbol.bytes);
  }
  return &(scopes_.front().symbols[name] = symbol);
}

Symbol& Decoder::lookup(std::string_view name) {
  Symbol* symbol = find(name);
  if (symbol == nullptr) throw std::runtime_error("unknown name " + quoted(name));
  return *symbol;
}

u32 Decoder::new_register(u32 bytes) {
  if (bytes == 1) return take_memory(program_.register_bytes, 4, 4);
  return take_memory(program_.register_bytes, 64, bytes * warp_size);
}

u32 Decoder::constant(u64 value, u32 bytes, bool is_dynamic_shared) {
  if (bytes < 8) value &= (u64{1} << (bytes * 8)) - 1;
  for (const auto& known : program_.constants) {
    if (known.bytes == bytes && known.value == value &&
        known.is_dynamic_shared == is_dynamic_shared) {
      return known.reg;
    }
  }
  program_.constants.push_back({new_register(bytes), bytes, value, is_dynamic_shared});
  return program_.constants.back().reg;
}

u32 Decoder::special(std::string_view name) {
  const auto found = specials.find(name);
  if (found == specials.end()) return 0;
  u32& reg = program_.specials[static_cast<u64>(found->second)];
  if (reg == 0) reg = new_register(4);
  return reg;
}

u32 Decoder::register_bits(const Operand& operand) {
  if (operand.kind != Operand::Kind::name) return 0;
  if (specials.contains(operand.name)) return 32;
  const Symbol* symbol = find(operand.name);
  return symbol != nullptr && symbol->kind == Symbol::Kind::reg ? symbol->bytes * 8 : 0;
}

u32 Decoder::destination(const Operand& operand, u32 bits) {
  if (operand.name == "_") return new_register(bits / 8);
  Symbol& symbol = lookup(operand.name);
  if (symbol.kind != Symbol::Kind::reg || symbol.bytes != bits / 8) {
    throw std::runtime_error(quoted(operand.name) + " is no register of " + std::to_string(bits) +
                             " bits");
  }
  if (symbol.reg == 0) symbol.reg = new_register(symbol.bytes);
  return symbol.reg;
}

u32 Decoder::source(const Operand& operand, u32 bits) {
  const u32 bytes = bits / 8;
  if (operand.kind == Operand::Kind::number) {
    return constant(static_cast<u64>(operand.number), bytes);
  }
  if (operand.kind != Operand::Kind::name) throw std::runtime_error("operand is no register");
  if (const u32 reg = special(operand.name); reg != 0) {
    if (bits != 32) throw std::runtime_error("special registers have 32 bits");
    return reg;
  }
  const Symbol& symbol = lookup(operand.name);
  if (symbol.kind == Symbol::Kind::reg) return destination(operand, bits);
  const bool is_dynamic = symbol.kind == Symbol::Kind::dynamic_shared;
  return constant(symbol.value + static_cast<u64>(operand.number), bytes, is_dynamic);
}

u32 Decoder::predicate(const Operand& operand) {
  if (operand.kind == Operand::Kind::number) {
    return operand.number == 0 ? Program::never : Program::always;
  }
  Symbol& symbol = lookup(operand.name);
  if (symbol.kind != Symbol::Kind::reg || symbol.bytes != 1) {
    throw std::runtime_error(quoted(operand.name) + " is no predicate");
  }
  if (symbol.reg == 0) symbol.reg = new_register(1);
  return symbol.reg;
}

void Decoder::address(Instruction& instruction, const Operand& operand, Space space) {
  if (operand.kind != Operand::Kind::address) throw std::runtime_error("operand is no address");
  const Operand base{.name = operand.name};
  const u32 bits = operand.name.empty() ? 0 : register_bits(base);
  instruction.space = space;
  instruction.offset = operand.number;
  if (bits != 0) {
    instruction.address_bytes = static_cast<u8>(bits / 8);
    instruction.a = source(base, bits);
    // Parameters of an inlined function are variables of its caller.
    if (space == Space::param && !calls_.empty()) instruction.space = Space::local;
    return;
  }
  instruction.address_bytes = 8;
  if (operand.name.empty()) {
    instruction.a = constant(0, 8);
    return;
  }
  instruction.a = source(base, 64);
  const Space of_variable = lookup(operand.name).space;
  if (space == Space::param || space == Space::generic) instruction.space = of_variable;
}

}  // namespace spikefab::ptx
