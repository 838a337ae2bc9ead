"""Levels counted in bins of one decibel, from which a call's mean and median level come.

A sum of powers over a long call does not fit a small int; counts do, and the mean power follows
from them once, at the end of the call, with an error below 0.1 dB.
In: centi-dB re full scale, one value a frame. Out: centi-dB.
Called by: summary.py.
"""

from array import array

N_BINS = 120
NOTHING_CDB = -12000

# 4096 * 10 ** (-d / 10) for d = 0..36 dB: power of a bin d dB below the top one.
_POWER = (
    4096, 3254, 2584, 2053, 1631, 1295, 1029, 817, 649, 516, 410, 325, 258, 205, 163, 130, 103,
    82, 65, 52, 41, 33, 26, 21, 16, 13, 10, 8, 6, 5, 4, 3, 3, 2, 2, 1, 1,
)  # fmt: skip


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
        self.add_bin(bin_of(cdb))

    def add_bin(self, at):
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
        return _middle_cdb(at)

    def mean_cdb(self):
        """The level of the mean power; NOTHING_CDB when empty.

        The loudest frames, less than one in 1024, count as the bin below them: a click must not
        drown a quiet speaker in the rounding of small powers.
        """
        if self.n == 0:
            return NOTHING_CDB
        counts = self._counts
        top = 0
        n_above = counts[0]
        while n_above <= (self.n - 1) >> 10:
            top += 1
            n_above += counts[top]
        # Counts are halved until all of them times 4096 stay below 2**29.
        halvings = 0
        while self.n >> halvings >= 1 << 17:
            halvings += 1
        power = (n_above >> halvings) * _POWER[0]
        d = 1
        while d < len(_POWER) and top + d < N_BINS:
            power += (counts[top + d] >> halvings) * _POWER[d]
            d += 1
        return _middle_cdb(top) - _drop_cdb(power // (self.n >> halvings))


def bin_of(cdb):
    """The bin of a level, below 255; what is out of range goes into the outermost bins."""
    at = -cdb // 100
    if at < 0:
        return 0
    return at if at < N_BINS else N_BINS - 1


def _middle_cdb(at):
    return -100 * at - 50


def _drop_cdb(power):
    """Decibels below the top for a mean power in 1/4096, between the table's whole decibels."""
    d = 0
    last = len(_POWER) - 2
    while d < last and _POWER[d + 1] >= power:
        d += 1
    step = _POWER[d] - _POWER[d + 1]
    if step == 0 or power <= _POWER[d + 1]:
        return 100 * (d + 1)
    return 100 * d + (_POWER[d] - power) * 100 // step
