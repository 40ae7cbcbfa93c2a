// The values of a parsed command line, and the kinds of values that options may have.
#pragma once

#include <boost/program_options/value_semantic.hpp>
#include <boost/program_options/variables_map.hpp>
#include <string>
#include <vector>

#include "base/hd.h"
#include "base/text.h"

namespace spikefab::cli {

class Arguments {
 public:
  Arguments(std::vector<std::string> words, boost::program_options::variables_map values)
      : words_(std::move(words)), values_(std::move(values)) {}

  // Was it typed? Flags have no other value.
  bool has(const std::string& option) const {
    return values_.count(option) != 0 && !values_[option].defaulted();
  }

  // The value typed or the default; one of the two must be there.
  std::string text(const std::string& option) const { return texts(option).at(0); }
  u64 number(const std::string& option) const { return values_[option].as<u64>(); }

  // All values of an option that may be repeated; of one that may not, one or none.
  std::vector<std::string> texts(const std::string& option) const;

  // What was typed, verb included.
  const std::vector<std::string>& words() const { return words_; }

 private:
  std::vector<std::string> words_;
  boost::program_options::variables_map values_;
};

// Value kinds for Description::options. Boost takes ownership, as of all its value kinds.
using ValueKind = boost::program_options::value_semantic;

boost::program_options::typed_value<u64>* number_value(const std::string& name, u64 min = 0);
boost::program_options::typed_value<std::string>* text_value(const std::string& name);
boost::program_options::typed_value<std::vector<std::string>>* texts_value(const std::string& name);
boost::program_options::typed_value<bool>* flag_value();
boost::program_options::typed_value<u64>* counted_flag_value();  // -v, -vv

// "A..B" or "A", both inclusive; throws UsageError that names the option.
struct Range {
  u64 first;
  u64 last;
};
Range parse_range(const std::string& option, const std::string& text);

}  // namespace spikefab::cli
