#!/usr/bin/env python3
# Compiles the CUDA kernels for every architecture that nvcc knows and checks what ptxas made.
# Prints registers, shared memory, spills and stack of each kernel; fails if any kernel spills or
# needs local memory (a stack): that is slow memory in the hottest loops.
# Usage: check_kernels.py --nvcc NVCC --generated BUILD/gen [--json]
import argparse
import concurrent.futures
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
SOURCES = sorted((ROOT / "sim" / "cuda").glob("*.cu"))
FLAGS = ["-std=c++20", "-O3", "--expt-relaxed-constexpr", "--fmad=false", "-cubin",
         "-Xptxas", "-v"]
OLDEST = 75
KERNEL = re.compile(r"Function properties for (\w+)\n"
                    r"\s*(\d+) bytes stack frame, (\d+) bytes spill stores, "
                    r"(\d+) bytes spill loads\n"
                    r"[^\n]*Used (\d+) registers(?:[^\n]*?(\d+) bytes smem)?")


def architectures(nvcc):
    listed = subprocess.run([nvcc, "--list-gpu-arch"], stdout=subprocess.PIPE, text=True,
                            check=True).stdout
    numbers = sorted({int(n) for n in re.findall(r"compute_(\d+)$", listed, re.MULTILINE)})
    return [n for n in numbers if n >= OLDEST]


def compile_one(nvcc, generated, source, architecture):
    """The kernels of one file for one architecture, as rows."""
    with tempfile.TemporaryDirectory() as folder:
        result = subprocess.run(
            [nvcc, *FLAGS, f"-I{ROOT}", f"-I{generated}", f"-arch=sm_{architecture}",
             "-o", os.path.join(folder, "kernels.cubin"), source],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    if result.returncode != 0:
        sys.exit(f"{source.name} does not compile for sm_{architecture}:\n{result.stdout}")
    return [{"kernel": name, "architecture": architecture, "registers": int(registers),
             "shared_bytes": int(shared or 0), "stack_bytes": int(stack),
             "spill_bytes": int(stores) + int(loads)}
            for name, stack, stores, loads, registers, shared in KERNEL.findall(result.stdout)]


def compile_all(nvcc, generated):
    jobs = [(nvcc, generated, source, architecture)
            for architecture in architectures(nvcc) for source in SOURCES]
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        rows = [row for rows in pool.map(lambda job: compile_one(*job), jobs) for row in rows]
    if len(rows) < len(jobs):
        sys.exit("ptxas reported fewer kernels than there are files: has its output changed?")
    return rows


def print_table(rows):
    print("| kernel | sm | registers | shared | stack | spills |\n|---|--:|--:|--:|--:|--:|")
    for row in sorted(rows, key=lambda r: (r["kernel"], r["architecture"])):
        print(f"| {row['kernel']} | {row['architecture']} | {row['registers']} | "
              f"{row['shared_bytes']} | {row['stack_bytes']} | {row['spill_bytes']} |")


def main():
    parser = argparse.ArgumentParser(description="What ptxas makes of the kernels.")
    parser.add_argument("--nvcc", default="nvcc")
    parser.add_argument("--generated", required=True, type=pathlib.Path)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    rows = compile_all(options.nvcc, options.generated)
    if options.json:
        print(json.dumps(rows, indent=1))
    else:
        print_table(rows)
    bad = [row for row in rows if row["stack_bytes"] or row["spill_bytes"]]
    for row in bad:
        print(f"{row['kernel']} for sm_{row['architecture']}: {row['spill_bytes']} bytes spilled, "
              f"{row['stack_bytes']} bytes of stack (must be 0)", file=sys.stderr)
    sys.exit(1 if bad else 0)


if __name__ == "__main__":
    main()
