"""Is this frame a tone? One narrow line or two close ones hold nearly all that needs explaining.

What the agent's own voice may have leaked into a bin says nothing about the line; nor does a band
that is no louder than its noise floor. What is left must be lines.
In: the spectra of both channels. Out: bits of kinds; place (1/16 bins of 31.25 Hz), line_cdb, near
(centi-dB re full scale), share of the lines (Q10); all in `found`, with what tones.py keeps there.
Called by: tones.py, once a frame.
"""

from array import array

from callclip.core import tables
from callclip.core.bands import BAND_EDGES_BINS, N_BANDS, N_BINS
from callclip.core.frontend import N_SCALES
from callclip.core.kernels import levels, lines
from callclip.core.pack import pack

IS_PURE = 1  # lines hold the frame, and stand where tones do
IS_MASKED = 2  # the agent's leak hides what is there
IS_STEADY = 4  # the line is where and as loud as it was in the frame before
IS_SIGNALLED = 8  # busy tone or hold beeps are being told
PLACE, _LINE, _SECOND, _HIDDEN, LINE_CDB, NEAR_CDB, SHARE_Q10 = range(7)
END_CDB, N_OTHER = 9, 10  # of the last tone; loud frames without a tone since then
RUN, PLACE_128TH, IS_TONAL, IS_NARROW, START = range(11, 16)  # of the burst, see tones.py
KIND, END = 34, 35  # of the frame, a union of the bits above; of the last tone

LINE_FIRST_BIN = 9
LINE_END_BIN = 110
RISE_CDB = 600  # a tone that begins stands out from the floor of its band: mains hum does not
_NO_FLOOR = array("i", [-12000] * N_BANDS)
_VALUES = 16  # in found; see kernels/lines.py
_N_VALUES = N_BANDS + 2
_FOUND_WORDS = 40 + N_BINS + 1


class ToneLines:
    """Looks at one frame of the line.

    spectrum: the line's; facts: of the frame; agent: the other channel's Spectrum, or None.
    """

    def __init__(self, spectrum, facts, agent=None, floor=None):
        self.found = array("i", bytes(4 * _FOUND_WORDS))
        self.found[LINE_CDB] = -12000
        self.found[NEAR_CDB] = -12000
        self._levels_cdb = array("i", bytes(4 * _N_VALUES))
        self._other = agent.power if agent else array("i", bytes(4 * N_BINS))
        self._scales = agent.scales if agent else array("i", bytes(4 * N_SCALES))
        self._floor_cdb = floor.levels_cdb if floor else _NO_FLOOR
        self._plan = array("i", BAND_EDGES_BINS + (LINE_FIRST_BIN, LINE_END_BIN))
        self._band_of = bytes(_bands())
        found = self.found
        levels_cdb = self._levels_cdb
        values = memoryview(found)[_VALUES : _VALUES + _N_VALUES]
        both = (spectrum.power, self._other, spectrum.scales, self._scales)
        find_pack = pack(*both, self._plan, found)
        levels_pack = pack(values, spectrum.offsets, _N_VALUES, tables.LOG, levels_cdb)
        self.steps = ((lines.find, find_pack), (levels.centidb, levels_pack))
        # Then lines.judge: 1 if the frame is worth a look; its kind and what there is are in found.
        self.judge_pack = pack(levels_cdb, self._floor_cdb, found, facts)

    def is_new(self):
        """The line stands out from what its band always holds."""
        return self.rise_cdb(self.found[PLACE], self.found[LINE_CDB]) >= RISE_CDB

    def rise_cdb(self, place_16th, level_cdb):
        """Of a line of that level at that place above what its band always holds."""
        return level_cdb - self._floor_cdb[self._band_of[(place_16th + 8) >> 4]]


def _bands():
    """The band of each bin."""
    band = 0
    for k in range(N_BINS):
        if band + 1 < N_BANDS and k >= BAND_EDGES_BINS[band + 1]:
            band += 1
        yield band
