"""From 320 stereo slots to levels: the sample-rate half of hearing.

For each channel, every 20 ms frame: a row of levels (bands.py), and the power spectrum that tones
and ringers look at. The spectrum is of the last 32 ms at 8 kHz, one complex FFT for both channels,
each scaled to its own peak first so that a loud channel's rounding never hides a quiet one.
Each kernel does its step for both channels: the agent's row comes first in scales, values, offsets
and levels.
Called by: hearing.py.
"""

from array import array

from callclip.core import bands, units
from callclip.core.bands import N_BINS, N_VALUES
from callclip.core.kernels import levels, samples, transform

# A row of scales: mean, peak of the frame, of the last 96 samples at 8 kHz, of the window; how far
# the window was shifted right; whether it holds more of a vowel than of hiss.
_DC, PEAK, _TAIL_PEAK, _PEAK_8K, SHIFT, IS_VOWEL = range(6)
N_SCALES = 8
_BEFORE_SAMPLES = 6  # of the frame before


def _zeros(n_words):
    return array("i", bytes(4 * n_words))


class Spectrum:
    """One channel's levels and bins of the present frame."""

    def __init__(self, levels_cdb, scales, values, offsets):
        self.levels_cdb = levels_cdb
        self.scales = scales
        self.values = values  # of the bands: power
        self.offsets = offsets  # of the bands: centi-dB of a power of 1
        self.power = _zeros(N_BINS)  # relative; multiply by 2^(2 * shift)
        self.history = _zeros(256)  # samples at 8 kHz


class FrontEnd:
    """Owns every sample buffer; `analyse` overwrites them each frame and allocates nothing."""

    def __init__(self):
        self.scales = _zeros(2 * N_SCALES)
        self.levels_cdb = _zeros(2 * N_VALUES)
        self._values = _zeros(2 * N_VALUES)
        self._offsets = _zeros(2 * N_VALUES)
        self.agent = Spectrum(*self._rows(0))
        self.line = Spectrum(*self._rows(1))
        self._samples = _zeros(2 * (_BEFORE_SAMPLES + units.FRAME_SAMPLES))
        self._re = _zeros(256)
        self._im = _zeros(256)
        self._plan = bands.plan()
        self._log_table = units.LOG_TABLE
        self._hann = array("i", [8192 - units.sine_q14(i + 64) // 2 for i in range(256)])
        self.cos = array("i", [(units.sine_q14(i + 64) + 2) >> 2 for i in range(128)])
        self.sin = array("i", [(units.sine_q14(i) + 2) >> 2 for i in range(128)])
        self.reversed = array("i", [_reverse8(i) for i in range(256)])

    def _rows(self, channel):
        """What Spectrum shows of a channel."""
        for words in (self.levels_cdb, self.scales, self._values, self._offsets):
            n = len(words) // 2
            yield memoryview(words)[channel * n : channel * n + n]

    def analyse(self, slots):
        """Hear one frame: 2560 bytes, 320 pairs of little-endian 32-bit slots."""
        scales = self.scales
        heard = self._samples
        values = self._values
        offsets = self._offsets
        re = self._re
        im = self._im
        agent = self.agent
        line = self.line
        agent_power = agent.power
        line_power = line.power
        samples.unpack(0, 0, slots, heard, scales)
        samples.energy(0, 0, heard, scales, values, offsets)
        samples.decimate(0, 0, heard, scales, agent.history, line.history)
        transform.window(0, 0, agent.history, line.history, self._hann, scales, re, im)
        transform.fft256(0, 0, re, im, self.cos, self.sin)
        transform.power(0, 0, re, im, self.reversed, agent_power, line_power)
        # The transform's buffer has become free.
        levels.bands(0, 0, agent_power, line_power, self._plan, scales, re, values, offsets)
        levels.centidb(0, 0, values, offsets, 2 * N_VALUES, self._log_table, self.levels_cdb)


def _reverse8(i):
    out = 0
    for _ in range(8):
        out = out << 1 | i & 1
        i >>= 1
    return out
