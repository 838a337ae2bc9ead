"""Scores to be played by other instruments: MIDI files made of music21's corpus, 1300 to 1930.

    paths()        -> MIDI files under build/world/scores, made once

Chorales, madrigals, masses, string quartets, songs, and the lone tunes of fiddlers and flautists.
The corpus comes with the package (extra `train`) and is free to use there; nothing of it is passed
on. Which scores are taken follows from a seed; one that cannot be read is left out.
Called by: training/music.py.
"""

import concurrent.futures
import random
from pathlib import Path

from simulator.world import packages

FOLDER = packages.BUILD / "scores"
# folder of the corpus, how many scores of it
SHARES = (
    ("bach", 26),
    ("ryansMammoth", 30),
    ("oneills1850", 4),
    ("essenFolksong", 6),
    ("palestrina", 4),
    ("monteverdi", 6),
    ("trecento", 6),
    ("beethoven", 2),
    ("mozart", 3),
    ("haydn", 1),
    ("schumann_robert", 2),
    ("schumann_clara", 2),
    ("airdsAirs", 2),
    ("leadSheet", 2),
    ("miscFolk", 2),
    ("joplin", 1),
    ("handel", 1),
    ("chopin", 1),
    ("corelli", 2),
    ("schubert", 1),
    ("johnson_j_r", 1),
    ("beach", 1),
)
KINDS = (".mxl", ".xml", ".musicxml", ".krn", ".abc")
LARGEST_BYTES = 25_000  # a whole symphony takes minutes to read


def paths(jobs=2):
    FOLDER.mkdir(parents=True, exist_ok=True)
    done = FOLDER / "done"
    if not done.exists():
        with concurrent.futures.ProcessPoolExecutor(jobs) as pool:
            list(pool.map(_write, _chosen()))
        done.write_text("1")
    return sorted(FOLDER.glob("*.mid"))


def _chosen():
    import music21.corpus  # a second, and only whoever trains needs it

    corpus = Path(music21.corpus.__file__).parent
    chosen = {}
    for folder, n in SHARES:
        found = sorted(
            path
            for path in (corpus / folder).glob("**/*")
            if path.suffix in KINDS and path.stat().st_size <= LARGEST_BYTES
        )
        for path in random.Random(folder).sample(found, min(n, len(found))):
            # Some are there in two notations.
            chosen.setdefault(FOLDER / f"{path.parent.name}-{path.stem}.mid", path)
    return chosen.items()


def _write(row):
    from music21 import converter, exceptions21

    target, path = row
    if target.exists():
        return
    try:
        score = converter.parse(path, forceSource=True)
        first = score.scores[0] if hasattr(score, "scores") and score.scores else score
        part = target.with_suffix(".part")
        first.write("midi", part)
        part.rename(target)
    except (exceptions21.Music21Exception, ValueError, AttributeError, IndexError, KeyError):
        return  # some of the corpus has repeats that no program can follow
