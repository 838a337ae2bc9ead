"""The clock that finds lost sound, against a driver that loses it: every buffer, in hours of it.

The driver is modelled as docs/what-only-a-board-can-prove.md tells: a background task that fills a
frame while one is asked for, a queue that drops its oldest buffer in silence, interrupts that stand
still while flash is erased, so that of the buffers completed meanwhile only the last one arrives.
"""

import random

import pytest
from callclip.core.gapclock import BUFFER_MS, BUFFER_SAMPLES, GapClock
from callclip.core.units import FRAME_SAMPLES

IBUF_BYTES = 16384
N_QUEUE = 7
NAP_MS = 4
HOUR_MS = 3600 * 1000


class Driver:
    """Buffers complete every BUFFER_MS x rate; what is queued are their numbers."""

    def __init__(self, ppm, delay_ms):
        self.ms_a_buffer = BUFFER_MS * (1 + ppm / 1e6)
        self.delay_ms = delay_ms
        self.now_ms = 0
        self.n_done = 0  # buffers that the hardware has completed
        self.queue = []
        self.n_lost = 0
        self.need = 0  # pairs still missing of the frame that is asked for
        self.rest = 0  # pairs left of the buffer in hand

    def ask(self, n_pairs):
        self.need = n_pairs
        self._fill()

    def is_there(self):
        return self.need == 0

    def pass_ms(self, n_ms, is_deaf=False):
        """Time passes; is_deaf: without interrupts."""
        self.now_ms += n_ms
        done = int((self.now_ms - self.delay_ms) / self.ms_a_buffer)
        new = list(range(self.n_done, done))
        self.n_done = max(done, self.n_done)
        if is_deaf and new:
            self.n_lost += len(new) - 1
            new = new[-1:]
        for number in new:
            if len(self.queue) == N_QUEUE:
                self.queue.pop(0)
                self.n_lost += 1
            self.queue.append(number)
            self._fill()

    def _fill(self):
        while self.need and (self.rest or self.queue):
            if not self.rest:
                self.queue.pop(0)
                self.rest = BUFFER_SAMPLES
            n = min(self.need, self.rest)
            self.need -= n
            self.rest -= n


class Unit:
    """The loop: polls, naps, hears for some ms; `told_ms` is what the clock has found."""

    def __init__(self, ppm=0, delay_ms=0):
        self.driver = Driver(ppm, delay_ms)
        self.clock = GapClock(IBUF_BYTES)
        self.clock.begin(0, BUFFER_SAMPLES)
        self.driver.ask(BUFFER_SAMPLES)
        self.told_ms = 0
        self.n_taken_back = 0
        for _ in range(13):
            self.turn(0)
        self.clock.settle()
        self.told_ms = 0
        assert self.driver.n_lost == 0

    def turn(self, hear_ms, erase_ms=0, pause_ms=0):
        """One frame; after it an erase of flash and a pause of the collector."""
        driver = self.driver
        now_ms = int(driver.now_ms)
        while not driver.is_there():
            self.clock.missed(now_ms)
            driver.pass_ms(NAP_MS)
            now_ms = int(driver.now_ms)
        found_ms = self.clock.arrived(now_ms)
        self.told_ms += found_ms
        self.n_taken_back += found_ms < 0
        driver.ask(FRAME_SAMPLES)
        driver.pass_ms(hear_ms)
        driver.pass_ms(erase_ms, is_deaf=True)
        driver.pass_ms(pause_ms)


def run(unit, picks, until_ms, every_ms, hear_ms):
    """Random trouble about every `every_ms`; how often a loss was still unknown a second later."""
    n_undetected = 0
    due_ms = every_ms
    lost_before = 0
    since = 0
    while unit.driver.now_ms < until_ms:
        erase_ms = pause_ms = 0
        if unit.driver.now_ms >= due_ms:
            due_ms = unit.driver.now_ms + picks.expovariate(1 / every_ms)
            if picks.random() < 0.5:
                erase_ms = picks.uniform(20, 400)
            if picks.random() < 0.6:
                pause_ms = picks.uniform(2, 300)
        unit.turn(picks.uniform(*hear_ms), erase_ms, pause_ms)
        lost = unit.driver.n_lost * BUFFER_MS
        if lost != lost_before:
            lost_before, since = lost, unit.driver.now_ms
        if unit.told_ms != lost and unit.driver.now_ms - since > 1000:
            n_undetected += 1
            unit.told_ms = lost
    return n_undetected


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
