"""Sample-level facts of a frame that are not about speech: peaks, clipping, a stuck channel, dB(A).

They go into the Channels that call and rules see, `delay_frames` later than they were heard, so
that they belong to the frame that hearing shows. A-weighting is a table over the 16 bands; with the
rest, which rules/dose.py adds, its error against IEC 61672-1 is below 0.2 dB for speech, white and
pink noise, 1 dB for tones from 125 to 3500 Hz and 3 dB up to 8 kHz (tests/core/test_loudness.py).
In: the front end's spectra and the slots. Out: Channel.peak_cdb, n_clipped, is_still; of the line
weighted_cdb, band_cdb; centi-dB re full scale.
Called by: hearing.py, once a frame. Ref: IEC 61672-1:2013, equation E.1 (A-weighting).
"""

from array import array

from callclip.core import units
from callclip.core.frontend import N_BANDS
from callclip.core.kernels import levels, loudness

# 1024 / |H|^2 for the half-band filter of samples.decimate, and times 10^(A/10): the mean over the
# bins of each of frontend.BAND_EDGES_BINS.
BAND_Q10 = (
    1024, 1024, 1024, 1024, 1025, 1026, 1028, 1032, 1041, 1059, 1095, 1169, 1314, 1606, 2192, 3197,
)  # fmt: skip
A_WEIGHTED_Q10 = (
    27, 105, 219, 373, 550, 712, 867, 1019, 1156, 1278, 1398, 1545, 1760, 2139, 2860, 4059,
)  # fmt: skip
_HALVED_CDB = 301  # kernels/loudness.weigh

_FULL_PEAK_CDB = -13847  # 20 log10 of 2^-23: a peak of 1 in 24 bits
_LOUD_PEAK = 1 << 22  # half of full scale: below it nothing can be clipped
_STILL_PEAK = 1  # what the DC block may leave of a constant

_N_FACTS = 8
_AGENT_PEAK, _LINE_PEAK, _AGENT_CLIPPED, _LINE_CLIPPED = range(4)
_AGENT_STILL, _LINE_STILL, _WEIGHTED, _BAND = range(4, 8)


class Loudness:
    def __init__(self, front, delay_frames=0):
        self._front = front
        self._n_rows = delay_frames + 1
        self._facts = array("i", [-12000, -12000, 0, 0, 0, 0, -12000, -12000] * self._n_rows)
        self._row = 0
        self._in = array("i", [0, 0])
        self._out = array("i", [0, 0])
        self._log_table = units.LOG_TABLE
        self._weights = array("i", A_WEIGHTED_Q10 + BAND_Q10)

    def update(self, slots, frame):
        """Take in the frame that the front end has just analysed; show the one due now."""
        facts = self._facts
        at = self._row * _N_FACTS
        self._peaks(slots, facts, at)
        self._weigh(facts, at)
        self._row = (self._row + 1) % self._n_rows
        at = self._row * _N_FACTS
        agent = frame.agent
        line = frame.line
        agent.peak_cdb = facts[at]
        line.peak_cdb = facts[at + _LINE_PEAK]
        agent.n_clipped = facts[at + _AGENT_CLIPPED]
        line.n_clipped = facts[at + _LINE_CLIPPED]
        agent.is_still = facts[at + _AGENT_STILL]
        line.is_still = facts[at + _LINE_STILL]
        line.weighted_cdb = facts[at + _WEIGHTED]
        line.band_cdb = facts[at + _BAND]

    def _peaks(self, slots, facts, at):
        agent_peak = self._front.agent.peak
        line_peak = self._front.line.peak
        peaks = self._in
        peaks[0] = agent_peak
        peaks[1] = line_peak
        levels.centidb(peaks, 2, self._log_table, 0, facts, at)
        facts[at] = min(0, 2 * facts[at] + _FULL_PEAK_CDB)  # the DC block may overshoot
        facts[at + _LINE_PEAK] = min(0, 2 * facts[at + _LINE_PEAK] + _FULL_PEAK_CDB)
        facts[at + _AGENT_CLIPPED] = 0 if agent_peak < _LOUD_PEAK else loudness.clipped(slots, 0)
        facts[at + _LINE_CLIPPED] = 0 if line_peak < _LOUD_PEAK else loudness.clipped(slots, 1)
        facts[at + _AGENT_STILL] = 1 if agent_peak <= _STILL_PEAK else 0
        facts[at + _LINE_STILL] = 1 if line_peak <= _STILL_PEAK else 0

    def _weigh(self, facts, at):
        line = self._front.line
        low = line.power[1] + line.power[2]  # 31-94 Hz: nothing of it counts in dB(A)
        sums = self._out
        loudness.weigh(self._front.line_bands, self._weights, N_BANDS, low, sums)
        offset_cdb = line.power_offset_cdb + _HALVED_CDB
        levels.centidb(sums, 2, self._log_table, offset_cdb, facts, at + _WEIGHTED)
