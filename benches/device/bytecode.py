"""What MicroPython itself executes for a frame, beside the kernels: bytecode, calls, conversions.

callgrind counts the instructions of the 32-bit VM on this PC over a recording, and over some frames
more of it; the difference, without what the kernels' own code took, belongs to those frames.
`fetch` brings Debian's valgrind into build/valgrind (older ones do not know all of the VM's code).
Called by: bench_device.py.
"""

import platform
import re
import shutil
import tempfile
from collections import Counter
from pathlib import Path

from benches.device import firmware
from simulator import debian

ROOT = Path(__file__).resolve().parents[2]
BUILD = ROOT / "build"
FRAME_BYTES = 2560
_MACHINE_CODE = "???"  # how callgrind names code that lies in no file: the kernels


class CallgrindError(Exception):
    """One sentence: why nothing can be counted here."""


def instructions_per_frame(slots, first, n_frames):
    """Instructions of the VM a frame, without the kernels' own: mean of n_frames from first on."""
    own = fetch()
    with firmware.compiled() as folder:
        before = _count(own, folder, slots[: first * FRAME_BYTES])
        after = _count(own, folder, slots[: (first + n_frames) * FRAME_BYTES])
    gained = after - before
    del gained[_MACHINE_CODE]
    return sum(gained.values()) / n_frames


def fetch():
    """The folder with valgrind, made if need be."""
    if platform.machine() != "x86_64":
        raise CallgrindError("the VM's instructions are counted on a 64-bit PC only")
    own = BUILD / "valgrind"
    BUILD.mkdir(exist_ok=True)
    with debian.only_one(BUILD / "valgrind.lock"):
        if not (own / "usr/bin/valgrind").exists():
            if not debian.is_here():
                raise CallgrindError("valgrind comes from Debian's package here: there is no apt")
            with tempfile.TemporaryDirectory(prefix="valgrind-", dir=BUILD) as folder:
                try:
                    root = debian.unpack(Path(folder), ["valgrind"], "amd64")
                except debian.DebianError as error:
                    raise CallgrindError(f"valgrind {error}") from None
                shutil.rmtree(own, ignore_errors=True)
                root.rename(own)
    return own


def _count(own, folder, slots):
    """Instructions by the file that they lie in."""
    with tempfile.TemporaryDirectory() as place:
        out = Path(place) / "out"
        valgrind = [str(own / "usr/bin/valgrind"), "--tool=callgrind"]
        valgrind.append(f"--callgrind-out-file={out}")
        environment = {"VALGRIND_LIB": str(own / "usr/libexec/valgrind")}
        done = firmware.run(folder, "run", slots, valgrind, environment)
        if done.returncode != 0 or not out.exists():
            raise CallgrindError(f"callgrind failed: {done.stderr.decode()[-300:]}")
        return _by_file(out.read_text())


def _by_file(text):
    """Sums of callgrind's own costs; a line after `calls=` tells what a call cost in all."""
    names, current, is_call, sums = {}, None, False, Counter()
    for line in text.splitlines():
        named = re.match(r"c?ob=\((\d+)\)(?: (.*))?", line)
        if named:
            names.setdefault(named[1], named[2])
            if line.startswith("ob="):
                current = names[named[1]]
        elif line.startswith("calls="):
            is_call = True
        elif line[:1] in "+-*" or line[:1].isdigit():
            if line and not is_call:
                sums[current] += int(line.split()[1])
            is_call = False
    return sums
