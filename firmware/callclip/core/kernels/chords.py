"""Lines that stand in a spectrum: peaks that have stayed in their bin.

In: 128 power bins of 31.25 Hz (transform.power), sums below 2^29. Out: how many stand.
Called by: chords.py, once a frame.
"""

import micropython
from micropython import const

_N_BINS = const(128)
_FIRST_BIN = const(13)  # 406 Hz: below, the lines of a low voice stand, too
_END_BIN = const(126)
_LOUDEST_SHIFT = const(8)  # a peak is no fainter than a 256th of the frame, 24 dB down
_VALLEY_SHIFT = const(2)  # and 6 dB above the deeper of the bins two away
_STANDING_FRAMES = const(15)
_MOST_FRAMES = const(100)


@micropython.viper
def follow(x: int, k: int, pack_in):
    """Count the frames for which each bin has been a peak, and the bins that stand.

    pack: bins, runs (bytes), found (a word).
    """
    pack = ptr32(pack_in)
    bins = ptr32(pack[0])
    runs = ptr8(pack[1])
    least = 0
    k = 3
    while k < _N_BINS:
        least += bins[k]
        k += 1
    least >>= _LOUDEST_SHIFT
    n = 0
    k = _FIRST_BIN
    while k < _END_BIN:
        x = bins[k]
        run = 0
        if x > least and x > bins[k - 1] and x >= bins[k + 1]:
            valley = bins[k - 2]
            if bins[k + 2] < valley:
                valley = bins[k + 2]
            if x >> _VALLEY_SHIFT > valley:
                run = runs[k] + 1
                if run > _MOST_FRAMES:
                    run = _MOST_FRAMES
                if run >= _STANDING_FRAMES:
                    n += 1
        runs[k] = run
        k += 1
    found = ptr32(pack[2])
    found[0] = n
