"""The clock that finds lost sound, against a driver that loses it: every buffer, in hours of it."""

import random

import pytest
from callclip.core.gapclock import BUFFER_MS

from simulator.lossy_driver import HOUR_MS, Unit, run


@pytest.mark.parametrize("ppm", [-200, -20, 0, 20, 200])
@pytest.mark.parametrize("hear_ms", [(4, 8), (6, 15)])
def test_every_lost_buffer_is_found_within_a_second(ppm, hear_ms):
    unit = Unit(ppm, delay_ms=3)
    picks = random.Random(f"{ppm} {hear_ms}")
    n_undetected = run(unit, picks, HOUR_MS // 6, 5000, hear_ms)
    assert unit.driver.n_lost > 200
    assert n_undetected == 0
    assert unit.told_ms == unit.driver.n_lost * BUFFER_MS


def test_nothing_is_told_that_was_not_lost():
    unit = Unit(ppm=50, delay_ms=2)
    picks = random.Random(1)
    while unit.driver.now_ms < HOUR_MS // 6:
        unit.turn(picks.uniform(4, 12), pause_ms=picks.choice([0] * 9 + [80]))
        assert unit.told_ms <= unit.driver.n_lost * BUFFER_MS
    assert unit.n_taken_back == 0


def test_a_late_reader_knows_at_once_what_the_queue_cannot_hold():
    unit = Unit()
    for _ in range(50):
        unit.turn(8)
    unit.turn(8, pause_ms=600)
    unit.turn(8)
    lost_ms = unit.driver.n_lost * BUFFER_MS
    assert lost_ms - BUFFER_MS <= unit.told_ms <= lost_ms > 300
    for _ in range(12):
        unit.turn(8)
    assert unit.told_ms == lost_ms


@pytest.mark.parametrize("erase_ms", [33, 45, 90, 180])
def test_an_erase_is_known_within_two_frames(erase_ms):
    for phase_ms in range(0, 20, 3):
        unit = Unit()
        for _ in range(50):
            unit.turn(8)
        unit.driver.pass_ms(phase_ms)
        unit.turn(4, erase_ms=erase_ms)
        for _ in range(3):
            unit.turn(8)
        assert unit.told_ms == unit.driver.n_lost * BUFFER_MS
