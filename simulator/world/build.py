"""Builds a part of the world: build/world/<part>/NNNN.call, .wav and .json, call by call.

A call whose text, renderer and voices have not changed is left as it is. Everything follows from
the part's seed: any number of jobs gives the same files.
Called by: __main__.py; benches and tuning may call prepare() and build().
"""

import concurrent.futures
import hashlib
import json
from pathlib import Path

import soundfile

from simulator import render, scenario, sound
from simulator.world import calls, music, packages, voices

SOURCES = ("clips", "codecs", "noises", "overlaps", "render", "sound", "stage", "tones", "truth")
SOURCES += ("scenario", "expected")


def folder_of(part):
    return packages.BUILD / part


def prepare(jobs=2, on_progress=None):
    """Voices and music; the voices' catalog."""
    catalog = voices.prepare(jobs, on_progress)
    music.prepare()
    return catalog


def build(part, n_calls, jobs=2, on_progress=None):
    """The paths of the WAVs, in order; on_progress(n, seconds of sound) after each call."""
    catalog = prepare(jobs)
    folder = folder_of(part)
    folder.mkdir(parents=True, exist_ok=True)
    stamp = _stamp_of_sources()
    todo = [(part, n, catalog, stamp) for n in range(n_calls)]
    paths = []
    with concurrent.futures.ProcessPoolExecutor(jobs) as pool:
        for path, seconds in pool.map(_one, todo, chunksize=1):
            paths.append(path)
            if on_progress:
                on_progress(len(paths), seconds)
    return paths


def _stamp_of_sources():
    here = Path(render.__file__).parent
    texts = [(here / f"{name}.py").read_bytes() for name in SOURCES]
    return hashlib.sha256(b"".join(texts) + str(voices.VERSION).encode()).hexdigest()[:16]


def _one(task):
    """Build one call unless it stands; (path of the WAV, seconds)."""
    part, number, catalog, stamp = task
    text, kind, conditions = calls.written(part, number, catalog)
    path = folder_of(part) / f"{number:04d}.wav"
    mark = hashlib.sha256((stamp + text).encode()).hexdigest()
    truth_path, text_path = path.with_suffix(".json"), path.with_suffix(".call")
    if truth_path.is_file() and path.is_file():
        truth = json.loads(truth_path.read_text(encoding="utf-8"))
        if truth.get("mark") == mark:
            return path, truth["duration_ms"] / 1000
        truth_path.unlink()
    text_path.write_text(text, encoding="utf-8")
    samples, truth = render.render(scenario.parse(text, text_path.name))
    soundfile.write(path, samples, sound.SAMPLE_RATE_HZ, subtype="PCM_16")
    truth = {"kind": kind, "conditions": conditions, "mark": mark, **truth}
    truth_path.write_text(json.dumps(truth) + "\n", encoding="utf-8")  # last: it says "done"
    return path, truth["duration_ms"] / 1000
