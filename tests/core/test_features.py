"""What the net sees: clamped rises, a leak that is found band by band, and no way back into it."""

from array import array

import numpy as np
import pytest
from callclip.core.bands import BAND_EDGES_BINS, N_BANDS, N_VALUES, TELEPHONE
from callclip.core.config import Config
from callclip.core.features import N_FEATURES, Features
from callclip.core.floor import NoiseFloor, step_of
from callclip.core.frontend import FrontEnd
from callclip.core.hearing import Hearing
from callclip.core.kernels import features as kernels
from callclip.core.kernels import speech
from callclip.core.pack import pack

from simulator import render
from tests.core.listen import frames, white

WORDS = ("studio/thank-you-patience", "studio/call-this-number", "studio/please-try-again")
LIVE = 3  # in an ear's pack, which logit is its live one
MOST_RISE, MOST_DIFFERENCE = 1536, 640  # words of 4 centi-dB


def made():
    """A front end, its floors, the kernels that come next with their packs, and the features."""
    front = FrontEnd()
    floors = NoiseFloor(front.agent), NoiseFloor(front.line)
    features = Features(-3500, -2000, front.agent, floors[0], front.line, floors[1])
    return front, floors, (step_of(*floors), *features.steps), features


def gathered(level_cdb, floor_cdb, other_cdb, leak_cdb):
    """The words of a frame in which all of the agent's bands are alike, and all of the line's."""
    level, other = array("i", [level_cdb] * N_VALUES), array("i", [other_cdb] * N_VALUES)
    floor, leak = array("i", [floor_cdb] * N_VALUES), array("i", [leak_cdb << 4] * N_VALUES)
    out = array("i", bytes(4 * N_FEATURES))
    peaks, limits = array("i", [0, 0, 0]), array("i", bytes(20))
    kernels.gather(0, 0, pack(level, floor, other, other, leak, leak, limits, limits, peaks, out))
    return list(out)


@pytest.mark.parametrize("rise_cdb, word", [(-500, 0), (3, 0), (4, 1), (1024, 256), (7000, 1536)])
def test_a_rise_is_in_words_and_never_negative(rise_cdb, word):
    words = gathered(rise_cdb - 6000, -6000, 0, 0)
    assert words[:N_BANDS] == [word] * N_BANDS and word <= MOST_RISE


@pytest.mark.parametrize(
    "more_cdb, word", [(-9000, -640), (-4, -1), (0, 0), (400, 100), (9000, 640)]
)
def test_what_is_above_the_leak_is_clamped_on_both_sides(more_cdb, word):
    words = gathered(-5000 - 2000 + more_cdb, 0, -5000, -2000)
    above = words[2 * N_BANDS : 3 * N_BANDS]
    assert above == [word] * N_BANDS and abs(word) <= MOST_DIFFERENCE


def coloured(signal, low_db, high_db):
    """The signal through a path whose gain falls evenly over the telephone band."""
    spectrum = np.fft.rfft(signal)
    hz = np.fft.rfftfreq(len(signal), 1 / 16000)
    gain_db = np.interp(hz, (300, 3400), (low_db, high_db))
    return np.fft.irfft(spectrum * 10 ** (gain_db / 20), len(signal))


def middle_hz(band):
    return 31.25 * (BAND_EDGES_BINS[band] + BAND_EDGES_BINS[band + 1] - 1) / 2


def test_a_coloured_leak_is_found_within_10_s_of_speech():
    """The lower quartile of what is heard lies a little below the path's gain: up to 1 dB."""
    words = np.concatenate([render.clip(name) for name in WORDS])
    agent = np.concatenate((np.zeros(16000), np.resize(words, 10 * 16000)))
    line = coloured(agent, -14, -26)
    line = line + white(len(line) / 16000, -85)
    front, _floors, steps, features = made()  # a pack keeps nothing alive
    for data in frames(agent + white(len(agent) / 16000, -75, seed=3), line):
        front.analyse(data)
        for kernel, words in steps:
            kernel(0, 0, words)
    found_db = np.array(features.line_leak.leak[:N_BANDS]) / 1600
    true_db = np.interp([middle_hz(b) for b in range(N_BANDS)], (300, 3400), (-14, -26))
    assert np.all(np.abs(found_db - true_db) <= 1)


def test_no_decision_changes_what_the_net_sees():
    """Open loop: a hearing that is made to believe in speech everywhere sees the same words."""
    voice = np.resize(render.clip(WORDS[0]), 2 * 16000)
    agent = voice + white(2, -65)
    line = 0.1 * voice + white(2, -60, seed=2)
    seen = []
    for offset_q8 in (0, 5000, -5000):
        hearing = Hearing(Config())
        for index, data in enumerate(frames(agent, line)):
            hearing.hear(data, index)
            seen.append(list(hearing.features.values))
            for ear in (hearing._agent, hearing._line):
                hearing.net.logits_q8[ear.pack[LIVE]] += offset_q8
                speech.decide(ear.pack)
    n = len(seen) // 3
    assert seen[:n] == seen[n : 2 * n] == seen[2 * n :]


def test_levels_below_all_sense_stay_within_their_words():
    front, _floors, steps, features = made()  # a pack keeps nothing alive
    loud = np.sign(white(0.1, 0))
    for data in frames(np.concatenate((np.zeros(1600), loud)), np.concatenate((loud, loud * 0))):
        front.analyse(data)
        for kernel, words in steps:
            kernel(0, 0, words)
        assert all(-1250 <= word <= MOST_RISE for word in features.values)
    assert features.agent_leak.level_cdb == features.agent_leak.leak[TELEPHONE] >> 4


class Mouth:
    """The recent peak of the agent's telephone band, as the net gets it, centi-dB."""

    def __init__(self):
        self.peaks = array("i", [-6500, -6500, 0])

    def hear(self, level_cdb, n_frames):
        row, nothing = array("i", [level_cdb] * N_VALUES), array("i", [-9000] * N_VALUES)
        leak, limits = array("i", bytes(4 * N_VALUES)), array("i", bytes(20))
        out = array("i", bytes(4 * N_FEATURES))
        rows = (row, nothing, nothing, nothing, leak, leak, limits, limits)
        for _ in range(n_frames):
            kernels.gather(0, 0, pack(*rows, self.peaks, out))
        return out[4 * N_BANDS + 2] * 4 - 5000


def test_the_peak_is_reached_within_a_word():
    mouth = Mouth()
    mouth.hear(-7000, 50)
    assert abs(mouth.hear(-2000, 15) + 2000) <= 4


def test_a_knock_is_not_the_loudest_voice():
    """40 ms at full scale move it by 6 dB, where it stayed at full scale for minutes."""
    mouth = Mouth()
    mouth.hear(-7000, 50)
    mouth.hear(-2600, 100)
    mouth.hear(0, 2)
    assert mouth.hear(-7000, 50) <= -2000


def test_a_pop_of_a_microphone_that_is_switched_on_is_no_voice():
    """60 ms; of an agent at -3600 centi-dB loud frames are at -3000."""
    mouth = Mouth()
    mouth.hear(0, 3)
    assert mouth.hear(-7000, 50) <= -5000
