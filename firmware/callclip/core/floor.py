"""Noise floor by minimum statistics: 8 windows of 16 frames, so it has adapted after 2.6 s.

Speech leaves gaps in every band within that time; what stays is noise. The minimum of a noisy level
lies below its mean by a constant that depends on the band's width only: BIAS_CDB, which
tests/core/test_floor.py derives from white Gaussian noise.
In and out: centi-dB. Called by: hearing.py, once a frame and channel.
Ref: R. Martin, Noise power spectral density estimation based on optimal smoothing and minimum
statistics, IEEE Trans. Speech and Audio Processing 9(5), 2001 (the idea; here in the log domain).
"""

from array import array

from callclip.core.frontend import N_LEVELS
from callclip.core.kernels import levels

N_WINDOWS = 8
WINDOW_FRAMES = 16
BIAS_CDB = (447, 456, 449, 383, 383, 393, 327, 296, 278, 255, 227, 201, 193, 180, 176, 199, 63, 33)
WARM_UP_FRAMES = 16
LEAST_CDB = -12000  # below any microphone's own floor in any band


class NoiseFloor:
    """Floors of one channel; `levels_cdb[i]` belongs to Spectrum.levels_cdb[i]."""

    def __init__(self):
        self.levels_cdb = array("i", [LEAST_CDB] * N_LEVELS)
        self._smooth = array("i", [LEAST_CDB * 16] * N_LEVELS)
        self._minima = array("i", [32767] * (N_LEVELS * N_WINDOWS))
        self._bias = array("i", BIAS_CDB)
        self._slot = 0
        self._n_frames = 0
        self._n_heard = 0  # frames since the start, up to WARM_UP_FRAMES

    def update(self, spectrum):
        """Take in one frame's levels."""
        if self._n_heard < WARM_UP_FRAMES:
            self._warm_up(spectrum)
        if self._n_frames == WINDOW_FRAMES:
            self._n_frames = 0
            self._slot = (self._slot + 1) & 7
            levels.open_window(self._minima, N_LEVELS, self._slot)
        self._n_frames += 1
        levels.track_floor(
            spectrum.levels_cdb,
            N_LEVELS,
            self._smooth,
            self._minima,
            self._slot,
            self._bias,
            self.levels_cdb,
        )

    def _warm_up(self, spectrum):
        """One frame's levels are chance: start over once the smoothed ones have settled."""
        self._n_heard += 1
        if self._n_heard == 1:
            levels.seed_floor(spectrum.levels_cdb, N_LEVELS, self._smooth, self._minima, 0)
        elif self._n_heard == WARM_UP_FRAMES:
            levels.seed_floor(spectrum.levels_cdb, N_LEVELS, self._smooth, self._minima, 1)
