// HDF5 files that are refused: what the message says, and that no claim of a file costs much.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <zlib.h>

#include "base/error.h"
#include "mapper/hdf5/hdf5.h"
#include "tests/support/hdf5_files.h"
#include "tests/support/temp_folder.h"

namespace spikefab::test {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

// What is thrown, without the folder; "" if the file is read.
std::string error_of(const std::string& path, u64 max_bytes = default_max_hdf5_bytes) {
  try {
    read_hdf5(path, max_bytes);
  } catch (const InputError& error) {
    const std::string text = error.what();
    const std::string folder = std::filesystem::path(path).parent_path().string() + "/";
    EXPECT_THAT(text, StartsWith(folder));
    return text.substr(std::min(text.size(), folder.size()));
  }
  return "";
}

std::string error_of_content(const std::string& content, u64 max_bytes = default_max_hdf5_bytes) {
  const TempFolder folder(memory_folder());
  return error_of(folder.write("x.nir", content), max_bytes);
}

TEST(Hdf5Messages, NameWhatIsNotReadAndSayWhatToDo) {
  const std::map<std::string, std::string> wanted = {
      {"soft_link",
       "refused_soft_link.h5: /: its member 'x' is a link by path (soft link), which is not "
       "followed (store the data itself: with h5py, file['copy'] = file['link'][()])"},
      {"external_link",
       "refused_external_link.h5: /: its member 'x' is a link to another file (external link), "
       "which is not followed (store the data itself: with h5py, file['copy'] = "
       "file['link'][()])"},
      {"external_storage",
       "refused_external_storage.h5: /x: has its values in other files, which are not read (store "
       "them in the file)"},
      {"virtual",
       "refused_virtual.h5: /x: is a virtual dataset, whose values are in others (store the values "
       "themselves)"},
      {"loop", "refused_loop.h5: /a/b/up: is a link to a group that it is in (remove the link)"},
      {"lzf",
       "refused_lzf.h5: /x: is compressed by filter lzf, which is not read (save it with "
       "compression='gzip' or without compression)"},
      {"scaleoffset",
       "refused_scaleoffset.h5: /x: is compressed by filter scaleoffset, which is not read (save "
       "it with compression='gzip' or without compression)"},
      {"compound",
       "refused_compound.h5: /x: holds compound values (such as complex numbers), which are not "
       "read (store numbers of 1 to 8 bytes, booleans or text)"},
      {"complex",
       "refused_complex.h5: /x: holds compound values (such as complex numbers), which are not "
       "read (store numbers of 1 to 8 bytes, booleans or text)"},
      {"sequence",
       "refused_sequence.h5: /x: holds sequences of variable length, which are not read (store "
       "numbers of 1 to 8 bytes, booleans or text)"},
      {"enumeration",
       "refused_enumeration.h5: /x: holds enumerations other than FALSE = 0, TRUE = 1, which are "
       "not read (store numbers of 1 to 8 bytes, booleans or text)"},
      {"reference",
       "refused_reference.h5: /x: holds references, which are not read (store numbers of 1 to 8 "
       "bytes, booleans or text)"},
      {"large_integer",
       "refused_large_integer.h5: /x: element 1 is an integer beyond 2^53 (all that networks are "
       "made of is smaller; is it the right file?)"},
      {"named_type",
       "refused_named_type.h5: /x: its datatype is shared with other objects, which is not read "
       "(do not name datatypes in the file; save it with h5py's defaults)"},
      {"new_chunks",
       "refused_new_chunks.h5: /x: has chunks in the format of HDF5 1.10 (layout version 4), which "
       "is not read (save it with h5py's default, libver='earliest')"}};

  for (const auto& [name, message] : wanted) {
    EXPECT_EQ(error_of(hdf5_fixture("refused_" + name + ".h5")), message);
  }
}

TEST(Hdf5Messages, SayWhatAFileSeemsToBe) {
  using namespace std::string_literals;
  const std::map<std::string, std::string> wanted = {
      {"", "x.nir: is empty, so it is no HDF5 file (export it again)"},
      {"PK\3\4rest",
       "x.nir: is a zip archive, such as a PyTorch checkpoint or .npz, and no HDF5 file (load it "
       "in its framework and export the network from there with nir.write)"},
      {"\x80\2}q\0"s,
       "x.nir: is a Python pickle, such as an old PyTorch checkpoint, and no HDF5 file (load it in "
       "its framework and export the network from there with nir.write)"},
      {"\x1f\x8b\x08", "x.nir: is gzip data and no HDF5 file (gunzip it)"},
      {"\x93NUMPY\1\0"s, "x.nir: is a NumPy array and no HDF5 file"},
      {"version https://git-lfs.github.com/spec/v1\n",
       "x.nir: is a Git LFS pointer and no HDF5 file (git lfs pull)"},
      {"name: lif\n", "x.nir: is text and no HDF5 file (export it again)"},
      {"\x89HDG\r\n\x1a\n\0\0\0\0"s,
       "x.nir: is no HDF5 file: no signature at its begin (the file is damaged; export or copy it "
       "again)"}};

  for (const auto& [content, message] : wanted) EXPECT_EQ(error_of_content(content), message);
}

TEST(Hdf5Messages, SayWhereAFileIsCutOff) {
  const std::string whole = read_whole_file(hdf5_fixture("texts.h5"));

  EXPECT_EQ(error_of_content(whole.substr(0, 5000)),
            "x.nir: is cut off: it has 5000 bytes, of 8380 that its superblock tells of (export or "
            "copy it again)");
  for (u64 bytes = 0; bytes < whole.size(); bytes += bytes < 128 ? 1 : 97) {
    EXPECT_NE(error_of_content(whole.substr(0, bytes)), "") << bytes;
  }
}

TEST(Hdf5Messages, SayTheByteThatIsDamaged) {
  std::string content = read_whole_file(hdf5_fixture("texts.h5"));
  const std::size_t symbols = content.find("SNOD");
  content.replace(symbols, 4, "SNO\n");

  EXPECT_EQ(error_of_content(content),
            "x.nir: /: at byte " + std::to_string(symbols) +
                ": group's symbol table must begin with 'SNOD', not 'SNO\\x0a' (the file is "
                "damaged; export or copy it again)");
}

TEST(Hdf5Messages, SayThatAChecksumIsWrong) {
  const std::string whole = read_whole_file(hdf5_fixture("storage.h5"));
  const std::string values("\0\1\2\3\4", 5);  // of "odd"; its checksum follows
  const std::size_t odd = whole.find(values + whole.substr(whole.find(values) + 5, 4));
  std::string content = whole;
  content[odd + 2] = 7;

  EXPECT_EQ(error_of_content(content),
            "x.nir: /odd: has a chunk with a wrong checksum (fletcher32) (export or copy it "
            "again)");
}

// A file with dataset x of these messages.
std::string file_with(RawHdf5Writer& writer, const std::vector<RawHdf5Writer::Message>& messages) {
  const u64 dataset = writer.add_object(messages);
  return writer.file(writer.add_group({RawHdf5Writer::link("x", dataset)}));
}

std::string packed(const std::string& bytes) {
  std::string out(compressBound(bytes.size()), '\0');
  uLongf size = out.size();
  compress(reinterpret_cast<Bytef*>(out.data()), &size,
           reinterpret_cast<const Bytef*>(bytes.data()), bytes.size());
  return out.substr(0, size);
}

TEST(Hdf5Limits, AnArrayMustBeWithinTheFile) {
  using W = RawHdf5Writer;
  W good;
  W bad;
  const u64 array = good.add("abcdefgh");
  bad.add("abcdefgh");

  EXPECT_EQ(
      error_of_content(file_with(good, {W::shape({8}), W::integers(1), W::contiguous(array, 8)})),
      "");
  EXPECT_THAT(error_of_content(
                  file_with(bad, {W::shape({800}), W::integers(1), W::contiguous(array, 800)})),
              HasSubstr("/x: at byte 48: array of 800 bytes goes beyond the end of the file"));
}

TEST(Hdf5Limits, AShapeMustNotOverflow) {
  using W = RawHdf5Writer;
  W writer;

  EXPECT_THAT(error_of_content(file_with(writer, {W::shape({u64{1} << 40, u64{1} << 40}),
                                                  W::integers(8), W::contiguous(48, 64)})),
              HasSubstr("/x: stores 64 of the 18446744073709551615 bytes"));
}

TEST(Hdf5Limits, WhatIsNotStoredMustNotBeLarge) {
  using W = RawHdf5Writer;
  const u64 nowhere = ~u64{0};
  for (const bool is_chunked : {false, true}) {
    W writer;
    const auto layout =
        is_chunked ? W::chunked(nowhere, {1}, 1) : W::contiguous(nowhere, u64{1} << 28);

    EXPECT_THAT(
        error_of_content(file_with(writer, {W::shape({u64{1} << 28}), W::integers(1), layout})),
        HasSubstr("/x: its arrays are more than 1032 times as large as the file"));
  }
}

TEST(Hdf5Limits, AChunkMustUnpackToItsSize) {
  using W = RawHdf5Writer;
  for (const u64 claimed : {100'000, 99'999, 100'001, 4'000'000}) {
    W writer;
    const std::string bytes = packed(std::string(100'000, '\0'));
    const u64 chunk = writer.add(bytes);
    const u64 tree = writer.add(W::chunk_tree(chunk, bytes.size(), 1));

    const std::string error =
        error_of_content(file_with(writer, {W::shape({claimed}), W::integers(1),
                                            W::chunked(tree, {claimed}, 1), W::deflated()}));

    EXPECT_EQ(error.empty(), claimed == 100'000) << error;
  }
}

TEST(Hdf5Limits, ValuesMustNotTakeMoreMemoryThanIsAllowed) {
  using W = RawHdf5Writer;
  W writer;
  const u64 array = writer.add(std::string(1000, 'a'));
  const std::string content =
      file_with(writer, {W::shape({1000}), W::integers(1), W::contiguous(array, 1000)});

  EXPECT_EQ(error_of_content(content, 10'000), "");
  EXPECT_THAT(error_of_content(content, 5000), HasSubstr("/x: needs 8000 bytes of memory"));
}

TEST(Hdf5Limits, GroupsNestUpTo64Deep) {
  for (const u64 depth : {64, 65}) {
    RawHdf5Writer writer;
    u64 group = writer.add_group({});
    for (u64 i = 1; i < depth; ++i) group = writer.add_group({RawHdf5Writer::link("g", group)});

    const std::string error = error_of_content(writer.file(group));

    EXPECT_EQ(error.empty(), depth == 64) << error;
    if (depth == 65) {
      EXPECT_THAT(error, HasSubstr("is nested deeper than 64 groups"));
    }
  }
}

// Two links to the next group each time: 2^50 paths through the file.
TEST(Hdf5Limits, LinksMustNotMultiplyTheFile) {
  RawHdf5Writer writer;
  u64 group = writer.add_group({});
  for (u64 i = 1; i < 50; ++i) {
    group = writer.add_group({RawHdf5Writer::link("a", group), RawHdf5Writer::link("b", group)});
  }

  EXPECT_THAT(error_of_content(writer.file(group)),
              HasSubstr("parts of the file overlap or lead in circles"));
}

TEST(Hdf5Limits, StructuresMustNotLeadInCircles) {
  using W = RawHdf5Writer;
  W tree;
  const u64 node = tree.end();
  std::string inner = W::chunk_tree(node, 8, 1);
  inner[5] = 1;  // a level above the leaves
  tree.add(inner);
  W header;
  const u64 at = header.end() + 10;  // its own messages
  const u64 object =
      header.add_object({{0x10, little_endian_bytes(at - 4, 8) + little_endian_bytes(28, 8), 0}});

  EXPECT_THAT(
      error_of_content(file_with(tree, {W::shape({8}), W::integers(1), W::chunked(node, {8}, 1)})),
      HasSubstr("levels do not descend"));
  EXPECT_NE(error_of_content(header.file(object)), "");
}

TEST(Hdf5Limits, NamesMustBeNames) {
  RawHdf5Writer writer;
  const u64 group = writer.add_group({});
  for (const std::string name : {"", "a/b"}) {
    EXPECT_THAT(error_of_content(writer.file(writer.add_group({RawHdf5Writer::link(name, group)}))),
                HasSubstr("holds '" + name + "', which is no name"));
  }
  const auto link = RawHdf5Writer::link("a", group);
  EXPECT_THAT(error_of_content(writer.file(writer.add_group({link, link}))),
              HasSubstr("holds 'a' twice"));
}

}  // namespace
}  // namespace spikefab::test
