"""Builds a part of the world: build/world/<part>/NNNN.call, .wav and .json, call by call.

A call whose text, renderer and voices have not changed is left as it is. Everything follows from
the part's seed: any number of jobs gives the same files.
Called by: __main__.py; benches and tuning may call prepare() and build().
"""

import concurrent.futures
import functools
import hashlib
import json
from pathlib import Path

import soundfile

from simulator import debian, render, scenario, sound
from simulator.world import calls, music, packages, voices

# What the sound depends on, and what else the truth does.
SOUND = ("clips.py", "codecs.py", "noises.py", "render.py", "sound.py", "stage.py", "tones.py")
TRUTH = ("truth.py", "overlaps.py", "expected.py", "judges/*.py")


def folder_of(part):
    return packages.BUILD / part


def prepare(jobs=2, on_progress=None):
    """Voices and music; the voices' catalog."""
    packages.BUILD.mkdir(parents=True, exist_ok=True)
    with debian.only_one(packages.BUILD / "voices.lock"):
        catalog = voices.prepare(jobs, on_progress)
        music.prepare(jobs)
    return catalog


def build(part, n_calls, jobs=2, on_progress=None, company=None, first=0, only=()):
    """The paths of the WAVs, in order; on_progress(n, seconds of sound) after each call.

    company: the troupe that plays and its catalog; without, the part's own. first: its number; the
    calls of a part have no end. only: kinds, if it is to be of some.
    """
    known = prepare(jobs)
    troupe, catalog = company or (None, known)
    folder = folder_of(part)
    folder.mkdir(parents=True, exist_ok=True)
    stamps = (_stamp(*SOUND), _stamp(*SOUND, *TRUTH))
    numbers = calls.numbered(part, n_calls, first, only)
    todo = [(part, n, catalog, stamps, troupe) for n in numbers]
    paths = []
    with (
        debian.only_one(packages.BUILD / f"{part}.lock"),
        concurrent.futures.ProcessPoolExecutor(jobs) as pool,
    ):
        for path, seconds in pool.map(_one, todo, chunksize=1):
            paths.append(path)
            if on_progress:
                on_progress(len(paths), seconds)
    return paths


@functools.cache
def _stamp(*patterns):
    """Read once: a file that changes meanwhile is not the code that runs."""
    here = Path(render.__file__).parent
    files = [path for pattern in patterns for path in sorted(here.glob(pattern))]
    return b"".join(path.read_bytes() for path in files) + str(voices.VERSION).encode()


def _mark(stamp, call):
    """Of what the reader made of the text: a changed default counts like a changed text."""
    return hashlib.sha256(stamp + repr(call).encode()).hexdigest()


def _one(task):
    """Build of one call what does not stand; (path of the WAV, seconds)."""
    part, number, catalog, stamps, troupe = task
    text, kind, conditions = calls.written(part, number, catalog, troupe)
    path = folder_of(part) / f"{number:04d}.wav"
    truth_path, text_path = path.with_suffix(".json"), path.with_suffix(".call")
    call = scenario.parse(text, text_path.name)
    marks = [_mark(stamp, call) for stamp in stamps]
    known = _known(truth_path) if path.is_file() else {}
    if known.get("marks") == marks:
        return path, known["duration_ms"] / 1000
    truth_path.unlink(missing_ok=True)
    text_path.write_text(text, encoding="utf-8")
    if known.get("marks", [None])[0] == marks[0]:
        truth = render.truth_of(call)
    else:
        samples, truth = render.render(call)
        soundfile.write(path, samples, sound.SAMPLE_RATE_HZ, subtype="PCM_16")
    truth = {"kind": kind, "conditions": conditions, "marks": marks, **truth}
    truth_path.write_text(json.dumps(truth) + "\n", encoding="utf-8")  # last: it says "done"
    return path, truth["duration_ms"] / 1000


def _known(path):
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
