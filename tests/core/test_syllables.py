"""Hills of a level are syllables, when they are speech; whoever looks later sees the same ones."""

import math
from array import array
from types import SimpleNamespace

import pytest
from callclip.core.bands import N_BANDS, N_VALUES
from callclip.core.frame import Channel
from callclip.core.syllables import MOST_LAG, SyllableCounter


def counted(levels_cdb, active, lag=0, bands=range(N_BANDS), speech_cdb=-12000):
    """Syllables in sound of these levels a frame, in these bands; active: what is speech, told lag
    frames later."""
    channel = Channel()
    channel.speech_cdb = speech_cdb
    spectrum = SimpleNamespace(levels_cdb=array("i", bytes(4 * N_VALUES)))
    counter = SyllableCounter(spectrum, channel.facts, lag)
    for index, level_cdb in enumerate(levels_cdb):
        channel.is_active = active[index - lag] if index >= lag else 0
        for band in bands:
            spectrum.levels_cdb[band] = level_cdb
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


def test_ripples_are_none():
    assert counted(words(4, 20, depth_cdb=60), [1] * 1000) == 0


def test_a_long_hum_takes_nothing_from_what_follows():
    alone = counted(words(4, 20), [1] * 1000)
    after = counted([6000] * 3000 + words(4, 20), [1] * 4000)
    assert 0 <= alone - after <= 2


@pytest.mark.parametrize("lag", range(1, MOST_LAG + 1))
def test_speech_that_is_known_later_counts_the_same(lag):
    levels = words(3.7, 30)
    active = [1 if k % 170 < 110 else 0 for k in range(1500)]
    assert abs(counted(levels, active, lag=lag) - counted(levels, active)) <= 1


@pytest.mark.parametrize(("speech_from", "n"), [(12, 1), (13, 0)])
def test_a_hill_is_speech_where_its_top_is(speech_from, n):
    """One hill, its top in frame 12, counts by that frame alone; two more make up for the drift."""
    hill = [0] * 10 + [1000, 2000, 3000, 2000, 1000] + [0] * 25
    active = [1 if k >= speech_from else 0 for k in range(16)] + 24 * [0]
    assert counted(hill, active) == n


@pytest.mark.parametrize(
    ("bands", "n"), [((0, 1), 0), (range(11, N_BANDS), 0), (range(2, 11), 80), ((2, 10), 80)]
)
def test_only_the_bands_of_vowels_count(bands, n):
    """Two of nine bands that rise and fall by 15 dB move the mean by 3.3 dB."""
    assert abs(counted(words(4, 20), [1] * 1000, bands=bands) - n) <= 16


@pytest.mark.parametrize(("speech_cdb", "n"), [(-1000, 80), (2000, 0)])
def test_what_lies_deep_below_the_voice_is_no_valley(speech_cdb, n):
    """Levels of -37.5 to -22.5 dBFS: no hills of a voice that is louder than these by 29 dB."""
    levels = [level_cdb - 9000 for level_cdb in words(4, 20)]
    assert abs(counted(levels, [1] * 1000, speech_cdb=speech_cdb) - n) <= 16
