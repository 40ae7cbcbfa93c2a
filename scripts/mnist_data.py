# MNIST's idx files (gzip), for the MNIST scripts. Standard library only.
import gzip
import pathlib
import struct

CLASSES = 10


def read_idx(path):
    """The values of an idx file of bytes, with the shape: (bytes, (count, rows, ...))."""
    raw = gzip.decompress(pathlib.Path(path).read_bytes())
    zero, kind, dimensions = struct.unpack_from(">HBB", raw)
    if zero != 0 or kind != 8:
        raise ValueError(f"{path}: not an idx file of bytes")
    shape = struct.unpack_from(f">{dimensions}I", raw, 4)
    values = raw[4 + 4 * dimensions:]
    expected = 1
    for side in shape:
        expected *= side
    if len(values) != expected:
        raise ValueError(f"{path}: {len(values)} values, but the header says {expected}")
    return values, shape


def test_images(folder):
    """The test images, each 784 bytes."""
    values, shape = read_idx(pathlib.Path(folder) / "t10k-images-idx3-ubyte.gz")
    size = shape[1] * shape[2]
    return [values[i * size:(i + 1) * size] for i in range(shape[0])]
