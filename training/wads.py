"""Tunes out of Freedoom's WAD files: MIDI, metal and ambient, played nowhere else in the world.

    paths()        -> MIDI files under build/world/wads, made once

Called by: training/music.py. Ref: the Unofficial Doom Specs 1.666, chapter 2 (a WAD is a header,
data, and a directory of 16 bytes a lump: place, size, name).
"""

import struct

from simulator.world import packages

FOLDER = packages.BUILD / "wads"
WADS = ("usr/share/games/doom/freedoom1.wad", "usr/share/games/doom/freedoom2.wad")
MIDI_MAGIC = b"MThd"
LEAST_BYTES = 5000  # what is shorter is a jingle


def paths():
    FOLDER.mkdir(parents=True, exist_ok=True)
    for wad in WADS:
        path = packages.FURTHER.root / wad
        for name, lump in _lumps(path.read_bytes()):
            target = FOLDER / f"{path.stem}-{name}.mid"
            if lump.startswith(MIDI_MAGIC) and len(lump) >= LEAST_BYTES and not target.exists():
                part = target.with_suffix(".part")
                part.write_bytes(lump)
                part.rename(target)
    return sorted(FOLDER.glob("*.mid"))


def _lumps(wad):
    """(name, data) of each."""
    n_lumps, directory = struct.unpack_from("<ii", wad, 4)
    for number in range(n_lumps):
        place, size, name = struct.unpack_from("<ii8s", wad, directory + 16 * number)
        yield name.rstrip(b"\0").decode("ascii", "replace").lower(), wad[place : place + size]
