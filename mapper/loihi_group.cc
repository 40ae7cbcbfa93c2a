// Populations in the integers of Loihi 1 (declared in neuron_group.h), as lava's PyLifModelBitAcc
// has them: decays of 12 bit, states of 24 bit.
#include <algorithm>
#include <cmath>

#include "arch/fixed_point.h"
#include "base/error.h"
#include "mapper/neuron_group.h"

namespace spikefab {
namespace {

constexpr u32 state_bits = 24;
constexpr i32 v_limit = (1 << (state_bits - 1)) - 1;
constexpr u32 decay_bits = 12;
constexpr i32 decay_one = 1 << decay_bits;
constexpr int weight_shift = 6;          // weights count in units of 2^6
constexpr float exact_limit = 1u << 24;  // beyond it, a sum of integers in float32 is none

class LoihiGroup : public NeuronGroup {
 public:
  LoihiGroup(const Node& node, LoihiRegisters registers)
      : place_(node.place), r_(std::move(registers)), v_(node.outputs()), u_(node.outputs()) {}

  void reset() override {
    std::fill(v_.begin(), v_.end(), 0);
    std::fill(u_.begin(), u_.end(), 0);
  }

  void step(std::span<const float> input, Signal& out) override {
    out.clear();
    for (u32 i = 0; i < v_.size(); ++i) {
      const i32 sum = integer(input[i]);
      const i32 kept = scale_towards_zero(u_[i], decay_one - r_.du[i] - 1, decay_bits);
      u_[i] = wrap_to(wrap_add(kept, sum << weight_shift), state_bits);
      const i32 left = scale_towards_zero(v_[i], decay_one - r_.dv[i], decay_bits);
      v_[i] = clamp_to(i64{left} + u_[i] + r_.bias[i], -v_limit, v_limit);
      if (v_[i] <= r_.threshold[i]) continue;
      v_[i] = 0;
      out.set(i, 1);
    }
  }

  std::vector<double> potential() const override { return {v_.begin(), v_.end()}; }
  std::vector<double> current() const override { return {u_.begin(), u_.end()}; }

 private:
  i32 integer(float sum) const {
    if (std::abs(sum) < exact_limit && sum == std::trunc(sum)) return static_cast<i32>(sum);
    throw InputError(place_, "the sum of its inputs is no integer below 2^24",
                     "integer arithmetic needs integer input and smaller weights");
  }

  std::string place_;
  LoihiRegisters r_;
  std::vector<i32> v_;
  std::vector<i32> u_;
};

}  // namespace

std::unique_ptr<NeuronGroup> make_loihi_group(const Node& node, LoihiRegisters registers) {
  return std::make_unique<LoihiGroup>(node, std::move(registers));
}

}  // namespace spikefab
