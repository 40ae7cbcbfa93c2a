#!/usr/bin/env python3
# Cuts the first images and labels from MNIST's test set, as gzip idx files that are the same bytes
# each time: what configs/benchmarks/mnist/images holds.
# Usage: make_mnist_sample.py "$(scripts/get_mnist.sh)"
import argparse
import hashlib
import pathlib
import struct
import zlib

import mnist_data

DEFAULT_OUT = pathlib.Path(__file__).resolve().parent.parent / "configs/benchmarks/mnist/images"
GZIP = 16 + zlib.MAX_WBITS  # with a header that has no name and no time


def idx(values, shape):
    """An idx file of bytes."""
    return struct.pack(f">HBB{len(shape)}I", 0, 8, len(shape), *shape) + values


def compress(data):
    packer = zlib.compressobj(level=9, wbits=GZIP)
    return packer.compress(data) + packer.flush()


def first(path, count):
    values, shape = mnist_data.read_idx(path)
    if not 1 <= count <= shape[0]:
        raise SystemExit(f"make_mnist_sample: --images {count} (must be 1..{shape[0]})")
    each = len(values) // shape[0]
    return idx(values[:count * each], (count, *shape[1:]))


def main():
    parser = argparse.ArgumentParser(description="Cuts the first images from MNIST's test set.")
    parser.add_argument("mnist", help="folder with MNIST's gzip files (scripts/get_mnist.sh)")
    parser.add_argument("--images", type=int, default=1000, help="how many (default 1000)")
    parser.add_argument("--out", type=pathlib.Path, default=DEFAULT_OUT, help="the folder")
    args = parser.parse_args()

    args.out.mkdir(parents=True, exist_ok=True)
    for kind in ("images-idx3", "labels-idx1"):
        content = first(pathlib.Path(args.mnist) / f"t10k-{kind}-ubyte.gz", args.images)
        packed = compress(content)
        name = f"t10k-first{args.images}-{kind}-ubyte"
        (args.out / f"{name}.gz").write_bytes(packed)
        print(hashlib.sha256(packed).hexdigest(), f"{name}.gz")
        print(hashlib.sha256(content).hexdigest(), f"{name} (uncompressed)")


if __name__ == "__main__":
    main()
