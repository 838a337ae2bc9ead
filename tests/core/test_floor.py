"""The noise floor: right on noise, quick after a step, unmoved by speech."""

import numpy as np
import pytest
from callclip.core.bands import FULL, N_LEVELS
from callclip.core.floor import NoiseFloor, step_of
from callclip.core.frontend import FrontEnd

from simulator import render
from tests.core.listen import frames, hear, quiet, white


def floors(signal):
    front = FrontEnd()
    floor = NoiseFloor(front.agent)
    kernel, words = step_of(floor)
    levels, out = [], []
    for data in frames(signal, quiet(len(signal) / 16000)):
        front.analyse(data)
        kernel(0, 0, words)
        levels.append(list(front.agent.levels_cdb[:N_LEVELS]))
        out.append(list(floor.levels_cdb))
    return np.array(levels), np.array(out)


def test_every_band_of_white_noise_has_its_mean_as_floor():
    levels, out = floors(white(20, -45, seed=4))
    mean_cdb = 1000 * np.log10(np.mean(10 ** (levels[100:] / 1000), axis=0))
    assert np.all(np.abs(np.mean(out[100:], axis=0) - mean_cdb) <= 60)


@pytest.mark.parametrize("level_db", [-80, -55, -30])
def test_the_full_floor_is_within_one_and_a_half_db(level_db):
    _levels, out = floors(white(6, level_db, seed=5))
    assert np.all(np.abs(out[50:, FULL] - 100 * level_db) <= 150)


@pytest.mark.parametrize("step_db", [15, -15])
def test_a_step_of_the_noise_is_followed_within_3_s(step_db):
    before = white(5, -50)
    after = white(6, -50 + step_db, seed=6)
    got = hear(quiet(11), np.concatenate((before, after)))
    settled = [h.line_floor_cdb for h in got[(5 + 3) * 50 :]]
    assert max(abs(cdb - 100 * (-50 + step_db)) for cdb in settled) <= 200


def test_a_long_sentence_does_not_become_the_floor():
    speech = np.tile(render.clip("reader/not-ill-disposed"), 3)
    noise = white(len(speech) / 16000, -60)
    got = hear(noise * 0.1, speech + noise)
    assert max(h.line_floor_cdb for h in got[50:]) <= -4000
