"""The part "abroad": calls in other languages with other music: does what was learned hold there?

    troupe(jobs)   -> (cast.Troupe, catalog), for build.build("abroad", ..., company=troupe())

Telephone prompts of Asterisk in Spanish, French, Italian and Russian, one speaker each (the Spanish
one is the tuning part's Allison), at many pitches; espeak-ng's speakers that no other part has, who
read numbers in these languages; hold music of three games. Nothing here is learned from and no goal
is measured on it: fits are compared by it, so that the part for reporting need not be looked at.
One threshold comes from it: how long a tone sounds before it is shown (core/tones.py).
Called by: benches/detection/parts.py.
"""

import concurrent.futures
import re

import soundfile

from simulator import clips
from simulator.world import cast, music, packages, voices

PART = "abroad"
LANGUAGES = ("es", "fr", "it", "ru")
# language+speaker, words a minute: agents at SLOW_RATE and below, fast ones from FAST_RATE on
COUNTING = (
    ("es+marcelo", 118),
    ("fr-fr+gustave", 116),
    ("ru+ian", 112),
    ("it+Tweaky", 150),
    ("es+klatt5", 175),
    ("it+pedro", 170),
)
FOLDERS = (
    "usr/share/lincity-ng/music",
    "usr/share/games/asc/music",
    "usr/share/games/supertux2/music",
)
LEAST_S = 40.0
STRETCH_S = 40.0
PLACE = 0.25  # of a file's length, where its stretch begins


def everybody():
    real = [cast.Voice(f"prompts-{each}", PART, "asterisk", each) for each in LANGUAGES]
    return real + cast.counting("a", PART, COUNTING)


def troupe(jobs=2):
    """Makes what is missing first."""
    packages.fetch(packages.ABROAD)
    todo = [voice for voice in everybody() if not voices.is_done(voice)]
    with concurrent.futures.ProcessPoolExecutor(jobs) as pool:
        list(pool.map(_make, todo))
        names = list(pool.map(_cut, _recorded()))
    return cast.troupe_of(everybody(), names), voices.catalog(everybody())


def _make(voice):
    if voice.engine == "asterisk":
        paths = voices.prompts(packages.ABROAD.root, voice.model)
        said = voices.decoded(path for path in paths if not voices.is_tone(path.stem))
    else:
        said = voices.counted(voice)
    voices.write(voice, said)


def _recorded():
    root = packages.ABROAD.root
    paths = sorted(path for folder in FOLDERS for path in (root / folder).glob("**/*.ogg"))
    return [path for path in paths if soundfile.info(path).duration >= LEAST_S]


def _cut(path):
    """The name of a stretch of one file, made unless it stands."""
    name = "abroad-" + re.sub(r"[^a-z0-9]+", "-", path.stem.lower())
    target = clips.FETCHED / "music" / f"{name}.flac"
    if not target.exists():
        music.write(target, music.stretch(path, PLACE, STRETCH_S))
    return name
