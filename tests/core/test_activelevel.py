"""The active speech level in integers against ITU-T P.56 in floating point, on real voices."""

import math

import numpy as np
import pytest
from callclip.core.activelevel import N_THRESHOLDS, NOTHING_CDB, ActiveLevel
from callclip.core.units import FRAME_SAMPLES
from hypothesis import given
from hypothesis import strategies as st

from simulator import render, sound
from simulator.onechannel import OneChannel

CLIPS = {
    "studio": ("thank-you-patience", "call-this-number", "please-try-again", "hello", "four"),
    "reader": ("mister-dashwood", "amiable-himself", "cold-hearted"),
    "caller": ("five-five", "queen-of-clubs", "three-cards", "ten-of-clubs"),
    "operator": ("go-forward", "numbers", "something"),
}
DAY_FRAMES = 24 * 3600 * 50


def spoken(voice, pause_s, level_db):
    """A voice's clips, each followed by a pause, at an active speech level."""
    pause = np.zeros(int(pause_s * 16000))
    parts = [part for name in CLIPS[voice] for part in (render.clip(f"{voice}/{name}"), pause)]
    signal = np.concatenate(parts)
    return signal * sound.gain_from_db(level_db - sound.active_level_db(signal)[0])


def levels_cdb(signal):
    """Level of each 20 ms frame, as the front end measures it."""
    n = len(signal) // FRAME_SAMPLES
    power = np.square(signal[: n * FRAME_SAMPLES].reshape(n, FRAME_SAMPLES)).mean(axis=1)
    return [max(-12000, round(1000 * math.log10(p))) if p > 0 else -12000 for p in power]


def measured_db(signal, is_own=None, floor_cdb=-12000):
    """The level in integers; is_own: which frames are speech, all when left out."""
    one, level = OneChannel(), ActiveLevel()
    channel = one.channel
    channel.floor_cdb = floor_cdb
    for index, cdb in enumerate(levels_cdb(signal)):
        channel.level_cdb = cdb
        channel.is_active = 1 if is_own is None or is_own[index] else 0
        one.follow(index)
        level.add(channel.own_cdb, channel.threshold)
    return level.level_cdb() / 100


@pytest.mark.parametrize("level_db", [-46, -36, -26, -16])
@pytest.mark.parametrize("pause_s", [0.05, 0.5, 3.0])
@pytest.mark.parametrize("voice", CLIPS)
def test_a_recording_has_its_p56_level(voice, pause_s, level_db):
    assert abs(measured_db(spoken(voice, pause_s, level_db)) - level_db) <= 0.25


@pytest.mark.parametrize("level_db", [-46, -16])
@pytest.mark.parametrize("voice", CLIPS)
def test_noise_in_the_pauses_is_treated_as_p56_does(voice, level_db):
    signal = spoken(voice, 1.0, level_db)
    generator = np.random.default_rng(4)
    signal += sound.noise("room", len(signal), level_db - 20, generator)
    p56_db, _activity = sound.active_level_db(signal)
    assert abs(measured_db(signal) - p56_db) <= 0.25


@pytest.mark.parametrize("snr_db", [5, 10, 20])
@pytest.mark.parametrize("voice", CLIPS)
def test_the_level_is_the_voices_own_beside_noise_and_leak(voice, snr_db):
    """Judged with the true speech frames: between them the other side is 20 dB louder."""
    own = spoken(voice, 1.5, -40)
    is_own = np.zeros(len(own) // FRAME_SAMPLES, bool)
    for start, end in sound.speech_spurts(own):
        is_own[start // FRAME_SAMPLES : end // FRAME_SAMPLES + 1] = True
    other = np.where(np.repeat(is_own, FRAME_SAMPLES), 0.0, 0.1)
    generator = np.random.default_rng(5)
    heard = own[: len(other)] + sound.noise("room", len(other), -40 - snr_db, generator)
    heard += other * generator.standard_normal(len(other))
    assert abs(measured_db(heard, is_own, -4000 - 100 * snr_db) + 40) <= 0.5


def test_a_lone_shout_does_not_hide_an_hour_of_speech():
    level = ActiveLevel()
    for _ in range(20):
        level.add(-500, 3)
    for _ in range(180000):
        level.add(-2600, 10)
    assert abs(level.level_cdb() + 2594) <= 10


@pytest.mark.parametrize("level_cdb, threshold", [(0, 1), (-2600, 10), (-6900, 24)])
def test_a_day_of_one_level(level_cdb, threshold):
    """Full scale fills the words most; MicroPython's small ints end at 2**30."""
    level = ActiveLevel()
    total = (DAY_FRAMES - 1) * round(10 ** ((level_cdb + 8700) / 1000))
    state = level.state
    state[0] = state[3 + threshold] = DAY_FRAMES - 1
    state[1], state[2] = total >> 24, total & 0xFFFFFF
    level.add(level_cdb, threshold)
    assert level.n_frames == DAY_FRAMES and state[1] < 1 << 28 and state[2] < 1 << 24
    assert abs(level.level_cdb() - level_cdb) <= 3


def test_nothing_has_no_level():
    level = ActiveLevel()
    assert level.level_cdb() == NOTHING_CDB
    level.add(NOTHING_CDB, 12)
    assert level.level_cdb() == NOTHING_CDB
    level.add(-3000, 12)
    level.clear()
    assert level.level_cdb() == NOTHING_CDB


def threshold_of(levels):
    one = OneChannel()
    channel = one.channel
    out = []
    for cdb in levels:
        channel.level_cdb, channel.is_active = cdb, 1
        one.follow(0)
        out.append(channel.threshold)
    return out


def test_the_envelope_hangs_over_for_200_ms_and_falls():
    heard = threshold_of([-2600] * 30 + [NOTHING_CDB] * 80)
    # 26 dB and 2.85 dB for the mean of |x| make the tenth threshold of 3 dB.
    assert heard[29:39] == [10] * 10 and heard[40] > 10
    assert heard[30:] == sorted(heard[30:]) and heard[-1] == N_THRESHOLDS


@given(st.lists(st.integers(-13000, 300), min_size=1, max_size=60))
def test_thresholds_stay_in_range(levels):
    assert all(0 <= at <= N_THRESHOLDS for at in threshold_of(levels))


@given(st.integers(-6000, -500), st.integers(100, 3000))
def test_noise_is_taken_out_to_half_a_decibel(speech_cdb, snr_cdb):
    noise_cdb = speech_cdb - snr_cdb
    both = round(1000 * math.log10(10 ** (speech_cdb / 1000) + 10 ** (noise_cdb / 1000)))
    one = OneChannel()
    channel = one.channel
    channel.level_cdb, channel.floor_cdb, channel.is_active = both, noise_cdb, 1
    one.follow(0)
    assert abs(channel.own_cdb - speech_cdb) <= 90
