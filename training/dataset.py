"""The tuning part of the labelled world as arrays: what the net hears, and what is true.

Features come from the firmware's own hearing in the MicroPython VM, so that the net is trained on
exactly what it will get; they are kept beside the sound as NNNN.heard and made anew when the sound,
or anything that feeds the net, has changed.
Called by: __main__.py.
"""

import concurrent.futures
import dataclasses
import hashlib
import json
import os
import subprocess
from pathlib import Path

import callclip
import numpy as np
import soundfile
from callclip.core.features import N_FEATURES
from callclip.core.units import FRAME_MS

from simulator import vm

SCRIPT = Path(__file__).with_name("hear_script.py")
CORE = Path(callclip.__file__).parent / "core"
FEEDING = ("features.py", "floor.py", "frontend.py")


@dataclasses.dataclass(frozen=True)
class Call:
    """One call: features [n, N_FEATURES] int16, labels [4, n] bool."""

    name: str
    truth: dict
    features: np.ndarray
    labels: np.ndarray  # agent speaks, customer speaks, music, tone


def flags(spans, n_frames):
    """Frames that lie in one of the [start_ms, end_ms, ...] spans, rounded to whole frames."""
    out = np.zeros(n_frames, bool)
    for span in spans:
        out[round(span[0] / FRAME_MS) : round(span[1] / FRAME_MS)] = True
    return out


def labels(truth, n_frames):
    states = truth["line_states"]
    return np.stack(
        (
            flags(truth["agent"], n_frames),
            flags(truth["customer"], n_frames),
            flags([span for span in states if span[2] == "MUSIC"], n_frames),
            flags([span for span in states if span[2] == "TONE"], n_frames),
        )
    )


def load(wav_paths, jobs=2, on_progress=lambda n: None):
    """A Call for each path of build.build()."""
    stamp = _stamp()
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        calls = []
        for call in pool.map(lambda path: _call(Path(path), stamp), wav_paths):
            calls.append(call)
            on_progress(len(calls))
    return calls


def _stamp():
    digest = hashlib.sha256()
    for name in FEEDING:
        path = CORE / name
        for file in sorted(path.glob("*.py")) if path.is_dir() else (path,):
            digest.update(file.read_bytes())
    return digest.hexdigest()[:16]


def _call(path, stamp):
    truth = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    heard = path.with_suffix(f".{stamp}.heard")
    if not heard.exists() or heard.stat().st_mtime < path.stat().st_mtime:
        for old in path.parent.glob(f"{path.stem}.*.heard"):
            old.unlink()
        heard.write_bytes(_hear(path))
    rows = np.fromfile(heard, "<i2").reshape(-1, N_FEATURES)
    return Call(path.stem, truth, rows, labels(truth, len(rows)))


def _hear(path):
    samples, _rate = soundfile.read(path, dtype="int16")
    environment = {**os.environ, "MICROPYPATH": str(CORE.parent.parent)}
    done = subprocess.run(
        [*vm.find(), str(SCRIPT)],
        input=np.ascontiguousarray(samples).tobytes(),
        stdout=subprocess.PIPE,
        env=environment,
        check=True,
    )
    return done.stdout
