"""The least that must stop "hang up": 300 ms of a voice, 10 dB above the line's noise.

In a silent call the line gets noise, and after the second stage the loudest 300 ms of a clip at
10 dB above it; then there must be no third stage. Without the word the third stage must come, or
nothing would be shown. Every voice, each kind of noise, at two levels.
"""

import functools

import numpy as np
import pytest
from callclip.core import events

from simulator import render, runner, scenario, sound, sweep

RATE_HZ = 16000
WORD_MS = 300
ABOVE_NOISE_DB = 10
WORD_AT_S = 23.5  # after stage 2 and the farewell, while nobody speaks
LINE_UP_S, LINE_DOWN_S = 2.5, 27.6
N_CLIPS = 24


@functools.cache
def silent_call():
    samples, _truth = render.render(scenario.load("silent_call").varied({"line.comfort": -74}))
    return samples / 32768.0


def clips():
    paths = sorted(scenario.CLIPS.glob("*/*.flac"))
    names = [f"{path.parent.name}/{path.stem}" for path in paths if path.parent.name != "music"]
    return names[:: max(1, len(names) // N_CLIPS)][:N_CLIPS]


def loudest(name):
    """WORD_MS of the clip where it is loudest, at 0 dB."""
    samples = render.clip(name)
    n = WORD_MS * RATE_HZ // 1000
    power = np.convolve(samples**2, np.ones(n), "valid")
    word = samples[np.argmax(power) :][:n]
    return word / np.sqrt(np.mean(word**2))


def stages_heard(kind, noise_db, word=None):
    both = silent_call().copy()
    up, down = int(LINE_UP_S * RATE_HZ), int(LINE_DOWN_S * RATE_HZ)
    both[up:down, 1] += sound.noise(kind, down - up, noise_db, np.random.default_rng(5))
    if word is not None:
        at = int(WORD_AT_S * RATE_HZ)
        both[at : at + len(word), 1] += word * sound.gain_from_db(noise_db + ABOVE_NOISE_DB)
    samples = np.clip(np.rint(both * 32768), -32768, 32767).astype(np.int16)
    found = runner.run(sweep.Heard(samples)).raw_events
    return [values[0] for code, _at, _call, values in found if code == events.SILENT_CALL]


@pytest.mark.parametrize("noise_db", [-55, -45])
@pytest.mark.parametrize("kind", ["white", "pink"])
def test_noise_alone_lets_the_third_stage_come(kind, noise_db):
    assert stages_heard(kind, noise_db) == [1, 2, 3]


@pytest.mark.parametrize("kind", ["white", "pink"])
@pytest.mark.parametrize("name", clips())
def test_300_ms_of_a_voice_10_db_above_the_noise_stop_it(name, kind):
    noise_db = -45 if kind == "pink" else -55
    assert 3 not in stages_heard(kind, noise_db, loudest(name))


def test_300_ms_of_a_voice_10_db_above_mains_hum_stop_it_seven_times_in_eight():
    """Cut out of its word, a low vowel over hum is hard to tell from hum; none is the goal."""
    missed = [name for name in clips() if 3 in stages_heard("hum", -55, loudest(name))]
    assert len(missed) <= N_CLIPS // 8, missed
