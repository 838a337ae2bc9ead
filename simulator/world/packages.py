"""Debian packages that the world's voices and music come from, unpacked under build/world/debian.

Nothing is installed and no root is needed: apt downloads, dpkg unpacks, programs run with the
unpacked libraries.
Called by: voices.py, music.py.
"""

import os
import shutil
import subprocess
from pathlib import Path

BUILD = Path(__file__).resolve().parents[2] / "build" / "world"
ROOT = BUILD / "debian"


class PackageError(Exception):
    """One sentence: what could not be fetched and what to do."""


def fetch(names):
    """Unpack these packages below ROOT; those that are there already cost nothing."""
    marks = BUILD / "debian.done"
    marks.mkdir(parents=True, exist_ok=True)
    archives = BUILD / "archives"
    archives.mkdir(exist_ok=True)
    for tool in ("apt-get", "dpkg"):
        if shutil.which(tool) is None:
            raise PackageError(f"{tool} is missing: the voices come from Debian's packages")
    for name in names:
        if (marks / name).exists():
            continue
        if not list(archives.glob(f"{name}_*.deb")):
            done = subprocess.run(
                ["apt-get", "-q", "download", name], cwd=archives, check=False, capture_output=True
            )
            if done.returncode:
                raise PackageError(f"apt-get cannot download {name}; apt-get update may be due")
        for archive in archives.glob(f"{name}_*.deb"):
            subprocess.run(["dpkg", "-x", archive, ROOT], check=True)
        (marks / name).touch()


def run(program, *arguments, text=None):
    """Standard output of an unpacked program."""
    (libraries,) = (ROOT / "usr/lib").glob("*-linux-gnu")
    done = subprocess.run(
        [ROOT / "usr/bin" / program, *arguments],
        env={**os.environ, "LD_LIBRARY_PATH": str(libraries)},
        input=text,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise PackageError(f"{program} fails: {done.stderr.strip()[:200]}")
    return done.stdout


def library_folder():
    (libraries,) = (ROOT / "usr/lib").glob("*-linux-gnu")
    return libraries
