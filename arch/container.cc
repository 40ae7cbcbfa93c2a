#include "arch/container.h"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <google/protobuf/stubs/logging.h>

#include <bit>
#include <boost/crc.hpp>
#include <cstring>

#include "base/suggest.h"

namespace spikefab {
namespace {

static_assert(std::endian::native == std::endian::little, "files hold little-endian arrays as is");

constexpr char magic[8] = {'S', 'P', 'I', 'K', 'E', 'F', 'A', 'B'};
constexpr u32 header_tag = 1;
constexpr u32 array_tag = 2;
constexpr u64 max_header_bytes = u64{1} << 20;

struct RecordHead {
  u32 tag;
  u32 crc;
  u64 length;
};
static_assert(sizeof(RecordHead) == 16);

u32 crc32c(std::span<const std::byte> bytes) {
  // Castagnoli's polynomial [RFC 3720, 12.1], as in iSCSI and ext4.
  boost::crc_optimal<32, 0x1EDC6F41, 0xFFFFFFFF, 0xFFFFFFFF, true, true> crc;
  crc.process_bytes(bytes.data(), bytes.size());
  return static_cast<u32>(crc.checksum());
}

void write_record(AtomicFile& file, u32 tag, std::span<const std::byte> bytes) {
  const RecordHead head{tag, crc32c(bytes), bytes.size()};
  file.write(std::as_bytes(std::span(&head, 1)));
  file.write(bytes);
}

// The same bytes for the same message, also where it holds maps.
std::string serialized(const google::protobuf::Message& message) {
  std::string bytes;
  google::protobuf::io::StringOutputStream stream(&bytes);
  google::protobuf::io::CodedOutputStream coded(&stream);
  coded.SetSerializationDeterministic(true);
  message.SerializeToCodedStream(&coded);
  coded.Trim();
  return bytes;
}

std::string at_byte(const std::string& path, u64 offset) {
  return path + ": byte " + std::to_string(offset);
}

// Reads exactly bytes.size() bytes of one record's payload, whose head must announce them.
void read_record(FileReader& file, const std::string& path, u32 tag, std::span<std::byte> bytes,
                 const RecordHead& head) {
  const u64 start = file.offset();
  if (head.tag != tag) {
    throw InputError(at_byte(path, start), "unexpected record of type " + std::to_string(head.tag),
                     "the file is damaged");
  }
  if (file.read(bytes) != bytes.size()) {
    throw InputError(at_byte(path, start), "the file ends within a record",
                     "was it copied completely?");
  }
  if (crc32c(bytes) != head.crc) {
    throw InputError(at_byte(path, start),
                     "checksum mismatch in a record of " + std::to_string(bytes.size()) + " bytes",
                     "the file is damaged");
  }
}

RecordHead read_head(FileReader& file, const std::string& path) {
  const u64 start = file.offset();
  RecordHead head{};
  if (file.read(std::as_writable_bytes(std::span(&head, 1))) != sizeof head) {
    throw InputError(at_byte(path, start), "the file ends where a record should begin",
                     "was it copied completely?");
  }
  return head;
}

}  // namespace

bool is_container(const std::string& path) {
  FileReader file(path);
  char start[sizeof magic] = {};
  file.read(std::as_writable_bytes(std::span(start)));
  return std::memcmp(start, magic, sizeof magic) == 0;
}

ContainerWriter::ContainerWriter(std::string path, schema::FileHeader header)
    : path_(std::move(path)), header_(std::move(header)) {}

void ContainerWriter::add_bytes(const std::string& name, u32 element_bytes,
                                std::span<const std::byte> bytes) {
  schema::Array* array = header_.add_arrays();
  array->set_name(name);
  array->set_element_bytes(element_bytes);
  array->set_elements(bytes.size() / element_bytes);
  arrays_.push_back(bytes);
}

void ContainerWriter::finish() {
  AtomicFile file(path_);
  file.write(std::as_bytes(std::span(magic)));
  file.write(std::as_bytes(std::span(&container_version, 1)));
  const std::string header = serialized(header_);
  SPIKEFAB_ASSERT(header.size() <= max_header_bytes);
  write_record(file, header_tag, std::as_bytes(std::span(header)));
  for (std::span<const std::byte> array : arrays_) {
    while (!array.empty()) {
      const std::size_t part = std::min<std::size_t>(array.size(), max_record_bytes);
      write_record(file, array_tag, array.first(part));
      array = array.subspan(part);
    }
  }
  file.commit();
}

ContainerReader::ContainerReader(const std::string& path, const std::string& kind)
    : path_(path), file_(path) {
  char found_magic[sizeof magic] = {};
  u32 version = 0;
  file_.read(std::as_writable_bytes(std::span(found_magic)));
  file_.read(std::as_writable_bytes(std::span(&version, 1)));
  if (std::memcmp(found_magic, magic, sizeof magic) != 0) {
    throw InputError(at_byte(path_, 0), "is not a Spikefab file",
                     ".sfab files are written by Spikefab, such as by 'spikefab import'");
  }
  if (version != container_version) {
    throw InputError(at_byte(path_, sizeof magic),
                     "has format version " + std::to_string(version) + " (this build reads " +
                         std::to_string(container_version) + ")",
                     "make the file again with this version");
  }
  const RecordHead head = read_head(file_, path_);
  if (head.length > std::min(max_header_bytes, file_.remaining())) {
    throw InputError(at_byte(path_, file_.offset()), "the header is longer than the file or 1 MiB",
                     "the file is damaged");
  }
  std::vector<std::byte> bytes(head.length);
  const u64 start = file_.offset();
  read_record(file_, path_, header_tag, bytes, head);
  const google::protobuf::LogSilencer quiet;  // the error below says it once
  if (!header_.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
    throw InputError(at_byte(path_, start), "the header cannot be decoded", "the file is damaged");
  }
  if (!kind.empty() && header_.kind() != kind) {
    throw InputError(at_byte(path_, start),
                     "is a " + printable(header_.kind()) + ", not a " + kind);
  }
}

u64 ContainerReader::element_count(const std::string& name, u32 element_bytes) const {
  const std::string place = at_byte(path_, file_.offset());
  if (next_array_ >= header_.arrays_size()) {
    throw InputError(place, "array '" + name + "' is missing", "the file is damaged");
  }
  const schema::Array& array = header_.arrays(next_array_);
  if (array.name() != name || array.element_bytes() != element_bytes) {
    throw InputError(place,
                     "array '" + printable(array.name()) + "' of " +
                         std::to_string(array.element_bytes()) + "-byte elements (need '" + name +
                         "' of " + std::to_string(element_bytes) + ")",
                     "the file is damaged");
  }
  if (array.elements() > file_.remaining() / element_bytes) {
    throw InputError(place,
                     "array '" + name + "' has " + std::to_string(array.elements()) +
                         " elements, more than the rest of the file holds",
                     "was it copied completely?");
  }
  return array.elements();
}

void ContainerReader::read_array(std::span<std::byte> bytes) {
  ++next_array_;
  while (!bytes.empty()) {
    const RecordHead head = read_head(file_, path_);
    if (head.length == 0 || head.length > std::min<u64>(max_record_bytes, bytes.size())) {
      throw InputError(at_byte(path_, file_.offset()),
                       "a record has " + std::to_string(head.length) + " bytes (at most " +
                           std::to_string(std::min<u64>(max_record_bytes, bytes.size())) +
                           " belong here)",
                       "the file is damaged");
    }
    read_record(file_, path_, array_tag, bytes.first(head.length), head);
    bytes = bytes.subspan(head.length);
  }
}

void ContainerReader::finish() {
  if (next_array_ != header_.arrays_size() || file_.remaining() != 0) {
    throw InputError(at_byte(path_, file_.offset()), "more data than the format has",
                     "the file is damaged");
  }
}

}  // namespace spikefab
