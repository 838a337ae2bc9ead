"""What a channel carries when nobody speaks: nothing, a quiet line, or noise.

NO_SIGNAL needs LOW_FRAMES frames below the limit and ends with HIGH_FRAMES in a row above it.
Frames that stand above it but may be nothing but leak or a tone say nothing and are passed over.
Out: state and the frame since which it holds (back-dated). Called by: hearing.py.
"""

from callclip.core.frame import COMFORT_NOISE, NO_SIGNAL, NOISE
from callclip.core.units import frames_from_ms

LOW_FRAMES = frames_from_ms(200)
HIGH_FRAMES = frames_from_ms(100)
HYSTERESIS_CDB = 200


class Background:
    def __init__(self, no_signal_cdb, noise_cdb):
        self.state = NO_SIGNAL
        self.since = 0
        self._no_signal_cdb = no_signal_cdb
        self._noise_cdb = noise_cdb
        self._run = 0  # frames that contradict the present state
        self._run_start = 0

    def update(self, level_cdb, floor_cdb, is_foreign, index):
        is_dead = self.state == NO_SIGNAL
        limit_cdb = self._no_signal_cdb + (HYSTERESIS_CDB if is_dead else 0)
        is_high = level_cdb >= limit_cdb
        if is_high and is_foreign:
            return
        if is_high == is_dead:
            if self._run == 0:
                self._run_start = index
            self._run += 1
            if self._run >= (HIGH_FRAMES if is_dead else LOW_FRAMES):
                self._run = 0
                self.state = COMFORT_NOISE if is_dead else NO_SIGNAL
                self.since = self._run_start
        else:
            self._run = 0
        if self.state != NO_SIGNAL:
            self._grade(floor_cdb, index)

    def _grade(self, floor_cdb, index):
        """Comfort noise or noise, with hysteresis around the limit."""
        is_noise = self.state == NOISE
        limit_cdb = self._noise_cdb - (HYSTERESIS_CDB if is_noise else 0)
        if (floor_cdb >= limit_cdb) != is_noise:
            self.state = COMFORT_NOISE if is_noise else NOISE
            self.since = index
