"""Hills of a level are syllables, when they are speech; whoever looks later sees the same ones."""

import math
from array import array

import pytest
from callclip.core.frame import Channel
from callclip.core.frontend import N_BINS, Spectrum
from callclip.core.kernels import hills
from callclip.core.syllables import HIGH_CDB, LOW_CDB, SyllableCounter

VOWEL_BINS = (16, 20, 30)
HISS_BINS = (80, 100, 120)


def counted(levels_cdb, active, bins=VOWEL_BINS, lag=0):
    """Syllables in sound of these levels a frame; active: what is speech, told lag frames later."""
    counter, channel, spectrum = SyllableCounter(), Channel(), Spectrum()
    for index, level_cdb in enumerate(levels_cdb):
        spectrum.power = array("i", bytes(4 * N_BINS))
        for k in bins:
            spectrum.power[k] = round(10 ** (level_cdb / 1000))
        channel.is_active = active[index - lag] if index >= lag else 0
        counter.update(channel, spectrum, lag)
    return channel.n_syllables


def words(per_s, s, depth_cdb=1500):
    """Levels of a voice that comes and goes so many times a second."""
    turn = 2 * math.pi * per_s / 50
    return [6000 + int(depth_cdb * math.cos(turn * k)) // 2 for k in range(50 * s)]


@pytest.mark.parametrize("per_s", [2, 3, 4, 5])
def test_each_hill_is_about_one(per_s):
    """The weights are for speech, whose hills are less even than these."""
    n = per_s * 20
    assert abs(counted(words(per_s, 20), [1] * 1000) - n) <= 0.2 * n


def test_what_is_not_speech_has_no_syllables():
    assert counted(words(4, 20), [0] * 1000) == 0
    half = counted(words(4, 20), [k // 250 % 2 for k in range(1000)])
    assert abs(half - 40) <= 6


def test_hiss_has_no_syllables():
    assert counted(words(4, 20), [1] * 1000, HISS_BINS) == 0


def test_ripples_are_none():
    assert counted(words(4, 20, depth_cdb=60), [1] * 1000) == 0


def test_a_long_hum_takes_nothing_from_what_follows():
    alone = counted(words(4, 20), [1] * 1000)
    after = counted([6000] * 3000 + words(4, 20), [1] * 4000)
    assert 0 <= alone - after <= 2


@pytest.mark.parametrize("lag", [1, 2, 3, 4, 7])
def test_speech_that_is_known_later_counts_the_same(lag):
    levels = words(3.7, 30)
    active = [1 if k % 170 < 110 else 0 for k in range(1500)]
    assert abs(counted(levels, active, lag=lag) - counted(levels, active)) <= 1


@pytest.mark.parametrize("rise_cdb", [LOW_CDB, HIGH_CDB])
def test_the_top_is_where_it_was(rise_cdb):
    state = array("i", bytes(4 * 11))
    levels = [0] * 10 + [1000, 2000, 3000, 2000, 1000] + [0] * 20
    ages = [hills.hill_age(level, 1, rise_cdb, state) for level in levels]
    (end,) = [k for k, age in enumerate(ages) if age]
    assert end - ages[end] == 12
