"""Lessons: whole calls as in the tuning part, played by everybody that may be learned from.

    make(n_calls, jobs)   -> paths of WAVs with their truth, under build/world/lesson

The same kinds of calls in the same shares (simulator/world/kinds.py), with the further voices and
the further music, and without those held out. Called by: __main__.py.
"""

from simulator.world import build, cast, voices
from training import music
from training import voices as people

PART = "lesson"
LEAST_CLIPS = 8  # of sentences: whoever has fewer would say the same all the time


def troupe():
    catalog = voices.catalog(people.everybody())
    able = []
    for voice in people.everybody():
        kinds = [row["kind"] for row in catalog[voice.name].values()]
        if len(kinds) - kinds.count("words") >= LEAST_CLIPS:
            able.append(voice)
    pieces = [name.removeprefix("music/") for name in music.pieces()]
    return cast.troupe_of(able, pieces), catalog


def make(n_calls, jobs=2):
    return build.build(PART, n_calls, jobs, company=troupe())
