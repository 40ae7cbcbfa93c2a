#!/usr/bin/env python3
# Makes the NIR files in tests/fixtures/nir: small networks in the layouts of several versions of
# the format, with weights that can be followed by hand. Needs h5py and numpy.
# Usage: make_nir_fixtures.py FOLDER
import pathlib
import sys

import h5py
import numpy as np


def f32(values):
    return np.asarray(values, dtype=np.float32)


def write(group, members, compressed):
    """Dictionaries become groups, everything else a dataset."""
    for name, value in members.items():
        if isinstance(value, dict):
            write(group.create_group(name), value, compressed)
        elif compressed and isinstance(value, np.ndarray):
            group.create_dataset(name, data=value, compression="gzip", compression_opts=4)
        else:
            group.create_dataset(name, data=value)


def graph(nodes, edges):
    return {"type": "NIRGraph", "nodes": nodes, "edges": np.array(edges, dtype=h5py.string_dtype())}


def neurons(kind, shape, **values):
    return {"type": kind, **{k: np.full(shape, v, dtype=np.float32) for k, v in values.items()}}


def lif():
    """The layout of today: compressed arrays, v_reset, metadata."""
    nodes = {
        "input": {"type": "Input", "shape": np.array([2])},
        "affine": {"type": "Affine", "weight": f32([[1, -1], [0.5, 2]]), "bias": f32([0, 0.25])},
        "lif": {**neurons("LIF", (2,), tau=0.02, r=1, v_leak=0, v_threshold=0.1, v_reset=0),
                "metadata": {"comment": "not semantic"}},
        "output": {"type": "Output", "shape": np.array([2])},
    }
    edges = [["input", "affine"], ["affine", "lif"], ["lif", "output"]]
    return {"node": graph(nodes, edges), "version": "1.0.7"}


def convolution():
    """An image, 2 x 6 x 6, as 0.2 and 1.0 wrote it; edges in no order."""
    weight = (np.arange(3 * 2 * 3 * 3) % 7 - 3).reshape(3, 2, 3, 3) / 4
    readout = (np.arange(2 * 12) % 5 - 2).reshape(2, 12) / 2
    nodes = {
        "input": {"type": "Input", "shape": np.array([2, 6, 6])},
        "0": {"type": "Conv2d", "weight": f32(weight), "bias": f32([0, 0.5, -0.5]),
              "stride": np.array([1, 1]), "padding": np.array([0, 0]),
              "dilation": np.array([1, 1]), "groups": 1, "input_shape": np.array([6, 6])},
        "1": neurons("IF", (3, 4, 4), r=1, v_threshold=1),
        "2": {"type": "SumPool2d", "kernel_size": np.array([2, 2]), "stride": np.array([2, 2]),
              "padding": np.array([0, 0])},
        "3": {"type": "Flatten", "start_dim": 0, "end_dim": -1, "input_type": np.array([3, 2, 2])},
        "4": {"type": "Affine", "weight": f32(readout), "bias": f32([0, 0])},
        "5": neurons("IF", (2,), r=1, v_threshold=1),
        "output": {"type": "Output", "shape": np.array([2])},
    }
    edges = [["4", "5"], ["input", "0"], ["2", "3"], ["0", "1"], ["5", "output"], ["1", "2"],
             ["3", "4"]]
    return {"node": graph(nodes, edges), "version": "0.2.0"}


def recurrent():
    """A recurrent population in a sub-graph, as snnTorch exports it: r dt = tau_mem."""
    inner = {
        "input": {"type": "Input", "shape": np.array([3])},
        "lif": {**neurons("CubaLIF", (3,), tau_mem=0.001, v_leak=0, v_threshold=1, r=10, w_in=2),
                "tau_syn": np.full(3, 0.0002)},
        "w_rec": {"type": "Linear", "weight": f32([[0, 1, 0], [0, 0, 1], [-1, 0, 0]])},
        "output": {"type": "Output", "shape": np.array([3])},
    }
    inner_edges = [["input", "lif"], ["lif", "w_rec"], ["w_rec", "lif"], ["lif", "output"]]
    nodes = {
        "input": {"type": "Input", "shape": np.array([2])},
        "fc": {"type": "Linear", "weight": f32([[1.5, 0], [0, 1.5], [0.5, 0.5]])},
        "rnn": graph(inner, inner_edges),
        "output": {"type": "Output", "shape": np.array([3])},
    }
    return {"node": graph(nodes, [["input", "fc"], ["fc", "rnn"], ["rnn", "output"]]),
            "version": "1.0"}


def first_version():
    """0.0.1: no /node, no version, numbers for names, other keys, no Input or Output."""
    nodes = {
        "0": {"type": "Linear", "weights": f32([[1, 2], [3, 4], [5, 6]]), "bias": f32([0, 1, 2])},
        "1": {"type": "LIF", "tau": f32([0.01] * 3), "r": f32([1] * 3), "v_leak": f32([0] * 3),
              "theta": f32([0.5] * 3)},
    }
    return {"nodes": nodes, "edges": np.array([[0, 1]])}


def main():
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    files = {"lif": lif, "convolution": convolution, "recurrent": recurrent,
             "first_version": first_version}
    for name, members in files.items():
        with h5py.File(folder / f"{name}.nir", "w") as file:
            write(file, members(), compressed=name == "lif")


if __name__ == "__main__":
    main()
