#!/usr/bin/env python3
# Writes the HDF5 files below tests/fixtures/hdf5 with h5py, whose values tests/hdf5_test.cc knows.
# Needs python3-h5py; the files are committed, so that nothing else does.
# Usage: make_hdf5_fixtures.py [FOLDER]
import pathlib
import sys

import h5py
import numpy as np

FOLDER = pathlib.Path(__file__).parent.parent / "tests/fixtures/hdf5"


def add_fixed_text(file, name, texts, length, padding):
    kind = h5py.h5t.C_S1.copy()
    kind.set_size(length)
    kind.set_strpad(padding)
    space = h5py.h5s.create_simple((len(texts),))
    data = h5py.h5d.create(file.id, name.encode(), kind, space)
    data.write(h5py.h5s.ALL, h5py.h5s.ALL, np.array(texts, dtype=f"S{length}"), mtype=kind)


def numbers(file):
    for order, prefix in (("<", "little"), (">", "big")):
        for size in (1, 2, 4, 8):
            file[f"{prefix}_i{8 * size}"] = np.array([-2, 1], dtype=f"{order}i{size}")
            file[f"{prefix}_u{8 * size}"] = np.array([3, 100], dtype=f"{order}u{size}")
        for size in (2, 4, 8):
            values = [0.5, -1.25, np.inf, 6.103515625e-05, 2.0 ** -24 if size == 2 else 1e-40]
            file[f"{prefix}_f{8 * size}"] = np.array(values, dtype=f"{order}f{size}")
    file["bool"] = np.array([[True, False], [False, True]])
    file["scalar"] = 7
    file["scalar_bool"] = True
    file["exact"] = np.array([2 ** 53, -2 ** 53])
    file["empty"] = np.zeros((0,))
    file["empty_2d"] = np.zeros((3, 0))
    file["null"] = h5py.Empty("f4")


def texts(file):
    file["utf8"] = "tau µ"
    file["ascii"] = np.array([b"a", b"", b"longer than eight"], dtype=h5py.string_dtype("ascii"))
    file["pairs"] = np.array([["input", "lif"], ["lif", "output"]], dtype=h5py.string_dtype())
    file["padded_by_zero"] = np.array([b"dense", b"ten bytes!"], dtype="S10")
    padded = [b"conv      ", b"a b       "]
    add_fixed_text(file, "padded_by_space", padded, 10, h5py.h5t.STR_SPACEPAD)
    add_fixed_text(file, "ends_with_zero", [b"abc", b"abcdefghi"], 10, h5py.h5t.STR_NULLTERM)
    file["empty"] = np.zeros((0,), dtype="S3")


def compact(file, name, values):
    properties = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
    properties.set_layout(h5py.h5d.COMPACT)
    space = h5py.h5s.create_simple(values.shape)
    kind = h5py.h5t.py_create(values.dtype)
    h5py.h5d.create(file.id, name, kind, space, properties).write(
        h5py.h5s.ALL, h5py.h5s.ALL, values)


def storage(file):
    square = np.arange(35, dtype="f4").reshape(5, 7)
    cube = np.arange(60, dtype="i2").reshape(3, 4, 5)
    compact(file, b"compact", square)
    file["contiguous"] = square
    file.create_dataset("chunked", data=square, chunks=(2, 3))
    file.create_dataset("one_chunk", data=square, chunks=(8, 8), maxshape=(None, None))
    file.create_dataset("gzip", data=square, chunks=(2, 3), compression="gzip", compression_opts=4)
    file.create_dataset("shuffled", data=square, chunks=(4, 4), compression="gzip", shuffle=True)
    file.create_dataset("checked", data=cube, chunks=(2, 2, 2), fletcher32=True)
    file.create_dataset("all", data=cube, chunks=(2, 3, 4), compression="gzip", shuffle=True,
                        fletcher32=True)
    file.create_dataset("odd", data=np.arange(5, dtype="i1"), chunks=(5,), fletcher32=True)
    file.create_dataset("many", data=np.arange(300, dtype="i4"), chunks=(2,))
    file.create_dataset("sparse", (6,), "i4", chunks=(2,), fillvalue=-5)[2:4] = [1, 2]
    file.create_dataset("unwritten", (4,), "f8", fillvalue=2.5)
    file.create_dataset("zeros", (4,), "f8")
    names = np.array(["a", "bc", "def"], dtype=h5py.string_dtype())
    file.create_dataset("texts", data=names, chunks=(2,), compression="gzip")


def groups(file):
    for i in range(40):
        file[f"many/{i}"] = i
    file["a/b/c/leaf"] = 1
    file["name with ümlaut.x"] = 2
    file.create_group("empty")
    file["shared"] = file["a/b/c/leaf"]
    for i in range(12):
        file["a"].attrs[f"attribute {i}"] = np.arange(10)
    file["a/later"] = 3


def new_format(file):
    file["group/number"] = np.array([1.5, 2.5])
    file["group/text"] = "lif"
    file["last"] = 4
    file.attrs["note"] = "skipped"


def many_links(file):
    file["x"] = 1.5
    for i in range(300):
        file[f"many/{i}"] = file["x"]


def netx_neuron(layer, kind, **parameters):
    layer["neuron/type"] = kind
    for name, value in parameters.items():
        layer[f"neuron/{name}"] = value


def netx(file):
    """A network as lava-dl exports it."""
    for i, (kind, shape) in enumerate((("input", (1, 2, 2)), ("flatten", (1, 1, 4)),
                                       ("dense", (3, 1, 1)))):
        file.create_dataset(f"layer/{i}/type", (1,), "S10", [kind.encode()])
        file[f"layer/{i}/shape"] = np.array(shape)
    layers = file["layer"]
    layers["0/weight"] = np.float32(36)
    layers["0/bias"] = np.array([34], dtype="f4")
    netx_neuron(layers["0"], "LOIHI", iDecay=4096, vDecay=1024, vThMant=25, refDelay=1, wgtExp=0,
                theta=1600, tauRho=0.5, scaleRho=10.0)
    layers["2/weight"] = np.array([[2, -4, 6, -8], [0, 0, 0, 254], [-256, 1, 1, 1]], dtype="f4")
    layers["2/inFeatures"] = 4
    layers["2/outFeatures"] = 3
    layers["2/delay"] = np.array([0, 1, 62], dtype="f4")
    netx_neuron(layers["2"], "CUBA", iDecay=410, vDecay=410, vThMant=64, refDelay=1,
                gradedSpike=False)
    file["simulation/Ts"] = 1
    file["simulation/tSample"] = 64


def create_narrow(path):
    """A file with addresses and lengths of 4 bytes."""
    options = h5py.h5p.create(h5py.h5p.FILE_CREATE)
    options.set_sizes(4, 4)
    return h5py.File(h5py.h5f.create(bytes(path), h5py.h5f.ACC_TRUNC, options))


def refused(path, name, fill, **options):
    with h5py.File(path / f"refused_{name}.h5", "w", **options) as file:
        fill(file)


def refused_files(path):
    def assign(value):
        return lambda file: file.__setitem__("x", value)

    def create(*args, **options):
        return lambda file: file.create_dataset("x", *args, **options)

    def loop(file):
        file.create_group("a/b")
        file["a/b/up"] = file["a"]

    def virtual(file):
        layout = h5py.VirtualLayout((3,), "f4")
        layout[:] = h5py.VirtualSource("other.h5", "x", (3,))
        file.create_virtual_dataset("x", layout)

    def named_type(file):
        file["kind"] = np.dtype("f4")
        file.create_dataset("x", (3,), file["kind"])

    ones = np.ones(8, dtype="f4")
    refused(path, "soft_link", assign(h5py.SoftLink("/elsewhere")))
    refused(path, "external_link", assign(h5py.ExternalLink("other.h5", "/x")))
    refused(path, "external_storage",
            create((3,), "f4", external=[("other.bin", 0, h5py.h5f.UNLIMITED)]))
    refused(path, "virtual", virtual)
    refused(path, "loop", loop)
    refused(path, "lzf", create(data=ones, compression="lzf"))
    refused(path, "scaleoffset", create(data=ones.astype("i4"), scaleoffset=0))
    refused(path, "compound", create((1,), [("a", "i4"), ("b", "f4")]))
    refused(path, "complex", assign(np.array([1j])))
    refused(path, "sequence", create((1,), h5py.vlen_dtype("f4")))
    refused(path, "enumeration", create((1,), h5py.enum_dtype({"A": 0, "B": 1}, "i1")))
    refused(path, "reference", create((1,), h5py.ref_dtype))
    refused(path, "large_integer", assign(np.array([1, 2 ** 53 + 1])))
    refused(path, "named_type", named_type)
    refused(path, "new_chunks", create(data=ones, chunks=(2,)), libver="latest")


def main():
    path = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER
    path.mkdir(parents=True, exist_ok=True)
    for fill in (numbers, texts, storage, groups, netx):
        with h5py.File(path / f"{fill.__name__}.h5", "w") as file:
            fill(file)
    with create_narrow(path / "narrow.h5") as file:
        new_format(file)
    with h5py.File(path / "new_format.h5", "w", libver="latest", track_order=True) as file:
        new_format(file)
    with h5py.File(path / "many_links.h5", "w", libver="v108") as file:
        many_links(file)
    with h5py.File(path / "after_user_block.h5", "w", userblock_size=512) as file:
        new_format(file)
    refused_files(path)


main()
