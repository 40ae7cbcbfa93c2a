// What the emulated device finds wrong in kernels: each has a twin without the mistake.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/device/emulated_device.h"

namespace spikefab::test {
namespace {

using ptx::Schedule;
using sim::cuda::Buffer;
using testing::HasSubstr;

struct Args {
  u64 in, out, flag;
};

constexpr u32 words = 256;  // of in and out

// t is the thread, lane its lane, id the block; in and out point to its own words, begin and flag
// to the first word of in and a flag. box are 64 words of shared memory.
std::string kernel(const std::string& body) {
  return R"(.version 9.0
.target sm_90
.address_size 64
.extern .shared .align 4 .b8 dynamic[];
.visible .entry k(.param .align 8 .b8 args[24]) {
    .reg .pred p, q;
    .reg .b32 t, id, n, lane, x, y, at, mine;
    .reg .b64 begin, in, out, to, flag, offset, X;
    .shared .align 4 .b8 box[256];
    ld.param.u64 begin, [args];
    ld.param.u64 to, [args+8];
    ld.param.u64 flag, [args+16];
    mov.u32 t, %tid.x;
    mov.u32 id, %ctaid.x;
    mov.u32 n, %ntid.x;
    mov.u32 lane, %laneid;
    mad.lo.u32 x, id, n, t;
    mul.wide.u32 offset, x, 4;
    add.s64 in, begin, offset;
    add.s64 out, to, offset;
    mov.u32 at, box;
    shl.b32 y, t, 2;
    add.u32 mine, at, y;
    mov.u32 x, 7;
)" + body +
         R"(
    ret;
}
)";
}

struct Setting {
  u32 blocks = 1;
  u32 threads = 64;
  u32 shared_bytes = 0;
  bool frees_in = false;
  bool leaves_out_unwritten = false;
  u64 step_limit = 100'000;
};

// The error of running a kernel under a schedule, "" if there is none.
std::string run(const std::string& body, const Setting& setting, Schedule schedule) {
  EmulatedDevice device({.schedule = schedule, .seed = 11, .step_limit = setting.step_limit});
  Buffer in(device, words * 4), out(device, words * 4), flag(device, 8);
  device.fill(in.address(), 1, words * 4);
  device.fill(flag.address(), 0, 8);
  if (!setting.leaves_out_unwritten) device.fill(out.address(), 2, words * 4);
  const Args args{in.address(), out.address(), flag.address()};
  if (setting.frees_in) in = Buffer();
  device.load(kernel(body));
  try {
    device.launch({.kernel = "k",
                   .grid_x = setting.blocks,
                   .block = setting.threads,
                   .shared_bytes = setting.shared_bytes,
                   .cooperative = true},
                  args);
  } catch (const ptx::DeviceError& error) {
    return error.what();
  }
  return "";
}

void expect_error(const std::string& wrong, const std::string& message, const std::string& right,
                  const Setting& setting = {}, const Setting& right_setting = {}) {
  for (const auto schedule :
       {Schedule::lockstep, Schedule::ascending, Schedule::descending, Schedule::drift}) {
    EXPECT_THAT(run(wrong, setting, schedule), HasSubstr(message));
    EXPECT_EQ(run(right, right_setting, schedule), "");
  }
}

TEST(DeviceDetectors, GlobalAccessOutOfBounds) {
  EXPECT_EQ(run("ld.global.u32 x, [begin+1024];", {.threads = 32}, Schedule::lockstep),
            "kernel k, block (0, 0), warp 0, lane 0, PTX line 25: out of bounds at global address "
            "0x40000000500: ld.global.u32 x, [begin+1024];");
  expect_error("ld.global.u32 x, [in+772];", "lane 31, PTX line 25: out of bounds at global",
               "ld.global.u32 x, [in+768];");
  expect_error("st.global.u32 [out+-4], x;", "out of bounds at global", "st.global.u32 [out], x;");
  expect_error("red.global.add.u32 [to+1024], 1;", "out of bounds at global",
               "red.global.add.u32 [to+1020], 1;");
  expect_error("mov.u64 X, 16; ld.u32 x, [X];", "out of bounds at global", "ld.u32 x, [in];");
}

TEST(DeviceDetectors, SharedAccessOutOfBounds) {
  expect_error("st.shared.u32 [mine+4], x;", "lane 31, PTX line 25: out of bounds at shared",
               "st.shared.u32 [mine], x;");
  expect_error("mov.u32 at, dynamic; st.shared.u32 [at+64], x;", "out of bounds at shared",
               "mov.u32 at, dynamic; st.shared.u32 [at+60], x;", {.shared_bytes = 64},
               {.threads = 32, .shared_bytes = 64});
  expect_error("cvta.shared.u64 X, 252; st.u32 [X+4], x;", "out of bounds at shared",
               "cvta.shared.u64 X, 252; st.u32 [X], x;", {.threads = 32}, {.threads = 32});
}

TEST(DeviceDetectors, LocalAccessOutOfBounds) {
  const std::string declare = ".local .align 4 .b8 own[8]; mov.u64 X, own; ";
  expect_error(declare + "st.local.u32 [X+8], x;", "out of bounds at local",
               declare + "st.local.u32 [X+4], x;");
}

TEST(DeviceDetectors, UseAfterFree) {
  expect_error("ld.global.u32 x, [in];", "use after free at global", "ld.global.u32 x, [in];",
               {.frees_in = true});
}

TEST(DeviceDetectors, MisalignedAccess) {
  expect_error("ld.global.u32 x, [in+2];", "misaligned at global", "ld.global.u16 x, [in+2];");
  expect_error("ld.global.v2.u32 {x, y}, [begin+4];", "misaligned at global",
               "ld.global.v2.u32 {x, y}, [begin+8];");
  expect_error("st.shared.u64 [at+4], begin;", "misaligned at shared",
               "st.shared.u64 [at+8], begin;");
}

TEST(DeviceDetectors, UnwrittenMemory) {
  expect_error("ld.shared.u32 x, [mine];", "uninitialised memory at shared",
               "st.shared.u32 [mine], t; ld.shared.u32 x, [mine];");
  expect_error("st.shared.u16 [mine], x; ld.shared.u32 x, [mine];",
               "uninitialised memory at shared",
               "st.shared.u16 [mine], x; st.shared.u16 [mine+2], x; ld.shared.u32 x, [mine];");
  expect_error("ld.global.u32 x, [out];", "uninitialised memory at global",
               "st.global.u32 [out], x; ld.global.u32 x, [out];", {.leaves_out_unwritten = true},
               {.leaves_out_unwritten = true});
}

TEST(DeviceDetectors, LanesMissingInACollective) {
  const auto shuffle = [](const std::string& mask) {
    return "setp.gt.u32 p, lane, 15; @p bra AFTER; shfl.sync.bfly.b32 x, x, 1, 31, " + mask +
           "; AFTER: bar.sync 0;";
  };
  expect_error(shuffle("-1"), "lanes 0-15, PTX line 25: waits for lanes 16-31, which cannot come",
               shuffle("0xffff"));
  expect_error("shfl.sync.bfly.b32 x, x, 1, 31, 0xffff;", "the mask does not name the lane",
               "shfl.sync.bfly.b32 x, x, 1, 31, -1;");
  expect_error(
      "setp.gt.u32 p, lane, 15; @p bra AFTER; shfl.sync.idx.b32 x, x, 20, 31, 0xffff; AFTER:",
      "shuffle from lane 20, which takes no part",
      "setp.gt.u32 p, lane, 15; @p bra AFTER; shfl.sync.idx.b32 x, x, 3, 31, 0xffff; AFTER:");
  // Lanes that have exited are not waited for; lanes that come by another way are.
  const char* const fine =
      "setp.gt.u32 p, lane, 29; @p exit; setp.gt.u32 q, lane, 9; @q bra OTHER;"
      "vote.sync.ballot.b32 x, q, -1; bra.uni AFTER; OTHER: vote.sync.ballot.b32 x, q, -1;"
      "AFTER: setp.eq.u32 p, x, 0x3ffffc00; @p bra END; trap; END:";
  expect_error("trap;", "trap", fine);
}

TEST(DeviceDetectors, BarrierThatNotAllLanesReach) {
  expect_error("setp.eq.u32 p, lane, 3; @p bra AFTER; bar.sync 0; AFTER: bar.sync 0;",
               "only these lanes reach the barrier",
               "setp.eq.u32 p, lane, 3; @p bra AFTER; mov.u32 x, 1; AFTER: bar.sync 0;");
}

TEST(DeviceDetectors, Deadlock) {
  expect_error("setp.gt.u32 p, t, 31; @p exit; bar.sync 1, 64;",
               "deadlock: nobody can go on:\n  block (0, 0), warp 0, lanes 0-31, PTX line 25: ",
               "setp.gt.u32 p, t, 31; @p exit; bar.sync 1, 32;");
  expect_error("setp.gt.u32 p, t, 31; @p bra OTHER; bar.sync 1; OTHER: bar.sync 2;", "deadlock",
               "setp.gt.u32 p, t, 31; @p bra OTHER; bar.sync 1, 32; OTHER: bar.sync 2;");
  expect_error("bar.sync 1, 33;", "the count is no multiple of 32", "bar.sync 1, 64;");
  expect_error("bar.sync 16;", "there is no such barrier", "bar.sync 15;");
}

TEST(DeviceDetectors, Livelock) {
  const auto spin = [](const std::string& set) {
    return set + "LOOP: ld.acquire.gpu.global.u32 x, [flag]; setp.eq.u32 p, x, 0; @p bra LOOP;";
  };
  expect_error(spin(""), "livelock: nothing changes any more:\n  block (0, 0), warp 0",
               spin("setp.eq.u32 q, t, 63; @q red.release.gpu.global.add.u32 [flag], 1;"));
  expect_error("LOOP: add.u32 x, x, 1; setp.ne.u32 p, x, 0; @p bra LOOP;", "livelock",
               "LOOP: add.u32 x, x, 1; setp.ne.u32 p, x, 100; @p bra LOOP;");
  // A lock that a lane of the same warp holds is given back in the end.
  expect_error(spin(""), "livelock",
               "LOOP: atom.acquire.gpu.global.cas.b32 x, [flag], 0, 1; setp.ne.u32 p, x, 0;"
               "@p bra LOOP; atom.release.gpu.global.exch.b32 x, [flag], 0;",
               {}, {.step_limit = 10'000'000});
}

const char* const read_neighbour =
    "xor.b32 y, y, 252; add.u32 y, at, y; ld.shared.u32 x, [y]; st.global.u32 [out], x;";

TEST(DeviceDetectors, RacesInSharedMemory) {
  const std::string write = "st.shared.u32 [mine], t; ";
  const std::string clear = "st.shared.u32 [mine], 0; bar.sync 0; ";
  expect_error(clear + write + read_neighbour, "race: nothing orders this",
               clear + write + "bar.sync 0; " + read_neighbour);
  // A barrier of too few threads.
  expect_error(
      clear + write + "shr.u32 x, t, 5; add.u32 x, x, 1; bar.sync x, 32; " + read_neighbour,
      "race: nothing orders this",
      clear + write + "mov.u32 x, 1; bar.sync x, 64; " + read_neighbour);
  expect_error("st.shared.u32 [at], t;", "race: nothing orders this write",
               "st.shared.u32 [at], 0;");  // all write the same
  const std::string count = "atom.shared.add.u32 x, [at], 1; atom.shared.add.u32 x, [at], 1;";
  expect_error(clear + "setp.eq.u32 p, t, 9; @p st.shared.u32 [at], 5; " + count,
               "race: nothing orders this",
               clear + "setp.eq.u32 p, t, 9; @p st.shared.u32 [at], 5; bar.sync 0; " + count);
}

TEST(DeviceDetectors, RacesBetweenLanes) {
  const std::string write = "st.shared.u32 [mine], t; ";
  const std::string read = "xor.b32 y, y, 64; add.u32 y, at, y; ld.shared.u32 x, [y];";
  expect_error(write + read, "race: nothing orders this read after the write of block (0, 0), warp",
               write + "bar.warp.sync -1; " + read);
  // Each half on its own: not enough where lanes of different halves meet.
  const std::string halves =
      "setp.gt.u32 p, lane, 15; @p bra OTHER; bar.warp.sync 0xffff; bra.uni AFTER;"
      "OTHER: bar.warp.sync 0xffff0000; AFTER: ";
  expect_error(write + halves + read, "race: nothing orders this read",
               write + halves + "xor.b32 y, y, 32; add.u32 y, at, y; ld.shared.u32 x, [y];");
}

TEST(DeviceDetectors, RacesInGlobalMemory) {
  const auto hand_over = [](const std::string& give, const std::string& take) {
    return "setp.ne.u32 p, id, 0; @p bra TAKE; st.global.u32 [out], t; bar.sync 0;"
           "setp.eq.u32 q, t, 0; @q " +
           give +
           " bra.uni END;"
           "TAKE: " +
           take +
           " x, [flag]; setp.eq.u32 q, x, 0; @q bra TAKE;"
           "sub.s64 out, out, 256; ld.global.u32 x, [out]; END:";
  };
  const Setting two{.blocks = 2};
  const std::string right =
      hand_over("red.release.gpu.global.add.u32 [flag], 1;", "ld.acquire.gpu.global.u32");
  expect_error(hand_over("red.relaxed.gpu.global.add.u32 [flag], 1;", "ld.acquire.gpu.global.u32"),
               "race: nothing orders this read after the write of", right, two, two);
  expect_error(hand_over("red.release.gpu.global.add.u32 [flag], 1;", "ld.relaxed.gpu.global.u32"),
               "race: nothing orders this read", right, two, two);
  expect_error(hand_over("st.global.u32 [flag], 1;", "ld.acquire.gpu.global.u32"), "race", right,
               two, two);
  expect_error("st.global.u32 [to], t;", "race: nothing orders this write after the write",
               "st.global.u32 [out], t;", two, two);
  expect_error("red.global.or.b32 [to], t; ld.global.u32 x, [to];", "race: nothing orders this",
               "red.global.or.b32 [to], t; red.global.or.b32 [to+4], id;", two, two);
  // Fences and relaxed accesses.
  const std::string fences =
      "setp.ne.u32 p, id, 0; @p bra TAKE; st.global.u32 [out], t; bar.sync 0;"
      "membar.gl; setp.eq.u32 q, t, 0; @q atom.global.add.u32 x, [flag], 1; bra.uni END;"
      "TAKE: ld.volatile.global.u32 x, [flag]; setp.eq.u32 q, x, 0; @q bra TAKE; fence.acq_rel.gpu;"
      "sub.s64 out, out, 256; ld.global.u32 x, [out]; END:";
  expect_error("st.global.u32 [to], t;", "race", fences, two, two);
}

TEST(DeviceDetectors, MistakesOfTheHost) {
  EmulatedDevice device({.memory_bytes = u64{1} << 20, .multiprocessors = 1});
  device.load(kernel(""));
  const auto error_of = [](const auto& act) {
    try {
      act();
    } catch (const ResourceError& error) {
      return std::string(error.what());
    }
    return std::string("no error");
  };
  const Buffer buffer(device, 100);
  const Args args{};

  EXPECT_EQ(error_of([&] { device.allocate(2 << 20); }),
            "the emulated device has too little memory: need 3 MiB, have 1 MiB");
  EXPECT_EQ(error_of([&] { device.free(buffer.address() + 4); }),
            "free of an address that was not allocated");
  EXPECT_EQ(error_of([&] { device.fill(buffer.address() + 4, 0, 100); }),
            "fill of 100 bytes is not inside an allocation");
  EXPECT_EQ(error_of([&] { device.launch({.kernel = "none", .block = 32}, args); }),
            "no kernel none was loaded");
  EXPECT_EQ(error_of([&] { device.launch({.kernel = "k", .block = 32}, u64{0}); }),
            "launch of k: the arguments have 8 bytes, the kernel takes 24");
  EXPECT_EQ(error_of([&] {
              device.launch({.kernel = "k", .grid_x = 3, .block = 1024, .cooperative = true}, args);
            }),
            "launch of k: cooperative, with 3 blocks; at most 2 run at the same time");
  EXPECT_EQ(error_of([&] { device.launch({.kernel = "k", .block = 2048}, args); }),
            "launch of k: a block has too many threads or too much shared memory");
  EXPECT_EQ(error_of([&] { device.launch({.kernel = "k", .grid_x = 50, .block = 1024}, args); }),
            "no error");
}

TEST(DeviceDetectors, MemoryThatIsGivenBackCanBeTakenAgain) {
  EmulatedDevice device({.memory_bytes = 1000});
  for (u32 n = 0; n < 20; ++n) {
    const Buffer most(device, 900);
    EXPECT_EQ(most.address() % 256, 0u);
    EXPECT_EQ(device.free_bytes(), 100u);
  }
  EXPECT_EQ(device.free_bytes(), 1000u);
}

}  // namespace
}  // namespace spikefab::test
