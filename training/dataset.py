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
LEAST_DB = -90.0
LINE_IS_UP = ("COMFORT_NOISE", "NOISE", "SPEECH")
FEEDING = ("features.py", "floor.py", "frontend.py")
ROW = 2  # another number: hear_script.py writes other rows


@dataclasses.dataclass(frozen=True)
class Call:
    """One call: features [n, N_FEATURES] int16, labels [4, n] bool, the rest [2, n] float32."""

    name: str
    truth: dict
    features: np.ndarray
    labels: np.ndarray  # agent speaks, customer speaks, music, tone
    floor_db: np.ndarray  # as the unit's hearing found it
    noise_db: np.ndarray  # around the agent, on the line; NaN where nobody can tell
    pieces: tuple = ()  # names of the hold music in it


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


def noise_db(truth, n_frames):
    """True level of what is heard when nobody speaks, dB re full scale; at least LEAST_DB."""
    if "noise_db" in truth:
        rows = [truth["noise_db"][side] for side in ("agent", "line")]
        return np.array([[np.nan if db is None else db for db in row[:n_frames]] for row in rows])
    settings = truth["settings"]
    power = np.full((2, n_frames), 10.0 ** (LEAST_DB / 10))
    power[0] += 10.0 ** (settings["agent.room"] / 10)
    for side, key in ((0, "desk"), (1, "noises")):
        for _kind, level_db, *span in truth[key]:
            power[side] += 10.0 ** (level_db / 10) * flags([span], n_frames)
    up = [row for row in truth["line_states"] if row[2] in LINE_IS_UP]
    power[1] += 10.0 ** (settings["line.comfort"] / 10) * flags(up, n_frames)
    out = 10 * np.log10(power)
    # Under music and tones nobody hears what else there is; of a broken microphone nothing is true.
    hidden = [row for row in truth["line_states"] if row[2] in ("MUSIC", "TONE")]
    out[1][flags(hidden, n_frames)] = np.nan
    for side, name in enumerate(("agent", "line")):
        if settings[f"{name}.fault"] != "none":
            out[side] = np.nan
    return out


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
    digest = hashlib.sha256(bytes([ROW]))
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
    rows = np.fromfile(heard, "<i2").reshape(-1, N_FEATURES + 2)
    n_frames = len(rows)
    features, floors = rows[:, :N_FEATURES], rows[:, N_FEATURES:].T.astype(np.float32) / 100
    noise = noise_db(truth, n_frames).astype(np.float32)
    flagged = labels(truth, n_frames)
    return Call(path.stem, truth, features, flagged, floors, noise, _pieces(path))


def _pieces(path):
    """From the call's text; a drill has none."""
    text = path.with_suffix(".call")
    lines = text.read_text(encoding="utf-8").splitlines() if text.exists() else []
    return tuple(line.split()[2] for line in lines if line.split()[1:2] == ["music"])


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
