"""Noise floor by minimum statistics: 8 windows of 16 frames, so it has adapted after 2.6 s.

Speech leaves gaps in every band within that time; what stays is noise. The minimum of a noisy level
lies below its mean by a constant that depends on the band's width only: BIAS_CDB, which
tests/core/test_floor.py derives from white Gaussian noise.
In and out: centi-dB. Called by: hearing.py, once a frame and channel.
Ref: R. Martin, Noise power spectral density estimation based on optimal smoothing and minimum
statistics, IEEE Trans. Speech and Audio Processing 9(5), 2001 (the idea; here in the log domain).
"""

from array import array

from callclip.core.bands import N_LEVELS
from callclip.core.kernels import levels
from callclip.core.pack import pack

N_WINDOWS = 8
BIAS_CDB = (447, 456, 449, 383, 383, 393, 327, 296, 278, 255, 227, 201, 193, 180, 176, 199, 63, 33)
WARM_UP_FRAMES = 16
LEAST_CDB = -12000  # below any microphone's own floor in any band


class NoiseFloor:
    """Floors of one channel; `levels_cdb[i]` belongs to Spectrum.levels_cdb[i]."""

    def __init__(self, spectrum):
        self.levels_cdb = array("i", [LEAST_CDB] * N_LEVELS)
        # Three counters, smoothed levels, bias, least of the windows before, all windows.
        self.state = array("i", [0] * (3 + N_LEVELS) + list(BIAS_CDB))
        self.state.extend(array("i", bytes(4 * N_LEVELS * (1 + N_WINDOWS))))
        self.parts = (spectrum.levels_cdb, self.state, self.levels_cdb)


def step_of(*floors):
    """The kernel that takes in a frame's levels for all of them, and its pack."""
    parts = ()
    for floor in floors:
        parts += floor.parts
    return levels.track_floor, pack(*parts, 0)
