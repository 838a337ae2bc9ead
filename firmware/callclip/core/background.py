"""What a channel carries when nobody speaks: nothing, a quiet line, or noise.

NO_SIGNAL needs LOW_FRAMES frames below the limit and ends with HIGH_FRAMES in a row above it.
Frames that stand above it but may be nothing but leak or a tone say nothing and are passed over.
A line that is up is graded by the mean power of what is not speech over the last 2.6 s, so that
keys and gusts count for what they are, each frame for MOST_ABOVE_FLOOR_CDB at the most: a syllable
that was missed is no noise.
Out: state and the frame since which it holds (back-dated). Called by: hearing.py.
"""

from array import array

from callclip.core import units
from callclip.core.frame import COMFORT_NOISE, NO_SIGNAL, NOISE
from callclip.core.kernels import levels

LOW_FRAMES = units.frames_from_ms(200)
HIGH_FRAMES = units.frames_from_ms(100)
HYSTERESIS_CDB = 200
MEMORY_SHIFT = 7  # 2^7 frames
MOST_ABOVE_FLOOR_CDB = 2500


class Background:
    """Powers are those of levels.power_of: below 2^29."""

    def __init__(self, no_signal_cdb, noise_cdb):
        self.state = NO_SIGNAL
        self.since = 0
        self._no_signal_cdb = no_signal_cdb
        self._exp_table = array("i", units.EXP_TABLE)
        self._noise = levels.power_of(noise_cdb, self._exp_table)
        self._quiet = levels.power_of(noise_cdb - HYSTERESIS_CDB, self._exp_table)
        self._mean = 0
        self._run = 0  # frames that contradict the present state
        self._run_start = 0

    def update(self, level_cdb, is_foreign, index):
        """Is there a signal in frame `index`? is_foreign: what is heard may be leak or a tone."""
        is_dead = self.state == NO_SIGNAL
        limit_cdb = self._no_signal_cdb + (HYSTERESIS_CDB if is_dead else 0)
        is_high = level_cdb >= limit_cdb
        if is_high and is_foreign:
            return
        if is_high == is_dead:
            if self._run == 0:
                self._run_start = index
                self._mean = 0
            self._run += 1
            if self._run >= (HIGH_FRAMES if is_dead else LOW_FRAMES):
                self._run = 0
                self.state = COMFORT_NOISE if is_dead else NO_SIGNAL
                self.since = self._run_start
        else:
            self._run = 0

    def grade(self, channel, is_foreign):
        """Comfort noise or noise, with hysteresis around the limit; channel: as it is shown."""
        if self.state == NO_SIGNAL or is_foreign or channel.is_in_spurt or channel.is_speech:
            return
        level_cdb = channel.floor_cdb + MOST_ABOVE_FLOOR_CDB
        if channel.level_cdb < level_cdb:
            level_cdb = channel.level_cdb
        power = levels.power_of(level_cdb, self._exp_table)
        mean = self._mean
        if mean == 0:
            mean = levels.power_of(channel.floor_cdb, self._exp_table)
        self._mean = mean + ((power - mean) >> MEMORY_SHIFT)
        is_noise = self.state == NOISE
        if (mean >= (self._quiet if is_noise else self._noise)) != is_noise:
            self.state = COMFORT_NOISE if is_noise else NOISE
