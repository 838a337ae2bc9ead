"""DOSE: hourly and at 50, 80, 100 % of a day's sound, against floating point."""

import math

import pytest
from callclip.core.call import Call
from callclip.core.config import Config
from callclip.core.eventqueue import EventQueue
from callclip.core.frame import Frame
from callclip.core.kernels import watches
from callclip.core.pack import pack
from callclip.core.rules import dose
from callclip.core.tables import EXP

from tests.core.frame_script import drain

HOUR_S = 3600


class Ear:
    """Steady sound on the line, hour after hour; only the dose rule runs."""

    def __init__(self, values=None):
        self._queue = EventQueue()
        self._frame = Frame()
        self._call = Call(Config(values), self._queue, self._frame)
        self._rule = dose.Dose(self._call, Config(values))
        self._pack = pack(self._frame.facts, self._rule.facts, EXP)
        self.events = []

    def hear(self, level_cdb, seconds, is_in_call=True):
        line = self._frame.line
        line.level_cdb = line.band_cdb = line.weighted_cdb = level_cdb
        self._frame.call_number = 1 if is_in_call else 0
        return self.go(seconds)

    def go(self, seconds):
        """More of what is on the line."""
        for _ in range(round(seconds * 50)):
            if watches.expose(self._pack):
                self._rule.judge(self._frame)
                drain(self._queue, self.events)
        return self.events


def pct_of(level_cdb, seconds, limit_db=85, offset_db=105):
    return 100 * seconds / 28800 * 10 ** ((level_cdb / 100 + offset_db - limit_db) / 10)


def test_hourly_with_the_level_of_the_day_so_far():
    ear = Ear()
    ear.hear(-2600, HOUR_S)
    ear.hear(-9000, HOUR_S)
    first, second = ear.events
    assert abs(first["leq_cdb"] + 2600) <= 10 and abs(second["leq_cdb"] + 2901) <= 10
    assert first["pct"] == second["pct"] == int(pct_of(-2600, HOUR_S))


def test_at_50_80_and_100_per_cent():
    ear = Ear()
    ear.hear(-1080, HOUR_S)  # 94.2 dB SPL assumed: 100 % after 57 minutes
    assert [e["pct"] for e in ear.events[:3]] == [50, 80, 100]
    assert abs(ear.events[3]["pct"] - pct_of(-1080, HOUR_S)) <= 1
    assert len(ear.hear(-1080, HOUR_S)) == 5


@pytest.mark.parametrize(
    ("values", "limit_db", "offset_db"),
    [
        ({}, 85, 105),
        ({"dose_limit_cdb": 8000}, 80, 105),
        ({"dose_limit_cdb": 8700}, 87, 105),
        ({"spl_offset_cdb": 12000}, 85, 120),
        ({"spl_offset_cdb": 9000, "dose_limit_cdb": 8700}, 87, 90),
        ({"spl_offset_cdb": 13000, "dose_limit_cdb": 8000}, 80, 130),
    ],
)
def test_per_cent_of_every_standard_and_calibration(values, limit_db, offset_db):
    level_cdb = round(100 * (limit_db - offset_db)) - 300
    (event,) = Ear(values).hear(level_cdb, HOUR_S)
    expected = pct_of(level_cdb, HOUR_S, limit_db, offset_db)
    assert abs(event["pct"] - expected) <= 1 + 0.03 * expected


def test_a_day_at_full_scale_stays_within_small_integers():
    """Bound: 65 a frame; the same state as after 24 h of it, and then a new day begins."""
    ear = Ear()
    rule = ear._rule
    ear.hear(0, 10)
    a_frame = rule.high / 500
    assert a_frame <= 65 and a_frame * dose.DAY_FRAMES < 1 << 30
    rule.high = round(a_frame * (dose.DAY_FRAMES - 10))
    rule.n_heard = dose.DAY_FRAMES - 10
    rule.n_hour = dose.HOUR_FRAMES - 10
    ear.events.clear()
    ear.hear(0, 0.2)
    assert ear.events[-1]["pct"] == dose.MOST_PCT and abs(ear.events[-1]["leq_cdb"]) <= 10
    ear.hear(-9000, 1)
    assert rule.n_heard == 50


@pytest.mark.parametrize("high_bits", [0, 3, 6, 12, 18, 24, 29])
def test_the_level_of_any_energy(high_bits):
    rule = Ear()._rule
    rule.low = 0xABCDEF
    rule.high = (1 << high_bits) - 1
    rule.n_heard = 12345
    energy = rule.high * 2**24 + rule.low
    assert abs(rule._leq_cdb() - (1000 * math.log10(energy / 12345) - 8700)) <= 5


def test_a_day_ends_after_a_night_without_calls():
    ear = Ear()
    ear.hear(-2000, 1800)
    ear.hear(-9000, 6 * HOUR_S + 1, is_in_call=False)
    n_events = len(ear.events)
    ear.hear(-9000, HOUR_S)
    assert len(ear.events) == n_events + 1
    assert ear.events[-1]["pct"] == 0 and ear.events[-1]["leq_cdb"] <= -8000


def test_in_the_night_nothing_is_said():
    ear = Ear()
    ear.hear(-9000, 7.1 * HOUR_S, is_in_call=False)
    assert len(ear.events) == 6


def test_sound_outside_the_bands_counts():
    ear = Ear()
    line = ear._frame.line
    ear.hear(-3000, 0)
    line.level_cdb = -2700  # as much again above 4 kHz
    ear.go(HOUR_S)
    assert abs(ear.events[0]["leq_cdb"] + 2700) <= 15
