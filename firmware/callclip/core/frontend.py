"""From 320 stereo slots to levels: the sample-rate half of hearing.

For each channel, every 20 ms frame: a row of levels (bands.py), and the power spectrum that tones
and ringers look at. The spectrum is of the last 32 ms at 8 kHz, one complex FFT for both channels,
each scaled to its own peak first so that a loud channel's rounding never hides a quiet one.
Each kernel does its step for both channels: the agent's row comes first in scales, values, offsets
and levels.
Called by: hearing.py.
"""

from array import array

from callclip.core import bands, tables, units
from callclip.core.bands import N_BINS, N_VALUES
from callclip.core.kernels import levels, samples, transform
from callclip.core.pack import pack

# A row of scales: mean, peak of the frame, of the last 96 samples at 8 kHz, of the window; how far
# the window was shifted right.
_DC, PEAK, _TAIL_PEAK, _PEAK_8K, SHIFT = range(5)
N_SCALES = 8
_BEFORE_SAMPLES = 6  # of the frame before


def _zeros(n_words):
    return array("i", bytes(4 * n_words))


def _reverse8(i):
    out = 0
    for _ in range(8):
        out = out << 1 | i & 1
        i >>= 1
    return out


ORDER = bytes([_reverse8(i) for i in range(256)])  # where the transform leaves its outputs


class Spectrum:
    """One channel's levels and bins of the present frame."""

    def __init__(self, scratch, power, levels_cdb, scales, values, offsets):
        self.levels_cdb = levels_cdb
        self.scales = scales
        self.values = values  # of the bands: power
        self.offsets = offsets  # of the bands: centi-dB of a power of 1
        self.scratch = scratch  # 256 words for whoever looks at it, until the next frame comes
        self.power = power  # relative; multiply by 2^(2 * shift)
        self.history = _zeros(256)  # samples at 8 kHz


class FrontEnd:
    """Owns every sample buffer; `analyse` overwrites them each frame and allocates nothing."""

    def __init__(self):
        self.scales = _zeros(2 * N_SCALES)
        self.levels_cdb = _zeros(2 * N_VALUES)
        self._values = _zeros(2 * N_VALUES)
        self._offsets = _zeros(2 * N_VALUES)
        self._samples = _zeros(2 * (_BEFORE_SAMPLES + units.FRAME_SAMPLES))
        # The transform works where the samples stood: of them the next frame needs the last few.
        # One of the spectra has its place there, too, until that frame comes.
        self._re = memoryview(self._samples)[:256]
        self._im = memoryview(self._samples)[256:512]
        agent_power = memoryview(self._samples)[512 : 512 + N_BINS]
        self.agent = Spectrum(self._re, agent_power, *self._rows(0))
        self.line = Spectrum(self._re, _zeros(N_BINS), *self._rows(1))
        self._bands = bands.plan()
        self.unpack_pack = pack(self._samples, self.scales)
        self.steps = tuple(self._make_steps())

    def _rows(self, channel):
        """What Spectrum shows of a channel."""
        for words in (self.levels_cdb, self.scales, self._values, self._offsets):
            n = len(words) // 2
            yield memoryview(words)[channel * n : channel * n + n]

    def _make_steps(self):
        """Kernels and their packs, in order, from the samples to the levels."""
        heard, scales, re, im = self._samples, self.scales, self._re, self._im
        values, offsets = self._values, self._offsets
        histories = (self.agent.history, self.line.history)
        powers = (self.agent.power, self.line.power)
        yield samples.energy, pack(heard, scales, values, offsets)
        yield samples.decimate, pack(heard, scales, *histories)
        yield transform.window, pack(*histories, tables.HANN, scales, re, im)
        yield transform.fft256, pack(re, im, tables.COSINES, tables.SINES)
        yield transform.power, pack(re, im, ORDER, *powers)
        # The transform's buffer has become free.
        yield levels.bands, pack(*powers, self._bands, scales, re, values, offsets)
        yield levels.centidb, pack(values, offsets, 2 * N_VALUES, tables.LOG, self.levels_cdb)

    def analyse(self, slots):
        """Hear one frame: 2560 bytes, 320 pairs of little-endian 32-bit slots. See hearing.py."""
        samples.unpack(0, 0, slots, self.unpack_pack)
        for kernel, words in self.steps:
            kernel(0, 0, words)
