"""Is there a voice's pitch in what stands out of noise and leak? Both channels in one transform.

The power spectrum of the bands that rise above floor and leak, made even, transforms into an
autocorrelation; agent in the real part, line in the imaginary part. A voiced frame has a clear
second maximum at a lag of 2 to 12.5 ms (80-500 Hz); hiss, hum and clicks have none.
Out: 0..1024, where 1024 is perfectly periodic. Called by: hearing.py.
Ref: Wiener-Khinchin; P. Boersma, Accurate short-term analysis of the fundamental frequency and the
harmonics-to-noise ratio of a sampled sound, IFA Proceedings 17, 1993 (division by the window's own
autocorrelation).
"""

from array import array

from callclip.core import units
from callclip.core.frontend import BAND_EDGES_BINS, N_BANDS
from callclip.core.kernels import samples, spectra

FIRST_BAND = 3  # 375 Hz: mains hum lives below, a voice's harmonics reach far above
FIRST_LAG = 16
LAST_LAG = 100
STANDS_OUT_CDB = 600


class Periodicity:
    def __init__(self, front):
        self.agent_q10 = 0
        self.line_q10 = 0
        self._front = front
        self._edges = array("i", BAND_EDGES_BINS)
        self.taper_q8 = array("i", [_inverse_taper_q8(lag) for lag in range(LAST_LAG + 1)])
        self._re = array("i", bytes(1024))
        self._im = array("i", bytes(1024))

    def update(self, agent_above_cdb, line_above_cdb):
        """Take the present spectra; *_above_cdb: rise of each band over floor and leak."""
        front = self._front
        re = self._re
        im = self._im
        edges = self._edges
        n_out = spectra.spread(
            front.agent.power, edges, FIRST_BAND, N_BANDS, agent_above_cdb, STANDS_OUT_CDB, re
        ) + spectra.spread(
            front.line.power, edges, FIRST_BAND, N_BANDS, line_above_cdb, STANDS_OUT_CDB, im
        )
        if n_out == 0:
            self.agent_q10 = 0
            self.line_q10 = 0
            return
        samples.fft256(re, im, front.cos, front.sin)
        self.agent_q10 = spectra.voicing(re, front.reversed, self.taper_q8, FIRST_LAG, LAST_LAG)
        self.line_q10 = spectra.voicing(im, front.reversed, self.taper_q8, FIRST_LAG, LAST_LAG)


def _inverse_taper_q8(lag):
    """2^8 over the normalised autocorrelation of a 256-point Hann window at `lag`.

    In closed form: (1 - x)(2 + cos 2 pi x) / 3 + sin(2 pi x) / (2 pi), x = lag / 256.
    """
    cosine_q14 = units.sine_q14(lag + 64)
    taper_q14 = (256 - lag) * (2 * 16384 + cosine_q14) // 768
    taper_q14 += units.sine_q14(lag) * 1000 // 6283
    return (256 << 14) // taper_q14
