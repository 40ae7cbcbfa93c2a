// NIR files in memory, as mapper/hdf5/hdf5.h would give them: small, and as wrong as a test needs.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "mapper/hdf5/hdf5.h"
#include "mapper/nir/nir.h"

namespace spikefab::test {

Hdf5Dataset numbers(std::vector<double> values, std::vector<u64> shape);
Hdf5Dataset vector_of(std::vector<double> values);  // one dimension
Hdf5Dataset scalar(double value);
Hdf5Dataset text(const std::string& value);
Hdf5Dataset same(double value, std::vector<u64> shape);  // an array of one value

using Members = std::vector<std::pair<std::string, Hdf5Dataset>>;

// A graph, of a file or of a sub-graph.
class NirBuilder {
 public:
  NirBuilder& node(const std::string& name, const std::string& type, Members members = {});
  NirBuilder& edge(const std::string& from, const std::string& to);
  NirBuilder& chain(const std::vector<std::string>& names);  // edges from each to the next
  NirBuilder& subgraph(const std::string& name, const NirBuilder& graph);

  // As a file "test.nir" with a version, unless that is empty.
  Hdf5Group file(const std::string& version = "1.0") const;
  Hdf5Group graph() const;  // without places

 private:
  Hdf5Group nodes_;
  std::vector<std::string> edges_;  // from, to, from, to, ...
};

// Fills in the places, as reading a file does.
void set_places(Hdf5Group& group, const std::string& path);

// Parameters of neurons, the same for all.
Members if_members(const std::vector<u64>& shape, double threshold = 1);
Members lif_members(const std::vector<u64>& shape, double tau = 0.01, double threshold = 1);
Members cuba_members(const std::vector<u64>& shape);

Members shape_of(std::vector<double> sides);  // of Inputs and Outputs
Members matrix(u64 outputs, u64 inputs);      // of ones

// What the importer makes of it.
NirNetwork read_nir(const NirBuilder& builder, const NirOptions& options = {});
const Node& node_of(const NirNetwork& nir, const std::string& name);
std::vector<std::string> edges_of(const NirNetwork& nir);  // "from -> to"

}  // namespace spikefab::test
