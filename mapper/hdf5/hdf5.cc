#include "mapper/hdf5/hdf5.h"

#include <algorithm>

#include "base/suggest.h"
#include "mapper/hdf5/data.h"

namespace spikefab {
namespace {

constexpr u64 max_depth = 64;

// Counts what is left out, for one note each.
class Skipped {
 public:
  explicit Skipped(std::string what) : what_(std::move(what)) {}
  void add(const std::string& object) {
    if (count_++ == 0) first_ = object;
  }
  void add_note(std::vector<std::string>& notes) const {
    if (count_ == 0) return;
    notes.push_back("skipped: " + std::to_string(count_) + " " + what_ + ", the first of " +
                    first_);
  }

 private:
  std::string what_;
  std::string first_;
  u64 count_ = 0;
};

class Hdf5Reader {
 public:
  Hdf5Reader(const std::string& path, u64 max_bytes) : file_(path, max_bytes) {}

  Hdf5Group read() {
    const Hdf5Object root = read_hdf5_object(file_, file_.root());
    if (!is_group(root)) file_.fail("its root is no group", "export it again");
    Hdf5Group group;
    path_to_.push_back(file_.root());
    read_group(root, "", group);
    for (const Skipped* skipped : {&attributes_, &named_types_, &unknown_}) {
      skipped->add_note(group.notes);
    }
    return group;
  }

 private:
  static bool is_group(const Hdf5Object& object) {
    return object.has(Hdf5MessageType::symbol_table) || object.has(Hdf5MessageType::link_info);
  }

  // `path` is "" for the root, else "/node/nodes".
  void read_group(const Hdf5Object& object, const std::string& path, Hdf5Group& group) {
    enter(object, path, group.place);
    if (path_to_.size() > max_depth) {
      file_.fail("is nested deeper than " + std::to_string(max_depth) + " groups",
                 "networks do not nest so deep; is it the right file?");
    }
    for (const Hdf5Link& link : read_hdf5_links(file_, object)) {
      check_name(link.name, group);
      read_member(link, path + "/" + printable(link.name), group);
      file_.set_object(path.empty() ? "/" : path);
    }
  }

  void enter(const Hdf5Object& object, const std::string& path, std::string& place) {
    file_.set_object(path.empty() ? "/" : path);
    place = file_.place();
    file_.count_memory(place.size() + sizeof(Hdf5Group));
    for (const Hdf5Message& message : object.messages) {
      if (message.type == Hdf5MessageType::attribute) attributes_.add(place);
      if (!is_known(message.type)) unknown_.add(place);
    }
  }

  void check_name(const std::string& name, const Hdf5Group& group) const {
    if (name.empty() || name.find('/') != std::string::npos) {
      file_.fail("holds '" + printable(name) + "', which is no name", "export it again");
    }
    if (group.groups.count(name) + group.datasets.count(name) > 0) {
      file_.fail("holds '" + printable(name) + "' twice", "export it again");
    }
  }

  void read_member(const Hdf5Link& link, const std::string& path, Hdf5Group& group) {
    file_.set_object(path);
    if (std::count(path_to_.begin(), path_to_.end(), link.address) > 0) {
      file_.fail("is a link to a group that it is in", "remove the link");
    }
    const Hdf5Object object = read_hdf5_object(file_, link.address);
    if (is_group(object)) {
      path_to_.push_back(link.address);
      read_group(object, path, group.groups[link.name]);
      path_to_.pop_back();
    } else if (object.has(Hdf5MessageType::layout)) {
      read_dataset(object, path, group.datasets[link.name]);
    } else if (object.has(Hdf5MessageType::datatype)) {
      named_types_.add(path);
    } else {
      file_.fail("is neither a group nor a dataset", "export it again");
    }
  }

  void read_dataset(const Hdf5Object& object, const std::string& path, Hdf5Dataset& dataset) {
    enter(object, path, dataset.place);
    const Hdf5Space space = read_hdf5_space(file_, object);
    if (space.is_null) return;
    const Hdf5Type type = read_hdf5_type(file_, object);
    dataset.kind = type.kind;
    dataset.shape = space.shape;
    const Hdf5Bytes bytes = read_hdf5_bytes(file_, object, space, type);
    if (type.kind == Hdf5Kind::text) {
      dataset.texts = decode_hdf5_texts(file_, heap_, type, bytes.span());
    } else {
      dataset.numbers = decode_hdf5_numbers(file_, type, bytes.span());
    }
  }

  Hdf5File file_;
  Hdf5Heap heap_;
  std::vector<u64> path_to_;  // headers of the groups that we are in
  Skipped attributes_{"attributes"};
  Skipped named_types_{"named datatypes"};
  Skipped unknown_{"messages of unknown types"};
};

}  // namespace

Hdf5Group read_hdf5(const std::string& path, u64 max_bytes) {
  return Hdf5Reader(path, max_bytes).read();
}

}  // namespace spikefab
