#include "base/error.h"

namespace spikefab {
namespace {

std::string all_text(const std::vector<Problem>& problems) {
  std::string text;
  for (const Problem& p : problems) text += (text.empty() ? "" : "\n") + p.text();
  return text;
}

}  // namespace

std::string Problem::text() const {
  std::string text = place.empty() ? what : place + ": " + what;
  if (!hint.empty()) text += " (" + hint + ")";
  return text;
}

InputError::InputError(std::vector<Problem> problems)
    : std::runtime_error(all_text(problems)), problems_(std::move(problems)) {}

InputError::InputError(std::string place, std::string what, std::string hint)
    : InputError({Problem{std::move(place), std::move(what), std::move(hint)}}) {}

void Problems::add(Problem problem) {
  if (++count_ <= max_problems) {
    problems_.push_back(std::move(problem));
  } else if (count_ == max_problems + 1) {
    first_beyond_ = std::move(problem.place);
  }
}

void Problems::throw_if_any() const {
  if (count_ == 0) return;
  auto problems = problems_;
  if (count_ > max_problems) {
    const std::string more = std::to_string(count_ - max_problems);
    problems.push_back({first_beyond_, "and " + more + " more problems from here on", ""});
  }
  throw InputError(std::move(problems));
}

void assertion_failed(const char* condition, const char* file, int line) {
  throw std::logic_error(std::string(file) + ":" + std::to_string(line) + ": " + condition);
}

}  // namespace spikefab
