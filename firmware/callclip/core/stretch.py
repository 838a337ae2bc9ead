"""The active speech level over the last few seconds of one person's speech in this call.

Mean power over N_PARTS parts of PART_MS each, pauses under 200 ms included as in ITU-T P.56; a new
value with each part. Unlike Channel.speech_cdb it forgets whoever spoke in the call before.
In and out: centi-dB re full scale. Called by: rules.
"""

from array import array

from callclip.core import tables
from callclip.core.kernels import levels
from callclip.core.pack import pack

PART_MS = 1000
N_PARTS = 3
NOTHING_CDB = -12000
# A part's sum is 50 powers of levels.power_of (offset -8700) over 2^6: 10 log10(2^6 / 50) more.
# Powers are below 2^29, and so are the sums and the mean of 3 of them.
_OFFSET_CDB = -8700 + 107


class Stretch:
    def __init__(self):
        self.level_cdb = NOTHING_CDB
        self._sums = array("i", bytes(4 * N_PARTS))
        self._next = 0
        self._n_parts = 0
        self._in = array("i", [0])
        self._out = array("i", [0])
        self._offset = array("i", [_OFFSET_CDB])
        self._pack = pack(self._in, self._offset, 1, tables.LOG, self._out)

    def clear(self):
        self.level_cdb = NOTHING_CDB
        self._n_parts = 0

    def add(self, power):
        """A part is whole, and its sum this; True when `level_cdb` is new, of N_PARTS parts."""
        self._sums[self._next] = power
        self._next = (self._next + 1) % N_PARTS
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
        levels.centidb(0, 0, self._pack)
        self.level_cdb = self._out[0]
        return True
