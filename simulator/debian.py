"""Debian's packages without root: downloaded with apt, signatures checked, unpacked into a folder.

Nothing outside that folder is touched: apt gets lists and a cache of its own, and the suite is
named here, so any Debian or Ubuntu can do it. Only the standard library is used: this runs before
the rest is installed.
Called by: vm.py, xtensa/qemu.py, world/packages.py.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

SUITE = "trixie"  # the first release that packages MicroPython with viper (1.25) and a static qemu
_APT_TIMEOUT_S = 600
_KEYRINGS = ("debian-archive-keyring.gpg", "debian-archive-keyring.pgp")


class DebianError(Exception):
    """What is wrong with apt or its mirror; goes on after the name of what was wanted."""


def is_here() -> bool:
    return shutil.which("apt-get") is not None and shutil.which("dpkg") is not None


@contextmanager
def only_one(path: Path) -> Iterator[None]:
    """Hold a lock on path, so that two set-ups at once make one copy."""
    with path.open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def unpack(
    folder: Path, packages: Sequence[str], architecture: str, with_dependencies: bool = False
) -> Path:
    """Download and unpack the packages under folder; returns the root of the unpacked tree.

    With dependencies, down to libc, so that programs run the same wherever they are unpacked.
    """
    faults = []
    for mirror in _mirrors(folder):
        try:
            archives = _download(folder, mirror, packages, architecture, with_dependencies)
        except DebianError as error:
            faults.append(f"{mirror}: {error}")
            continue
        root = folder / "root"
        root.mkdir()
        for archive in archives:
            _run(["dpkg", "-x", str(archive), str(root)])
        root.chmod(0o755)
        return root
    raise DebianError(
        "could not be fetched ("
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


def _download(
    folder: Path,
    mirror: str,
    packages: Sequence[str],
    architecture: str,
    with_dependencies: bool,
) -> list[Path]:
    """The packages' archives from one mirror, verified by apt against Debian's keys."""
    for name in ("lists/partial", "cache/archives/partial", "deb"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    for stale in (folder / "deb").glob("*.deb"):
        stale.unlink()
    sources = folder / "sources.list"
    sources.write_text(
        f"deb [signed-by={_keyring(folder)} arch={architecture}] {mirror} {SUITE} main\n"
    )
    options = {
        "Dir::Etc::sourcelist": sources,
        "Dir::Etc::sourceparts": "-",
        "Dir::Etc::preferencesparts": "-",
        "Dir::State::lists": folder / "lists",
        "Dir::State::status": "/dev/null",
        "Dir::Cache": folder / "cache",
        "APT::Architecture": architecture,
        "APT::Architectures": architecture,
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
    if with_dependencies:
        packages = _with_dependencies(apt, packages)
    _run([*apt, "download", *packages], cwd=folder / "deb")
    archives = sorted((folder / "deb").glob("*.deb"))
    if len(archives) != len(packages):
        raise DebianError(f"{len(archives)} of {len(packages)} packages arrived")
    return archives


def _with_dependencies(apt: list[str], packages: Sequence[str]) -> list[str]:
    """Names of all that apt would install onto an empty system."""
    plan = [*apt, "-o", "Debug::NoLocking=true", "--no-install-recommends", "--simulate", "install"]
    lines = _run([*plan, *packages]).splitlines()
    return sorted({line.split()[1] for line in lines if line.startswith("Inst ")})


def _keyring(folder: Path) -> Path:
    """Debian's keys: those of this system, or of the package its own apt vouches for."""
    for base in (Path("/usr/share/keyrings"), folder / "keys/usr/share/keyrings"):
        for name in _KEYRINGS:
            if (base / name).exists():
                return base / name
    if (folder / "keys").exists():
        raise DebianError("the package debian-archive-keyring holds no key ring")
    (folder / "keys").mkdir()
    _run(["apt-get", "-q", "download", "debian-archive-keyring"], cwd=folder / "keys")
    for archive in (folder / "keys").glob("*.deb"):
        _run(["dpkg", "-x", str(archive), str(folder / "keys")])
    return _keyring(folder)


def _run(command: list[str], cwd: Path | None = None) -> str:
    """Standard output of a command; DebianError with its last complaint when it fails."""
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
        raise DebianError(f"{command[0]} does not finish ({error})") from None
    if done.returncode != 0:
        complaints = [x for x in done.stderr.splitlines() if x.startswith(("E:", "dpkg"))]
        raise DebianError(" ".join(complaints[:1]) or f"{command[0]} ended with {done.returncode}")
    return done.stdout
