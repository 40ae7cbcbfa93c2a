#!/usr/bin/env python3
# The architecture as a table: who may include whom. Also checks what GPU code may include, that
# files open with a comment, fit into 100 columns and name no folder of one machine.
# Usage: check_layers.py [ROOT]; prints file:line: problem for each and exits with 1.
import pathlib
import re
import subprocess
import sys

ALL = ("base", "arch", "mapper", "sim", "cli")
MAY_INCLUDE = {
    "base": ("base",),
    "arch": ("base", "arch"),
    "mapper": ("base", "arch", "mapper"),
    "sim": ("base", "arch", "sim"),
    "cli": ALL,
    "tests": ALL + ("tests",),
    "benchmarks": ALL + ("benchmarks", "tests"),
}
GENERATED = {"neuron_models.h": "arch", "compartment_models.h": "arch",  # header: its layer
             "build_info.h": "cli", "kernel_files.h": "sim", "kernel_images.inc": "sim"}

# What is compiled for the GPU, with every header of ours that it includes, stays plain: std, CUDA
# and Random123. (No other library's header compiles there, and none would be of use.)
DEVICE_ROOTS = ("sim/tick.h", "sim/synaptic_tick.h", "sim/views.h", "base/hd.h")
DEVICE_FOLDERS = ("arch/neurons", "arch/compartments")
DEVICE_LIBRARIES = re.compile(
    r"^(Random123/.*|cuda.*\.h|cooperative_groups.*|(cub|thrust|cuda|nvtx3)/.*|[a-z_0-9]+)$")

COMMENT = {".h": "//", ".cc": "//", ".cu": "//", ".cuh": "//", ".proto": "//", ".cmake": "#",
           ".py": "#", ".sh": "#", ".yaml": "#"}
CODE = (".h", ".cc", ".cu", ".cuh")
NARROW = CODE + (".proto", ".py", ".sh", "")  # "": scripts without extension
COLUMNS = 100
TEXT = tuple(COMMENT) + ("", ".md", ".txt", ".json")
MACHINE_PATH = re.compile(r"(?<![\w.~}$-])/(?:work|root|home)/")
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')


def project_files(root):
    """Files that git tracks or would add; without git, all but builds and hidden ones."""
    git = subprocess.run(["git", "-C", root, "ls-files", "-co", "--exclude-standard"],
                         capture_output=True, text=True, check=False)
    if git.returncode == 0:
        names = [pathlib.PurePath(line) for line in git.stdout.splitlines()]
    else:
        names = [path.relative_to(root) for path in sorted(root.rglob("*"))]
        names = [n for n in names if n.parts[0] != "build" and not any(
            part.startswith(".") or part == "__pycache__" for part in n.parts)]
    return [name for name in names if (root / name).is_file()]


class Checker:
    def __init__(self, root):
        self.root = root
        self.files = project_files(root)
        self.problems = []

    def add(self, name, line, text):
        self.problems.append(f"{name}:{line}: {text}")

    def lines(self, name):
        return (self.root / name).read_text(encoding="utf-8", errors="replace").splitlines()

    def includes(self, name):
        """(line, '<' or '"', header) of each include."""
        for number, line in enumerate(self.lines(name), 1):
            if match := INCLUDE.match(line):
                yield number, match[1], match[2]

    def check_layers(self, name):
        layer = name.parts[0]
        if layer not in MAY_INCLUDE:
            self.add(name, 1, f"folder '{layer}' is not in the table of check_layers.py")
            return
        for number, bracket, header in self.includes(name):
            if bracket == "<":
                continue
            target = GENERATED.get(header, header.split("/")[0])
            if target not in MAY_INCLUDE[layer]:
                allowed = ", ".join(MAY_INCLUDE[layer])
                self.add(name, number, f'{layer} must not include "{header}" (allowed: {allowed})')
            elif not self.exists(header):
                self.add(name, number, f'"{header}" is no file (write includes from the root)')

    def exists(self, header):
        return (header in GENERATED or header.endswith(".pb.h") or
                (self.root / header).is_file())

    def check_device_code(self):
        roots = [n for n in self.files if n.suffix in (".cu", ".cuh") or
                 n.as_posix() in DEVICE_ROOTS or
                 (n.parent.as_posix() in DEVICE_FOLDERS and n.suffix == ".h")]
        waiting = [(name, name) for name in roots]
        seen = set()
        while waiting:
            name, origin = waiting.pop()
            if name in seen:
                continue
            seen.add(name)
            for number, bracket, header in self.includes(name):
                if bracket == "<":
                    plain = DEVICE_LIBRARIES.match(header)
                else:
                    plain = not header.endswith(".pb.h")
                    if (self.root / header).is_file():
                        waiting.append((pathlib.PurePath(header), origin))
                if not plain:
                    via = "" if name == origin else f", which {origin} includes"
                    self.add(name, number, f"GPU code must not include {header}{via}")

    def check_text(self, name):
        lines = self.lines(name)
        marker = COMMENT.get(name.suffix)
        first = "".join(lines[1:2] if lines and lines[0].startswith("#!") else lines[:1])
        # A source that begins with its own header has its comment there.
        own_header = f'#include "{name.with_suffix(".h").as_posix()}"'
        if marker and not first.startswith(marker) and first != own_header:
            self.add(name, 1, f"must open with a comment ({marker} ...) that says what it is")
        for number, line in enumerate(lines, 1):
            if name.suffix in NARROW and len(line) > COLUMNS:
                self.add(name, number, f"{len(line)} columns (at most {COLUMNS})")
            if MACHINE_PATH.search(line):
                self.add(name, number, "names a folder of one machine")

    def run(self):
        for name in self.files:
            hand_written = "fixtures" not in name.parts and name.name != "LICENSE"
            if name.suffix in CODE:
                self.check_layers(name)
            if name.suffix in TEXT and hand_written:
                self.check_text(name)
        self.check_device_code()
        return self.problems


def main():
    here = pathlib.Path(__file__).resolve().parent.parent
    root = pathlib.Path(sys.argv[1]).resolve() if len(sys.argv) > 1 else here
    if not (root / "CMakeLists.txt").is_file():
        sys.exit(f"check_layers: {root} is not the project's root")
    checker = Checker(root)
    problems = checker.run()
    if problems:
        print("\n".join(problems))
        sys.exit(1)
    print(f"layers: {len(checker.files)} files, no problem")


if __name__ == "__main__":
    main()
