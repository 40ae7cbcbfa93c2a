// "Did you mean": the closest of a list of names.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace spikefab {

// The candidate with the smallest edit distance to `word`, or "" if none is within a third of its
// length (at least 1, at most 3 edits).
std::string closest(std::string_view word, const std::vector<std::string>& candidates);

// "; did you mean 'x'?" or "".
std::string did_you_mean(std::string_view word, const std::vector<std::string>& candidates);

std::string join(const std::vector<std::string>& words, std::string_view separator);

// `text` with everything but printable ASCII escaped as \xNN, cut to
// `max_bytes`: for names from files in messages.
std::string printable(std::string_view text, std::size_t max_bytes = 60);

}  // namespace spikefab
