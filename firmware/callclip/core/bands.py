"""What a channel's spectrum is summed up to: bands, their weights, and the levels made of them.

A spectrum has 128 bins of 31.25 Hz. Of each channel the front end keeps a row of N_VALUES levels,
all in centi-dB re full scale but for PEAK (twice it is, re a peak of 1 in 24 bits).
Read by: frontend.py, floor.py, loudness.py, tonelines.py, ringsound.py, the kernels.
Ref: IEC 61672-1:2013, equation E.1 (A-weighting).
"""

from array import array

N_BINS = 128
N_BANDS = 16
# Where in a row; 0..15 are the bands. The noise floor has a row of the first N_LEVELS.
TELEPHONE = 16  # 300-3400 Hz
FULL = 17  # the full band
N_LEVELS = 18
FIRST_HALF = 18  # of the frame, full band
SECOND_HALF = 19
PEAK = 20
WEIGHTED = 21  # A-weighted, 94-4000 Hz
FLAT = 22  # 31-4000 Hz without weights
N_VALUES = 23

# About two thirds of a Bark each above 400 Hz.
BAND_EDGES_BINS = (3, 6, 9, 12, 16, 20, 24, 29, 35, 42, 50, 60, 72, 85, 100, 115, 127)
TELEPHONE_EDGES_BINS = (10, 109)

# 1024 / |H|^2 for the half-band filter of samples.decimate, and times 10^(A/10): the mean over the
# bins of each band.
BAND_Q10 = (
    1024, 1024, 1024, 1024, 1025, 1026, 1028, 1032, 1041, 1059, 1095, 1169, 1314, 1606, 2192, 3197,
)  # fmt: skip
A_WEIGHTED_Q10 = (
    27, 105, 219, 373, 550, 712, 867, 1019, 1156, 1278, 1398, 1545, 1760, 2139, 2860, 4059,
)  # fmt: skip


def plan():
    """What kernels.levels.bands goes by."""
    edges = BAND_EDGES_BINS + TELEPHONE_EDGES_BINS
    return array("i", edges + A_WEIGHTED_Q10 + BAND_Q10)
