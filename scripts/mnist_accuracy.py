#!/usr/bin/env python3
# Accuracy of a RANC output file of the MNIST network: image i is on line i + 2 (two layers of one
# tick each). Prints correct answers, images, and how many votes were ties.
import argparse
import lzma

import mnist_data

LAYERS = 2


def output_lines(path):
    opened = lzma.open if path.endswith(".xz") else open
    with opened(path, "rt", encoding="utf-8-sig") as file:  # RANC's output starts with a BOM
        return file.read().splitlines()


def main():
    parser = argparse.ArgumentParser(description="Accuracy of a RANC output of the MNIST network.")
    parser.add_argument("output", help="output.txt or output.txt.xz, one image a tick")
    parser.add_argument("mnist", help="folder with MNIST's gzip files (scripts/get_mnist.sh)")
    args = parser.parse_args()

    labels = mnist_data.test_labels(args.mnist)
    lines = output_lines(args.output)[LAYERS:LAYERS + len(labels)]
    correct = ties = 0
    for line, label in zip(lines, labels):
        answer, tie = mnist_data.vote([int(bit) for bit in line.split()])
        correct += answer == label
        ties += tie
    if not lines:
        raise SystemExit(f"{args.output}: no line after the first {LAYERS}")
    accuracy = 100 * correct / len(lines)
    print(f"accuracy {accuracy:.2f} % ({correct} of {len(lines)} images, {ties} ties)")


if __name__ == "__main__":
    main()
