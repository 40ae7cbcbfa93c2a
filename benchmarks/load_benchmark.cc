// Loading a RANC input file against the floor, rapidjson's SAX parser with a handler that does
// nothing. The file is $SPIKEFAB_BENCH_JSON (scripts/make_mnist10k.py makes the 226 MB one); its
// grid is RANC's 4 x 3.
#include <benchmark/benchmark.h>
#include <rapidjson/filereadstream.h>
#include <rapidjson/reader.h>

#include <cstdio>
#include <cstdlib>
#include <memory>

#include "mapper/importers/ranc.h"

namespace spikefab::benchmarks {
namespace {

const char* json_path(benchmark::State& state) {
  const char* path = std::getenv("SPIKEFAB_BENCH_JSON");
  if (!path) state.SkipWithError("set SPIKEFAB_BENCH_JSON to a RANC input file");
  return path;
}

struct Ignore : rapidjson::BaseReaderHandler<rapidjson::UTF8<>, Ignore> {};

void rapidjson_sax_only(benchmark::State& state) {
  const char* path = json_path(state);
  for (auto _ : state) {
    if (!path) return;
    const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path, "rb"),
                                                               &std::fclose);
    std::vector<char> buffer(1 << 16);
    rapidjson::FileReadStream stream(file.get(), buffer.data(), buffer.size());
    Ignore ignore;
    rapidjson::Reader reader;
    if (reader.Parse(stream, ignore).IsError()) return state.SkipWithError("not JSON");
  }
}
BENCHMARK(rapidjson_sax_only)->Unit(benchmark::kMillisecond);

void import_ranc(benchmark::State& state) {
  const char* path = json_path(state);
  Chip chip;
  chip.mesh = {.width = 4, .height = 3};
  chip.neuron_params = default_neuron_params(chip.neuron_model);
  for (auto _ : state) {
    if (!path) return;
    benchmark::DoNotOptimize(load_ranc_input(path, chip));
  }
}
BENCHMARK(import_ranc)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace spikefab::benchmarks
