"""What the net hears: rise above the noise floor, and above the other side's leak, band by band.

In: centi-dB. Out: words of 4 centi-dB (`>> 2`), clamped, so that 10.24 dB are 256.
Called by: features.py, once a frame and channel.
"""

import micropython
from micropython import const

_MOST_RISE_4CDB = const(1536)  # 61 dB
_MOST_DIFFERENCE_4CDB = const(640)  # 26 dB


@micropython.viper
def rise(levels_in, floor_in, n_bands: int, out_io, at: int):
    """out[at + b] = how far band b stands above its noise floor, 0..1536."""
    levels = ptr32(levels_in)
    floor = ptr32(floor_in)
    out = ptr32(out_io)
    b = 0
    while b < n_bands:
        x = (levels[b] - floor[b]) >> 2
        if x < 0:
            x = 0
        if x > _MOST_RISE_4CDB:
            x = _MOST_RISE_4CDB
        out[at + b] = x
        b += 1


@micropython.viper
def above_leak(levels_in, other_in, leak_in, n_bands: int, out_io, at: int):
    """out[at + b] = how far band b stands above what leaks over, -640..640.

    leak: the leak of each band in 1/16 centi-dB, see track_leak.
    """
    levels = ptr32(levels_in)
    other = ptr32(other_in)
    leak = ptr32(leak_in)
    out = ptr32(out_io)
    b = 0
    while b < n_bands:
        x = (levels[b] - other[b] - (leak[b] >> 4)) >> 2
        if x < 0 - _MOST_DIFFERENCE_4CDB:
            x = 0 - _MOST_DIFFERENCE_4CDB
        if x > _MOST_DIFFERENCE_4CDB:
            x = _MOST_DIFFERENCE_4CDB
        out[at + b] = x
        b += 1


@micropython.viper
def track_leak(levels_in, other_in, other_floor_in, n_bands: int, limits_in, leak_io):
    """Follow each band's lower quartile of levels - other where the other side is surely loud.

    limits: clear (the other side's rise above its floor from which it is loud), lowest and highest
    leak, step; centi-dB, the step in 1/16. leak: 1/16 centi-dB; it goes up by a step and down by
    three, so that a quarter of the differences lie below it. Magnitudes < 2^18.
    """
    levels = ptr32(levels_in)
    other = ptr32(other_in)
    floor = ptr32(other_floor_in)
    limits = ptr32(limits_in)
    leak = ptr32(leak_io)
    step = limits[3]
    b = 0
    while b < n_bands:
        if other[b] - floor[b] >= limits[0]:
            x = (levels[b] - other[b]) << 4
            if x > leak[b]:
                x = leak[b] + step
                if x > limits[2] << 4:
                    x = limits[2] << 4
            else:
                x = leak[b] - step * 3
                if x < limits[1] << 4:
                    x = limits[1] << 4
            leak[b] = x
        b += 1
