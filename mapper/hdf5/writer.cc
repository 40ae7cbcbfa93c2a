#include "mapper/hdf5/writer.h"

#include <hdf5.h>

#include <algorithm>
#include <cstdint>
#include <utility>

#include "base/error.h"

namespace spikefab {
namespace {

constexpr std::size_t memory_step = std::size_t{1} << 20;  // by which the file grows
constexpr u64 max_chunk_bytes = u64{1} << 20;              // of a compressed array

// What failed first, in libhdf5's words.
std::string innermost_error() {
  std::string text = "libhdf5 failed";
  const auto take_first = [](unsigned n, const H5E_error2_t* error, void* data) -> herr_t {
    if (n == 0 && error->desc) *static_cast<std::string*>(data) = error->desc;
    return 0;
  };
  H5Ewalk2(H5E_DEFAULT, H5E_WALK_UPWARD, take_first, &text);
  return text;
}

// What libhdf5 returned, unless that is a failure.
template <class Result>
Result checked(Result result, const std::string& path) {
  if (result < 0) throw ResourceError("cannot make " + path + ": " + innermost_error());
  return result;
}

// Anything of libhdf5 that has to be closed.
class Handle {
 public:
  Handle(hid_t id, herr_t (*close)(hid_t), const std::string& path)
      : id_(checked(id, path)), close_(close) {}
  ~Handle() {
    if (id_ >= 0) close_(id_);
  }
  Handle(Handle&& other) noexcept : id_(std::exchange(other.id_, -1)), close_(other.close_) {}
  Handle& operator=(Handle&&) = delete;
  operator hid_t() const { return id_; }

 private:
  hid_t id_;
  herr_t (*close_)(hid_t);
};

// ASCII names are stored as such: only then do groups keep their oldest layout.
Handle link_properties(const std::string& name, const std::string& path) {
  Handle properties(H5Pcreate(H5P_LINK_CREATE), H5Pclose, path);
  const bool ascii = std::all_of(name.begin(), name.end(), [](char c) { return (c & 0x80) == 0; });
  checked(H5Pset_char_encoding(properties, ascii ? H5T_CSET_ASCII : H5T_CSET_UTF8), path);
  return properties;
}

Handle space_of(const std::vector<hsize_t>& shape, const std::string& path) {
  const hid_t id = shape.empty()
                       ? H5Screate(H5S_SCALAR)
                       : H5Screate_simple(static_cast<int>(shape.size()), shape.data(), nullptr);
  return Handle(id, H5Sclose, path);
}

// The shape without what exceeds max_chunk_bytes, from the first dimension on.
std::vector<hsize_t> chunk_of(std::vector<hsize_t> shape, u64 value_bytes) {
  u64 bytes = value_bytes;
  for (const hsize_t side : shape) bytes *= side;
  for (hsize_t& side : shape) {
    if (bytes <= max_chunk_bytes) break;
    const u64 of_one = bytes / side;
    side = std::max<u64>(1, max_chunk_bytes / of_one);
    bytes = of_one * side;
  }
  return shape;
}

}  // namespace

Hdf5OutputGroup::Hdf5OutputGroup(const std::string& path, u32 deflate_level, i64 id)
    : path_(&path), deflate_level_(deflate_level), id_(checked(id, path)) {}

Hdf5OutputGroup::~Hdf5OutputGroup() {
  if (id_ >= 0) H5Gclose(id_);
}

Hdf5OutputGroup::Hdf5OutputGroup(Hdf5OutputGroup&& other) noexcept
    : path_(other.path_), deflate_level_(other.deflate_level_), id_(std::exchange(other.id_, -1)) {}

Hdf5OutputGroup Hdf5OutputGroup::add_group(const std::string& name) {
  const Handle links = link_properties(name, *path_);
  return {*path_, deflate_level_, H5Gcreate2(id_, name.c_str(), links, H5P_DEFAULT, H5P_DEFAULT)};
}

void Hdf5OutputGroup::add_values(const std::string& name, const std::vector<u64>& shape,
                                 Types types, u64 value_bytes, const void* values) {
  const std::vector<hsize_t> sides(shape.begin(), shape.end());
  const bool has_values = std::find(sides.begin(), sides.end(), 0) == sides.end();
  const Handle space = space_of(sides, *path_);
  const Handle links = link_properties(name, *path_);
  const Handle properties(H5Pcreate(H5P_DATASET_CREATE), H5Pclose, *path_);
  checked(H5Pset_obj_track_times(properties, false), *path_);  // the same bytes at any time
  if (deflate_level_ > 0 && value_bytes > 0 && !sides.empty() && has_values) {
    const std::vector<hsize_t> chunk = chunk_of(sides, value_bytes);
    checked(H5Pset_chunk(properties, static_cast<int>(chunk.size()), chunk.data()), *path_);
    checked(H5Pset_deflate(properties, deflate_level_), *path_);
  }
  const Handle dataset(
      H5Dcreate2(id_, name.c_str(), types.in_file, space, links, properties, H5P_DEFAULT), H5Dclose,
      *path_);
  if (!has_values) return;
  checked(H5Dwrite(dataset, types.in_memory, H5S_ALL, H5S_ALL, H5P_DEFAULT, values), *path_);
}

void Hdf5OutputGroup::add(const std::string& name, const std::vector<u64>& shape,
                          std::span<const float> values) {
  add_values(name, shape, {H5T_NATIVE_FLOAT, H5T_IEEE_F32LE}, sizeof(float), values.data());
}

void Hdf5OutputGroup::add(const std::string& name, const std::vector<u64>& shape,
                          std::span<const double> values) {
  add_values(name, shape, {H5T_NATIVE_DOUBLE, H5T_IEEE_F64LE}, sizeof(double), values.data());
}

void Hdf5OutputGroup::add(const std::string& name, const std::vector<u64>& shape,
                          std::span<const i64> values) {
  add_values(name, shape, {H5T_NATIVE_INT64, H5T_STD_I64LE}, sizeof(i64), values.data());
}

void Hdf5OutputGroup::add(const std::string& name, const std::vector<u64>& shape,
                          std::span<const std::string> values) {
  const Handle type(H5Tcopy(H5T_C_S1), H5Tclose, *path_);
  checked(H5Tset_size(type, H5T_VARIABLE), *path_);
  checked(H5Tset_cset(type, H5T_CSET_UTF8), *path_);
  std::vector<const char*> texts;
  for (const std::string& value : values) texts.push_back(value.c_str());
  add_values(name, shape, {type, type}, 0, texts.data());  // filters do not reach text
}

Hdf5Output::Hdf5Output(std::string path, u32 deflate_level)
    : path_(std::move(path)), deflate_level_(deflate_level) {
  checked(H5open(), path_);
  H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);  // failures are ours to tell, not printed
  const Handle access(H5Pcreate(H5P_FILE_ACCESS), H5Pclose, path_);
  constexpr hbool_t on_disk = false;
  checked(H5Pset_fapl_core(access, memory_step, on_disk), path_);
  const Handle creation(H5Pcreate(H5P_FILE_CREATE), H5Pclose, path_);
  checked(H5Pset_obj_track_times(creation, false), path_);
  // In memory a name is no path, but libhdf5 takes equal names for the same file.
  const std::string name = "in memory " + std::to_string(reinterpret_cast<std::uintptr_t>(this));
  id_ = checked(H5Fcreate(name.c_str(), H5F_ACC_TRUNC, creation, access), path_);
}

Hdf5Output::~Hdf5Output() { H5Fclose(id_); }

Hdf5OutputGroup Hdf5Output::root() {
  return {path_, deflate_level_, H5Gopen2(id_, "/", H5P_DEFAULT)};
}

std::vector<std::byte> Hdf5Output::bytes() {
  checked(H5Fflush(id_, H5F_SCOPE_GLOBAL), path_);
  const ssize_t size = checked(H5Fget_file_image(id_, nullptr, 0), path_);
  std::vector<std::byte> image(static_cast<std::size_t>(size));
  checked(H5Fget_file_image(id_, image.data(), image.size()), path_);
  return image;
}

}  // namespace spikefab
