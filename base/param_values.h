// Parameters by name, as files give them: checked against their declarations (base/params.h).
// Apart from these, so that GPU code does not include it.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/params.h"

namespace spikefab {

// Where a field such as "core.crossbar.axons" stands, for messages: file:line:col, or file and
// header record.
using PlaceOf = std::function<std::string(const std::string& field_path)>;

// The index of a name among those that there are. Otherwise the problem, with all of them.
std::optional<u32> find_choice(const std::string& path, const std::string& name,
                               const std::vector<std::string>& names, const PlaceOf& place_of,
                               Problems& problems);

std::vector<i32> default_values(const std::vector<ParamSpec>& params);

// Sets the values (one per entry of params) that `given` has by name; an unknown name or a value
// out of its range is a problem at place_of(path + "." + name).
void set_params(const std::string& path, const std::map<std::string, i32>& given,
                const std::vector<ParamSpec>& params, const PlaceOf& place_of, Problems& problems,
                std::vector<i32>& values);

}  // namespace spikefab
