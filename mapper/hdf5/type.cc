#include "mapper/hdf5/type.h"

#include <algorithm>
#include <array>
#include <limits>

namespace spikefab {
namespace {

const Hdf5Message& message_of(Hdf5File& file, const Hdf5Object& dataset, Hdf5MessageType type,
                              const char* what) {
  const Hdf5Message* message = dataset.find(type);
  if (message == nullptr) file.fail("has no " + std::string(what), "export it again");
  return *message;
}

u64 count_of(const std::vector<u64>& shape) {
  if (std::count(shape.begin(), shape.end(), 0) > 0) return 0;
  u64 count = 1;
  for (const u64 side : shape) {
    if (__builtin_mul_overflow(count, side, &count)) return std::numeric_limits<u64>::max();
  }
  return count;
}

// The four fields that all datatypes begin with (IV.A.2.d).
struct TypeHead {
  u32 type_class = 0;
  u32 version = 0;
  u32 bits = 0;
  u64 bytes = 0;
};

enum TypeClass : u32 {
  integer_class = 0,
  real_class = 1,
  text_class = 3,
  enum_class = 8,
  variable_class = 9
};

constexpr std::array<const char*, 12> class_names = {"integers",
                                                     "real numbers",
                                                     "times",
                                                     "text",
                                                     "bit fields",
                                                     "opaque bytes",
                                                     "compound values (such as complex numbers)",
                                                     "references",
                                                     "enumerations",
                                                     "sequences of variable length",
                                                     "arrays as elements",
                                                     "complex numbers"};

TypeHead read_head(Hdf5Cursor& cursor) {
  TypeHead head;
  const u32 first = cursor.number32(1);
  head.type_class = first & 15;
  head.version = first >> 4;
  head.bits = cursor.number32(3);
  head.bytes = cursor.number(4);
  return head;
}

[[noreturn]] void fail_type(const Hdf5File& file, const std::string& what) {
  file.fail("holds " + what + ", which are not read",
            "store numbers of 1 to 8 bytes, booleans or text");
}

Hdf5Type read_integer(Hdf5File& file, Hdf5Cursor& cursor, const TypeHead& head) {
  const u32 offset = cursor.number32(2);
  const u32 precision = cursor.number32(2);
  if (head.bytes == 0 || head.bytes > 8 || offset != 0 || precision != 8 * head.bytes) {
    fail_type(file, "integers of " + std::to_string(precision) + " bits in " +
                        std::to_string(head.bytes) + " bytes");
  }
  Hdf5Type type;
  type.kind = Hdf5Kind::integer;
  type.bytes = head.bytes;
  type.is_big_endian = head.bits & 1;
  type.is_signed = head.bits >> 3 & 1;
  return type;
}

// Where IEEE 754 has its parts.
struct RealFormat {
  u64 bytes;
  u32 exponent_begin;
  u32 exponent_bits;
  u32 mantissa_bits;
  u32 bias;
  bool operator==(const RealFormat&) const = default;
};
constexpr RealFormat real_formats[] = {
    {2, 10, 5, 10, 15}, {4, 23, 8, 23, 127}, {8, 52, 11, 52, 1023}};

Hdf5Type read_real(Hdf5File& file, Hdf5Cursor& cursor, const TypeHead& head) {
  const u32 offset = cursor.number32(2);
  const u32 precision = cursor.number32(2);
  RealFormat format{};
  format.bytes = head.bytes;
  format.exponent_begin = cursor.number32(1);
  format.exponent_bits = cursor.number32(1);
  const u32 mantissa_begin = cursor.number32(1);
  format.mantissa_bits = cursor.number32(1);
  format.bias = cursor.number32(4);
  const u32 sign_begin = head.bits >> 8 & 255;
  const u32 order = (head.bits & 1) | (head.bits >> 5 & 2);
  constexpr u32 implied_one = 2;  // before the mantissa
  const bool is_ieee = std::count(std::begin(real_formats), std::end(real_formats), format) == 1 &&
                       offset == 0 && precision == 8 * head.bytes && mantissa_begin == 0 &&
                       sign_begin + 1 == precision && (head.bits >> 4 & 3) == implied_one &&
                       order <= 1;
  if (!is_ieee) {
    fail_type(file, "real numbers of " + std::to_string(head.bytes) +
                        " bytes that are no IEEE 754 half, single or double");
  }
  Hdf5Type type;
  type.kind = Hdf5Kind::real;
  type.bytes = head.bytes;
  type.is_big_endian = order == 1;
  return type;
}

Hdf5Type read_text(Hdf5File& file, const TypeHead& head) {
  constexpr u32 by_space = 2;
  if (head.bytes == 0) fail_type(file, "texts of no bytes");
  Hdf5Type type;
  type.kind = Hdf5Kind::text;
  type.bytes = head.bytes;
  type.is_padded_by_space = (head.bits & 15) == by_space;
  return type;
}

std::string read_name(Hdf5Cursor& cursor, u32 version) {
  std::string name;
  const u64 begin = cursor.position();
  while (const u64 byte = cursor.number(1)) name += static_cast<char>(byte);
  if (version < 3) cursor.skip((8 - (cursor.position() - begin) % 8) % 8);
  return name;
}

// h5py's boolean: an enumeration of FALSE and TRUE in one byte.
Hdf5Type read_boolean(Hdf5File& file, Hdf5Cursor& cursor, const TypeHead& head) {
  const TypeHead base = read_head(cursor);
  if (base.type_class != integer_class || base.bytes != head.bytes) {
    cursor.fail_damaged("an enumeration that is not of integers");
  }
  Hdf5Type type = read_integer(file, cursor, base);
  const u32 members = head.bits & 0xffff;
  bool is_boolean = members == 2 && type.bytes == 1;
  for (u32 i = 0; is_boolean && i < members; ++i) {
    is_boolean = read_name(cursor, head.version) == (i == 0 ? "FALSE" : "TRUE");
  }
  for (u32 i = 0; is_boolean && i < members; ++i) is_boolean = cursor.number(1) == i;
  if (!is_boolean) fail_type(file, "enumerations other than FALSE = 0, TRUE = 1");
  type.kind = Hdf5Kind::boolean;
  return type;
}

Hdf5Type read_variable(Hdf5File& file, const TypeHead& head) {
  constexpr u32 text = 1;
  if ((head.bits & 15) != text) fail_type(file, class_names[variable_class]);
  if (head.bytes != u64{4} + file.address_bytes() + 4) {
    fail_type(file, "texts by " + std::to_string(head.bytes) + " bytes each");
  }
  Hdf5Type type;
  type.kind = Hdf5Kind::text;
  type.bytes = head.bytes;
  type.is_in_heap = true;
  return type;
}

}  // namespace

Hdf5Space read_hdf5_space(Hdf5File& file, const Hdf5Object& dataset) {
  constexpr u32 max_rank = 32;  // as in the library
  constexpr u32 null_type = 2;
  const Hdf5Message& message =
      message_of(file, dataset, Hdf5MessageType::dataspace, "shape (dataspace)");
  Hdf5Cursor cursor = open_hdf5_message(file, message, "dataspace");
  const u32 version = cursor.number32(1);
  const u32 rank = cursor.number32(1);
  if (version != 1 && version != 2) {
    cursor.fail_damaged("is of version " + std::to_string(version) + " (1 and 2 are read)");
  }
  if (rank > max_rank) cursor.fail_damaged(std::to_string(rank) + " dimensions (32 are the most)");
  cursor.skip(1);  // whether limits follow
  Hdf5Space space;
  if (version == 1) cursor.skip(5);
  if (version == 2) space.is_null = cursor.number(1) == null_type;
  for (u32 i = 0; i < rank; ++i) space.shape.push_back(cursor.length());
  space.count = space.is_null ? 0 : count_of(space.shape);
  if (space.is_null) space.shape.clear();
  return space;
}

Hdf5Type read_hdf5_type(Hdf5File& file, const Hdf5Object& dataset) {
  const Hdf5Message& message =
      message_of(file, dataset, Hdf5MessageType::datatype, "type (datatype)");
  Hdf5Cursor cursor = open_hdf5_message(file, message, "datatype");
  const TypeHead head = read_head(cursor);
  switch (head.type_class) {
    case integer_class:
      return read_integer(file, cursor, head);
    case real_class:
      return read_real(file, cursor, head);
    case text_class:
      return read_text(file, head);
    case enum_class:
      return read_boolean(file, cursor, head);
    case variable_class:
      return read_variable(file, head);
  }
  if (head.type_class < class_names.size()) fail_type(file, class_names[head.type_class]);
  cursor.fail_damaged("class " + std::to_string(head.type_class) + " is not known");
}

}  // namespace spikefab
