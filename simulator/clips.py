"""Finds and reads clips: short recordings that scenarios are put together from.

    samples("studio/hello", pitch_pct=100, is_narrow=False)   float64, 16 kHz, -26 dBFS active
    spurts("studio/hello")                                    [(start, end) in samples, ...]
    activity("studio/hello")                                  the same with every pause kept

A clip is `<voice>/<name>.flac`, of the committed recordings or of the fetched voices below
build/world/clips (see world/voices.py). Speech clips begin and end with speech.
Called by: scenario.py (does it exist?), stage.py, truth.py.
"""

import functools
import json
from pathlib import Path

import numpy as np
import soundfile
import soxr

from simulator import sound

COMMITTED = Path(__file__).parent / "recordings" / "clips"
FETCHED = Path(__file__).resolve().parent.parent / "build" / "world" / "clips"
LEVEL_DB = -26.0  # what the clips were set to
KEPT = 1500  # clips kept in memory, some 0.5 MB each


def path_of(name):
    """The file of a clip, or None."""
    if ".." in name or name.startswith("/"):
        return None
    for root in (COMMITTED, FETCHED):
        path = root / f"{name}.flac"
        if path.is_file():
            return path
    return None


def voices():
    """Names of all voices that have clips here."""
    folders = {p.name for root in (COMMITTED, FETCHED) if root.is_dir() for p in root.iterdir()}
    return sorted(name for name in folders if name != "music" and "." not in name)


def names_of(voice):
    """Clip names, with the voice in front, of one voice."""
    found = {
        f"{voice}/{p.stem}" for root in (COMMITTED, FETCHED) for p in (root / voice).glob("*.flac")
    }
    return sorted(found)


@functools.lru_cache(maxsize=KEPT)
def samples(name, pitch_pct=100.0, is_narrow=False):
    """A clip; pitch and speed change together; narrow: in the telephone band at the same level."""
    out, rate_hz = soundfile.read(path_of(name), dtype="float64")
    if rate_hz != sound.SAMPLE_RATE_HZ:
        raise ValueError(f"clip {name} has {rate_hz} Hz instead of {sound.SAMPLE_RATE_HZ}")
    if pitch_pct != 100.0:
        out = soxr.resample(out, rate_hz * pitch_pct / 100.0, rate_hz)
    if is_narrow:
        out = telephone_band(out)
        out = out * sound.gain_from_db(LEVEL_DB - sound.active_level_db(out)[0])
    out.setflags(write=False)
    return out


def telephone_band(signal):
    """What 300-3400 Hz leave of a signal, without a delay."""
    n_fft = 1 << (len(signal) + 1600).bit_length()
    hz = np.fft.rfftfreq(n_fft, 1.0 / sound.SAMPLE_RATE_HZ)
    low = 1.0 / (1.0 + np.power(270.0 / np.maximum(hz, 1.0), 8))
    high = 1.0 / (1.0 + np.power(hz / 3500.0, 24))
    return np.fft.irfft(np.fft.rfft(signal, n_fft) * low * high, n_fft)[: len(signal)]


@functools.lru_cache(maxsize=8 * KEPT)
def spurts(name, pitch_pct=100.0, is_narrow=False):
    return sound.speech_spurts(samples(name, pitch_pct, is_narrow))


@functools.lru_cache(maxsize=8 * KEPT)
def activity(name, pitch_pct=100.0, is_narrow=False):
    """Like spurts, but a pause of 5 ms is a pause."""
    return sound.speech_spurts(samples(name, pitch_pct, is_narrow), merge_s=0.0)


@functools.lru_cache(maxsize=256)
def _syllables_of(voice):
    path = FETCHED / voice / "syllables.json"
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}


def syllables(name):
    """Syllables of a synthesised clip, None where nobody counted them."""
    voice, _slash, clip = name.partition("/")
    return _syllables_of(voice).get(clip)
