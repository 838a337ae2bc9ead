"""A driver that loses sound as the ESP32's does, and a loop that listens to it, in plain Python.

A background task fills a frame while one is asked for; a queue drops its oldest buffer in silence;
while flash is erased interrupts stand still, so of the buffers completed meanwhile only the last
one arrives. Fast enough for hours of random trouble: what core/gapclock.py finds is held against
what was lost. Times in ms.
Called by: tests/core/test_gapclock.py, benches/device/gaps.py.
Ref: MicroPython, ports/esp32/machine_i2s.c; docs/what-only-a-board-can-prove.md.
"""

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
