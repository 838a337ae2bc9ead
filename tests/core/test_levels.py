"""Measures over time: the leak, the speech level against ITU-T P.56, periodicity."""

from array import array

import numpy as np
import pytest
from callclip.core.background import HIGH_FRAMES, LOW_FRAMES, Background
from callclip.core.config import Config
from callclip.core.frame import COMFORT_NOISE, NO_SIGNAL, NOISE
from callclip.core.frontend import N_BANDS, FrontEnd
from callclip.core.hearing import Hearing
from callclip.core.periodicity import LAST_LAG, Periodicity
from callclip.core.speech import VOICED_Q10

from simulator import render, sound
from tests.core.listen import buzz, frames, hear, quiet, white

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
    assert abs(hearing._line.leak.level_cdb - 100 * leak_db) <= 250


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


def voicing(agent, line):
    front = FrontEnd()
    periodicity = Periodicity(front)
    above = array("i", [2000] * N_BANDS)
    out = []
    for data in frames(agent, line):
        front.analyse(data)
        periodicity.update(above, above)
        out.append((periodicity.agent_q10, periodicity.line_q10))
    return np.array(out[3:])


@pytest.mark.parametrize("hz", [85, 125, 210, 330])
def test_a_voice_is_periodic_and_hiss_is_not_in_whichever_channel(hz):
    voice, hiss = buzz(1, hz, -26), white(1, -26)
    got = voicing(voice, hiss)
    assert np.all(got[:, 0] >= VOICED_Q10)
    assert np.all(got[:, 1] < VOICED_Q10)
    got = voicing(hiss, voice)
    assert np.all(got[:, 0] < VOICED_Q10)
    assert np.all(got[:, 1] >= VOICED_Q10)


def test_background_follows_the_line_and_passes_over_leak():
    background = Background(-7500, -5000)
    index = 0

    def go(n, level_cdb, floor_cdb, is_foreign=False):
        nonlocal index
        for _ in range(n):
            background.update(level_cdb, floor_cdb, is_foreign, index)
            index += 1
        return background.state

    assert go(50, -8500, -8500) == NO_SIGNAL
    assert go(50, -6000, -8500, is_foreign=True) == NO_SIGNAL
    up = index
    assert go(HIGH_FRAMES, -6000, -8500) == COMFORT_NOISE
    assert background.since == up
    assert go(60, -4500, -4500) == NOISE
    assert go(60, -5100, -5100) == NOISE  # hysteresis
    assert go(60, -5300, -5300) == COMFORT_NOISE
    down = index
    assert go(LOW_FRAMES, -8500, -8500, is_foreign=True) == NO_SIGNAL
    assert background.since == down


def test_the_taper_is_the_windows_own_autocorrelation():
    window = np.hanning(257)[:256]
    own = np.correlate(window, window, "full")[255:]
    inverse_q8 = 256 * own[0] / own[: LAST_LAG + 1]
    assert np.all(np.abs(Periodicity(FrontEnd()).taper_q8 - inverse_q8) <= 1 + 0.002 * inverse_q8)
