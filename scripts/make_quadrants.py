#!/usr/bin/env python3
# Writes configs/examples/quadrants: a small spiking network (NIR) that says in which quarter of a
# 16 x 16 pixel sensor something moves, and eight recordings of it. The weights are made, not
# trained. Needs python3-h5py; the files are committed, so that nothing else does.
# Usage: make_quadrants.py [FOLDER]
import pathlib
import sys

import h5py
import numpy as np

FOLDER = pathlib.Path(__file__).parent.parent / "configs/examples/quadrants"
SIDE = 16
STEPS = 40  # of 1 ms


def add_node(nodes, name, kind, **fields):
    node = nodes.create_group(name)
    node["type"] = kind
    for key, value in fields.items():
        node[key] = value


def network(path):
    rng = np.random.default_rng(1)
    edges = ["input", "edges", "fire", "pool", "flatten", "quarters", "decide", "output"]
    # Each of four channels sees one polarity more than the other, in 3 x 3 pixels.
    conv = rng.uniform(0.3, 0.6, (4, 2, 3, 3)).astype("f4")
    conv[::2, 0] *= 0.2
    conv[1::2, 1] *= 0.2
    # 4 channels x 4 x 4 positions: a quarter is 2 x 2 of them; others are held down a little.
    quarters = np.full((4, 4, 4, 4), -0.1, "f4")
    for quarter in range(4):
        y, x = 2 * (quarter // 2), 2 * (quarter % 2)
        quarters[quarter, :, y:y + 2, x:x + 2] = 0.4
    quarters += rng.uniform(-0.05, 0.05, quarters.shape).astype("f4")
    ones = np.ones((4, 8, 8), "f4")
    with h5py.File(path, "w") as file:
        file["version"] = "1.0.7"
        root = file.create_group("node")
        root["type"] = "NIRGraph"
        root.create_dataset("edges", data=list(zip(edges, edges[1:])), dtype=h5py.string_dtype())
        nodes = root.create_group("nodes")
        add_node(nodes, "input", "Input", shape=[2, SIDE, SIDE])
        add_node(nodes, "edges", "Conv2d", weight=conv, bias=np.zeros(4, "f4"), stride=[2, 2],
                 padding=[1, 1], dilation=[1, 1], groups=1, input_shape=[SIDE, SIDE])
        add_node(nodes, "fire", "LIF", tau=0.01 * ones, r=ones * 10, v_leak=0 * ones,
                 v_threshold=ones, v_reset=0 * ones)
        add_node(nodes, "pool", "SumPool2d", kernel_size=[2, 2], stride=[2, 2], padding=[0, 0])
        add_node(nodes, "flatten", "Flatten", start_dim=0, end_dim=-1, input_type=[4, 4, 4])
        add_node(nodes, "quarters", "Linear", weight=quarters.reshape(4, 64))
        add_node(nodes, "decide", "IF", r=np.ones(4, "f4"), v_threshold=np.ones(4, "f4"),
                 v_reset=np.zeros(4, "f4"))
        add_node(nodes, "output", "Output", shape=[4])


# Something that wanders in one quarter, and noise everywhere: microseconds, x, y, polarity.
def recording(path, quarter, rng):
    rows = []
    place = rng.uniform(2, 6, 2)
    for step in range(STEPS):
        place = np.clip(place + rng.normal(0, 0.7, 2), 1, 6)
        for _ in range(rng.poisson(3)):
            at = np.clip(np.rint(place + rng.normal(0, 0.6, 2)), 0, 7).astype(int)
            rows.append((step, at[0] + 8 * (quarter % 2), at[1] + 8 * (quarter // 2)))
        for _ in range(rng.poisson(0.5)):
            rows.append((step, *rng.integers(0, SIDE, 2)))
    times = sorted((step * 1000 + int(rng.integers(0, 1000)), x, y) for step, x, y in rows)
    with open(path, "w", encoding="ascii") as file:
        file.write("t,x,y,p\n")
        for time, x, y in times:
            file.write(f"{time},{x},{y},{int(rng.integers(0, 2))}\n")


def main():
    folder = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    network(folder / "quadrants.nir")
    rng = np.random.default_rng(2)
    with open(folder / "labels.txt", "w", encoding="ascii") as labels:
        for index in range(8):
            recording(folder / f"{index}.csv", index % 4, rng)
            labels.write(f"{index}\t{index % 4}\n")


if __name__ == "__main__":
    main()
