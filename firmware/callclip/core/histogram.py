"""Levels counted in bins of one decibel, from which the median of a whole call comes.

In: centi-dB re full scale, one value a frame. Out: centi-dB.
Called by: summary.py.
"""

from array import array

N_BINS = 120
NOTHING_CDB = -12000


class Histogram:
    """Counts of levels by decibel.

    Bound: one count a frame, 4,320,000 in 24 h (test_summary.py: a day long call).
    """

    def __init__(self):
        self._counts = array("i", bytes(4 * N_BINS))
        self.n = 0

    def clear(self):
        counts = self._counts
        i = 0
        while i < N_BINS:
            counts[i] = 0
            i += 1
        self.n = 0

    def add(self, cdb):
        """What is out of range goes into the outermost bins."""
        at = -cdb // 100
        if at < 0:
            at = 0
        elif at >= N_BINS:
            at = N_BINS - 1
        self._counts[at] += 1
        self.n += 1

    def median_cdb(self):
        """The level that half of the frames do not exceed; NOTHING_CDB when empty."""
        if self.n == 0:
            return NOTHING_CDB
        left = self.n // 2
        at = 0
        while left >= self._counts[at]:
            left -= self._counts[at]
            at += 1
        return -100 * at - 50
