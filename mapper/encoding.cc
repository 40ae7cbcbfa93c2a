#include "mapper/encoding.h"

#include "base/registry.h"
#include "mapper/encoder.h"

namespace spikefab {
namespace {

// Checks what must hold between values that are each within its range.
void check_rule(const Encoder& encoder, const std::vector<i32>& values, const PlaceOf& place_of,
                Problems& problems) {
  const std::string rule = encoder.broken_rule(values);
  if (rule.empty()) return;
  const std::vector<ParamSpec> params = encoder.params();
  std::vector<std::string> shown;
  for (std::size_t i = 0; i < params.size(); ++i) {
    shown.push_back(std::string(params[i].name) + " = " + std::to_string(values[i]));
  }
  const std::string path = "encoder.params";
  problems.add({place_of(path), path + ": " + join(shown, ", "), rule});
}

}  // namespace

Encoding make_encoding(const std::string& encoder, u32 ticks,
                       const std::map<std::string, i32>& params, const PlaceOf& place_of,
                       Problems& problems) {
  Encoding encoding = {.encoder = encoder, .params = {}, .ticks = ticks};
  if (!find_choice("encoder.name", encoder, Registry<Encoder>::names(), place_of, problems)) {
    return encoding;
  }
  const auto made = Registry<Encoder>::make(encoder);
  encoding.params = default_values(made->params());
  set_params("encoder.params", params, made->params(), place_of, problems, encoding.params);
  check_rule(*made, encoding.params, place_of, problems);
  return encoding;
}

}  // namespace spikefab
