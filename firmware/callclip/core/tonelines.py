"""Is this frame a tone? One or two narrow lines that hold nearly all that needs an explanation.

What the agent's own voice may have leaked into a bin says nothing about the line; nor does a band
that is no louder than its noise floor. What is left must be lines.
In: the spectra of both channels. Out: is_pure, is_masked, place (1/16 bins of 31.25 Hz), line_cdb
(centi-dB re full scale).
Called by: tones.py, once a frame.
"""

from array import array

from callclip.core import units
from callclip.core.frontend import BAND_EDGES_BINS, N_BANDS, N_BINS
from callclip.core.kernels import levels, lines

FIRST_BIN = 6  # 190 Hz: below is hum
LINE_FIRST_BIN = 9
LINE_END_BIN = 110
SECOND_SHARE = 10  # a second line counts from a tenth of the first
PURE_Q10 = 800  # share of the lines in a pure frame: 78 %, 5.5 dB above the rest
NOISE_MARGIN_CDB = 400
RISE_CDB = 600  # a tone that begins stands out from the floor of its band: mains hum does not
LEAK_MARGIN_CDB = 300
LEAK_CDB = -1000  # the loudest leak; hearing may know better
LEAST_CDB = -5500
_BIT_CDB = 301  # one bit of power
_NO_FLOOR = array("i", [-12000] * N_BANDS)


class ToneLines:
    """Looks at one frame of the line; agent is the other channel's Spectrum, or None."""

    def __init__(self, agent=None, floor=None):
        self.leak_cdb = LEAK_CDB
        self.is_pure = 0  # lines hold the frame
        self.is_masked = 0  # the agent's leak hides what is there
        self.share_q10 = 0
        self.place = 0
        self.line_cdb = -12000
        self.near_cdb = -12000  # all that is around the place asked for, hidden or not
        self.n_lines = 0
        self._agent = agent
        self._floor_cdb = floor.levels_cdb if floor else _NO_FLOOR
        self._rest = array("i", [0] * N_BINS)
        self._peaks = array("i", [0] * 4)
        self._sums = array("i", [0] * (N_BANDS + 2))
        self._rest_cdb = array("i", [0] * (N_BANDS + 2))
        self._edges = array("i", BAND_EDGES_BINS)
        self._log_table = units.LOG_TABLE
        self._band_of = bytes(_bands())

    def look(self, spectrum, place):
        """place: where a burst stands, or 0."""
        rest = self._rest
        hidden = lines.strip(spectrum.power, self._other(spectrum), self._down(spectrum), rest)
        peaks = self._peaks
        lines.take_peak(rest, LINE_FIRST_BIN, LINE_END_BIN, peaks, 0)
        lines.take_peak(rest, LINE_FIRST_BIN, LINE_END_BIN, peaks, 2)
        line = peaks[0]
        second = peaks[2]
        self.place = peaks[1]
        self.n_lines = 1
        sums = self._sums
        levels.band_sums(rest, self._edges, N_BANDS, sums)
        if second * SECOND_SHARE >= line:
            self.n_lines = 2
            line += second
            if peaks[3] < self.place:
                self.place = peaks[3]  # the lower line, so that beating lines do not swap
            second = 0
        sums[N_BANDS] = line
        sums[N_BANDS + 1] = lines.near(spectrum.power, place) if place else 0
        levels.centidb(
            sums, N_BANDS + 2, self._log_table, spectrum.power_offset_cdb, self._rest_cdb, 0
        )
        self.line_cdb = self._rest_cdb[N_BANDS]
        self.near_cdb = self._rest_cdb[N_BANDS + 1]
        other = second + lines.beyond(
            sums, self._rest_cdb, self._floor_cdb, N_BANDS, NOISE_MARGIN_CDB
        )
        self.share_q10 = line // (((line + other) >> 10) + 1)
        self.is_pure = 1 if self.share_q10 >= PURE_Q10 and self.line_cdb >= LEAST_CDB else 0
        self.is_masked = 1 if hidden >= (line + other) >> 2 else 0

    def is_new(self):
        """The line stands out from what its band always holds."""
        floor_cdb = self._floor_cdb[self._band_of[(self.place + 8) >> 4]]
        return self.line_cdb >= floor_cdb + RISE_CDB

    def _other(self, spectrum):
        return self._agent.power if self._agent else spectrum.power

    def _down(self, spectrum):
        """How far right the agent's bins move to be the most that may leak into the line."""
        agent = self._agent
        if agent is None:
            return 30
        down = 2 * (spectrum.shift - agent.shift) - (self.leak_cdb + LEAK_MARGIN_CDB) // _BIT_CDB
        if down > 30:
            return 30
        return down if down > -30 else -30


def _bands():
    """The band of each bin."""
    band = 0
    for k in range(N_BINS):
        if band + 1 < N_BANDS and k >= BAND_EDGES_BINS[band + 1]:
            band += 1
        yield band
