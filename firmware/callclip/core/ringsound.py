"""What one frame of a possible ringer sounds like: shares of 16 bands, purity, level.

The part of each band in the whole, how much two single lines hold of it (Q10), and the telephone
band's level in centi-dB. Below 280 Hz is hum and no ringer.
Called by: ringer.py, ringlearn.py.
"""

from array import array

from callclip.core import tables
from callclip.core.bands import BAND_EDGES_BINS, N_BANDS, TELEPHONE
from callclip.core.kernels import lines, ringers
from callclip.core.pack import pack

FIRST_BAND = 2
FIRST_BIN = BAND_EDGES_BINS[FIRST_BAND]
_END_BIN = 125
_LINE, _SECOND = 1, 2  # in what lines.find finds
_RUN = 11  # not 0: `find` also looks around a place


class RingSound:
    def __init__(self, agent, line):
        """agent, line: each microphone's Spectrum."""
        self.shares = array("i", [0] * N_BANDS)
        self.purity_q10 = 0
        self.level_cdb = -12000
        self._plan = array("i", BAND_EDGES_BINS + (FIRST_BIN, _END_BIN))
        self._found = agent.scratch  # what `find` sees is asked for at once
        self._spectra = (agent, line)
        self._packs = tuple([self._pack(spectrum) for spectrum in self._spectra])

    def _pack(self, spectrum):
        scales = spectrum.scales
        # Nothing leaks into a ringer.
        return pack(spectrum.power, tables.ZEROS, scales, scales, self._plan, self._found)

    def look(self, channel):
        """channel: AGENT or LINE (ringtemplate.py)."""
        spectrum = self._spectra[channel]
        found = self._found
        found[_RUN] = 0
        total_q10 = ringers.shares(spectrum.values, FIRST_BAND, N_BANDS, self.shares)  # pyright: ignore[reportAttributeAccessIssue]
        lines.find(0, 0, self._packs[channel])
        purity_q10 = (found[_LINE] + found[_SECOND]) // total_q10
        self.purity_q10 = purity_q10 if purity_q10 < 1024 else 1024
        self.level_cdb = spectrum.levels_cdb[TELEPHONE]  # pyright: ignore[reportAttributeAccessIssue]
