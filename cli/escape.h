// Text from files and file names, made safe to show on a terminal.
#pragma once

#include <string>
#include <string_view>

namespace spikefab::cli {

// `text` with control characters and bytes that are not UTF-8 as \xNN; all else as it is.
std::string escaped(std::string_view text);

}  // namespace spikefab::cli
