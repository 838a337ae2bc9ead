"""Figures that an ended run had measured: `--resume` takes them instead of hearing again.

    with_kept("clips", options, lambda: ...)   -> the figures, from the file or measured and kept

A figure is kept under build/bench/kept, named by what it depends on: the firmware's core, this
bench, the world's code, the part and how many of its calls. Another byte in any of these, and it
is measured again.
Called by: __main__.py.
"""

import functools
import hashlib
import pickle
from pathlib import Path

import callclip

import simulator
from benches.detection.parts import BENCH

FOLDER = BENCH / "kept"
SOURCES = (
    (Path(callclip.__file__).parent, "core/**/*.py"),
    (Path(simulator.__file__).parent, "**/*.py"),
    (Path(__file__).parent, "*.py"),
)


@functools.cache
def _code():
    digest = hashlib.sha256()
    for folder, pattern in SOURCES:
        for path in sorted(folder.glob(pattern)):
            digest.update(path.read_bytes())
    return digest.hexdigest()


def with_kept(name, options, measure):
    which = (options.part, options.first, options.kinds, options.calls, options.as_built)
    said = repr((name, *which, options.no_peers, _code()))
    path = FOLDER / f"{name}-{hashlib.sha256(said.encode()).hexdigest()[:16]}.pickle"
    if options.resume and path.exists():
        return pickle.loads(path.read_bytes())  # written below, on this machine
    found = measure()
    FOLDER.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    part.write_bytes(pickle.dumps(found))
    part.replace(path)
    return found
