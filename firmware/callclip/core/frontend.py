"""From 320 stereo slots to levels: the sample-rate half of hearing.

For each channel, every 20 ms frame: peak, full-band level, and the levels of 16 telephone bands,
of the telephone band as a whole (300-3400 Hz) and of everything, in centi-dB re full scale, plus
the power spectrum (bins of 31.25 Hz) that tones and voicing look at. The spectrum is of the last
32 ms at 8 kHz, one complex FFT for both channels, each scaled to its own peak first so that a loud
channel's rounding never hides a quiet one.
Called by: hearing.py.
"""

from array import array

from callclip.core import units
from callclip.core.kernels import levels, samples, transform

N_BANDS = 16
TELEPHONE = 16  # index of 300-3400 Hz in Spectrum.levels_cdb
FULL = 17  # index of the full band
N_LEVELS = 18
N_BINS = 128

# Edges of the 16 bands in bins: about two thirds of a Bark each above 400 Hz.
BAND_EDGES_BINS = (3, 6, 9, 12, 16, 20, 24, 29, 35, 42, 50, 60, 72, 85, 100, 115, 127)
TELEPHONE_EDGES_BINS = (10, 109)

# A full-scale square wave (|x| = 2^23) over 320 samples: 10 log10(320 * 2^46) = 163.53 dB.
_ENERGY_OFFSET_CDB = -16353
# Its power over bins 0..127 when samples were shifted right by 9 (to 2^14): by Parseval
# 2^28 * 96 (the Hann window's power) / 2 (half the bins) * 4 / 2^8 (power's scale): 83.04 dB;
# 9 bits are 54.19 dB.
_POWER_OFFSET_CDB = -13723
_BIT_CCDB = 60206  # one bit of shift in 1/100 centi-dB


def _zeros(n_words):
    return array("i", bytes(4 * n_words))


class Spectrum:
    """One channel's levels and bins of the present frame."""

    def __init__(self):
        self.samples = _zeros(units.FRAME_SAMPLES)
        self.history = _zeros(256 + 6)
        self.power = _zeros(N_BINS)  # relative; multiply by 2^(2 * shift)
        self.shift = 0
        self.power_offset_cdb = 0  # of this frame's power: centi-dB of 1
        self.peak = 0  # largest |sample| of the frame, 24-bit
        self.levels_cdb = _zeros(N_LEVELS)
        self.rise_cdb = 0  # of the frame's second half over its first


class FrontEnd:
    """Owns every sample buffer; `analyse` overwrites them each frame and allocates nothing."""

    def __init__(self):
        self.agent = Spectrum()
        self.line = Spectrum()
        self._state = _zeros(4)
        self._re = _zeros(256)
        self._im = _zeros(256)
        self._sums = _zeros(N_BANDS)
        self.line_bands = _zeros(N_BANDS)  # power of the line's bands; line.power_offset_cdb
        self._halves_cdb = _zeros(3)
        self._log_table = units.LOG_TABLE
        self._edges = array("i", BAND_EDGES_BINS)
        self._telephone = array("i", TELEPHONE_EDGES_BINS)
        self._hann = array("i", [8192 - units.sine_q14(i + 64) // 2 for i in range(256)])
        self.cos = array("i", [(units.sine_q14(i + 64) + 2) >> 2 for i in range(128)])
        self.sin = array("i", [(units.sine_q14(i) + 2) >> 2 for i in range(128)])
        self.reversed = array("i", [_reverse8(i) for i in range(256)])

    def analyse(self, slots):
        """Hear one frame: 2560 bytes, 320 pairs of little-endian 32-bit slots."""
        agent = self.agent
        line = self.line
        state = self._state
        samples.unpack(0, 0, slots, agent.samples, line.samples, state)
        agent.peak = state[2]
        line.peak = state[3]
        self._time_domain(agent, self._re)
        self._time_domain(line, self._im)
        transform.fft256(0, 0, self._re, self._im, self.cos, self.sin)
        transform.power(0, 0, self._re, self._im, self.reversed, agent.power, line.power)
        self._frequency_domain(agent, self._sums)
        self._frequency_domain(line, self.line_bands)

    def _time_domain(self, channel, out):
        """Full-band level; 8 kHz copy, windowed into `out`."""
        sums = self._sums
        shift = samples.shift_for(channel.peak, 10, 0)
        samples.energy(0, 0, channel.samples, shift, sums)
        offset_cdb = _ENERGY_OFFSET_CDB + shift * _BIT_CCDB // 100
        halves_cdb = self._halves_cdb
        levels.centidb(sums, 3, self._log_table, offset_cdb, halves_cdb, 0)
        channel.levels_cdb[FULL] = halves_cdb[2]
        channel.rise_cdb = halves_cdb[1] - halves_cdb[0]
        peak = samples.decimate(0, 0, channel.samples, channel.history)
        channel.shift = samples.shift_for(peak, 14, -6)
        transform.window(0, 0, channel.history, self._hann, out, channel.shift)

    def _frequency_domain(self, channel, bands):
        sums = self._sums
        levels_cdb = channel.levels_cdb
        offset_cdb = _POWER_OFFSET_CDB + channel.shift * _BIT_CCDB // 100
        channel.power_offset_cdb = offset_cdb
        levels.band_sums(channel.power, self._edges, N_BANDS, bands)
        levels.centidb(bands, N_BANDS, self._log_table, offset_cdb, levels_cdb, 0)
        levels.band_sums(channel.power, self._telephone, 1, sums)
        levels.centidb(sums, 1, self._log_table, offset_cdb, levels_cdb, TELEPHONE)


def _reverse8(i):
    out = 0
    for _ in range(8):
        out = out << 1 | i & 1
        i >>= 1
    return out
