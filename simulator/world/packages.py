"""Debian packages that the world's voices and music come from, unpacked under build/world/debian.

Nothing is installed and no root is needed. The packages come with all they depend on, from the one
release that debian.py names, and the programs run through their own dynamic linker: the voices are
the same on every machine of one architecture.
Called by: voices.py, games.py, music.py.
"""

import os
import platform
import shutil
import subprocess
import tempfile
from pathlib import Path

from simulator import debian

BUILD = Path(__file__).resolve().parents[2] / "build" / "world"
ROOT = BUILD / "debian"
# Voices that are recorded, voices that are programs, and what plays MIDI files.
NAMES = (
    "asterisk-core-sounds-en-g722",
    "pocketsphinx-testdata",
    "flight-of-the-amazon-queen",
    "beneath-a-steel-sky",
    "drascula",
    "espeak-ng",
    "flite",
    "festival",
    "festvox-kallpc16k",
    "festvox-kdlpc16k",
    "fluidsynth",
    "timgm6mb-soundfont",
    "openttd-openmsx",
)
ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64"}
TRIPLES = {"amd64": "x86_64-linux-gnu", "arm64": "aarch64-linux-gnu"}
LINKERS = {"amd64": "ld-linux-x86-64.so.2", "arm64": "ld-linux-aarch64.so.1"}
# Of the games only their sound is wanted, not the interpreter that plays them.
WITHOUT = ("flight-of-the-amazon-queen", "beneath-a-steel-sky", "drascula")


class PackageError(Exception):
    """One sentence: what could not be fetched and what to do."""


def architecture():
    machine = platform.machine()
    if machine not in ARCHITECTURES:
        raise PackageError(f"the voices' programs are fetched for PCs and ARM only, not {machine}")
    return ARCHITECTURES[machine]


def fetch():
    """Make ROOT unless it stands already; all or nothing."""
    BUILD.mkdir(parents=True, exist_ok=True)
    known = ROOT / "packages"
    wanted = "\n".join(NAMES)
    with debian.only_one(BUILD / "debian.lock"):
        if known.is_file() and known.read_text() == wanted:
            return
        if not debian.is_here():
            raise PackageError("the voices come from Debian's packages and this system has no apt")
        for leftover in BUILD.glob("debian-*"):
            shutil.rmtree(leftover, ignore_errors=True)
        with tempfile.TemporaryDirectory(prefix="debian-", dir=BUILD) as temporary:
            root = _unpacked(Path(temporary))
            (root / "packages").write_text(wanted)
            shutil.rmtree(ROOT, ignore_errors=True)
            root.rename(ROOT)


def _unpacked(folder):
    alone = folder / "alone"
    alone.mkdir()
    try:
        rest = [name for name in NAMES if name not in WITHOUT]
        root = debian.unpack(folder, rest, architecture(), with_dependencies=True)
        games = debian.unpack(alone, WITHOUT, architecture())
    except debian.DebianError as error:
        raise PackageError(f"the voices' packages {error}") from None
    shutil.copytree(games, root, dirs_exist_ok=True, symlinks=True)
    return root


def library_folder():
    return ROOT / "usr/lib" / TRIPLES[architecture()]


def run(program, *arguments, text=None):
    """Standard output of an unpacked program."""
    libraries = library_folder()
    paths = [libraries, *(path for path in libraries.iterdir() if path.is_dir())]
    command = [libraries / LINKERS[architecture()], "--library-path", ":".join(map(str, paths))]
    done = subprocess.run(
        [*command, ROOT / "usr/bin" / program, *arguments],
        env={**os.environ, "HOME": str(BUILD), "LC_ALL": "C"},
        input=text,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise PackageError(f"{program} fails: {done.stderr.strip()[:200]}")
    return done.stdout
