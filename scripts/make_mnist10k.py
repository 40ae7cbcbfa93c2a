#!/usr/bin/env python3
# Makes RANC's 10,000-image MNIST input (226 MB) from its 100-image input and MNIST's test set: one
# image a tick, a spike for each pixel of at least 128, in four overlapping windows of 256 pixels
# onto the cores (0..3, 0). Fails if the first ticks are not those of the source.
import argparse
import itertools
import json
import lzma
import pathlib
import sys

import mnist_data

WINDOWS = (0, 176, 352, 528)  # first pixel of each core's window
WINDOW_PIXELS = 256
SPIKE = bytes(pixel >= 128 for pixel in range(256))  # round(pixel / 255)


def load_source(path):
    opened = lzma.open(path) if path.endswith(".xz") else open(path, "rb")
    with opened as file:
        return json.load(file)


def packet(core, axon):
    return {"destination_core": [core, 0], "destination_axon": axon, "destination_tick": 0}


def indented(value, depth):
    """JSON as json.dump(indent=2) writes it at this depth."""
    return json.dumps(value, indent=2).replace("\n", "\n" + "  " * depth)


def per_window(make):
    return [[make(core, axon) for axon in range(WINDOW_PIXELS)] for core in range(len(WINDOWS))]


def image_packets(image, table):
    """The table's entries of the pixels that spike, in RANC's order."""
    on = image.translate(SPIKE)
    for first, entries in zip(WINDOWS, table):
        yield from itertools.compress(entries, on[first:first + WINDOW_PIXELS])


def check_first_ticks(images, ticks):
    table = per_window(packet)
    for tick, (image, expected) in enumerate(zip(images, ticks)):
        if list(image_packets(image, table)) != expected:
            sys.exit(f"make_mnist10k: the packets of tick {tick} are not those of the source file")


def write_packets(out, images):
    table = per_window(lambda core, axon: "\n      " + indented(packet(core, axon), 3))
    count = 0
    separator = ""
    for image in images:
        texts = list(image_packets(image, table))
        count += len(texts)
        body = "[" + ",".join(texts) + "\n    ]" if texts else "[]"
        out.write(separator + "\n    " + body)
        separator = ","
    return count


def write(path, source, images):
    with open(path, "w", encoding="ascii", newline="\n") as out:
        separator = "{"
        for key, value in source.items():
            out.write(f"{separator}\n  {json.dumps(key)}: ")
            separator = ","
            if key == "packets":
                out.write("[")
                count = write_packets(out, images)
                out.write("\n  ]")
            else:
                out.write(indented(value, 1))
        out.write("\n}")
    return count


def main():
    parser = argparse.ArgumentParser(description="Makes RANC's 10,000-image MNIST input.")
    parser.add_argument("mnist", help="folder with MNIST's gzip files (scripts/get_mnist.sh)")
    parser.add_argument("source", help="RANC's 100-image input, .json or .json.xz")
    parser.add_argument("out", help="the file to write")
    parser.add_argument("--images", type=int, default=10_000, help="how many (default 10000)")
    args = parser.parse_args()

    images = mnist_data.test_images(args.mnist)
    if not 1 <= args.images <= len(images):
        parser.error(f"--images {args.images} (must be 1..{len(images)})")
    source = load_source(args.source)
    check_first_ticks(images, source["packets"])
    partial = pathlib.Path(args.out + ".partial")
    count = write(partial, source, images[:args.images])
    partial.rename(args.out)
    print(f"{args.out}: {args.images} images, {count} packets")


if __name__ == "__main__":
    main()
