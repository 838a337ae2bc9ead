"""Active speech level of a stretch of speech by ITU-T P.56, method B, in integers.

The energy of the speech is divided by the time in which its envelope was at most MARGIN_CDB under
the level that comes out, hangovers included; since level and time depend on each other, the time is
known for every threshold and the level lies where the two meet. Frame by frame only one counter
and a sum move, so a stretch may be three seconds or a day.
In and out: centi-dB re full scale, thresholds as speechlevel.py gives them.
Called by: timeline.py (the call), rules/levels.py (seconds). Ref: ITU-T P.56.
"""

from array import array

from callclip.core import tables
from callclip.core.kernels import activity, levels
from callclip.core.pack import pack

NOTHING_CDB = -12000
N_THRESHOLDS = 30
STEP_CDB = 301
MARGIN_CDB = 1590
_POWER_OFFSET_CDB = -8700  # of levels.power_of
_LOW_BITS = 24
_N_SPOKEN, _HIGH, _LOW, _COUNTS = range(4)  # in state
N_WORDS = _COUNTS + N_THRESHOLDS
_BITS_CCDB = 30103  # one bit, in 1/100 centi-dB


class ActiveLevel:
    """Accumulates frames until `clear`; `n_frames` of them held own speech.

    Bounds: a power is below 2^29 and the low word of the sum below 2^24 before it is added; in 24 h
    of 4,320,000 frames the high word stays below 2^28 (test_activelevel.py: a day of full scale).
    """

    def __init__(self, state=None):
        """state: N_WORDS of somebody's whose own kernel counts, see kernels/activity.py."""
        # Frames with own speech, the sum of powers in two words of 24 bits and more, and frames by
        # their highest threshold.
        self.state = state or array("i", bytes(4 * N_WORDS))
        self._in = array("i", [0])
        self._offset = array("i", [0])
        self._out = array("i", [0])
        self._pack = pack(self._in, self._offset, 1, tables.LOG, self._out)
        self._exp_table = tables.EXP

    @property
    def n_frames(self):
        return self.state[_N_SPOKEN]

    def clear(self):
        state = self.state
        i = 0
        while i < N_WORDS:
            state[i] = 0
            i += 1

    def add(self, own_cdb, threshold):
        """One frame: its own speech, NOTHING_CDB without, and the threshold reached lately."""
        activity.add(own_cdb, threshold, self._exp_table, self.state)

    def level_cdb(self):
        """The active speech level; NOTHING_CDB without speech."""
        if self.state[_N_SPOKEN] == 0:
            return NOTHING_CDB
        energy_cdb = self._energy_cdb()
        level_cdb = NOTHING_CDB
        n_frames = 0  # at or above the threshold
        at = 0
        while at < N_THRESHOLDS:
            n_frames += self.state[at + _COUNTS]
            at += 1
        over_cdb = 0  # how far the level before was above where it should be
        at = N_THRESHOLDS - 1
        # Upwards, as the standard's own program: a lone peak far above the rest would end a search
        # from the top at once.
        while at >= 0 and n_frames:
            before_cdb = level_cdb
            level_cdb = energy_cdb - self._log(n_frames, 0)
            excess_cdb = level_cdb + at * STEP_CDB - MARGIN_CDB
            if excess_cdb <= 0:
                if before_cdb == NOTHING_CDB:
                    return level_cdb
                rise_cdb = level_cdb - before_cdb
                return before_cdb + rise_cdb * over_cdb // (over_cdb - excess_cdb)
            over_cdb = excess_cdb
            n_frames -= self.state[at + _COUNTS]
            at -= 1
        return level_cdb

    def _energy_cdb(self):
        """Level of the sum of all powers."""
        n_bits = _LOW_BITS
        high = self.state[_HIGH]
        low = self.state[_LOW]
        while n_bits > 0 and high < 1 << 24:
            n_bits -= 1
            high = high << 1 | (low >> n_bits) & 1
        return self._log(high, _POWER_OFFSET_CDB + n_bits * _BITS_CCDB // 100)

    def _log(self, value, offset_cdb):
        self._in[0] = value
        self._offset[0] = offset_cdb
        levels.centidb(0, 0, self._pack)
        return self._out[0]
