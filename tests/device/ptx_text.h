// The text of a PTX module as tokens and statements: "@%p1 ld.global.u32 %r1, [%rd2+8];" becomes an
// opcode in parts, operands, and a guard. What they mean is the decoder's (decoder.h).
#pragma once

#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "base/hd.h"

namespace spikefab::ptx {

struct Token {
  std::string_view text;
  u32 line;  // from 1
};

// Throws std::runtime_error on a character that no PTX has.
std::vector<Token> tokenize(std::string_view text);

struct Type {
  u32 bits = 32;
  bool is_signed = false;
  bool is_predicate = false;
  bool is_float = false;
};
bool is_type(std::string_view text);
Type parse_type(std::string_view text);

// Decimal, 0x, 0b or octal, with or without U; throws std::runtime_error if it is none.
bool is_number(std::string_view text);
u64 parse_number(std::string_view text);

struct Operand {
  enum class Kind { name, number, address, vector } kind = Kind::name;
  std::string_view name = {};    // register or variable; of an address: its base, or empty
  std::string_view second = {};  // of name|second
  i64 number = 0;                // or what is added to the name
  bool negated = false;          // !predicate
  std::vector<Operand> elements = {};
};

struct Statement {
  std::vector<std::string_view> parts = {};  // of the opcode, split at dots
  std::vector<Operand> operands = {};
  std::string_view guard = {};  // predicate, or empty
  bool guard_negated = false;
  u32 line = 0;

  std::string_view opcode() const { return parts.front(); }
  bool has(std::string_view part) const;
  std::vector<Type> types() const;
  Type type() const;  // the first; throws std::runtime_error if there is none
};

// Reads tokens one after the other.
class Reader {
 public:
  Reader(const std::vector<Token>& tokens, u64 begin) : tokens_(&tokens), at_(begin) {}

  bool at_end() const { return at_ >= tokens_->size(); }
  u64 position() const { return at_; }
  std::string_view peek(u64 ahead = 0) const;
  u32 line() const { return (*tokens_)[at_end() ? tokens_->size() - 1 : at_].line; }
  std::string_view take();
  bool accept(std::string_view text);
  void expect(std::string_view text);
  void skip_past(std::string_view text);
  void skip_block();  // from { to the } that closes it
  Statement statement();
  i64 signed_number();

 private:
  Operand operand();
  Operand address();

  const std::vector<Token>* tokens_;
  u64 at_;
};

}  // namespace spikefab::ptx
