#include "tests/support/netx_file.h"

#include <bit>

#include "tests/support/hdf5_files.h"

namespace spikefab::test {
namespace {

NetxField array(const std::vector<u64>& shape, const std::vector<double>& numbers) {
  return {shape, numbers, ""};
}

NetxGroup neurons(double voltage_decay) {
  return {{{"type", netx_text("CUBA")},
           {"iDecay", netx_number(4096)},
           {"vDecay", netx_number(voltage_decay)},
           {"vThMant", netx_number(25)},
           {"refDelay", netx_number(1)},
           {"wgtExp", netx_number(0)},
           {"gradedSpike", netx_number(0)}},
          {}};
}

NetxGroup layer(const std::string& type, const std::vector<double>& shape) {
  return {{{"type", netx_text(type)}, {"shape", netx_vector(shape)}}, {}};
}

void add_window(NetxGroup& layer, double kernel, double stride) {
  layer.fields["kernelSize"] = netx_vector({kernel, kernel});
  layer.fields["stride"] = netx_vector({stride, stride});
  layer.fields["padding"] = netx_vector({0, 0});
  layer.fields["dilation"] = netx_number(1);
}

u64 add_field(RawHdf5Writer& writer, const NetxField& field) {
  if (!field.text.empty()) {
    const u64 at = writer.add(field.text);
    return writer.add_object({RawHdf5Writer::shape({1}), RawHdf5Writer::text(field.text.size()),
                              RawHdf5Writer::contiguous(at, field.text.size())});
  }
  std::string bytes;
  for (const double value : field.numbers) {
    bytes += little_endian_bytes(std::bit_cast<u64>(value), 8);
  }
  const u64 at = writer.add(bytes);
  return writer.add_object({RawHdf5Writer::shape(field.shape), RawHdf5Writer::doubles(),
                            RawHdf5Writer::contiguous(at, bytes.size())});
}

u64 add_group(RawHdf5Writer& writer, const NetxGroup& group) {
  std::vector<RawHdf5Writer::Message> links;
  for (const auto& [name, field] : group.fields) {
    links.push_back(RawHdf5Writer::link(name, add_field(writer, field)));
  }
  for (const auto& [name, member] : group.groups) {
    links.push_back(RawHdf5Writer::link(name, add_group(writer, member)));
  }
  return writer.add_group(links);
}

}  // namespace

NetxField netx_number(double value) { return array({}, {value}); }
NetxField netx_vector(const std::vector<double>& values) { return array({values.size()}, values); }
NetxField netx_text(const std::string& text) { return {{}, {}, text}; }

NetxGroup sample_netx() {
  NetxGroup input = layer("input", {1, 4, 4});
  input.fields["weight"] = netx_number(36);
  input.fields["bias"] = netx_vector({-2});
  input.groups["neuron"] = neurons(1024);

  NetxGroup convolution = layer("conv", {2, 2, 2});
  convolution.fields["weight"] = array({2, 1, 2, 2, 1}, {2, -4, 6, -8, 10, -12, 14, -16});
  convolution.fields["bias"] = netx_vector({4, -6});
  convolution.fields["inChannels"] = netx_number(1);
  convolution.fields["outChannels"] = netx_number(2);
  convolution.fields["groups"] = netx_number(1);
  add_window(convolution, 2, 2);
  convolution.groups["neuron"] = neurons(128);

  NetxGroup pooling = layer("pool", {2, 1, 1});
  pooling.fields["weight"] = array({1, 1, 2, 2}, {64, 64, 64, 64});
  add_window(pooling, 2, 2);
  pooling.groups["neuron"] = neurons(4096);

  NetxGroup dense = layer("dense", {3});
  dense.fields["weight"] = array({3, 2}, {2, 4, 6, -8, -10, 254});
  dense.fields["inFeatures"] = netx_number(2);
  dense.fields["outFeatures"] = netx_number(3);
  dense.fields["delay"] = netx_vector({0, 5, 62});
  dense.groups["neuron"] = neurons(410);

  NetxGroup layers = {{},
                      {{"0", input},
                       {"1", convolution},
                       {"2", pooling},
                       {"3", layer("flatten", {1, 1, 2})},
                       {"4", dense}}};
  NetxGroup simulation = {{{"Ts", netx_number(1)}, {"tSample", netx_number(64)}}, {}};
  return {{}, {{"layer", layers}, {"simulation", simulation}}};
}

std::string netx_file(const NetxGroup& root) {
  RawHdf5Writer writer;
  const u64 at = add_group(writer, root);
  return writer.file(at);
}

}  // namespace spikefab::test
