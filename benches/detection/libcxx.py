"""LLVM's C++ library for ten-vad, which asks for it and does not bring it.

    load()    make it known to this process, from the project's own copy if there is one
    fetch()   make that copy from this system's own packages, unless ten-vad loads without it

`python -m benches.detection.libcxx` fetches, as a step of `make bench-detection`, without root. The
packages are those of this very release of Debian or Ubuntu, as they have to fit its C library.
Called by: peers.py, host_tools/bootstrap.py.
"""

import ctypes
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

BUILD = Path(__file__).resolve().parent.parent.parent / "build"
OWN = BUILD / "libcxx"
PACKAGE = "libc++1"
BELONGS = ("libc++", "libunwind")  # of what it depends on, the parts of LLVM
# In the order in which they need each other.
FILES = ("libunwind.so.1", "libc++abi.so.1", "libc++.so.1")
REMEDY = "ten-vad needs LLVM's libc++.so.1 (on Debian and Ubuntu: apt install libc++1)"


class LibraryError(Exception):
    """One sentence: what is missing and what to do."""


def load():
    """Load the copy, out of sight of other libraries: its unwinder breaks their exceptions."""
    for file in FILES:
        for path in sorted(OWN.glob(f"usr/lib/*-linux-gnu/{file}")):
            ctypes.CDLL(str(path), mode=ctypes.RTLD_LOCAL)


def is_here():
    try:
        load()
        ctypes.CDLL(FILES[-1])
    except OSError:
        return False
    return True


def fetch():
    """Raises LibraryError when it cannot be had."""
    if is_here():
        return
    BUILD.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="libcxx-", dir=BUILD) as temporary:
        root = Path(temporary) / "root"
        for archive in _archives(Path(temporary)):
            _run(["dpkg", "-x", str(archive), str(root)], temporary)
        if not root.exists():
            raise LibraryError(f"{REMEDY}: apt knows no {PACKAGE}; apt-get update may be due")
        root.chmod(0o755)
        shutil.rmtree(OWN, ignore_errors=True)
        root.rename(OWN)
    if not is_here():
        raise LibraryError(REMEDY)


def _archives(folder):
    omitted = ("recommends", "suggests", "conflicts", "breaks", "replaces")
    options = [f"--no-{name}" for name in omitted]
    told = _run(["apt-cache", "depends", "--recurse", *options, PACKAGE], folder)
    names = {line.strip() for line in told.splitlines() if not line.startswith(" ")}
    wanted = sorted(name for name in names if name.startswith(BELONGS))
    if wanted:
        _run(["apt-get", "-q", "download", *wanted], folder)
    return sorted(folder.glob("*.deb"))


def _run(command, folder):
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    except OSError as error:
        raise LibraryError(f"{REMEDY}; {error}") from None
    if done.returncode:
        raise LibraryError(f"{REMEDY}; {command[0]} fails: {done.stderr.strip()[-200:]}")
    return done.stdout


def main():
    try:
        fetch()
    except LibraryError as error:
        print(f"callclip: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
