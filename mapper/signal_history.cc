#include "mapper/signal_history.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "base/error.h"
#include "base/memory.h"

namespace spikefab {

void Signal::resize(u64 size) { value.assign(size, 0); }

void Signal::clear() {
  for (const u32 index : active) value[index] = 0;
  active.clear();
}

void Signal::find_active() {
  active.clear();
  for (u32 i = 0; i < value.size(); ++i) {
    if (value[i] != 0) active.push_back(i);
  }
}

void SignalHistory::prepare(u64 size, u64 depth) {
  check_available_memory(checked_product({size, depth + 1, sizeof(float)}), "delayed signals");
  ring_.resize(depth + 1);
  for (Signal& signal : ring_) signal.resize(size);
}

void SignalHistory::fill(const Signal& signal) { std::fill(ring_.begin(), ring_.end(), signal); }

DelayLine::DelayLine(const Node& node, double dt) {
  constexpr double max_steps = 65535;
  const Parameter& seconds = node.as<Delay>()->seconds;
  u64 depth = 0;
  for (u64 i = 0; i < node.outputs(); ++i) {
    const double steps = std::round(seconds.at(i) / dt);
    if (steps > max_steps) {
      throw InputError(node.place, "has a delay of " + std::to_string(steps) + " steps",
                       "at most 65535; is dt in the same unit?");
    }
    steps_.push_back(static_cast<u32>(steps));
    depth = std::max<u64>(depth, steps_.back());
  }
  ring_.prepare(node.outputs(), depth);
}

void DelayLine::clear() {
  Signal nothing;
  nothing.resize(steps_.size());
  ring_.fill(nothing);
}

void DelayLine::pass(u64 now, std::span<float> values) {
  for (u64 i = 0; i < steps_.size(); ++i) {
    ring_.at(now + steps_[i]).value[i] = values[i];
    values[i] = std::exchange(ring_.at(now).value[i], 0.0f);
  }
}

}  // namespace spikefab
