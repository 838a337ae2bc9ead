"""Units and the conversions everybody shares.

Levels: integer centi-dB re full scale (`_cdb`); a full-scale square wave is 0, a sine -301.
Time: frames of 20 ms in the core, milliseconds at the edges.
The tables are shared by all who reckon with them; nobody writes to them.
"""

FRAME_MS = 20
SAMPLE_RATE_HZ = 16000
FRAME_SAMPLES = 320
FRAME_BYTES = FRAME_SAMPLES * 8  # two 32-bit slots a sample pair


def frames_from_ms(ms):
    """Frames that cover ms, rounded up: a threshold is never reached early."""
    return -(-ms // FRAME_MS)


def ms_from_frames(n_frames):
    return n_frames * FRAME_MS


# round(64 * 100 * 10 log10(1 + i/64)): the logarithm that kernels/levels.py interpolates; the unit
# has it as tables.LOG.
LOG_WORDS = (
    0, 431, 855, 1273, 1685, 2091, 2491, 2885, 3274, 3657, 4035, 4408, 4777, 5140, 5499,
    5853, 6202, 6548, 6889, 7225, 7558, 7887, 8212, 8534, 8851, 9165, 9476, 9783, 10087,
    10387, 10685, 10979, 11270, 11558, 11843, 12125, 12404, 12681, 12955, 13226, 13495,
    13761, 14024, 14285, 14544, 14800, 15054, 15305, 15554, 15802, 16046, 16289, 16530,
    16768, 17005, 17239, 17472, 17703, 17932, 18158, 18383, 18607, 18828, 19048, 19266,
)  # fmt: skip

# round(2^14 * sin(2 pi k / 256)), the first quarter: twiddles and the Hann window come from it.
SINE_TABLE = (
    0,
    402,
    804,
    1205,
    1606,
    2006,
    2404,
    2801,
    3196,
    3590,
    3981,
    4370,
    4756,
    5139,
    5520,
    5897,
    6270,
    6639,
    7005,
    7366,
    7723,
    8076,
    8423,
    8765,
    9102,
    9434,
    9760,
    10080,
    10394,
    10702,
    11003,
    11297,
    11585,
    11866,
    12140,
    12406,
    12665,
    12916,
    13160,
    13395,
    13623,
    13842,
    14053,
    14256,
    14449,
    14635,
    14811,
    14978,
    15137,
    15286,
    15426,
    15557,
    15679,
    15791,
    15893,
    15986,
    16069,
    16143,
    16207,
    16261,
    16305,
    16340,
    16364,
    16379,
    16384,
)

# round(2^14 * 2^(i/64)): its inverse in kernels/levels.py; the unit has it as
# tables.EXP.
EXP_WORDS = (
    16384, 16562, 16743, 16925, 17109, 17296, 17484, 17674, 17867, 18061, 18258, 18457,
    18658, 18861, 19066, 19274, 19484, 19696, 19911, 20127, 20347, 20568, 20792, 21019,
    21247, 21479, 21713, 21949, 22188, 22430, 22674, 22921, 23170, 23423, 23678, 23936,
    24196, 24460, 24726, 24995, 25268, 25543, 25821, 26102, 26386, 26674, 26964, 27258,
    27554, 27855, 28158, 28464, 28774, 29088, 29405, 29725, 30048, 30376, 30706, 31041,
    31379, 31720, 32066, 32415,
)  # fmt: skip


def sine_q14(k):
    """2^14 * sin(2 pi k / 256) for any whole k."""
    k &= 255
    if k >= 128:
        return -sine_q14(k - 128)
    return SINE_TABLE[k if k <= 64 else 128 - k]
