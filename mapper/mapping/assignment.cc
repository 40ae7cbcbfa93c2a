#include "mapper/mapping/assignment.h"

#include <limits>
#include <utility>

#include "base/error.h"

namespace spikefab {
namespace {

constexpr u32 none = 0xffffffff;

// Prices keep cost - row price - column price at 0 where a row is assigned and at 0 or more
// everywhere; columns that no row has keep the price 0, which is the highest.
class Assigner {
 public:
  Assigner(const std::vector<double>& cost, u32 rows, u32 columns)
      : cost_(cost),
        rows_(rows),
        columns_(columns),
        row_price_(rows),
        column_price_(columns),
        column_of_(rows, none),
        row_of_(columns, none),
        distance_(columns),
        before_(columns) {}

  Assignment assign() {
    for (const u32 row : rows_that_stay_free()) {
      const u32 end = find_path(row);
      lower_prices(row);
      turn_path(row, end);
    }
    Assignment out{0, std::move(column_of_)};
    for (u32 row = 0; row < rows_; ++row) out.cost += costs_of(row)[out.column[row]];
    return out;
  }

 private:
  const double* costs_of(u32 row) const { return cost_.data() + u64{row} * columns_; }

  // Takes free rows to the column that suits them best, whoever has it: that one becomes free. Two
  // rounds at most, as Jonker and Volgenant do; what is left takes paths.
  std::vector<u32> rows_that_stay_free() {
    std::vector<u32> free;
    for (u32 row = 0; row < rows_; ++row) free.push_back(row);
    for (int round = 0; round < 2; ++round) {
      std::vector<u32> left;
      for (const u32 row : free) {
        if (const u32 displaced = take_best(row); displaced != none) left.push_back(displaced);
      }
      free = std::move(left);
    }
    return free;
  }

  // Who has no column now, or none.
  u32 take_best(u32 row) {
    const double* cost = costs_of(row);
    double least = std::numeric_limits<double>::infinity();
    double second = least;
    u32 best = none;
    for (u32 j = 0; j < columns_; ++j) {
      const double reduced = cost[j] - column_price_[j];
      if (reduced >= second) continue;
      if (reduced < least) {
        second = std::exchange(least, reduced);
        best = j;
      } else {
        second = reduced;
      }
    }
    const u32 displaced = row_of_[best];
    if (columns_ == 1 || second == least) {
      row_price_[row] = least;
      if (displaced != none) return row;
    } else {
      row_price_[row] = second;
      column_price_[best] -= second - least;
    }
    row_of_[best] = row;
    column_of_[row] = best;
    if (displaced != none) column_of_[displaced] = none;
    return displaced;
  }

  // Grows a tree of shortest paths from a free row to the nearest free column, which it returns.
  u32 find_path(u32 start) {
    distance_.assign(columns_, std::numeric_limits<double>::infinity());
    reached_.clear();
    open_.resize(columns_);
    for (u32 j = 0; j < columns_; ++j) open_[j] = columns_ - 1 - j;
    nearest_ = 0;
    for (u32 row = start;;) {
      const std::size_t at = scan(row);
      const u32 column = open_[at];
      nearest_ = distance_[column];
      if (row_of_[column] == none) return column;
      reached_.push_back(column);
      open_[at] = open_.back();
      open_.pop_back();
      row = row_of_[column];
    }
  }

  // Shortens ways to open columns through this row; returns the place of the nearest one.
  std::size_t scan(u32 row) {
    const double* cost = costs_of(row);
    const double base = nearest_ - row_price_[row];
    double least = std::numeric_limits<double>::infinity();
    std::size_t best = 0;
    for (std::size_t k = 0; k < open_.size(); ++k) {
      const u32 j = open_[k];
      const double way = base + cost[j] - column_price_[j];
      if (way < distance_[j]) {
        distance_[j] = way;
        before_[j] = row;
      }
      const double distance = distance_[j];
      if (distance < least || (distance == least && row_of_[j] == none)) {
        least = distance;
        best = k;
      }
    }
    return best;
  }

  void lower_prices(u32 start) {
    row_price_[start] += nearest_;
    for (const u32 column : reached_) {
      row_price_[row_of_[column]] += nearest_ - distance_[column];
      column_price_[column] -= nearest_ - distance_[column];
    }
  }

  void turn_path(u32 start, u32 end) {
    for (u32 column = end, row = none; row != start;) {
      row = before_[column];
      row_of_[column] = row;
      std::swap(column_of_[row], column);
    }
  }

  const std::vector<double>& cost_;
  const u32 rows_;
  const u32 columns_;
  std::vector<double> row_price_;
  std::vector<double> column_price_;
  std::vector<u32> column_of_;  // [row]
  std::vector<u32> row_of_;     // [column]

  // Of the tree of shortest paths.
  std::vector<double> distance_;  // [column]
  std::vector<u32> before_;       // [column] row on the way
  std::vector<u32> open_;         // columns that are not reached
  std::vector<u32> reached_;      // columns with a row
  double nearest_ = 0;
};

}  // namespace

Assignment cheapest_assignment(const std::vector<double>& cost, u32 rows, u32 columns) {
  SPIKEFAB_ASSERT(rows <= columns && cost.size() == u64{rows} * columns);
  if (rows == 0) return {};
  return Assigner(cost, rows, columns).assign();
}

}  // namespace spikefab
