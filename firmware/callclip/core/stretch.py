"""The active speech level over the last few seconds of one person's speech in this call.

Mean power over N_PARTS parts of PART_MS each, pauses under 200 ms included as in ITU-T P.56; a new
value with each part. Unlike Channel.speech_cdb it forgets whoever spoke in the call before.
In and out: centi-dB re full scale. Called by: rules.
"""

from array import array

from callclip.core import units
from callclip.core.kernels import levels

PART_MS = 1000
N_PARTS = 3
NOTHING_CDB = -12000
_PART_FRAMES = units.frames_from_ms(PART_MS)
_SHIFT = 6  # of a power below 2^29: 50 of them stay below 2^29, the mean of 3 parts, too
# A part's sum is 50 powers of levels.power_of (offset -8700) over 2^6: 10 log10(2^6 / 50) more.
_OFFSET_CDB = -8700 + 107


class Stretch:
    def __init__(self):
        self.level_cdb = NOTHING_CDB
        self._sums = array("i", bytes(4 * N_PARTS))
        self._next = 0
        self._n_parts = 0
        self._sum = 0
        self._n_frames = 0
        self._in = array("i", [0])
        self._out = array("i", [0])
        self._exp_table = units.EXP_TABLE
        self._log_table = units.LOG_TABLE

    def clear(self):
        self.level_cdb = NOTHING_CDB
        self._n_parts = 0
        self._sum = 0
        self._n_frames = 0

    def add(self, level_cdb):
        """One frame of speech; True when `level_cdb` is new, of N_PARTS whole parts."""
        self._sum += levels.power_of(level_cdb, self._exp_table) >> _SHIFT
        self._n_frames += 1
        if self._n_frames < _PART_FRAMES:
            return False
        self._sums[self._next] = self._sum
        self._next = (self._next + 1) % N_PARTS
        self._sum = 0
        self._n_frames = 0
        if self._n_parts < N_PARTS:
            self._n_parts += 1
        return self._n_parts == N_PARTS and self._measure()

    def _measure(self):
        mean = 0
        at = 0
        while at < N_PARTS:
            mean += self._sums[at] // N_PARTS
            at += 1
        self._in[0] = mean
        levels.centidb(self._in, 1, self._log_table, _OFFSET_CDB, self._out, 0)
        self.level_cdb = self._out[0]
        return True
