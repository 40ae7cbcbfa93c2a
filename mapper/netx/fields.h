// The fields of one group of a NetX file, checked; all problems are collected.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "base/error.h"
#include "mapper/hdf5/hdf5.h"

namespace spikefab {

class NetxFields {
 public:
  NetxFields(const Hdf5Group& group, Problems& problems) : group_(group), problems_(problems) {}

  bool has(const std::string& name) const { return group_.datasets.count(name) > 0; }
  const Hdf5Group* group(const std::string& name);  // null if it is not there

  // Of a field that must be there: what it holds, or after a problem "" or {}.
  std::string text(const std::string& name);
  std::vector<i32> integers(const std::string& name, i64 least, i64 most);
  i32 integer(const std::string& name, i64 least, i64 most);
  // Of one that may be missing.
  std::vector<i32> integers_if_there(const std::string& name, i64 least, i64 most);
  // Known, and of no use here.
  void ignore(const std::vector<std::string>& names);

  std::vector<u32> shape_of(const std::string& name) const;
  void add_problem(const std::string& name, const std::string& what, const std::string& hint = "");
  // Adds a problem for each field that was not asked for.
  void finish();

 private:
  const Hdf5Dataset* find(const std::string& name);

  const Hdf5Group& group_;
  Problems& problems_;
  std::set<std::string> known_;
};

}  // namespace spikefab
