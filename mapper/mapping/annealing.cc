#include "mapper/mapping/annealing.h"

namespace spikefab {
namespace {

// ln(1 + x) for x in 0 .. 1, by the series of 2 artanh(x / (2 + x)).
double log_one_plus(double x) {
  const double z = x / (2 + x);
  double power = z;
  double sum = 0;
  for (u32 i = 1; i < 40; i += 2, power *= z * z) sum += power / i;
  return 2 * sum;
}

}  // namespace

// -ln of the middles of 4096 equal parts of 0 .. 1.
ExponentialTable::ExponentialTable() {
  const double ln_2 = log_one_plus(1);
  for (u32 i = 0; i < quantile_.size(); ++i) {
    double share = 1 - (i + 0.5) / static_cast<double>(quantile_.size());
    double log = 0;
    for (; share < 1; share *= 2) log += ln_2;
    quantile_[i] = log - log_one_plus(share - 1);
  }
}

const ExponentialTable& ExponentialTable::get() {
  static const ExponentialTable table;
  return table;
}

double ExponentialTable::above(double x) const {
  const auto found = std::upper_bound(quantile_.begin(), quantile_.end(), x);
  return static_cast<double>(quantile_.end() - found) / static_cast<double>(quantile_.size());
}

}  // namespace spikefab
