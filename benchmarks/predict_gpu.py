#!/usr/bin/env python3
# Predicts the speed of the cuda engine on an H200 from the thread-instructions that the emulated
# device counted (tests/golden/kernel_counts.txt) and the limits of the GPU. A prediction, not a
# measurement: scripts/gpu_check.sh measures.
# Usage: predict_gpu.py
import pathlib

ROOT = pathlib.Path(__file__).resolve().parent.parent
NEURONS = 256  # of a core

# H200: 132 multiprocessors of 4 schedulers at 1.98 GHz, each issues one warp-instruction a clock
# (NVIDIA Hopper tuning guide); the others are what was published or measured for such GPUs: a
# barrier of all blocks 1.2 to 2 us, a round trip to L2 0.14 us, reads from L2 5.5 TB/s.
MULTIPROCESSORS, SCHEDULERS, CLOCK_HZ, LANES = 132, 4, 1.98e9, 32
BARRIER_US, L2_TRIP_US, L2_BYTES_PER_US = (1.2, 2.0), 0.14, 5.5e6
# How many of the issue slots are used, and instructions of the machine for one of PTX.
ISSUE_SHARE, PER_PTX = (0.9, 0.5), (1.0, 1.2)
L2_TRIPS = 4  # of a tick in a row: waiting words, state or target, red.or, the barrier's word
# Of a core and tick, read where it is: parameters, weights, state twice, a tenth of the rows.
CORE_BYTES = NEURONS * (6 * 4 + 4 * 4 + 2 * 4) + NEURONS * NEURONS // 8 // 10


def counts():
    """{(use, percent, figure): thread-instructions}"""
    rows = {}
    for line in (ROOT / "tests/golden/kernel_counts.txt").read_text().splitlines():
        words = line.split()
        if len(words) == 5:
            rows[words[0], words[2], words[3]] = float(words[4])
    return rows


def issue_us(cores_per_multiprocessor, per_neuron, best):
    warps = cores_per_multiprocessor * NEURONS * per_neuron / LANES * PER_PTX[best]
    return warps / SCHEDULERS / ISSUE_SHARE[best] / CLOCK_HZ * 1e6


def latency(cores, per_neuron, reads_l2):
    """Ticks/s from the worse to the better assumptions."""
    per_multiprocessor = -(-cores // MULTIPROCESSORS)
    speeds = []
    for best in (1, 0):
        work = issue_us(per_multiprocessor, per_neuron, best)
        if reads_l2:
            work = max(work, cores * CORE_BYTES / L2_BYTES_PER_US)
        speeds.append(1e6 / (work + BARRIER_US[best] + L2_TRIPS * L2_TRIP_US))
    return speeds


def batch(cores, per_neuron):
    return [MULTIPROCESSORS * 1e6 / issue_us(cores, per_neuron, best) for best in (1, 0)]


def main():
    of = counts()
    # MNIST-512: 26.7 synaptic events per neuron and tick (docs/mnist.md).
    mnist = of["batch", "1%", "neuron_tick"] + 26.7 * of["batch", "50%", "synaptic_event"]
    one, many = of["latency", "10%", "neuron_tick"], of["batch", "10%", "neuron_tick"]
    rows = [("512 cores at 10 %, one replica", latency(512, one, reads_l2=False)),
            ("4096 cores at 10 %, one replica", latency(4096, many, reads_l2=True)),
            ("512 cores at 10 %, batch", batch(512, many)),
            ("mnist_512_cores, batch", batch(512, mnist))]
    print("| predicted for an H200 | ticks/s of all replicas |\n|---|--:|")
    for name, (low, high) in rows:
        print(f"| {name} | {low / 1e3:,.0f} k to {high / 1e3:,.0f} k |")


if __name__ == "__main__":
    main()
