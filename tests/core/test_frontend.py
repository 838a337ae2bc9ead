"""Levels against numpy, and two channels that do not disturb each other."""

import math
from array import array

import numpy as np
import pytest
from callclip.core import units
from callclip.core.bands import BAND_EDGES_BINS, FULL, TELEPHONE
from callclip.core.frontend import FrontEnd
from callclip.core.kernels import levels
from callclip.core.pack import pack
from hypothesis import given
from hypothesis import strategies as st

from tests.core.listen import frames, quiet, sine, white

BIN_HZ = 31.25
LOG_TABLE = array("i", units.LOG_WORDS)
EXP_TABLE = array("i", units.EXP_WORDS)


def analysed(agent, line):
    """The front end after the last frame of the two signals, and levels of all frames."""
    front = FrontEnd()
    agents, lines = [], []
    for data in frames(agent, line):
        front.analyse(data)
        agents.append(list(front.agent.levels_cdb))
        lines.append(list(front.line.levels_cdb))
    return np.array(agents), np.array(lines)


def mean_cdb(levels_cdb):
    return 1000 * np.log10(np.mean(10 ** (levels_cdb / 1000)))


@given(st.integers(1, 2**30 - 1))
def test_logarithm_within_one_centi_db(value):
    out = array("i", [0])
    buffers = array("i", [value]), array("i", [0])
    levels.centidb(0, 0, pack(*buffers, 1, LOG_TABLE, out))
    assert abs(out[0] - 1000 * math.log10(value)) <= 1


@given(st.integers(-8700, 0))
def test_power_of_a_level_within_five_centi_db_once_it_has_the_digits(level_cdb):
    power = levels.power_of(level_cdb, EXP_TABLE)
    assert power < 2**29
    if level_cdb > -6000:
        assert abs(1000 * math.log10(power) - 8700 - level_cdb) <= 6


@pytest.mark.parametrize("level_db", [-3.01, -20, -40, -60, -75])
def test_a_sine_reads_its_level_in_the_full_and_the_telephone_band(level_db):
    agents, lines = analysed(sine(1000, 0.4, level_db), sine(1000, 0.4, level_db))
    for heard in (agents[5:], lines[5:]):
        assert np.all(np.abs(heard[:, FULL] - 100 * level_db) <= 15)
        assert np.all(np.abs(heard[:, TELEPHONE] - 100 * level_db) <= 30)


@pytest.mark.parametrize("level_db", [-15, -40, -65, -85])
def test_white_noise_reads_its_power(level_db):
    agents, _lines = analysed(white(4, level_db), quiet(4))
    assert abs(mean_cdb(agents[5:, FULL]) - 100 * level_db) <= 20
    # 300-3400 Hz is 109 - 10 bins of 256 in 8 kHz; the half-band filter takes 3 dB at its edge
    share_cdb = 1000 * math.log10((109 - 10) / 256)
    assert -100 <= mean_cdb(agents[5:, TELEPHONE]) - 100 * level_db - share_cdb <= 0


@pytest.mark.parametrize("band", range(16))
def test_a_tone_in_the_middle_of_a_band_is_loudest_there(band):
    middle_hz = (BAND_EDGES_BINS[band] + BAND_EDGES_BINS[band + 1] - 1) / 2 * BIN_HZ
    agents, _lines = analysed(sine(middle_hz, 0.3, -20), quiet(0.3))
    assert set(np.argmax(agents[5:, :16], axis=1)) == {band}


def test_a_loud_channel_does_not_hide_a_quiet_one():
    _agents, lines = analysed(sine(1000, 0.4, -3.01), sine(2000, 0.4, -70))
    assert np.all(np.abs(lines[5:, TELEPHONE] + 7000) <= 50)
    agents, _lines = analysed(sine(1000, 0.4, -70), white(0.4, -12))
    assert np.all(np.abs(agents[5:, TELEPHONE] + 7000) <= 50)


def test_an_offset_is_gone_within_a_fifth_of_a_second():
    agents, _lines = analysed(quiet(0.6) + 0.25, quiet(0.6))
    assert np.all(agents[10:, FULL] < -8000)
