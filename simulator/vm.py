"""Finds, or fetches, the real 32-bit MicroPython that the simulator and the tests run on.

32 bits matter: a viper int is the machine's word, so a 64-bit VM hides every overflow that the
ESP32 would show. `find` takes, in this order, the environment's MICROPYTHON, `micropython` on PATH
(each only after a proof that it is 32-bit and has viper and LittleFS), and the project's own copy
in build/vm. `python -m simulator.vm fetch` (a step of `make setup`) makes that copy from Debian's
i386 packages: through apt, with its signatures checked, without root and without installing
anything outside build/. The copy runs through its own dynamic linker, so the host needs no 32-bit
libraries. Only the standard library is used here: this runs before the rest is installed.
Called by: engines, the virtual unit, tests, benches, Makefile.
"""

from __future__ import annotations

import fcntl
import os
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

BUILD = Path(__file__).resolve().parent.parent / "build"
SUITE = "trixie"  # the first Debian release that packages MicroPython with viper (1.25)
PACKAGES = ("micropython", "libffi8", "libc6", "libmbedcrypto16", "libmbedtls21", "libmbedx509-7")
REMEDY = "run `make setup`, or set MICROPYTHON to a 32-bit MicroPython with viper"

# 2^16 * 2^16 * 4 = 2^34 leaves nothing in a 32-bit word.
_PROOF = """
import micropython, vfs
@micropython.viper
def product(x: int) -> int:
    return x * x * 4
vfs.VfsLfs2
micropython.heap_lock(); micropython.heap_unlock()
print("word32" if product(0x10000) == 0 else "word64")
"""
_PROOF_TIMEOUT_S = 20
_APT_TIMEOUT_S = 300
_KEYRINGS = ("debian-archive-keyring.gpg", "debian-archive-keyring.pgp")
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
    return f"it is no MicroPython with viper and LittleFS ({' '.join(last_line) or 'no output'})"


def fetch() -> Path:
    """Make build/vm unless it stands already; all or nothing. Raises VmError."""
    own = BUILD / "vm"
    BUILD.mkdir(exist_ok=True)
    with _only_one(BUILD / "vm.lock"):
        if (own / "usr/bin/micropython").exists() and not why_unfit(_command(own)):
            return own
        _remove_leftovers()
        if shutil.which("apt-get") is None or shutil.which("dpkg") is None:
            raise VmError(
                "MicroPython comes from Debian's packages here and this system has no apt: build "
                "MicroPython's unix port, 1.24 or later, with `make MICROPY_FORCE_32BIT=1` and "
                "set MICROPYTHON to it"
            )
        with tempfile.TemporaryDirectory(prefix="vm-", dir=BUILD) as temporary:
            root = _unpack(Path(temporary))
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


@contextmanager
def _only_one(path: Path) -> Iterator[None]:
    """Hold a lock on path, so that two set-ups at once make one copy."""
    with path.open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def _remove_leftovers() -> None:
    """Folders of fetches that were cut off; the lock is held, so none of them is at work."""
    for path in BUILD.glob("vm-*"):
        shutil.rmtree(path, ignore_errors=True)


def _unpack(folder: Path) -> Path:
    """Download and unpack the packages under folder; returns the root of the unpacked tree."""
    faults = []
    for mirror in _mirrors(folder):
        try:
            archives = _download(folder, mirror)
        except VmError as error:
            faults.append(f"{mirror}: {error}")
            continue
        root = folder / "root"
        root.mkdir()
        for archive in archives:
            _run(["dpkg", "-x", str(archive), str(root)])
        root.chmod(0o755)
        return root
    raise VmError(
        "MicroPython's packages could not be fetched ("
        + "; ".join(faults or ["apt names no mirror"])
        + "): connect to a Debian mirror (DEBIAN_MIRROR=… names one) and run `make setup` again"
    )


def _mirrors(folder: Path) -> list[str]:
    """Where Debian's packages may be had, best first: named, apt's own, those known to apt."""
    named = os.environ.get("DEBIAN_MIRROR")
    if named:
        return [named]
    sites = _run(["apt-get", "indextargets", "--format", "$(SITE)"]).split()
    # Other distributions know Debian's mirror from the templates of their package manager.
    template = Path("/usr/share/python-apt/templates/Debian.info")
    if template.exists():
        lines = template.read_text(errors="replace").splitlines()
        sites += [line.split()[1] for line in lines if line.startswith("BaseURI: ")]
    return [site for site in dict.fromkeys(sites) if "security" not in site]


def _download(folder: Path, mirror: str) -> list[Path]:
    """The packages' archives from one mirror, verified by apt against Debian's keys."""
    for name in ("lists/partial", "cache/archives/partial", "deb"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    for stale in (folder / "deb").glob("*.deb"):
        stale.unlink()
    sources = folder / "sources.list"
    sources.write_text(f"deb [signed-by={_keyring(folder)} arch=i386] {mirror} {SUITE} main\n")
    options = {
        "Dir::Etc::sourcelist": sources,
        "Dir::Etc::sourceparts": "-",
        "Dir::Etc::preferencesparts": "-",
        "Dir::State::lists": folder / "lists",
        "Dir::State::status": "/dev/null",
        "Dir::Cache": folder / "cache",
        "APT::Architecture": "i386",
        "APT::Architectures": "i386",
        "APT::Get::AllowUnauthenticated": "false",
        "Acquire::AllowInsecureRepositories": "false",
        "APT::Sandbox::User": "root",  # the folder need not be open to apt's own user
        "APT::Update::Error-Mode": "any",  # a mirror that does not answer is a failure
        "Acquire::Languages": "none",
        "Acquire::Retries": "3",
    }
    apt = ["apt-get", "-q"]
    for name, value in options.items():
        apt += ["-o", f"{name}={value}"]
    _run([*apt, "update"])
    _run([*apt, "download", *PACKAGES], cwd=folder / "deb")
    archives = sorted((folder / "deb").glob("*.deb"))
    if len(archives) != len(PACKAGES):
        raise VmError(f"{len(archives)} of {len(PACKAGES)} packages arrived")
    return archives


def _keyring(folder: Path) -> Path:
    """Debian's keys: those of this system, or of the package its own apt vouches for."""
    for base in (Path("/usr/share/keyrings"), folder / "keys/usr/share/keyrings"):
        for name in _KEYRINGS:
            if (base / name).exists():
                return base / name
    if (folder / "keys").exists():
        raise VmError("the package debian-archive-keyring holds no key ring")
    (folder / "keys").mkdir()
    _run(["apt-get", "-q", "download", "debian-archive-keyring"], cwd=folder / "keys")
    for archive in (folder / "keys").glob("*.deb"):
        _run(["dpkg", "-x", str(archive), str(folder / "keys")])
    return _keyring(folder)


def _run(command: list[str], cwd: Path | None = None) -> str:
    """Standard output of a command; VmError with its last complaint when it fails."""
    try:
        done = subprocess.run(
            command,
            cwd=cwd,
            env={**os.environ, "LC_ALL": "C"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=_APT_TIMEOUT_S,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise VmError(f"{command[0]} does not finish ({error})") from None
    if done.returncode != 0:
        complaints = [x for x in done.stderr.splitlines() if x.startswith(("E:", "dpkg"))]
        raise VmError(" ".join(complaints[:1]) or f"{command[0]} ended with {done.returncode}")
    return done.stdout


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
