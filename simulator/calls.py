"""The recorded calls that come with callclip, and the morning made of them.

Each call is `<name>.opus`, stereo 16 kHz (agent, line), with `<name>.json`, its truth.
Called by: the demo, compose/compose_calls.py, tests.
"""

import json
from pathlib import Path

import numpy as np
import soundfile

from simulator import sound

FOLDER = Path(__file__).parent / "recordings" / "calls"
# In this order they make a morning at the desk; each begins and ends with a dead line.
MORNING = ("normal_call", "silent_call", "noisy_line", "long_hold", "dropped_line")


def sound_path(name):
    return FOLDER / f"{name}.opus"


def truth_path(name):
    return FOLDER / f"{name}.json"


def samples(name):
    """int16 [n, 2] of one call."""
    block, rate_hz = soundfile.read(sound_path(name), dtype="int16", always_2d=True)
    if rate_hz != sound.SAMPLE_RATE_HZ:
        raise ValueError(f"{sound_path(name)} has {rate_hz} Hz instead of {sound.SAMPLE_RATE_HZ}")
    return block


def truth(name):
    return json.loads(truth_path(name).read_text(encoding="utf-8"))


def write_morning(path, idle_s=0.0):
    """The morning as one 16-bit WAV: ([(title, start in seconds), ...] of its calls, length ms).

    idle_s: so long nothing happens before the first call; the desk's own noise, no more.
    """
    parts = [samples(name) for name in MORNING]
    before_ring = parts[0][: sound.SAMPLE_RATE_HZ * 9 // 10]
    idle = np.resize(before_ring, (sound.samples_from_s(idle_s), 2))
    ends_s = np.cumsum([len(part) for part in (idle, *parts)]) / sound.SAMPLE_RATE_HZ
    soundfile.write(path, np.concatenate([idle, *parts]), sound.SAMPLE_RATE_HZ, subtype="PCM_16")
    titles = [truth(name)["title"] for name in MORNING]
    return list(zip(titles, ends_s[:-1].tolist(), strict=True)), int(ends_s[-1] * 1000)
