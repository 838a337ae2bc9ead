"""What the net hears: rise above the noise floor, and above the other side's leak, band by band.

In: centi-dB. Out: words of 4 centi-dB (`>> 2`), clamped, so that 10.24 dB are 256.
Called by: features.py, once a frame.
"""

import micropython
from micropython import const

_N_BANDS = const(16)
_TELEPHONE = const(16)  # in a row of levels
_FIRST_HALF = const(18)
_SECOND_HALF = const(19)
_MOST_RISE_4CDB = const(1536)  # 61 dB
_MOST_DIFFERENCE_4CDB = const(640)  # 26 dB
_MIDDLE_CDB = const(-5000)  # absolute levels are given from here
_MOST_CDB = const(5000)
_PEAK_DECAY_FRAMES = const(8)  # for a centi-dB: 3.75 dB a minute, so that a long pause keeps it
_LEAST_PEAK_CDB = const(-6500)
_PEAK_RISE_CDB = const(300)  # a frame, so that a knock is not the loudest voice for minutes
_N_FAST_FRAMES = const(150)  # of clear sound, then the leak is near
_SLOW_STEP_16TH = const(64)


@micropython.viper
def gather(x: int, b: int, pack_in):
    """All words of a frame, see features.py.

    pack: levels and floors of the agent, of the line; the leaks into each, the limits of each leak;
    peaks; the words. peaks: of the agent, of the line, frames since they last decayed. Levels are
    at most 0 and scalars are clamped, so words stay within 1536.
    """
    pack = ptr32(pack_in)
    levels = ptr32(pack[0])
    other = ptr32(pack[2])
    floor = ptr32(pack[1])
    leak = ptr32(pack[4])
    peaks = ptr32(pack[8])
    out = ptr32(pack[9])
    peaks[2] += 1
    decay = 0
    if peaks[2] == _PEAK_DECAY_FRAMES:
        peaks[2] = 0
        decay = 1
    k = 0
    while k < 2:
        at = k * _N_BANDS
        above_at = at + 2 * _N_BANDS
        b = 0
        while b < _N_BANDS:
            x = (levels[b] - floor[b]) >> 2
            if x < 0:
                x = 0
            elif x > _MOST_RISE_4CDB:
                x = _MOST_RISE_4CDB
            out[at + b] = x
            x = (levels[b] - other[b] - (leak[b] >> 4)) >> 2
            if x < 0 - _MOST_DIFFERENCE_4CDB:
                x = 0 - _MOST_DIFFERENCE_4CDB
            elif x > _MOST_DIFFERENCE_4CDB:
                x = _MOST_DIFFERENCE_4CDB
            out[above_at + b] = x
            b += 1
        x = peaks[k] - decay
        if levels[_TELEPHONE] > x:
            x += _PEAK_RISE_CDB
            if x > levels[_TELEPHONE]:
                x = levels[_TELEPHONE]
        if x < _LEAST_PEAK_CDB:
            x = _LEAST_PEAK_CDB
        peaks[k] = x
        at = 4 * _N_BANDS + 4 * k
        out[at] = levels[_TELEPHONE] - _MIDDLE_CDB
        out[at + 1] = floor[_TELEPHONE] - _MIDDLE_CDB
        out[at + 2] = x - _MIDDLE_CDB
        out[at + 3] = levels[_SECOND_HALF] - levels[_FIRST_HALF]
        b = 0
        while b < 4:
            x = out[at + b]
            if x < 0 - _MOST_CDB:
                x = 0 - _MOST_CDB
            elif x > _MOST_CDB:
                x = _MOST_CDB
            out[at + b] = x >> 2
            b += 1
        other = levels
        levels = ptr32(pack[2])
        floor = ptr32(pack[3])
        leak = ptr32(pack[5])
        k += 1


@micropython.viper
def track_leaks(x: int, b: int, pack_in):
    """Follow each band's lower quartile of levels - other where the other side is surely loud.

    pack: as for gather. limits: clear (the other side's rise above its floor from which it is
    loud), lowest and highest leak, step; centi-dB, the step in 1/16; frames that were clear, while
    the step is the fast one.
    leak: of each band and of the telephone band, 1/16 centi-dB; it goes up by a step and down by
    three, so that a quarter of the differences lie below it. Magnitudes < 2^18.
    """
    pack = ptr32(pack_in)
    levels = ptr32(pack[0])
    other = ptr32(pack[2])
    floor = ptr32(pack[3])
    k = 0
    while k < 2:
        leak = ptr32(pack[k + 4])
        limits = ptr32(pack[k + 6])
        if other[_TELEPHONE] - floor[_TELEPHONE] >= limits[0]:
            if limits[4] < _N_FAST_FRAMES:
                limits[4] += 1
                if limits[4] == _N_FAST_FRAMES:
                    limits[3] = _SLOW_STEP_16TH
            step = limits[3]
            b = 0
            while b <= _TELEPHONE:
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
        other = levels
        levels = ptr32(pack[2])
        floor = ptr32(pack[1])
        k += 1
