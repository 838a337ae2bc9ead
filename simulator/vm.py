"""Finds, or fetches, the real 32-bit MicroPython that the simulator and the tests run on.

32 bits matter: a viper int is the machine's word, so a 64-bit VM hides every overflow that the
ESP32 would show. `find` takes, in this order, the environment's MICROPYTHON, `micropython` on PATH
(each only after a proof that it is 32-bit and has viper, LittleFS and ROMFS), and the own copy
in build/vm. `python -m simulator.vm fetch` (a step of `make setup`) makes that copy from Debian's
i386 packages: through apt, with its signatures checked, without root and without installing
anything outside build/. The copy runs through its own dynamic linker, so the host needs no 32-bit
libraries. Only the standard library is used here: this runs before the rest is installed.
Called by: engines, the virtual unit, tests, benches, Makefile.
"""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from simulator import debian

BUILD = Path(__file__).resolve().parent.parent / "build"
PACKAGES = ("micropython", "libffi8", "libc6", "libmbedcrypto16", "libmbedtls21", "libmbedx509-7")
REMEDY = "run `make setup`, or set MICROPYTHON to a 32-bit MicroPython with viper"

# 2^16 * 2^16 * 4 = 2^34 leaves nothing in a 32-bit word.
_PROOF = """
import micropython, vfs
@micropython.viper
def product(x: int) -> int:
    return x * x * 4
vfs.VfsLfs2
vfs.VfsRom
import ffi
micropython.heap_lock(); micropython.heap_unlock()
print("word32" if product(0x10000) == 0 else "word64")
"""
_PROOF_TIMEOUT_S = 20
_LINKER = "usr/lib/i386-linux-gnu/ld-linux.so.2"


class VmError(Exception):
    """One sentence: what is wrong with the VM and what to do."""


def find() -> list[str]:
    """The words that start the VM, to be followed by its own arguments. Raises VmError."""
    named = os.environ.get("MICROPYTHON")
    if named:
        command = shlex.split(named)
        fault = why_unfit(command)
        if fault:
            raise VmError(f"MICROPYTHON={named}: {fault}; unset it or {REMEDY}")
        return command
    on_path = shutil.which("micropython")
    if on_path and not why_unfit([on_path]):
        return [on_path]
    own = BUILD / "vm"
    if (own / "usr/bin/micropython").exists():
        return _command(own)
    raise VmError(f"there is no 32-bit MicroPython with viper here: {REMEDY}")


def why_unfit(command: list[str]) -> str:
    """Why this program cannot stand for the ESP32's MicroPython; empty when it can."""
    try:
        done = subprocess.run(
            [*command, "-c", _PROOF],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=_PROOF_TIMEOUT_S,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return f"it does not run ({error})"
    if "word32" in done.stdout:
        return ""
    if "word64" in done.stdout:
        return "it is a 64-bit build, which hides overflow in viper"
    last_line = (done.stderr or done.stdout).strip().splitlines()[-1:]
    return f"it is no MicroPython with viper, ROMFS and ffi ({' '.join(last_line) or 'no output'})"


def fetch() -> Path:
    """Make build/vm unless it stands already; all or nothing. Raises VmError."""
    own = BUILD / "vm"
    BUILD.mkdir(exist_ok=True)
    with debian.only_one(BUILD / "vm.lock"):
        if (own / "usr/bin/micropython").exists() and not why_unfit(_command(own)):
            return own
        _remove_leftovers()
        if not debian.is_here():
            raise VmError(
                "MicroPython comes from Debian's packages here and this system has no apt: build "
                "MicroPython's unix port, 1.25 or later, with `make MICROPY_FORCE_32BIT=1` and "
                "set MICROPYTHON to it"
            )
        with tempfile.TemporaryDirectory(prefix="vm-", dir=BUILD) as temporary:
            try:
                root = debian.unpack(Path(temporary), PACKAGES, "i386")
            except debian.DebianError as error:
                raise VmError(f"MicroPython's packages {error}") from None
            fault = why_unfit(_command(root))
            if fault:
                raise VmError(
                    f"the fetched MicroPython cannot be used on this machine: {fault}; "
                    "set MICROPYTHON to one that can"
                )
            shutil.rmtree(own, ignore_errors=True)
            root.rename(own)
    return own


def _command(root: Path) -> list[str]:
    linker = root / _LINKER
    program = root / "usr/bin/micropython"
    return [str(linker), "--library-path", str(linker.parent), str(program)]


def _remove_leftovers() -> None:
    """Folders of fetches that were cut off; the lock is held, so none of them is at work."""
    for path in BUILD.glob("vm-*"):
        shutil.rmtree(path, ignore_errors=True)


def main(arguments: list[str]) -> int:
    """`fetch` makes the copy; without an argument, print the command that would be used."""
    if arguments not in ([], ["fetch"]):
        print("usage: python -m simulator.vm [fetch]", file=sys.stderr)
        return 2
    try:
        if arguments:
            _fetch_unless_found()
        else:
            print(shlex.join(find()))
    except VmError as error:
        print(f"callclip: {error}", file=sys.stderr)
        return 2
    return 0


def _fetch_unless_found() -> None:
    try:
        find()
    except VmError:
        fetch()
        find()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
