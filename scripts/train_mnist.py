#!/usr/bin/python3
# Trains the MNIST networks of configs/benchmarks/mnist under the limits of crossbar cores, and
# writes each as NAME.yaml and NAME.weights (docs/formats.md). CPU only; the same seed on the same
# machine gives the same files. Runs on Debian's Python, for its PyTorch: scripts/setup.sh --train.
#
# What a crossbar core allows: an axon is connected to a neuron or not, an axon has one of four
# types, and a neuron has one weight per type. So each neuron has the weights +1, -1 (or +1, +1,
# -1, -1 in an order drawn once), and training decides which axons are connected: the sign of a
# real weight, passed by the straight-through estimator [Bengio et al. 2013; Esser et al. 2015].
# Neurons are thresholds with batch normalisation, which becomes an integer leak. A training image
# is distorted, then made binary at a random level between `low` and `high`, as the rate encoder
# does from tick to tick.
import argparse
import concurrent.futures
import dataclasses
import hashlib
import json
import math
import multiprocessing
import os
import pathlib
import subprocess
import sys
import time

import mnist_data

os.environ["OPENBLAS_NUM_THREADS"] = "1"  # read at import; networks are trained side by side
try:
    import numpy
    import torch
    import torch.nn.functional as F
except ImportError as error:
    sys.exit(f"train_mnist.py: {error}; run scripts/setup.sh --train, and use /usr/bin/python3")

ROOT = pathlib.Path(__file__).resolve().parent.parent
CLASSES = mnist_data.CLASSES
SIDE = 28
TYPES = 4                # axon types of a core
TRAINING_IMAGES = 55000  # the other 5,000 images of the training set are for validation
BATCH = 256
WEIGHT_SCALE = 0.1       # of the real weights at first; they stay within -1..1
BIAS = -0.7              # of normalised sums at first: a quarter of the neurons fires
VOTE_SCALE = 20          # from the share of a class's votes to logits


@dataclasses.dataclass
class Layer:
    window: int
    stride: int
    groups: int
    copies: int  # axons per input: 2 for a weight of +1, 0 or -1 each, else 1
    features: int


@dataclasses.dataclass
class Model:
    mesh: tuple      # width, height
    networks: int    # equal ones that vote together
    layers: list
    ticks: int       # per image
    low: int         # of the rate encoder
    high: int
    epochs: int
    distortion: float  # of the training images; 1: up to 12 degrees, 10 %, 1.5 pixels
    elastic: float     # pixels
    about: str
    learning_rate: float = 0.01


# 64 cores: 16 windows of 10 x 10 pixels, then three layers of 16 cores, in each of which a core
# sees an equal share of all cores of the layer before. No neuron has to be copied.
BUTTERFLY = [Layer(10, 6, 1, 2, 256), Layer(2, 2, 4, 1, 1024), Layer(2, 2, 16, 1, 4096),
             Layer(1, 1, 16, 1, 4000)]

MODELS = {
    "5_cores": Model(
        mesh=(3, 2), networks=1, layers=[Layer(16, 12, 1, 1, 64), Layer(2, 1, 1, 1, 250)],
        ticks=8, low=25, high=230, epochs=40, distortion=0.3, elastic=0,
        about="the shape of RANC's own benchmark: 4 windows of 16 x 16 pixels, one voting core"),
    "12_cores": Model(
        mesh=(5, 3), networks=1, layers=[Layer(12, 8, 1, 1, 84), Layer(3, 1, 3, 1, 750)],
        ticks=8, low=25, high=230, epochs=40, distortion=0.3, elastic=0,
        about="9 windows of 12 x 12 pixels, 3 voting cores"),
    "128_cores": Model(
        mesh=(17, 8), networks=2, layers=BUTTERFLY, ticks=1, low=77, high=178, epochs=12,
        distortion=0.75, elastic=0.7, about="2 networks of 64 cores, the first two of 512_cores"),
    "512_cores": Model(
        mesh=(33, 16), networks=8, layers=BUTTERFLY, ticks=1, low=77, high=178, epochs=12,
        distortion=0.75, elastic=0.7, about="8 networks of 64 cores"),
}


class Connect(torch.autograd.Function):
    """Real weight -> -1, 0 or 1: a connection, times the sign of its axon's type if the input has
    only one axon. The gradient passes as it is."""

    @staticmethod
    def forward(_, weight, sign):
        if sign is None:
            half = WEIGHT_SCALE / 2
            return (weight > half).float() - (weight < -half).float()
        return (weight * sign > 0).float().mul_(sign)

    @staticmethod
    def backward(_, gradient):
        return gradient, None


class Fire(torch.autograd.Function):
    """[group, sample, feature] sums -> 1 where the sum, normalised, plus bias is >= 0. Backward as
    if the step were a ramp of width 2, through batch normalisation."""

    @staticmethod
    def forward(context, sums, bias, mean, scale):
        normal = (sums - mean).mul_(scale)
        context.save_for_backward(normal, bias, scale)
        return (normal >= -bias).float()

    @staticmethod
    def backward(context, gradient):
        normal, bias, scale = context.saved_tensors
        ramp = (normal + bias).abs_().neg_().add_(1).clamp_(min=0).mul_(gradient)
        bias_gradient = ramp.sum(1, keepdim=True)
        samples = normal.shape[1]
        along = (ramp * normal).sum(1, keepdim=True).div_(samples)
        ramp.sub_(bias_gradient / samples).addcmul_(normal, along, value=-1).mul_(scale)
        return ramp, bias_gradient, None, None


class CrossbarLayer(torch.nn.Module):
    EPSILON = 1e-3

    def __init__(self, layer, channels):
        super().__init__()
        self.layer = layer
        inputs = channels // layer.groups * layer.window ** 2
        own = layer.features // layer.groups
        self.weight = torch.nn.Parameter(torch.randn(layer.groups, inputs, own) * WEIGHT_SCALE)
        self.bias = torch.nn.Parameter(torch.full((layer.groups, 1, own), BIAS))
        if layer.copies == 1:
            types = torch.stack([torch.tensor([1., 1., -1., -1.])[torch.randperm(TYPES)]
                                 for _ in range(layer.features)])
            signs = types.reshape(layer.groups, own, TYPES)[:, :, torch.arange(inputs) % TYPES]
            self.register_buffer("types", types)
            self.register_buffer("sign", signs.transpose(1, 2).contiguous())
        else:
            self.sign = None
        self.register_buffer("mean", torch.zeros(layer.groups, 1, own))
        self.register_buffer("variance", torch.ones(layer.groups, 1, own))
        self.momentum = 0.05

    def connections(self):
        return Connect.apply(self.weight, self.sign)

    def sums(self, x):
        """[image, row, column, channel] -> [group, image * position, feature of the group]."""
        images, side, _, channels = x.shape
        window, stride, groups = self.layer.window, self.layer.stride, self.layer.groups
        own = channels // groups
        positions = (side - window) // stride + 1
        if window == stride:
            seen = x.reshape(images, positions, window, positions, window, own, groups)
            seen = seen.permute(6, 0, 1, 3, 5, 2, 4)
        else:
            seen = x.unfold(1, window, stride).unfold(2, window, stride)
            seen = seen.reshape(images, positions, positions, own, groups, window, window)
            seen = seen.permute(4, 0, 1, 2, 3, 5, 6)
        return torch.bmm(seen.reshape(groups, images * positions ** 2, -1), self.connections())

    def shaped(self, fired, images):
        side = math.isqrt(fired.shape[1] // images)
        return fired.permute(1, 0, 2).reshape(images, side, side, -1)

    def forward(self, x):
        sums = self.sums(x)
        with torch.no_grad():
            mean = sums.mean(1, keepdim=True)
            variance = (sums * sums).mean(1, keepdim=True) - mean * mean
            self.mean.lerp_(mean, self.momentum)
            self.variance.lerp_(variance, self.momentum)
            scale = (variance + self.EPSILON).rsqrt()
        return self.shaped(Fire.apply(sums, self.bias, mean, scale), x.shape[0])

    def leak(self):
        """The integers that, added to the sum, decide by their sign what the bias decides."""
        deviation = (self.variance.double() + self.EPSILON).sqrt()
        return -torch.ceil(self.mean.double() - self.bias.detach().double() * deviation)


class Network(torch.nn.Module):
    def __init__(self, layers):
        super().__init__()
        channels = 1
        self.layers = torch.nn.ModuleList()
        for layer in layers:
            self.layers.append(CrossbarLayer(layer, channels))
            channels = layer.features

    @staticmethod
    def votes(x):
        images, rows, columns, features = x.shape
        return x.reshape(images, rows * columns * (features // CLASSES), CLASSES)

    def forward(self, x):
        for layer in self.layers:
            x = layer(x)
        return self.votes(x).mean(1) * VOTE_SCALE

    def integer_votes(self, x):
        """What the chip does: class votes of binary images, by leak alone."""
        for layer in self.layers:
            x = layer.shaped((layer.sums(x) + layer.leak().float() >= 0).float(), x.shape[0])
        return self.votes(x).sum(1)


def distorted(images, model):
    """Rotated, scaled, sheared, moved, and bent by a smooth random field."""
    count = images.shape[0]
    by = model.distortion

    def uniform(limit):
        return (torch.rand(count) * 2 - 1) * limit

    angle = uniform(12 * by * math.pi / 180)
    wide, high, shear = 1 + uniform(0.1 * by), 1 + uniform(0.1 * by), uniform(0.15 * by)
    right, down = uniform(1.5 * by * 2 / SIDE), uniform(1.5 * by * 2 / SIDE)
    cos, sin = angle.cos(), angle.sin()
    affine = torch.stack([cos * wide, -sin * high + shear, right, sin * wide, cos * high, down], 1)
    grid = F.affine_grid(affine.reshape(count, 2, 3), images.shape, align_corners=False)
    if model.elastic:
        field = torch.randn(count, 2, 5, 5) * (model.elastic * 2 / SIDE)
        field = F.interpolate(field, size=(SIDE, SIDE), mode="bicubic", align_corners=True)
        grid = grid + field.permute(0, 2, 3, 1)
    return F.grid_sample(images, grid, align_corners=False)


def levels(model):
    """The rate encoder's level of each tick, as bounds for pixel values."""
    return [model.low + (model.high - model.low) * (2 * k + 1) / (2 * model.ticks)
            for k in range(model.ticks)]


def binary(images, level):
    """[image, 1, row, column] pixel values -> [image, row, column, 1] spikes."""
    return (images >= level).float().permute(0, 2, 3, 1)


def train(model, seed, images, labels, report):
    torch.manual_seed(seed)
    network = Network(model.layers)
    optimiser = torch.optim.Adam(network.parameters(), lr=model.learning_rate)
    batches = len(images) // BATCH
    steps = model.epochs * batches

    def shown(chosen):
        level = model.low + (model.high - model.low) * torch.rand(len(chosen), 1, 1, 1)
        return binary(distorted(images[chosen], model), level)

    for epoch in range(model.epochs):
        order = torch.randperm(len(images))
        loss_sum = 0.
        for batch in range(batches):
            done = (epoch * batches + batch) / steps
            rate = model.learning_rate * 0.5 * (1 + math.cos(math.pi * done)) + 1e-5
            optimiser.param_groups[0]["lr"] = rate
            chosen = order[batch * BATCH:(batch + 1) * BATCH]
            loss = F.cross_entropy(network(shown(chosen)), labels[chosen])
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            with torch.no_grad():
                for layer in network.layers:
                    layer.weight.clamp_(-1, 1)
            loss_sum += loss.item()
        report(f"epoch {epoch + 1} of {model.epochs}: loss {loss_sum / batches:.4f}")
    settle_statistics(network, lambda: shown(torch.randperm(len(images))[:BATCH]))
    return network


@torch.no_grad()
def settle_statistics(network, batch):
    """Mean and variance over many batches, now that no weight changes any more."""
    for count in range(1, 101):
        for layer in network.layers:
            layer.momentum = 1 / count
        network(batch())


@torch.no_grad()
def votes_of(network, model, images):
    """[image, class] votes over all ticks."""
    return torch.cat([sum(network.integer_votes(binary(part, level)) for level in levels(model))
                      for part in images.split(500)])


def packed(network):
    """The weights file's part of one network."""
    parts = []
    for module in network.layers:
        layer = module.layer
        weights = module.connections().detach().transpose(1, 2)
        weights = weights.reshape(layer.features, -1).numpy()
        if layer.copies == 1:
            types = module.types.numpy()
            axons = weights != 0
        else:
            types = numpy.tile([1, -1], (layer.features, TYPES // 2))
            axons = numpy.stack([weights > 0, weights < 0], 2).reshape(layer.features, -1)
        bits = numpy.packbits(axons, axis=1, bitorder="little")
        leak = module.leak().reshape(-1, 1).numpy()
        head = numpy.concatenate([leak, types], 1).astype("<i2").view("u1")
        parts.append(numpy.concatenate([head.reshape(layer.features, -1), bits], 1).tobytes())
    return b"".join(parts)


def tensor_images(folder, kind):
    values, shape = mnist_data.read_idx(folder / f"{kind}-images-idx3-ubyte.gz")
    labels, _ = mnist_data.read_idx(folder / f"{kind}-labels-idx1-ubyte.gz")
    images = torch.tensor(numpy.frombuffer(values, "u1").reshape(-1, 1, *shape[1:]).copy())
    return images.float(), torch.tensor(numpy.frombuffer(labels, "u1").astype("i8"))


def train_one(task):
    """In a process of its own, on one thread: (weights, votes on the validation images)."""
    model, seed, folder = task
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    images, labels = tensor_images(folder, "train")
    start = time.monotonic()

    def report(text):
        print(f"seed {seed}: {text}, {time.monotonic() - start:.0f} s", file=sys.stderr, flush=True)

    network = train(model, seed, images[:TRAINING_IMAGES], labels[:TRAINING_IMAGES], report)
    votes = votes_of(network, model, images[TRAINING_IMAGES:])
    right = (votes.argmax(1) == labels[TRAINING_IMAGES:]).float().mean().item()
    report(f"{100 * right:.2f} % of the validation images right")
    return packed(network), votes


def layer_text(layer):
    shown = [f"{field.name}: {getattr(layer, field.name)}" for field in dataclasses.fields(layer)
             if field.name == "features" or getattr(layer, field.name) != 1]
    return "  - {" + ", ".join(shown) + "}\n"


def yaml_text(name, model, weights, trained, card):
    width, height = model.mesh
    lines = "".join(layer_text(layer) for layer in model.layers)
    return f"""# {name}: {model.about}. Written by scripts/train_mnist.py.
# Every key is explained in docs/formats.md.
name: {name}
chip:
  name: crossbar_{width}x{height}
  mesh: {{width: {width}, height: {height}}}
images: {{rows: {SIDE}, columns: {SIDE}}}
encoder: {{name: rate, ticks: {model.ticks}, params: {{low: {model.low}, high: {model.high}}}}}
decoder: votes
classes: {CLASSES}
networks: {model.networks}
layers:
{lines}weights:
  file: {name}.weights
  sha256: {hashlib.sha256(weights).hexdigest()}
card:
{card}  trained: "{trained}"
"""


def replace_file(path, content):
    """Complete or as before, whatever happens."""
    new = path.with_name(path.name + ".tmp")
    new.write_bytes(content)
    new.replace(path)


def measured(spikefab, path, folder):
    """The card's figures on the 10,000 test images, by the command itself."""
    command = [spikefab, "bench", "mnist", path, "--images", "10000", "--data", folder, "--json"]
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"train_mnist.py: {path} is written, but its test failed: {done.stderr.strip()}")
    result = json.loads(done.stdout)["models"][0]
    result["cores"] = result["programmed_cores"]
    keys = ("cores", "neurons", "connections", "images", "correct", "ties")
    return "".join(f"  {key}: {result[key]}\n" for key in keys)


def write_model(name, model, parts, seed, validation, arguments):
    weights = b"".join(parts)
    trained = (f"scripts/train_mnist.py {name} --seed {seed}: {model.epochs} epochs on "
               f"{TRAINING_IMAGES} training images, {validation:.2f} % of the other "
               f"{60000 - TRAINING_IMAGES} right; PyTorch {torch.__version__}")
    path = arguments.output / f"{name}.yaml"
    replace_file(arguments.output / f"{name}.weights", weights)
    replace_file(path, yaml_text(name, model, weights, trained, "").encode())
    if arguments.spikefab:
        card = measured(arguments.spikefab, path, arguments.data)
        replace_file(path, yaml_text(name, model, weights, trained, card).encode())


def main():
    parser = argparse.ArgumentParser(description="Trains the MNIST networks for crossbar cores.")
    parser.add_argument("models", nargs="+", choices=list(MODELS), metavar="MODEL",
                        help=", ".join(MODELS))
    parser.add_argument("--output", type=pathlib.Path, required=True, help="folder for the files")
    parser.add_argument("--data", type=pathlib.Path, help="MNIST (default: scripts/get_mnist.sh)")
    parser.add_argument("--seed", type=int, default=1, help="of a model's first network")
    parser.add_argument("--jobs", type=int, default=multiprocessing.cpu_count(),
                        help="networks trained at once, one thread each")
    parser.add_argument("--spikefab", type=pathlib.Path,
                        help="the command, to measure the accuracy on the 10,000 test images; "
                             "without it, the card lacks it")
    arguments = parser.parse_args()
    if not arguments.data:
        found = subprocess.run([ROOT / "scripts/get_mnist.sh"], stdout=subprocess.PIPE, text=True,
                               check=False)
        if found.returncode:
            sys.exit("train_mnist.py: no MNIST; give its folder by --data")
        arguments.data = pathlib.Path(found.stdout.strip())
    arguments.output.mkdir(parents=True, exist_ok=True)

    _, labels = tensor_images(arguments.data, "train")
    for name in arguments.models:
        model = MODELS[name]
        start = time.monotonic()
        tasks = [(model, seed, arguments.data)
                 for seed in range(arguments.seed, arguments.seed + model.networks)]
        spawn = multiprocessing.get_context("spawn")
        with concurrent.futures.ProcessPoolExecutor(arguments.jobs, spawn) as pool:
            trained = list(pool.map(train_one, tasks))
        votes = sum(votes for _, votes in trained)
        right = (votes.argmax(1) == labels[TRAINING_IMAGES:]).float().mean().item() * 100
        write_model(name, model, [part for part, _ in trained], arguments.seed, right, arguments)
        print(f"{name}: {right:.2f} % of the validation images right, "
              f"{time.monotonic() - start:.0f} s")


if __name__ == "__main__":
    main()
