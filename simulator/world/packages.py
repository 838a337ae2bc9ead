"""Debian packages that the world's voices and music come from, unpacked under build/world.

    fetch()              -> WORLD.root: what both parts of the world are made of
    fetch(FURTHER)       -> FURTHER.root: what only the net learns from
    fetch(ABROAD)        -> ABROAD.root: other languages and other music, which nobody learns from

Nothing is installed and no root is needed. The programs come with all they depend on, from the one
release that debian.py names, and run through their own dynamic linker: the voices are the same on
every machine of one architecture.
Called by: voices.py, games.py, music.py, training/voices.py, training/music.py.
"""

import dataclasses
import os
import platform
import shutil
import subprocess
import tempfile
from pathlib import Path

from simulator import debian

BUILD = Path(__file__).resolve().parents[2] / "build" / "world"


@dataclasses.dataclass(frozen=True)
class Tree:
    """Packages that are unpacked into one folder of BUILD."""

    folder: str
    names: tuple
    alone: tuple  # those of them whose dependencies are not wanted

    @property
    def root(self):
        return BUILD / self.folder


# Voices that are recorded, voices that are programs, and what plays MIDI files. Of the games only
# their sound is wanted, not the interpreter that plays them.
WORLD = Tree(
    "debian",
    (
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
    ),
    alone=("flight-of-the-amazon-queen", "beneath-a-steel-sky", "drascula"),
)
ROOT = WORLD.root
# Further voices, music and sounds of instruments: some 0.8 GB, of which only the sound is used.
_FURTHER = (
    "hedgewars-data",
    "klettres-data",
    "ktuberling-data",
    "wesnoth-1.18-music",
    "warzone2100-music",
    "singularity-music",
    "hyperrogue-music",
    "frozen-bubble-data",
    "ardentryst",
    "fretsonfire-songs-sectoid",
    "planetblupi-music-ogg",
    "fluidr3mono-gm-soundfont",
    "csound-soundfont",
    "freedoom",
)
FURTHER = Tree("debian-further", _FURTHER, alone=_FURTHER)
_ABROAD = (
    "asterisk-core-sounds-es-g722",
    "asterisk-core-sounds-fr-g722",
    "asterisk-core-sounds-it-g722",
    "asterisk-core-sounds-ru-g722",
    "lincity-ng-data",
    "supertux-data",
    "asc-music",
)
ABROAD = Tree("debian-abroad", _ABROAD, alone=_ABROAD)
ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64"}
TRIPLES = {"amd64": "x86_64-linux-gnu", "arm64": "aarch64-linux-gnu"}
LINKERS = {"amd64": "ld-linux-x86-64.so.2", "arm64": "ld-linux-aarch64.so.1"}


class PackageError(Exception):
    """One sentence: what could not be fetched and what to do."""


def architecture():
    machine = platform.machine()
    if machine not in ARCHITECTURES:
        raise PackageError(f"the voices' programs are fetched for PCs and ARM only, not {machine}")
    return ARCHITECTURES[machine]


def fetch(tree=WORLD):
    """Make the tree's root unless it stands already; all or nothing."""
    BUILD.mkdir(parents=True, exist_ok=True)
    known = tree.root / "packages"
    wanted = "\n".join(tree.names)
    with debian.only_one(BUILD / f"{tree.folder}.lock"):
        if known.is_file() and known.read_text() == wanted:
            return
        if not debian.is_here():
            raise PackageError("the voices come from Debian's packages and this system has no apt")
        for leftover in BUILD.glob(f"{tree.folder}-unpacked-*"):
            shutil.rmtree(leftover, ignore_errors=True)
        prefix = f"{tree.folder}-unpacked-"
        with tempfile.TemporaryDirectory(prefix=prefix, dir=BUILD) as temporary:
            root = _unpacked(tree, Path(temporary))
            (root / "packages").write_text(wanted)
            shutil.rmtree(tree.root, ignore_errors=True)
            root.rename(tree.root)


def _unpacked(tree, folder):
    """Root of a new folder that holds all of the tree's packages."""
    root = folder / "root-of-all"
    root.mkdir()
    programs = [name for name in tree.names if name not in tree.alone]
    for names, with_dependencies in ((programs, True), (tree.alone, False)):
        if not names:
            continue
        part = folder / f"part-{with_dependencies}"
        part.mkdir()
        try:
            unpacked = debian.unpack(part, names, architecture(), with_dependencies)
        except debian.DebianError as error:
            raise PackageError(f"the voices' packages {error}") from None
        shutil.copytree(unpacked, root, dirs_exist_ok=True, symlinks=True, copy_function=os.link)
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
