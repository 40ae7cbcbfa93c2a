# shellcheck shell=bash
# What scripts/demo and scripts/check share; sourced by them, from the project's root.
# shellcheck disable=SC2034  # jobs is theirs
jobs=$(nproc)

# A line that stands out in a terminal or log.
step() { printf '\n== %s\n' "$*" >&2; }

# Compiled once for all checkouts and build folders.
use_ccache() {
  command -v ccache >/dev/null || return 0
  export CMAKE_CXX_COMPILER_LAUNCHER=ccache CMAKE_CUDA_COMPILER_LAUNCHER=ccache
  export CCACHE_BASEDIR=$PWD CCACHE_NOHASHDIR=1
}

# Runs a command and shows what it says only if it fails.
quietly() {
  local log status=0
  log=$(mktemp)
  "$@" >"$log" 2>&1 || status=$?
  ((status == 0)) || { cat "$log" >&2 && echo "failed ($status): $*" >&2; }
  rm -f "$log"
  return $status
}
