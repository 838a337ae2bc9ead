"""What one frame of a possible ringer sounds like: shares of 16 bands, purity, level.

The part of each band in the whole, how much two single lines hold of it (Q10), and the telephone
band's level in centi-dB. Below 280 Hz is hum and no ringer.
Called by: ringer.py, ringlearn.py.
"""

from array import array

from callclip.core.frontend import BAND_EDGES_BINS, N_BANDS, N_BINS, TELEPHONE
from callclip.core.kernels import levels, lines, ringers

FIRST_BAND = 2
FIRST_BIN = BAND_EDGES_BINS[FIRST_BAND]
_END_BIN = 125
_NO_LEAK_BITS = 30


class RingSound:
    def __init__(self):
        self.shares = array("i", [0] * N_BANDS)
        self.purity_q10 = 0
        self.level_cdb = -12000
        self._sums = array("i", [0] * N_BANDS)
        self._edges = array("i", BAND_EDGES_BINS)
        self._rest = array("i", [0] * N_BINS)
        self._nothing = array("i", [0] * N_BINS)
        self._peaks = array("i", [0] * 4)

    def look(self, spectrum):
        sums = self._sums
        levels.band_sums(spectrum.power, self._edges, N_BANDS, sums)
        ringers.shares(sums, FIRST_BAND, N_BANDS, self.shares)
        total = 0
        for band in range(FIRST_BAND, N_BANDS):
            total += sums[band]
        peaks = self._peaks
        lines.strip(spectrum.power, self._nothing, _NO_LEAK_BITS, self._rest)
        lines.take_peak(self._rest, FIRST_BIN, _END_BIN, peaks, 0)
        lines.take_peak(self._rest, FIRST_BIN, _END_BIN, peaks, 2)
        purity_q10 = (peaks[0] + peaks[2]) // ((total >> 10) + 1)
        self.purity_q10 = purity_q10 if purity_q10 < 1024 else 1024
        self.level_cdb = spectrum.levels_cdb[TELEPHONE]
