#include "cli/arguments.h"

#include <boost/program_options/errors.hpp>
#include <charconv>
#include <limits>
#include <optional>

#include "base/error.h"
#include "base/suggest.h"

namespace po = boost::program_options;

namespace spikefab::cli {
namespace {

constexpr u64 max_number = std::numeric_limits<i64>::max();

// Digits only: Boost would take -1 for 2^64 - 1. What is larger than that becomes that.
std::optional<u64> parse_number(std::string_view text) {
  u64 value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error == std::errc::invalid_argument || end != text.data() + text.size()) return std::nullopt;
  return error == std::errc() ? value : std::numeric_limits<u64>::max();
}

class NumberValue : public po::typed_value<u64> {
 public:
  explicit NumberValue(u64 min) : typed_value(nullptr), min_(min) {}

  void xparse(boost::any& store, const std::vector<std::string>& tokens) const override {
    if (!store.empty()) throw po::multiple_occurrences();
    const std::string text = tokens.empty() ? "" : tokens[0];
    const auto value = parse_number(text);
    if (!value || *value < min_) throw_bad(text, "a whole number of at least ", min_);
    if (*value > max_number) throw_bad(text, "at most ", max_number);
    store = *value;
  }

 private:
  [[noreturn]] static void throw_bad(const std::string& text, const char* must_be, u64 limit) {
    throw po::error_with_option_name("%canonical_option% = " + printable(text) + " (must be " +
                                     must_be + std::to_string(limit) + ")");
  }

  u64 min_;
};

class CountedFlag : public po::typed_value<u64> {
 public:
  CountedFlag() : typed_value(nullptr) { zero_tokens(); }
  bool is_composing() const override { return true; }
  void xparse(boost::any& store, const std::vector<std::string>&) const override {
    store = store.empty() ? u64{1} : boost::any_cast<u64>(store) + 1;
  }
};

}  // namespace

std::vector<std::string> Arguments::texts(const std::string& option) const {
  if (values_.count(option) == 0) return {};
  const boost::any& value = values_[option].value();
  if (const auto* one = boost::any_cast<std::string>(&value)) return {*one};
  return boost::any_cast<std::vector<std::string>>(value);
}

po::typed_value<u64>* number_value(const std::string& name, u64 min) {
  auto* value = new NumberValue(min);
  value->value_name(name);
  return value;
}

po::typed_value<std::string>* text_value(const std::string& name) {
  return po::value<std::string>()->value_name(name);
}

po::typed_value<std::vector<std::string>>* texts_value(const std::string& name) {
  return po::value<std::vector<std::string>>()->value_name(name);
}

po::typed_value<bool>* flag_value() { return po::bool_switch(); }

po::typed_value<u64>* counted_flag_value() { return new CountedFlag; }

Range parse_range(const std::string& option, const std::string& text) {
  const auto dots = text.find("..");
  const auto first = parse_number(text.substr(0, dots));
  const auto last =
      dots == std::string::npos ? first : parse_number(std::string_view(text).substr(dots + 2));
  if (!first || !last || *first > *last) {
    throw UsageError("--" + option + " = " + printable(text) +
                     " (must be A..B with A <= B, both inclusive, or a single number)");
  }
  return {*first, *last};
}

}  // namespace spikefab::cli
