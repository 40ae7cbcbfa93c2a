// Deterministic damage to files: same generator state, same mutant on every machine.
#pragma once

#include <random>
#include <string>

namespace spikefab::test {

enum class Damage {
  bytes,   // anything, anywhere
  text,    // bytes, or words and numbers that text formats stumble over
  sealed,  // within the records of a .sfab file, with lengths and checksums made right again
};

std::string mutate(const std::string& original, Damage damage, std::mt19937_64& random);

// Makes the checksums of all records of a .sfab file right, as far as its lengths can be followed.
void seal(std::string& bytes);

}  // namespace spikefab::test
