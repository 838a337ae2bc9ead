"""Music to learn from, beside that of the tuning part; none of it is in any part.

    prepare(jobs)   makes what is missing under build/world/clips/music
    pieces()        -> clip names ("music/further/wesnoth-...-1", "music/played/017", ...)
    strange()       -> clip names ("music/strange/003", ...) of what is never learned from

Stretches of what free games carry (Wesnoth, Warzone 2100, Hedgewars, HyperRogue, Endgame:
Singularity, Frozen-Bubble, Ardentryst, Frets on Fire, Planet Blupi), and what simulator/world/
orchestra.py plays of the tuning part's tunes, of Freedoom's and of music21's scores with three
sound fonts. HELD_OUT pieces, and every STRANGE_EVERYth score and tune of Freedoom, are never
learned from: what the fit scores on them tells how it will do on other music.
Called by: drill.py, lessons.py, __main__.py.
"""

import concurrent.futures
import re

import numpy as np
import soundfile

from simulator import clips
from simulator.world import music, orchestra, packages
from training import scores, wads

PLAYED = 240  # pieces to learn from
STRANGE = 48
STRANGE_EVERY = 7
HELD_OUT = ("tuning-tune-06", "tuning-tune-14", "tuning-tune-24", "tuning-made-3")
GAMES = (
    "usr/share/games/wesnoth/1.18/data/core/music",
    "usr/share/games/warzone2100/music",
    "usr/share/games/hedgewars/Data/Music",
    "usr/share/hyperrogue/music",
    "usr/share/games/singularity/music",
    "usr/share/games/frozen-bubble/snd",
    "usr/share/games/ardentryst/Music",
    "usr/share/games/fretsonfire/data/songs",
    "usr/share/planetblupi/music",
)
LEAST_S = 25.0  # of a file: what is shorter is a sound and no music
STRETCH_S = 40.0
PLACES = (0.1, 0.6)  # of a file's length, where stretches begin
FONTS = (
    "usr/share/sounds/sf3/FluidR3Mono_GM.sf3",
    "usr/share/sounds/sf2/sf_GMbank.sf2",
)


def prepare(jobs=2):
    packages.fetch(packages.FURTHER)
    (clips.FETCHED / "music/further").mkdir(parents=True, exist_ok=True)
    with concurrent.futures.ProcessPoolExecutor(jobs) as pool:
        list(pool.map(_cut, recorded()))
    fonts = [packages.ROOT / music.FONT, *(packages.FURTHER.root / name for name in FONTS)]
    missing = [font for font in fonts if not font.is_file()]
    if missing:
        raise packages.PackageError(f"there is no sound font {missing[0]} in its package")
    tunes = [t for t, name in zip(*_known(), strict=True) if name not in HELD_OUT]
    others = scores.paths(jobs) + wads.paths()
    held_out = others[::STRANGE_EVERY]
    tunes += [path for path in others if path not in held_out]
    orchestra.prepare(_played(), tunes, fonts, jobs)
    orchestra.prepare(strange(), held_out, fonts, jobs)


def _known():
    """The tuning part's MIDI tunes and what their pieces are called."""
    names = [name for name in music.pieces("tuning") if "-tune-" in name]
    return music.tunes("tuning"), names


def recorded():
    """Files of the games' music."""
    root = packages.FURTHER.root
    return sorted(path for folder in GAMES for path in (root / folder).glob("**/*.ogg"))


def pieces():
    """All that may be learned from, shuffled by nobody: the same order everywhere."""
    known = [f"music/{name}" for name in music.pieces("tuning") if name not in HELD_OUT]
    folder = clips.FETCHED / "music/further"
    further = sorted(f"music/further/{path.stem}" for path in folder.glob("*.flac"))
    return known + further + _played()


def _played():
    return [f"music/played/{n:03d}" for n in range(PLAYED)]


def strange():
    return [f"music/strange/{n:03d}" for n in range(STRANGE)]


def _cut(path):
    """Stretches of one file, in one channel, as a telephone would send them."""
    root = packages.FURTHER.root / "usr/share"
    label = re.sub(r"[^a-z0-9]+", "-", str(path.relative_to(root).with_suffix("")).lower())
    info = soundfile.info(path)
    if info.duration < LEAST_S:
        return
    for place in PLACES:
        target = clips.FETCHED / "music/further" / f"{label}-{round(100 * place):02d}.flac"
        if target.exists():
            continue
        one = music.stretch(path, place, STRETCH_S)
        if np.sqrt(np.mean(np.square(one))) > 1e-3:
            music.write(target, one)
