#include "tests/device/ptx_text.h"

#include <algorithm>
#include <cctype>

namespace spikefab::ptx {

namespace {

bool is_word(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '$' || c == '%' ||
         c == '.';
}

// The length of the word at `at`; "::" is part of one (L1::no_allocate).
u64 word_length(std::string_view text, u64 at) {
  u64 end = at;
  while (end < text.size()) {
    if (is_word(text[end])) {
      ++end;
    } else if (text.substr(end, 2) == "::") {
      end += 2;
    } else {
      break;
    }
  }
  return end - at;
}

}  // namespace

std::vector<Token> tokenize(std::string_view text) {
  std::vector<Token> tokens;
  u32 line = 1;
  for (u64 at = 0; at < text.size();) {
    const char c = text[at];
    if (c == '\n') ++line;
    if (std::isspace(static_cast<unsigned char>(c)) != 0 || c == '\0') {
      ++at;
    } else if (text.substr(at, 2) == "//") {
      at = std::min(text.find('\n', at), text.size());
    } else if (text.substr(at, 2) == "/*") {
      const u64 end = std::min(text.find("*/", at), text.size() - 2) + 2;
      line += static_cast<u32>(std::count(text.begin() + static_cast<i64>(at),
                                          text.begin() + static_cast<i64>(end), '\n'));
      at = end;
    } else if (c == '"') {
      const u64 end = std::min(text.find('"', at + 1), text.size() - 1) + 1;
      tokens.push_back({text.substr(at, end - at), line});
      at = end;
    } else {
      const u64 length = std::max<u64>(word_length(text, at), 1);
      if (!is_word(c) && std::string_view("{}[]()<>,;:@!|+-=").find(c) == std::string_view::npos) {
        throw std::runtime_error("PTX line " + std::to_string(line) + ": unexpected '" + c + "'");
      }
      tokens.push_back({text.substr(at, length), line});
      at += length;
    }
  }
  return tokens;
}

bool is_type(std::string_view text) {
  if (text == "pred") return true;
  return text.size() >= 2 && text.size() <= 4 &&
         std::string_view("busf").find(text[0]) != text.npos &&
         std::all_of(text.begin() + 1, text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

Type parse_type(std::string_view text) {
  if (text == "pred") return {.bits = 1, .is_predicate = true};
  return {.bits = static_cast<u32>(parse_number(text.substr(1))),
          .is_signed = text[0] == 's',
          .is_float = text[0] == 'f'};
}

bool is_number(std::string_view text) { return !text.empty() && text[0] >= '0' && text[0] <= '9'; }

u64 parse_number(std::string_view text) {
  std::string digits(text);
  if (digits.ends_with('U')) digits.pop_back();
  try {
    u64 used = 0;
    const bool binary = digits.starts_with("0b");
    const u64 value =
        binary ? std::stoull(digits.substr(2), &used, 2) : std::stoull(digits, &used, 0);
    if (used + (binary ? 2 : 0) == digits.size()) return value;
  } catch (const std::logic_error&) {  // of stoull: handled as any other text that is no number
  }
  throw std::runtime_error("not an integer: " + std::string(text));
}

bool Statement::has(std::string_view part) const {
  return std::find(parts.begin(), parts.end(), part) != parts.end();
}

std::vector<Type> Statement::types() const {
  std::vector<Type> found;
  for (const auto part : parts) {
    if (is_type(part)) found.push_back(parse_type(part));
  }
  return found;
}

Type Statement::type() const {
  const auto all = types();
  if (all.empty()) throw std::runtime_error("the instruction has no type");
  return all.front();
}

std::string_view Reader::peek(u64 ahead) const {
  return at_ + ahead < tokens_->size() ? (*tokens_)[at_ + ahead].text : std::string_view();
}

std::string_view Reader::take() {
  if (at_end()) throw std::runtime_error("the PTX text ends too early");
  return (*tokens_)[at_++].text;
}

bool Reader::accept(std::string_view text) {
  if (peek() != text) return false;
  ++at_;
  return true;
}

void Reader::expect(std::string_view text) {
  if (!accept(text)) {
    throw std::runtime_error("expected " + std::string(text) + " before " + std::string(peek()));
  }
}

void Reader::skip_past(std::string_view text) {
  while (take() != text) {
  }
}

void Reader::skip_block() {
  expect("{");
  for (u64 depth = 1; depth > 0;) {
    const auto token = take();
    if (token == "{") ++depth;
    if (token == "}") --depth;
  }
}

i64 Reader::signed_number() {
  bool negative = false;
  while (peek() == "-" || peek() == "+") negative ^= take() == "-";
  const u64 value = parse_number(take());
  return static_cast<i64>(negative ? 0 - value : value);
}

Operand Reader::address() {
  Operand result{.kind = Operand::Kind::address};
  if (!is_number(peek()) && peek() != "-") result.name = take();
  if (peek() != "]") result.number = signed_number();
  expect("]");
  return result;
}

Operand Reader::operand() {
  if (accept("[")) return address();
  if (accept("{")) {
    Operand result{.kind = Operand::Kind::vector};
    do {
      result.elements.push_back(operand());
    } while (accept(","));
    expect("}");
    return result;
  }
  if (is_number(peek()) || peek() == "-") {
    return {.kind = Operand::Kind::number, .number = signed_number()};
  }
  Operand result;
  result.negated = accept("!");
  result.name = take();
  if (accept("|")) result.second = take();
  if (peek() == "+" || peek() == "-") result.number = signed_number();
  return result;
}

Statement Reader::statement() {
  Statement result;
  result.line = line();
  if (accept("@")) {
    result.guard_negated = accept("!");
    result.guard = take();
  }
  std::string_view opcode = take();
  for (u64 dot = opcode.find('.'); dot != opcode.npos; dot = opcode.find('.')) {
    result.parts.push_back(opcode.substr(0, dot));
    opcode.remove_prefix(dot + 1);
  }
  result.parts.push_back(opcode);
  if (result.opcode() == "call") return result;  // its operands are the decoder's
  if (peek() != ";") {
    do {
      result.operands.push_back(operand());
    } while (accept(","));
  }
  expect(";");
  return result;
}

}  // namespace spikefab::ptx
