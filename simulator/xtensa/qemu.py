"""Finds, or fetches, the emulator of the ESP32's instructions: qemu-xtensa.

`find` takes, in this order, the environment's QEMU_XTENSA, the project's own copy in build/qemu
(the same on every computer), and the program on PATH. `python -m simulator.xtensa.qemu fetch` (a
step of `make setup-dev`) makes that copy from Debian's package qemu-user.
Called by: emulator.py, host_tools/bootstrap.py.
"""

from __future__ import annotations

import os
import platform
import shutil
import sys
import tempfile
from pathlib import Path

from simulator import debian

BUILD = Path(__file__).resolve().parents[2] / "build"
PROGRAM = "qemu-xtensa"
REMEDY = "run `make setup-dev`, or install Debian's package qemu-user"
_ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64", "arm64": "arm64", "riscv64": "riscv64"}


class QemuError(Exception):
    """One sentence: what is wrong with the emulator and what to do."""


def find() -> str:
    """The program. Raises QemuError."""
    named = os.environ.get("QEMU_XTENSA")
    if named:
        if shutil.which(named) is None:
            raise QemuError(f"QEMU_XTENSA={named} is no program: unset it or {REMEDY}")
        return named
    own = BUILD / "qemu" / PROGRAM
    if own.exists():
        return str(own)
    on_path = shutil.which(PROGRAM)
    if on_path:
        return on_path
    raise QemuError(f"there is no {PROGRAM} here: {REMEDY}")


def fetch() -> None:
    """Make build/qemu unless it stands already; all or nothing. Raises QemuError."""
    own = BUILD / "qemu"
    BUILD.mkdir(exist_ok=True)
    with debian.only_one(BUILD / "qemu.lock"):
        if (own / PROGRAM).exists():
            return
        for leftover in BUILD.glob("qemu-*"):
            shutil.rmtree(leftover, ignore_errors=True)
        architecture = _ARCHITECTURES.get(platform.machine())
        if architecture is None or not debian.is_here():
            raise QemuError(
                "qemu-xtensa comes from Debian's package qemu-user here and this system has no apt "
                "that could bring it: install qemu's user-mode emulators, or set QEMU_XTENSA"
            )
        print("callclip: fetching qemu into build/qemu (71 MB, 18 MB kept)", file=sys.stderr)
        with tempfile.TemporaryDirectory(prefix="qemu-", dir=BUILD) as temporary:
            folder = Path(temporary)
            try:
                root = debian.unpack(folder, ["qemu-user"], architecture)
            except debian.DebianError as error:
                raise QemuError(f"qemu's package {error}") from None
            made = folder / "made"
            made.mkdir()
            shutil.move(str(root / "usr/bin" / PROGRAM), made / PROGRAM)
            shutil.rmtree(own, ignore_errors=True)
            made.rename(own)


def main(arguments: list[str]) -> int:
    """`fetch` makes the copy; without an argument, print the program that would be used."""
    if arguments not in ([], ["fetch"]):
        print("usage: python -m simulator.xtensa.qemu [fetch]", file=sys.stderr)
        return 2
    try:
        if arguments:
            _fetch_unless_found()
        else:
            print(find())
    except QemuError as error:
        print(f"callclip: {error}", file=sys.stderr)
        return 2
    return 0


def _fetch_unless_found() -> None:
    try:
        find()
    except QemuError:
        fetch()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
