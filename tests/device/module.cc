// The module level of PTX: variables, and functions whose bodies the Decoder reads.
#include <algorithm>

#include "tests/device/decoder.h"

namespace spikefab::ptx {

namespace {

bool is_qualifier(std::string_view text) {
  return text == ".visible" || text == ".weak" || text == ".extern" || text == ".common";
}

std::vector<u8> initial_value(Reader& reader, const Declaration& declared) {
  std::vector<u8> value(declared.variable.bytes);
  const u32 bytes = declared.type.bits / 8;
  u64 at = 0;
  const auto put = [&] {
    if (!is_number(reader.peek()) && reader.peek() != "-") {
      throw std::runtime_error("initial values must be integers");
    }
    const i64 number = reader.signed_number();
    if (at + bytes > value.size()) throw std::runtime_error("too many initial values");
    std::memcpy(value.data() + at, &number, bytes);
    at += bytes;
  };
  if (!reader.accept("{")) {
    put();
    return value;
  }
  while (!reader.accept("}")) {
    put();
    reader.accept(",");
  }
  return value;
}

void read_variable(Reader& reader, Module& module, std::string_view space,
                   const GlobalVariable& place_global) {
  const auto declared = read_declaration(reader);
  const auto& variable = declared.variable;
  Symbol symbol{.bytes = variable.bytes, .align = variable.align};
  if (space == ".shared") {
    symbol.kind = declared.is_unsized ? Symbol::Kind::dynamic_shared : Symbol::Kind::module_shared;
    symbol.space = Space::shared;
  } else {
    symbol.kind = Symbol::Kind::variable;
    symbol.space = Space::global;  // constants, too: they only are in other addresses there
    const bool initialised = reader.accept("=");
    const auto value =
        initialised ? initial_value(reader, declared) : std::vector<u8>(variable.bytes);
    symbol.value = place_global(value);
  }
  reader.expect(";");
  module.variables[variable.name] = symbol;
}

std::vector<Parameter> read_parameters(Reader& reader) {
  std::vector<Parameter> parameters;
  if (!reader.accept("(")) return parameters;
  while (!reader.accept(")")) {
    reader.expect(".param");
    parameters.push_back(read_declaration(reader).variable);
    reader.accept(",");
  }
  return parameters;
}

void read_function(Reader& reader, Module& module, bool is_kernel) {
  Function function{.is_kernel = is_kernel};
  function.results = read_parameters(reader);
  function.name = reader.take();
  function.parameters = read_parameters(reader);
  while (reader.peek() != "{" && reader.peek() != ";") reader.take();  // .maxntid 256, 1, 1 ...
  function.has_body = reader.peek() == "{";
  if (function.has_body) {
    function.body = reader.position();
    reader.skip_block();
  } else {
    reader.take();
  }
  auto& known = module.functions[function.name];  // it may have been declared before
  if (!known.has_body) known = function;
}

Module read_module(const std::string& text, const GlobalVariable& place_global) {
  Module module{.tokens = tokenize(text)};
  Reader reader(module.tokens, 0);
  while (!reader.at_end()) {
    const u32 line = reader.line();
    const auto token = reader.take();
    try {
      if (token == ".entry" || token == ".func") {
        read_function(reader, module, token == ".entry");
      } else if (token == ".shared" || token == ".global" || token == ".const") {
        read_variable(reader, module, token, place_global);
      } else if (token == ".section") {
        reader.take();
        reader.skip_block();
      } else if (!is_qualifier(token)) {  // .version 9.0, .target sm_90, .file 1 "..."
        while (!reader.at_end() && reader.line() == line) reader.take();
      }
    } catch (const std::runtime_error& error) {
      throw std::runtime_error("PTX line " + std::to_string(line) + ": " + error.what());
    }
  }
  return module;
}

std::shared_ptr<const std::vector<std::string>> split_lines(const std::string& text) {
  auto lines = std::make_shared<std::vector<std::string>>();
  for (u64 at = 0; at <= text.size();) {
    const u64 end = std::min(text.find('\n', at), text.size());
    const u64 first = std::min(text.find_first_not_of(" \t", at), end);
    lines->push_back(text.substr(first, end - first));
    at = end + 1;
  }
  return lines;
}

}  // namespace

Declaration read_declaration(Reader& reader) {
  Declaration declared;
  u32 align = 0;
  while (reader.peek().starts_with('.')) {
    const auto word = reader.take();
    if (word == ".align") {
      align = static_cast<u32>(parse_number(reader.take()));
    } else if (is_type(word.substr(1))) {
      declared.type = parse_type(word.substr(1));
    } else if (word != ".ptr" && word != ".attribute") {
      throw std::runtime_error("unsupported declaration " + std::string(word));
    }
  }
  auto& variable = declared.variable;
  variable.bytes = declared.type.bits / 8;
  variable.align = align == 0 ? variable.bytes : align;
  variable.name = reader.take();
  while (reader.accept("[")) {
    declared.is_unsized = reader.peek() == "]";
    if (!declared.is_unsized) variable.bytes *= static_cast<u32>(parse_number(reader.take()));
    reader.expect("]");
  }
  return declared;
}

std::vector<Program> decode_module(const std::string& text, const GlobalVariable& place_global) {
  const Module module = read_module(text, place_global);
  const auto lines = split_lines(text);
  std::vector<Program> programs;
  for (const auto& [name, function] : module.functions) {
    if (!function.is_kernel || !function.has_body) continue;
    auto& program = programs.emplace_back();
    program.name = name;
    program.lines = lines;
    Decoder(module, program).decode(function);
  }
  return programs;
}

}  // namespace spikefab::ptx
