"""Hills of a level are syllables, when they are speech; whoever looks later sees the same ones."""

import math
from array import array
from types import SimpleNamespace

import pytest
from callclip.core.bands import N_VALUES, VOWELS
from callclip.core.frame import Channel
from callclip.core.frontend import IS_VOWEL, N_SCALES
from callclip.core.syllables import SyllableCounter

LOW, ROW, ENDED = 8, 9, 6  # in the counter's state: the low hills, a row, the age of a hill's top


class Sound:
    """What a counter looks at of a spectrum."""

    def __init__(self, is_vowel=1):
        self.spectrum = SimpleNamespace(
            levels_cdb=array("i", bytes(4 * N_VALUES)), scales=array("i", bytes(4 * N_SCALES))
        )
        self.spectrum.scales[IS_VOWEL] = is_vowel

    def at(self, level_cdb):
        self.spectrum.levels_cdb[VOWELS] = level_cdb
        return self.spectrum


def counted(levels_cdb, active, is_vowel=1, lag=0):
    """Syllables in sound of these levels a frame; active: what is speech, told lag frames later."""
    channel, sound = Channel(), Sound(is_vowel)
    counter = SyllableCounter(sound.spectrum, channel.facts, lag)
    for index, level_cdb in enumerate(levels_cdb):
        channel.is_active = active[index - lag] if index >= lag else 0
        sound.at(level_cdb)
        counter.update()
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
    assert counted(words(4, 20), [1] * 1000, is_vowel=0) == 0


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


@pytest.mark.parametrize("row", [0, 1])
def test_the_top_is_where_it_was(row):
    channel, sound = Channel(), Sound()
    counter = SyllableCounter(sound.spectrum, channel.facts, 0)
    ages = []
    for level_cdb in [0] * 10 + [1000, 2000, 3000, 2000, 1000] + [0] * 20:
        sound.at(level_cdb)
        counter.update()
        ages.append(counter.state[LOW + ROW * row + ENDED])
    (end,) = [k for k, age in enumerate(ages) if age]
    assert end - ages[end] == 12
