// Text as a .gz file holds it, for tests of readers that take both.
#pragma once

#include <string>

namespace spikefab::test {

std::string gzip(const std::string& text);

}  // namespace spikefab::test
