"""Measures over time: the leak, the speech level against ITU-T P.56, the line's background."""

import numpy as np
import pytest
from callclip.core.background import HIGH_FRAMES, LOW_FRAMES, Background
from callclip.core.config import Config
from callclip.core.frame import COMFORT_NOISE, NO_SIGNAL, NOISE, Channel
from callclip.core.hearing import Hearing

from simulator import render, sound
from tests.core.listen import hear, quiet, white

CLIPS = ("studio/thank-you-patience", "studio/call-this-number", "studio/please-try-again")


def speech(level_db=-26.0):
    gap = np.zeros(6000)
    both = np.concatenate([part for name in CLIPS for part in (render.clip(name), gap)])
    return np.tile(both, 2) * 10 ** ((level_db + 26) / 20)


@pytest.mark.parametrize("leak_db", [-12, -16, -20, -26])
def test_the_leak_is_measured_while_the_agent_speaks(leak_db):
    agent = np.concatenate((np.zeros(16000), speech()))
    line = np.roll(agent, 10) * 10 ** (leak_db / 20) + white(len(agent) / 16000, -65)
    hearing = Hearing(Config())
    hear(agent + white(len(agent) / 16000, -65, seed=3), line, hearing)
    assert abs(hearing.features.line_leak.level_cdb - 100 * leak_db) <= 250


@pytest.mark.parametrize("level_db", [-46, -36, -26, -16])
@pytest.mark.parametrize("channel", ["agent", "line"])
def test_the_running_speech_level_is_near_p56(level_db, channel):
    words = np.concatenate((np.zeros(32000), speech(level_db)))
    noise = white(len(words) / 16000, -75)
    other = quiet(len(words) / 16000)
    hearing = Hearing(Config())
    pair = (words + noise, other) if channel == "agent" else (other, words + noise)
    hear(*pair, hearing)
    # The last 3 s of own speech are about the last clip and a half.
    p56_db, _activity = sound.active_level_db(words[-8 * 16000 :])
    got_cdb = getattr(hearing.frame, channel).speech_cdb
    assert abs(got_cdb - 100 * p56_db) <= 150


class Line:
    """A background that hears n frames of a level after each other."""

    def __init__(self):
        self.background = Background(-7500, -5000, 0)
        self.index = 0

    def go(self, n, level_cdb, floor_cdb, is_foreign=False, is_speech=0):
        """The state after n frames."""
        channel = Channel()
        channel.level_cdb, channel.floor_cdb = level_cdb, floor_cdb
        channel.is_speech = channel.is_in_spurt = is_speech
        for _ in range(n):
            self.background.update(channel, level_cdb, is_foreign, is_foreign, self.index)
            self.index += 1
        return self.background.state


def test_background_follows_the_line_and_passes_over_leak():
    line = Line()
    assert line.go(50, -8500, -8500) == NO_SIGNAL
    assert line.go(50, -6000, -8500, is_foreign=True) == NO_SIGNAL
    up = line.index
    assert line.go(HIGH_FRAMES, -6000, -8500) == COMFORT_NOISE
    assert line.background.since == up
    assert line.go(1000, -4500, -4500) == NOISE
    assert line.go(1000, -5040, -5040) == NOISE  # hysteresis
    assert line.go(1000, -5300, -5300) == COMFORT_NOISE
    assert line.go(1000, -4960, -4960) == COMFORT_NOISE
    down = line.index
    assert line.go(LOW_FRAMES, -8500, -8500, is_foreign=True) == NO_SIGNAL
    assert line.background.since == down


def test_words_make_no_line_noisy():
    line = Line()
    assert line.go(100, -6000, -6000) == COMFORT_NOISE
    assert line.go(1000, -2000, -6000, is_speech=1) == COMFORT_NOISE


def test_keys_make_a_line_noisy_by_their_mean_power():
    line = Line()
    line.go(500, -6000, -6000)
    for _ in range(100):  # a frame in five 20 dB above: 13 dB more in the mean
        line.go(4, -6000, -6000)
        line.go(1, -4000, -6000)
    assert line.background.state == NOISE
    for _ in range(200):  # one in fifty: 5 dB more
        line.go(49, -6000, -6000)
        line.go(1, -4000, -6000)
    assert line.background.state == COMFORT_NOISE


def test_what_a_missed_syllable_adds_is_bounded():
    """A frame at full scale counts for 20 dB more than the mean: 2.5 dB if it is one in a 2.6 s."""
    line = Line()
    line.go(500, -6000, -6000)
    for _ in range(20):
        line.go(127, -6000, -6000)
        assert line.go(1, 0, -6000) == COMFORT_NOISE
