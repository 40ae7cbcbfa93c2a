#include "tests/device/decoder.h"

#include <algorithm>

namespace spikefab::ptx {

namespace {

DecodeOpcode find_opcode(std::string_view name) {
  for (const auto* table :
       {&arithmetic_opcodes(), &move_opcodes(), &memory_opcodes(), &control_opcodes()}) {
    if (const auto found = table->find(name); found != table->end()) return found->second;
  }
  throw std::runtime_error("unsupported instruction");
}

}  // namespace

void Decoder::decode(const Function& kernel) {
  Reader reader(module_.tokens, kernel.body);
  try {
    scopes_.emplace_back();
    for (const auto& parameter : kernel.parameters) {
      const u32 at = take_memory(program_.param_bytes, parameter.align, parameter.bytes);
      scopes_.back().symbols[parameter.name] = {
          .kind = Symbol::Kind::variable, .space = Space::param, .value = at};
    }
    body(reader, "");
    Statement end{.parts = {"ret"}, .line = line_};
    return_from_function(end);
    close_scope();
    place_dynamic_shared();
    mark_spin_loops();
  } catch (const std::runtime_error& error) {
    const std::string text = line_ == 0 ? "" : ": " + program_.text(line_);
    throw std::runtime_error("kernel " + program_.name + ", PTX line " + std::to_string(line_) +
                             ": " + error.what() + text);
  }
}

// A block in braces is a scope of names.
void Decoder::body(Reader& reader, std::string_view end_label) {
  reader.expect("{");
  scopes_.emplace_back();
  while (!reader.accept("}")) item(reader);
  if (!end_label.empty()) define_label(end_label);
  close_scope();
}

void Decoder::item(Reader& reader) {
  line_ = reader.line();
  const auto next = reader.peek();
  if (next == ";") {
    reader.take();
  } else if (next == "{") {
    body(reader, "");
  } else if (next.starts_with('.')) {
    declare(reader);
  } else if (reader.peek(1) == ":") {
    label(reader);
  } else {
    const Statement statement = reader.statement();
    if (statement.opcode() == "call") {
      call(reader, statement);
    } else {
      instruction(statement);
    }
  }
}

void Decoder::instruction(const Statement& statement) {
  for (const auto& type : statement.types()) {
    if (type.is_float && statement.opcode() != "mov") {
      throw std::runtime_error("floating point is not supported");
    }
  }
  find_opcode(statement.opcode())(*this, statement);
}

void Decoder::declare(Reader& reader) {
  const auto name = reader.take();
  if (name == ".reg") return declare_registers(reader);
  if (name == ".shared") return declare_variable(reader, Space::shared);
  if (name == ".local" || name == ".param") return declare_variable(reader, Space::local);
  if (name == ".pragma") return reader.skip_past(";");
  if (name == ".loc") {  // file line column [, function_name label, inlined_at ...]
    while (is_number(reader.peek()) && reader.line() == line_) reader.take();
    while (reader.line() == line_) reader.take();
    return;
  }
  throw std::runtime_error("unsupported directive " + quoted(name));
}

void Decoder::declare_registers(Reader& reader) {
  const Type type = parse_type(reader.take().substr(1));
  if (type.bits == 8 || type.bits == 128) throw std::runtime_error("unsupported register width");
  const Symbol symbol{.bytes = type.is_predicate ? 1 : type.bits / 8};
  do {
    const auto name = reader.take();
    if (!reader.accept("<")) {
      scopes_.back().symbols[name] = symbol;
      continue;
    }
    const u64 count = parse_number(reader.take());
    reader.expect(">");
    for (u64 i = 0; i < count; ++i) {
      names_.push_back(std::string(name) + std::to_string(i));
      scopes_.back().symbols[names_.back()] = symbol;
    }
  } while (reader.accept(","));
  reader.expect(";");
}

void Decoder::declare_variable(Reader& reader, Space space) {
  const auto declared = read_declaration(reader);
  const auto& variable = declared.variable;
  reader.expect(";");
  u32& used = space == Space::shared ? program_.shared_bytes : program_.local_bytes;
  scopes_.back().symbols[variable.name] = {
      .kind = Symbol::Kind::variable,
      .space = space,
      .value = take_memory(used, variable.align, variable.bytes)};
}

void Decoder::label(Reader& reader) {
  const auto name = reader.take();
  reader.expect(":");
  if (!reader.accept(".branchtargets")) return define_label(name);
  Symbol list{.kind = Symbol::Kind::label_list};
  do {
    list.labels.push_back(reader.take());
  } while (reader.accept(","));
  reader.expect(";");
  scopes_.back().symbols[name] = list;
}

void Decoder::define_label(std::string_view name) {
  scopes_.back().symbols[name] = {.kind = Symbol::Kind::label, .value = program_.code.size()};
}

// Branches to labels that are not in this scope are to labels of the one around it.
void Decoder::close_scope() {
  Scope scope = std::move(scopes_.back());
  scopes_.pop_back();
  for (const auto& pending : scope.pending) {
    const auto found = scope.symbols.find(pending.label);
    if (found != scope.symbols.end() && found->second.kind == Symbol::Kind::label) {
      set_target(pending, static_cast<u32>(found->second.value));
    } else if (scopes_.empty()) {
      line_ = program_.code[pending.instruction].line;
      throw std::runtime_error("no label " + quoted(pending.label));
    } else {
      scopes_.back().pending.push_back(pending);
    }
  }
}

void Decoder::set_target(const Pending& pending, u32 target) {
  Instruction& instruction = program_.code[pending.instruction];
  if (instruction.kind == Kind::branch_table) {
    program_.tables[instruction.target][pending.entry] = target;
  } else {
    instruction.target = target;
  }
}

void Decoder::branch(const Statement& statement, std::string_view label) {
  scopes_.back().pending.push_back({program_.code.size(), 0, label});
  emit(statement, {.kind = Kind::branch});
}

void Decoder::branch_table(const Statement& statement, const Operand& index,
                           std::string_view list) {
  const auto labels = lookup(list).labels;
  for (u64 i = 0; i < labels.size(); ++i) {
    scopes_.back().pending.push_back({program_.code.size(), i, labels[i]});
  }
  emit(statement, {.kind = Kind::branch_table,
                   .a = source(index, 32),
                   .target = static_cast<u32>(program_.tables.size())});
  program_.tables.emplace_back(labels.size());
}

void Decoder::return_from_function(const Statement& statement) {
  if (return_labels_.empty()) {
    emit(statement, {.kind = Kind::exit});
  } else {
    branch(statement, return_labels_.back());
  }
}

// call{.uni} (results), function, (arguments);
void Decoder::call(Reader& reader, const Statement& statement) {
  std::vector<std::vector<Operand>> lists;
  std::string_view name;
  do {
    if (!reader.accept("(")) {
      name = reader.take();
      continue;
    }
    lists.emplace_back();
    while (!reader.accept(")")) {
      lists.back().push_back({.name = reader.take()});
      reader.accept(",");
    }
  } while (reader.accept(","));
  reader.expect(";");
  const auto found = module_.functions.find(name);
  if (found == module_.functions.end()) {
    throw std::runtime_error("no function " + quoted(name) +
                             " (calls by pointer are not supported)");
  }
  const Function& function = found->second;
  if (!function.has_body) {  // printf, assert: an error if it is ever executed
    return find_opcode("trap")(*this, statement);
  }
  if (std::count(calls_.begin(), calls_.end(), name) != 0) {
    throw std::runtime_error("recursion is not supported");
  }
  const u64 first = function.results.empty() ? 0 : 1;
  inline_call(function, statement, first == 0 ? std::vector<Operand>{} : lists.at(0),
              lists.size() > first ? lists[first] : std::vector<Operand>{});
}

// The parameters of the function are names for the variables that the caller passes.
void Decoder::inline_call(const Function& function, const Statement& statement,
                          const std::vector<Operand>& results,
                          const std::vector<Operand>& arguments) {
  names_.push_back("return of call " + std::to_string(program_.code.size()));
  Statement skip = statement;
  skip.guard_negated = !statement.guard_negated;
  const std::string_view end = names_.back();
  Scope scope;
  for (u64 i = 0; i < results.size(); ++i) {
    scope.symbols[function.results.at(i).name] = lookup(results[i].name);
  }
  for (u64 i = 0; i < arguments.size(); ++i) {
    scope.symbols[function.parameters.at(i).name] = lookup(arguments[i].name);
  }
  scopes_.push_back(std::move(scope));
  if (!statement.guard.empty()) branch(skip, end);
  calls_.push_back(function.name);
  return_labels_.push_back(end);
  Reader reader(module_.tokens, function.body);
  body(reader, "");
  define_label(end);
  return_labels_.pop_back();
  calls_.pop_back();
  close_scope();
}

Instruction& Decoder::emit(const Statement& statement, Instruction instruction) {
  instruction.line = statement.line;
  if (!statement.guard.empty()) {
    instruction.guard = predicate({.name = statement.guard});
    instruction.guard_negated = statement.guard_negated;
  }
  program_.code.push_back(instruction);
  return program_.code.back();
}

// Dynamic shared memory begins after all static.
void Decoder::place_dynamic_shared() {
  const u32 begin = take_memory(program_.shared_bytes, 16, 0);
  for (auto& constant : program_.constants) {
    if (constant.is_dynamic_shared) constant.value += begin;
  }
}

// A loop that reads memory that others may change and writes none, waits for the change.
void Decoder::mark_spin_loops() {
  auto& code = program_.code;
  for (u64 end = 0; end < code.size(); ++end) {
    if (code[end].kind != Kind::branch || code[end].target > end) continue;
    const auto first = code.begin() + code[end].target;
    const auto last = code.begin() + static_cast<i64>(end) + 1;
    const bool polls = std::any_of(first, last, [](const auto& i) { return i.is_strong; });
    const bool acts = std::any_of(first, last, [](const auto& i) {
      return i.writes || i.kind == Kind::collective || i.kind == Kind::barrier ||
             i.kind == Kind::exit;
    });
    if (!polls || acts) continue;
    std::for_each(first, last, [](auto& i) { i.is_spin = true; });
    code[end].ends_spin = true;
  }
}

}  // namespace spikefab::ptx
