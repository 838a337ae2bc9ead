"""LLVM's C++ library for ten-vad, which asks for it and does not bring it.

    load()    make it known to this process, from the project's own copy if there is one
    fetch()   make that copy from Debian's packages, unless ten-vad loads without it

`python -m benches.detection.libcxx` fetches, as a step of `make bench-detection`, without root.
Called by: peers.py, host_tools/bootstrap.py.
"""

import ctypes
import subprocess
import sys

from simulator.world import packages

PACKAGE = "libc++1"
BELONGS = ("libc++", "libunwind")  # of what it depends on, the parts of LLVM
# In the order in which they need each other.
FILES = ("libunwind.so.1", "libc++abi.so.1", "libc++.so.1")


def load():
    """Load the copy, out of sight of other libraries: its unwinder breaks their exceptions."""
    for file in FILES:
        for path in sorted(packages.ROOT.glob(f"usr/lib/*-linux-gnu/{file}")):
            ctypes.CDLL(str(path), mode=ctypes.RTLD_LOCAL)


def is_here():
    try:
        load()
        ctypes.CDLL(FILES[-1])
    except OSError:
        return False
    return True


def fetch():
    """Raises PackageError with one sentence when it cannot be had."""
    if is_here():
        return
    options = ("no-recommends", "no-suggests", "no-conflicts", "no-breaks", "no-replaces")
    command = ["apt-cache", "depends", "--recurse", *(f"--{name}" for name in options), PACKAGE]
    try:
        asked = subprocess.run(command, capture_output=True, text=True, check=False)
    except OSError as error:
        raise packages.PackageError(f"ten-vad needs LLVM's libc++.so.1 ({error})") from None
    names = {line.strip() for line in asked.stdout.splitlines() if not line.startswith(" ")}
    packages.fetch(sorted(name for name in names if name.startswith(BELONGS)))
    if not is_here():
        raise packages.PackageError("ten-vad needs LLVM's libc++.so.1: apt install libc++1")


def main():
    try:
        fetch()
    except packages.PackageError as error:
        print(f"callclip: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
