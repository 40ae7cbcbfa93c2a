// spikefab export: networks of old files, written anew.
#include <gmock/gmock.h>

#include <filesystem>

#include "mapper/hdf5/hdf5.h"
#include "mapper/nir/nir.h"
#include "tests/support/network_text.h"
#include "tests/support/run_tool.h"

namespace spikefab::test {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::string fixture(const std::string& name) {
  return SPIKEFAB_SOURCE_DIR "/tests/fixtures/nir/" + name;
}

TEST(CliExport, WritesACleanFileAndTellsWhatWasChanged) {
  const TempFolder folder;
  const std::string out = folder.file("clean.nir");

  const auto result = run_tool_json({"export", fixture("recurrent.nir"), "-o", out});

  EXPECT_EQ(result.at("version_read"), "1.0");
  EXPECT_EQ(result.at("nodes"), 5);
  EXPECT_EQ(result.at("edges"), 5);
  EXPECT_EQ(result.at("neurons"), 3);
  EXPECT_THAT(result.at("files_written"), ElementsAre(out));
  EXPECT_THAT(result.at("changes"),
              Contains("names are changed, as a file cannot hold them: 'rnn/lif = rnn.lif', "
                       "'rnn/w_rec = rnn.w_rec'"));
  const NirNetwork nir = load_nir(out);
  EXPECT_EQ(nir.version, "1.0.5");  // the last in which a spike without v_reset subtracts
  EXPECT_THAT(nir.notes, IsEmpty());
  const Hdf5Group graph = read_hdf5(out).groups.at("node");
  EXPECT_THAT(graph.groups.at("metadata").datasets.at("written_by").texts,
              ElementsAre(HasSubstr("spikefab ")));
}

TEST(CliExport, AFileThatIsCleanIsChangedNoMore) {
  const TempFolder folder;
  run_ok({"export", fixture("first_version.nir"), "-o", folder.file("a.nir")});

  const ToolRun run = run_ok({"export", folder.file("a.nir"), "-o", folder.file("b.nir")});

  EXPECT_THAT(run.out, HasSubstr("changes        none\n"));
  EXPECT_EQ(read_whole_file(folder.file("a.nir")), read_whole_file(folder.file("b.nir")));
}

TEST(CliExport, TellsPeopleALineForEachChange) {
  const TempFolder folder;

  const ToolRun run = run_ok({"export", fixture("first_version.nir"), "-o", folder.file("a.nir")});

  EXPECT_THAT(run.out,
              HasSubstr("\nchanges\n  what\n  an Input is added, since the file has none"));
}

TEST(CliExport, CompressesIfAsked) {
  const TempFolder folder;

  run_ok({"export", fixture("convolution.nir"), "-o", folder.file("a.nir"), "--compress", "9"});

  EXPECT_EQ(network_text(load_nir(folder.file("a.nir")).network),
            network_text(load_nir(fixture("convolution.nir")).network));
  EXPECT_THAT(
      run_tool({"export", fixture("lif.nir"), "-o", folder.file("b.nir"), "--compress", "10"}),
      AllOf(testing::Field(&ToolRun::code, 2),
            testing::Field(&ToolRun::err, HasSubstr("--compress must be 0 to 9"))));
}

TEST(CliExport, NeverReplacesAFileUnlessForced) {
  const TempFolder folder;
  const std::string out = folder.write("taken.nir", "something");
  std::vector<std::string> words = {"export", fixture("lif.nir"), "-o", out};

  const ToolRun refused = run_tool(words);
  EXPECT_EQ(refused.code, 2);
  EXPECT_THAT(refused.err, HasSubstr("taken.nir exists"));
  EXPECT_EQ(read_whole_file(out), "something");

  words.push_back("--force");
  run_ok(words);
  EXPECT_EQ(load_nir(out).network.neuron_count(), 2u);
}

TEST(CliExport, TheNetworkItselfIsNotReplaced) {
  const TempFolder folder;
  const std::string path = folder.write("net.nir", read_whole_file(fixture("lif.nir")));

  EXPECT_EQ(run_tool({"export", path, "-o", path, "--force"}).code, 2);
}

TEST(CliExport, ABadNetworkLeavesNoFile) {
  const TempFolder folder;
  const std::string bad = folder.write("bad.nir", "not HDF5");

  const ToolRun run = run_tool({"export", bad, "-o", folder.file("out.nir")});

  EXPECT_EQ(run.code, 3);
  EXPECT_THAT(run.err, HasSubstr("bad.nir"));
  EXPECT_THAT(names_in(folder.path()), ElementsAre("bad.nir"));
}

// A limit on the size of files stands for a full disk.
TEST(CliExport, AFullDiskIsAResourceErrorAndLeavesNothing) {
  const TempFolder folder;
  const std::string out = folder.file("out.nir");
  const std::string command =
      std::string(SPIKEFAB_TOOL) + " export " + fixture("convolution.nir") + " -o " + out;

  const ToolRun run = run_program({"bash", "-c", "trap '' XFSZ; ulimit -f 8; " + command});

  EXPECT_EQ(run.code, 5);
  EXPECT_THAT(run.err, HasSubstr("cannot write " + out));
  EXPECT_THAT(names_in(folder.path()), IsEmpty());
}

}  // namespace
}  // namespace spikefab::test
