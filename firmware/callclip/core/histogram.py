"""Levels counted in bins: of one decibel for the median of a whole call, wider for the log.

In: centi-dB re full scale, one value a frame. Out: centi-dB, counts.
Called by: summary.py, minute.py.
"""

from array import array

NOTHING_CDB = -12000


class Histogram:
    """Counts of levels by steps of `step_cdb`; bin 0 is the loudest, from 0 down to -step_cdb.

    Bound: one count a frame, 4,320,000 in 24 h (test_summary.py: a day long call).
    """

    def __init__(self, step_cdb=100):
        self._step_cdb = step_cdb
        self._n_bins = -NOTHING_CDB // step_cdb
        self._counts = array("i", bytes(4 * self._n_bins))
        self.n = 0

    def clear(self):
        counts = self._counts
        i = 0
        while i < self._n_bins:
            counts[i] = 0
            i += 1
        self.n = 0

    def add(self, cdb):
        """What is out of range goes into the outermost bins."""
        at = -cdb // self._step_cdb
        if at < 0:
            at = 0
        elif at >= self._n_bins:
            at = self._n_bins - 1
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
        return -self._step_cdb * at - self._step_cdb // 2

    def filled(self):
        """(first bin that has a count, counts from there to the last one that has). Allocates."""
        used = [i for i in range(self._n_bins) if self._counts[i]]
        if not used:
            return 0, []
        return used[0], list(self._counts[used[0] : used[-1] + 1])
