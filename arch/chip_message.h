// Between Chip and the message that chip files and .sfab headers hold (arch/chip.proto).
#pragma once

#include <string>

#include "arch/chip.h"
#include "arch/chip.pb.h"
#include "base/param_values.h"

namespace spikefab {

// With every field set, so that a reader needs no defaults.
schema::Chip to_message(const Chip& chip);

// Checks every range, name and size again, whoever made the message, and adds what is wrong to
// `problems`. The chip must not be used if there are any.
Chip chip_from_message(const schema::Chip& message, const PlaceOf& place_of, Problems& problems);

}  // namespace spikefab
