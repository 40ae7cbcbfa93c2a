#!/usr/bin/env bash
# All that only a GPU can show, in one command of at most 8 minutes and the build: floors, digests
# against the reference, the ladder of engines, tests, sanitizers. Writes one JSON file into
# benchmarks/results, after each step anew.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. scripts/common.sh

usage() {
  cat <<'TEXT'
Usage: scripts/gpu_check.sh [--dry-run] [--build DIR] [--no-build] [--output FILE.json]
  --dry-run  try all steps without a GPU: the cpu engine takes its place, and little is run
  --build    where to build; else build/gpu
  --no-build use what is built there
  --output   else benchmarks/results/gpu-DATE.json; in a dry run DIR/gpu_check.json
Needs the CUDA toolkit (nvcc on the PATH or in /usr/local/cuda) and what scripts/setup.sh installs.
Exit codes: 0 all passed, 1 a step failed, 2 wrong command line, 5 no GPU here.
TEXT
}

PATH=$PATH:/usr/local/cuda/bin
dry_run=no
build=build/gpu
build_first=yes
output=

say() { printf 'gpu_check: %s\n' "$*" >&2; }

# Runs a step; its output goes to files, its end and time to steps.tsv. Goes on whatever happened:
# time on a GPU is precious. In the background, so that the step ends at its first error.
attempt() {
  local name=$1 limit=$2 start=$SECONDS status=0
  shift 2
  deadline=$((SECONDS + limit))
  step "$name"
  ("$@") >"$logs/$name.out" 2>"$logs/$name.err" &
  wait $! || status=$?
  local result=passed
  case $status in
    0) ;;
    124 | 137) result="failed: took more than $limit s" ;;
    *) result="failed: exit status $status" ;;
  esac
  ((status == 0)) || tail -n 15 "$logs/$name.out" "$logs/$name.err" >&2
  note "$name" "$result" $((SECONDS - start))
}

# A command of a step, in what is left of the step's time.
limited() {
  local left=$((deadline - SECONDS))
  ((left > 0)) || return 124
  timeout --kill-after=3 $left "$@"
}

# What came of a step. A run that is killed leaves what it had, but a build alone is no result.
note() {
  say "$1: $2 ($3 s)"
  printf '%s\t%s\t%s\n' "$1" "$2" "$3" >>"$logs/steps.tsv"
  [[ $1 == build ]] || write_results
}

# Of the first GPU, as in 90; in a dry run any that nvcc knows.
architecture() {
  [[ $dry_run == no ]] || { echo 90 && return; }
  nvidia-smi --query-gpu=compute_cap --format=csv,noheader | head -n 1 | tr -d '. '
}

has_gpu() { command -v nvidia-smi >/dev/null && nvidia-smi -L 2>/dev/null | grep -q GPU; }

build_all() {
  local arch cuda=ON
  arch=$(architecture)
  if ! command -v nvcc >/dev/null; then
    [[ $dry_run == yes ]] || { say "no nvcc: install the CUDA toolkit" && return 1; }
    cuda=OFF
  fi
  scripts/setup.sh --build-only || say "NOTE: set-up failed; building with what is there"
  use_ccache
  cmake --preset release -B "$build" -DSPIKEFAB_CUDA=$cuda \
    -DSPIKEFAB_CUDA_ARCHITECTURES="$arch" -DCMAKE_CUDA_ARCHITECTURES="$arch"
  local targets=(spikefab spikefab_tests)
  [[ $cuda == OFF ]] || targets+=(spikefab_floors)
  cmake --build "$build" --parallel "$jobs" --target "${targets[@]}"
}

# In a dry run there must be no GPU, and the program must say so.
run_floors() {
  local status=0
  limited "$build/benchmarks/spikefab_floors" >"$logs/floors.json" || status=$?
  [[ $dry_run == no ]] || { ((status == 5)) && return; }
  return $status
}

run_tests() {
  local filter=(--exclude-regex 'Mnist10k|MNIST10k')
  [[ $dry_run == no ]] || filter=(--tests-regex 'EngineBench|ActiveChip|NaiveEngine')
  [[ $dry_run == yes ]] || export SPIKEFAB_REQUIRE=cuda
  limited ctest --test-dir "$build" --parallel "$jobs" --output-on-failure "${filter[@]}"
}

bench() { limited "$build/spikefab" bench engines "$@" --progress none; }

# $1, the name of workloads of RANC's MNIST case, if their data is here.
with_mnist100() {
  if [[ -d ${SPIKEFAB_DATA:-}/ranc/mnist100 ]]; then echo "$1"; fi
}

# Single and batch, small and large, for 100,000 ticks; mnist100 as long as its images last.
check_digests() {
  local ticks=100000
  [[ $dry_run == no ]] || ticks=1000
  # shellcheck disable=SC2046  # nothing, or one word
  bench active_12_10 active_128_5 $(with_mnist100 mnist100_128) --quick --check-ticks $ticks \
    --engines "$engine,$engine@2" --json-out "$logs/digests.json"
}

# The kernels' own mistakes: addresses and uninitialised words, races in shared memory. Blocks of
# few warps, as the tools slow every one of them down.
sanitize() {
  local tool=(compute-sanitizer --tool "$1" --error-exitcode 9)
  limited "${tool[@]}" "$build/spikefab" bench engines active_12_10 --quick \
    --engines cuda:warps=4,cuda:warps=4@4
  limited "${tool[@]}" "$build/tests/spikefab_tests" \
    --gtest_filter='Engines/AgreeWithSerial.OnRandomPrograms/cuda_programs_000_to_039'
}

run_ladder() {
  local options=(mnist_512_cores active_12_10 active_128_10 active_512 active_4096_10
    --sample-ms 100 --repetitions 5)
  [[ ! -s $logs/floors.json ]] || options+=(--gpu-floors "$logs/floors.json")
  [[ $dry_run == no ]] || options=(mnist_512_cores active_12_10 --quick)
  # shellcheck disable=SC2046  # nothing, or one word
  bench $(with_mnist100 mnist100) "${options[@]}" --json-out "$logs/ladder.json"
}

# One document of all that was found. Names of machines and folders are not in it.
write_results() {
  python3 - "$logs" "$output" "$dry_run" "$(git describe --always --dirty 2>/dev/null)" <<'PYTHON'
import datetime
import json
import os
import pathlib
import sys

logs, output, dry_run, commit = pathlib.Path(sys.argv[1]), *sys.argv[2:]


def load(name):
    try:
        return json.loads((logs / name).read_text(encoding="utf-8"))
    except (OSError, ValueError):  # the step has not run, or not to its end
        return None


rows = (line.split("\t") for line in (logs / "steps.tsv").read_text().splitlines())
floors = load("floors.json")
document = {
    "schema_version": 1,
    "date_utc": datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ"),
    "commit": commit or "unknown",
    "dry_run": dry_run == "yes",
    "device": floors["device"] if floors else None,
    "steps": [{"step": name, "result": result, "seconds": int(seconds)}
              for name, result, seconds in rows],
    "floors": floors,
    "digests": load("digests.json"),
    "ladder": load("ladder.json"),
}
part = pathlib.Path(output + ".part")
part.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")
os.replace(part, output)
PYTHON
}

main() {
  while (($#)); do
    case $1 in
      --dry-run) dry_run=yes ;;
      --no-build) build_first=no ;;
      --build | --output)
        [[ ${2:---} != --* ]] || { say "$1 needs a value" && usage >&2 && return 2; }
        if [[ $1 == --build ]]; then build=$2; else output=$2; fi
        shift
        ;;
      -h | --help) usage && return ;;
      *) say "unknown option '$1'" && usage >&2 && return 2 ;;
    esac
    shift
  done
  if [[ $dry_run == no ]] && ! has_gpu; then
    say "no GPU here (nvidia-smi shows none); --dry-run tries the steps without one"
    return 5
  fi
  if [[ $build_first == no && ! -x $build/spikefab ]]; then
    say "--no-build: there is no $build/spikefab"
    return 2
  fi
  logs=$build/gpu_check
  rm -rf "$logs" && mkdir -p "$logs"
  engine=cuda
  [[ $dry_run == no ]] || engine=cpu
  if [[ -z $output ]]; then
    output=benchmarks/results/gpu-$(date -u +%Y-%m-%d).json
    [[ $dry_run == no ]] || output=$logs.json
  fi
  mkdir -p "$(dirname "$output")"

  if [[ $build_first == yes ]]; then attempt build 0 build_all; else note build "skipped" 0; fi
  ! grep -q $'\tfailed' "$logs/steps.tsv" || return 1
  if [[ -x $build/benchmarks/spikefab_floors ]]; then
    attempt floors 30 run_floors
  else
    note floors "skipped: no CUDA in this build" 0
  fi
  attempt digests 100 check_digests
  attempt ladder 120 run_ladder
  attempt tests 120 run_tests
  for tool in memcheck racecheck; do
    if [[ $dry_run == yes ]]; then
      note "$tool" "skipped: needs a GPU" 0
    elif ! command -v compute-sanitizer >/dev/null; then
      note "$tool" "skipped: compute-sanitizer is not installed" 0
    else
      attempt "$tool" 40 sanitize "$tool"
    fi
  done
  say "written: $output"
  ! grep -q $'\tfailed' "$logs/steps.tsv"
}

main "$@"
