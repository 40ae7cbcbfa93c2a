// Errors by whose fault they are; the exit code follows from the type (cli/main.cc).
// User: collect all in Problems, throw one InputError; a network that is too big: FitError.
// Machine: ResourceError or std::system_error.
// Programmer: SPIKEFAB_ASSERT. Simulated hardware: counters in the result.
#pragma once

#include <stdexcept>
#include <string>
#include <vector>

#include "base/hd.h"

namespace spikefab {

// One thing that is wrong in an input: "place: what (hint)".
struct Problem {
  std::string place;  // file:line:col, or file: JSON path, or file and byte offset
  std::string what;   // what is wrong and what is allowed
  std::string hint;   // what to do, or empty
  std::string text() const;
};

// Bad input (exit code 3). what() is one line per problem.
class InputError : public std::runtime_error {
 public:
  explicit InputError(std::vector<Problem> problems);
  InputError(std::string place, std::string what, std::string hint = "");
  const std::vector<Problem>& problems() const { return problems_; }

 private:
  std::vector<Problem> problems_;
};

// Collects the problems of one input, the first `max_problems` in full.
class Problems {
 public:
  static constexpr u64 max_problems = 20;
  void add(Problem problem);
  bool empty() const { return count_ == 0; }
  bool full() const { return count_ >= max_problems; }
  void throw_if_any() const;

 private:
  std::vector<Problem> problems_;
  std::string first_beyond_;  // place of the first that is only counted
  u64 count_ = 0;
};

// A wrong command line (exit code 2).
class UsageError : public std::runtime_error {
 public:
  explicit UsageError(const std::string& what, const std::string& hint = "")
      : std::runtime_error(hint.empty() ? what : what + " (" + hint + ")") {}
};

// The network does not fit the chip (exit code 4): names where, the resource, have and need.
class FitError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// Too little memory, disk or time (exit code 5).
class ResourceError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// Throws std::logic_error (exit code 1).
[[noreturn]] void assertion_failed(const char* condition, const char* file, int line);

#define SPIKEFAB_ASSERT(condition) \
  ((condition) ? void() : ::spikefab::assertion_failed(#condition, __FILE__, __LINE__))

}  // namespace spikefab
