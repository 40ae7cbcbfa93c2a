// What users write to choose one of several ways and set its options:
// NAME[:OPTION=VALUE[,OPTION=VALUE]...], such as "cpu:threads=4".
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/params.h"

namespace spikefab {

std::string name_in(const std::string& specification);

// One value for each of `options`, its default where none is given. Throws UsageError if there is
// no such option, one stands twice, or a value is out of range. `kind` is for messages: "engine".
std::vector<i32> values_in(const std::string& specification, std::string_view kind,
                           const std::vector<ParamSpec>& options);

}  // namespace spikefab
