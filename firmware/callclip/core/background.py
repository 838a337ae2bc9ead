"""What a channel carries when nobody speaks: nothing, a quiet line, or noise.

NO_SIGNAL needs LOW_FRAMES frames below the limit and ends with HIGH_FRAMES in a row above it.
Frames that stand above it but may be nothing but leak or a tone say nothing and are passed over.
What is up is graded by its floor, or by the mean power of the pauses over the last 2.6 s where that
is more, so that keys and gusts count for what they are; on the line a little less, since echoes and
codecs fill its pauses. A frame counts for MOST_ABOVE_CDB more than the mean at the most: a missed
syllable is no noise.
Out: state and the frame since which it holds (back-dated).
Called by: hearing.py.
"""

from array import array

from callclip.core import units
from callclip.core.frame import COMFORT_NOISE, NO_SIGNAL, NOISE
from callclip.core.kernels import levels

LOW_FRAMES = units.frames_from_ms(200)
HIGH_FRAMES = units.frames_from_ms(100)
HYSTERESIS_CDB = 200
MARGIN_CDB = 75  # the mean or floor must pass the limit of noise by this, up and down
MEAN_SHIFT = 7  # 2^7 frames
MOST_ABOVE_CDB = 2000
_POWER_OFFSET_CDB = -8700  # of levels.power_of


class Background:
    """Powers are those of levels.power_of: below 2^29."""

    def __init__(self, no_signal_cdb, noise_cdb, echo_cdb):
        """echo_cdb: what the pauses hold beside noise."""
        self._echo_cdb = echo_cdb
        self.state = NO_SIGNAL
        self.since = 0
        self._no_signal_cdb = no_signal_cdb
        self._noise_cdb = noise_cdb
        self._mean = array("i", [0])  # power of the pauses; 0 before the first one
        self._mean_cdb = array("i", [0])
        self._exp_table = units.EXP_TABLE
        self._log_table = units.LOG_TABLE
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
            self._run += 1
            if self._run >= (HIGH_FRAMES if is_dead else LOW_FRAMES):
                self._run = 0
                self._mean[0] = 0
                self.state = COMFORT_NOISE if is_dead else NO_SIGNAL
                self.since = self._run_start
        else:
            self._run = 0

    def grade(self, channel, is_other_sound):
        """Comfort noise or noise, in a pause; channel: as it is shown."""
        if self.state == NO_SIGNAL or is_other_sound or channel.is_in_spurt or channel.is_speech:
            return
        self._average(channel)
        noise_cdb = self._mean_cdb[0] - self._echo_cdb
        if channel.floor_cdb > noise_cdb:
            noise_cdb = channel.floor_cdb
        if self.state == NOISE:
            if noise_cdb < self._noise_cdb - MARGIN_CDB:
                self.state = COMFORT_NOISE
        elif noise_cdb >= self._noise_cdb + MARGIN_CDB:
            self.state = NOISE

    def _average(self, channel):
        mean = self._mean[0]
        level_cdb = channel.level_cdb
        if mean:
            base_cdb = self._mean_cdb[0]
            if channel.floor_cdb > base_cdb:
                base_cdb = channel.floor_cdb
            if level_cdb > base_cdb + MOST_ABOVE_CDB:
                level_cdb = base_cdb + MOST_ABOVE_CDB
        power = levels.power_of(level_cdb, self._exp_table)
        self._mean[0] = mean + ((power - mean) >> MEAN_SHIFT) if mean else power
        levels.centidb(self._mean, 1, self._log_table, _POWER_OFFSET_CDB, self._mean_cdb, 0)
