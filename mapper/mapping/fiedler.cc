// Subspace iteration with a Chebyshev filter [Zhou, Saad, Tiago, Chelikowsky 2006]: a polynomial of
// the Laplacian, large for the wanted eigenvalues and small for the rest, is applied to a few
// vectors at a time.
#include "mapper/mapping/fiedler.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "mapper/mapping/fast_random.h"

namespace spikefab {
namespace {

using Vector = std::vector<double>;
using Matrix = std::vector<Vector>;

constexpr u32 spare_vectors = 4;  // beside the wanted ones: they make those converge
constexpr u32 degree = 40;        // of the filter
constexpr u32 most_sweeps = 30;
constexpr double precision = 1e-3;  // of a vector; a sort needs no more

double dot(const Vector& a, const Vector& b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
  return sum;
}

void add(Vector& to, double factor, const Vector& v) {
  for (std::size_t i = 0; i < v.size(); ++i) to[i] += factor * v[i];
}

void multiply(Vector& v, double factor) {
  for (double& value : v) value *= factor;
}

// Eigenvalues of a small symmetric matrix into its diagonal, eigenvectors into columns [Jacobi].
void diagonalise(Matrix& a, Matrix& columns) {
  const std::size_t n = a.size();
  columns.assign(n, Vector(n));
  for (std::size_t i = 0; i < n; ++i) columns[i][i] = 1;
  const auto rotate = [&](std::size_t p, std::size_t q) {
    if (std::abs(a[p][q]) < 1e-300) return;
    const double theta = (a[q][q] - a[p][p]) / (2 * a[p][q]);
    const double t = (theta < 0 ? -1 : 1) / (std::abs(theta) + std::sqrt(theta * theta + 1));
    const double c = 1 / std::sqrt(t * t + 1);
    const double s = t * c;
    const auto turn = [&](double& x, double& y) {
      const double old = x;
      x = c * old - s * y;
      y = s * old + c * y;
    };
    for (std::size_t i = 0; i < n; ++i) turn(a[i][p], a[i][q]);
    for (std::size_t i = 0; i < n; ++i) turn(a[p][i], a[q][i]);
    for (std::size_t i = 0; i < n; ++i) turn(columns[i][p], columns[i][q]);
  };
  for (u32 sweep = 0; sweep < 20; ++sweep) {
    for (std::size_t p = 0; p < n; ++p) {
      for (std::size_t q = p + 1; q < n; ++q) rotate(p, q);
    }
  }
}

class Solver {
 public:
  Solver(const CoreFlows& flows, u32 wanted) : flows_(flows), root_(flows.cores), random_(1) {
    u32 busy = 0;
    for (u32 core = 0; core < flows.cores; ++core) {
      double sum = 0;
      for (u64 e = flows.begin[core]; e < flows.begin[core + 1]; ++e) sum += flows.flow[e];
      root_[core] = std::sqrt(sum);
      busy += sum > 0;
    }
    trivial_ = root_;
    if (busy > 0) multiply(trivial_, 1 / std::sqrt(dot(trivial_, trivial_)));
    const u32 most = busy > 0 ? busy - 1 : 0;
    wanted_ = std::min(wanted, most);
    block_.resize(std::min(wanted + spare_vectors, most));
    for (Vector& v : block_) v = any_vector();
    scale_ = flows.flow;  // of a normalised matrix
    for (u32 core = 0; core < flows.cores; ++core) {
      for (u64 e = flows.begin[core]; e < flows.begin[core + 1]; ++e) {
        scale_[e] /= root_[core] * root_[flows.other[e]];
      }
    }
  }

  Matrix solve() {
    if (block_.empty()) return {};
    orthonormalise();
    double cutoff = 0.5;
    for (u32 sweep = 0; sweep < most_sweeps; ++sweep) {
      for (Vector& v : block_) filter(v, cutoff);
      orthonormalise();
      const Vector values = to_eigenvectors();
      cutoff = std::clamp(values.back(), 1e-6, 1.0);
      if (residual(values) < precision * (values.back() - values[wanted_ - 1])) break;
    }
    Matrix found(block_.begin(), block_.begin() + wanted_);
    for (Vector& v : found) {
      for (u32 i = 0; i < flows_.cores; ++i) v[i] = root_[i] > 0 ? v[i] / root_[i] : 0;
    }
    return found;
  }

 private:
  Vector any_vector() {
    Vector v(flows_.cores);
    for (u32 i = 0; i < flows_.cores; ++i) {
      if (root_[i] > 0) v[i] = static_cast<double>(random_.next() >> 32) - 0x1p31;
    }
    return v;
  }

  // factor * (Laplacian - shift) * v.
  Vector apply(const Vector& v, double shift, double factor) const {
    Vector out(v.size());
    for (u32 core = 0; core < flows_.cores; ++core) {
      double sum = (1 - shift) * v[core];
      for (u64 e = flows_.begin[core]; e < flows_.begin[core + 1]; ++e) {
        sum -= scale_[e] * v[flows_.other[e]];
      }
      out[core] = root_[core] > 0 ? factor * sum : 0;
    }
    return out;
  }

  // The Chebyshev polynomial that is at most 1 between the cutoff and 2, the largest eigenvalue.
  void filter(Vector& v, double cutoff) const {
    const double half = (2 - cutoff) / 2;
    const double middle = (2 + cutoff) / 2;
    Vector before = v;
    v = apply(before, middle, 1 / half);
    for (u32 k = 1; k < degree; ++k) {
      Vector next = apply(v, middle, 2 / half);
      add(next, -1, before);
      before = std::exchange(v, std::move(next));
    }
  }

  void orthonormalise() {
    for (std::size_t i = 0; i < block_.size(); ++i) {
      for (u32 attempt = 0; attempt < 10; ++attempt) {
        Vector& v = block_[i];
        multiply(v, 1 / std::max(1e-300, std::sqrt(dot(v, v))));
        for (u32 again = 0; again < 2; ++again) {
          add(v, -dot(v, trivial_), trivial_);
          for (std::size_t j = 0; j < i; ++j) add(v, -dot(v, block_[j]), block_[j]);
        }
        const double length = std::sqrt(dot(v, v));
        if (length > 1e-8) {
          multiply(v, 1 / length);
          break;
        }
        v = any_vector();
      }
    }
  }

  // The best vectors within the space of the block, ascending by eigenvalue, which are returned.
  Vector to_eigenvectors() {
    const std::size_t n = block_.size();
    Matrix projected(n, Vector(n));
    for (std::size_t i = 0; i < n; ++i) {
      const Vector image = apply(block_[i], 0, 1);
      for (std::size_t j = 0; j < n; ++j) projected[i][j] = dot(block_[j], image);
    }
    Matrix columns;
    diagonalise(projected, columns);
    std::vector<std::size_t> order(n);
    for (std::size_t i = 0; i < n; ++i) order[i] = i;
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
      return projected[a][a] < projected[b][b];
    });
    Matrix block;
    Vector values;
    for (const std::size_t k : order) {
      block.emplace_back(flows_.cores);
      for (std::size_t i = 0; i < n; ++i) add(block.back(), columns[i][k], block_[i]);
      values.push_back(projected[k][k]);
    }
    block_ = std::move(block);
    return values;
  }

  // How far the worst of the wanted vectors is from an eigenvector.
  double residual(const Vector& values) const {
    double worst = 0;
    for (u32 i = 0; i < wanted_; ++i) {
      Vector rest = apply(block_[i], values[i], 1);
      worst = std::max(worst, std::sqrt(dot(rest, rest)));
    }
    return worst;
  }

  const CoreFlows& flows_;
  Vector root_;     // [core] of the sum of its flows
  Vector scale_;    // [edge]
  Vector trivial_;  // the eigenvector of 0
  u32 wanted_ = 0;
  Matrix block_;
  FastRandom random_;
};

}  // namespace

std::vector<std::vector<double>> fiedler_vectors(const CoreFlows& flows, u32 count) {
  return Solver(flows, count).solve();
}

}  // namespace spikefab
