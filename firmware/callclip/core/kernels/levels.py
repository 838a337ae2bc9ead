"""Levels and their floors: sums of bins, logarithm and power, minimum statistics.

In: power bins (samples.py) and centi-dB re full scale. Out: centi-dB.
Called by: frontend.py, floor.py, speechlevel.py, once a frame and channel.
Ref: R. Martin 2001 for the minimum statistics, see floor.py.
"""

import micropython
from micropython import const

_N_BANDS = const(16)
_TELEPHONE = const(16)
_WEIGHTED = const(21)
_FLAT = const(22)
_VALUES = const(23)  # words of a row of values
_SHIFT = const(4)
_SCALES = const(8)  # words of a row of scales
_WEIGHTS = const(19)  # in the plan of bands
# Its power over bins 0..127 when samples were shifted right by 9 (to 2^14): by Parseval
# 2^28 * 96 (the Hann window's power) / 2 (half the bins) * 4 / 2^8 (power's scale): 83.04 dB;
# 9 bits are 54.19 dB.
_POWER_OFFSET_CDB = const(-13723)
_BIT_CDB = const(602)
_HALVED_CDB = const(301)

# What track_floor keeps of a channel.
_SLOT = const(0)
_AGE = const(1)  # frames of the present window
_HEARD = const(2)  # frames since the start, up to _WARM_UP_FRAMES
_SMOOTH = const(3)
_BIAS = const(21)
_OTHERS = const(39)  # the least of each level's other windows
_MINIMA = const(57)  # a row of 8 windows for each level
_N_LEVELS = const(18)
_WINDOW_FRAMES = const(16)
_WARM_UP_FRAMES = const(16)
_FLOOR_PACK_BYTES = const(12)


@micropython.viper
def centidb(x: int, k: int, pack_in):
    """out[k] = 100 * 10 log10(values[k]) + offsets[k]; values below 1 count as 1.

    table: 65 words, round(64 * 301.03 * log2(1 + i/64)) (tables.LOG). Error: 1 centi-dB.
    """
    pack = ptr32(pack_in)
    n_values = pack[2]
    values = ptr32(pack[0])
    offsets = ptr32(pack[1])
    table = ptr32(pack[3])
    out = ptr32(pack[4])
    k = 0
    while k < n_values:
        x = values[k]
        if x < 1:
            x = 1
        n = 14
        while x >= 262144:
            x >>= 4
            n += 4
        while x >= 32768:
            x >>= 1
            n += 1
        while x < 1024:
            x <<= 4
            n -= 4
        while x < 16384:
            x <<= 1
            n -= 1
        # x = 2^14 (1 + f): the upper 6 bits of f index the table, the lower 8 interpolate.
        x -= 16384
        i = x >> 8
        a = table[i]
        a += ((table[i + 1] - a) * (x & 255)) >> 8
        out[k] = ((n * 19266 + a + 32) >> 6) + offsets[k]
        k += 1


@micropython.viper
def power_of(level_cdb: int, table_in) -> int:
    """10^((level_cdb + 8700) / 1000), 1 at -87 dB and below, less than 2^29 up to 0 dB.

    table: 64 words, round(2^14 * 2^(i/64)) (tables.EXP); error below 1.1 %, 5 centi-dB.
    """
    table = ptr32(table_in)
    x = level_cdb + 8700
    if x < 0:
        return 1
    if x > 8700:
        x = 8700
    q = (x * 13933) >> 16  # 64ths of a doubling: 301.03 / 64 centi-dB each
    n = q >> 6
    value = table[q & 63]
    if n < 14:
        return value >> (14 - n)
    return value << (n - 14)


@micropython.viper
def bands(x: int, k: int, pack_in):
    """Powers of each channel's bands, and the offsets that make centi-dB of them.

    plan: edges of the 16 bands, and of the telephone band, then the bands'
    weights in dB(A) and their weights without, in 1/1024 (frontend.py, loudness.py). sums: 129
    words of scratch. Sums stay below 2^29 (see transform.power); weights go up to 4100 and weighted
    sums come out halved, so that the products together stay below 2^18 * 4100 < 2^31.
    """
    pack = ptr32(pack_in)
    power = ptr32(pack[0])
    plan = ptr32(pack[2])
    scales = ptr32(pack[3])
    below = ptr32(pack[4])  # the sum of all bins below this one
    values = ptr32(pack[5])
    offsets = ptr32(pack[6])
    row = 0
    scale = 0
    while row < 2 * _VALUES:
        x = 0
        k = 0
        while k < 128:
            below[k] = x
            x += power[k]
            k += 1
            below[k] = x
            x += power[k]
            k += 1
            below[k] = x
            x += power[k]
            k += 1
            below[k] = x
            x += power[k]
            k += 1
        below[k] = x
        shift = scales[scale + _SHIFT]
        offset = _POWER_OFFSET_CDB + shift * _BIT_CDB
        if shift < 0:
            offset -= 1  # 602.06 centi-dB a bit, rounded down
        # Nothing below 31 Hz, and nothing of 31-94 Hz in dB(A).
        weighted = 0
        flat = (power[1] + power[2]) >> 1
        k = 0
        while k < _N_BANDS:
            x = below[plan[k + 1]] - below[plan[k]]
            values[row + k] = x
            offsets[row + k] = offset
            whole = x >> 11
            x &= 2047
            weight = plan[k + _WEIGHTS]
            weighted += whole * weight + ((x * weight) >> 11)
            weight = plan[k + _WEIGHTS + _N_BANDS]
            flat += whole * weight + ((x * weight) >> 11)
            k += 1
        values[row + _TELEPHONE] = below[plan[18]] - below[plan[17]]
        offsets[row + _TELEPHONE] = offset
        values[row + _WEIGHTED] = weighted
        values[row + _FLAT] = flat
        offset += _HALVED_CDB
        offsets[row + _WEIGHTED] = offset
        offsets[row + _FLAT] = offset
        power = ptr32(pack[1])
        row += _VALUES
        scale += _SCALES


@micropython.viper
def track_floor(x: int, v: int, pack_in):
    """Minimum statistics: smooth each level, keep its minimum of 8 windows, add the bias.

    pack: for each channel its levels, state and floor, then 0.
    levels: 18, centi-dB, clamped to -12000. state: see the offsets above; smoothed levels are times
    16, one pole over 4 frames. One frame's levels are chance: the floor starts anew once the
    smoothed ones have settled. Magnitudes < 2^18.
    """
    pack = ptr32(pack_in)
    while pack[0]:
        levels = ptr32(pack[0])
        state = ptr32(pack[1])
        floor = ptr32(pack[2])
        heard = state[_HEARD]
        if heard < _WARM_UP_FRAMES:
            heard += 1
            state[_HEARD] = heard
        else:
            heard = 0
        slot = state[_SLOT]
        is_open = 0
        if state[_AGE] == _WINDOW_FRAMES:
            state[_AGE] = 0
            slot = (slot + 1) & 7
            state[_SLOT] = slot
            is_open = 1
        state[_AGE] += 1
        row = _MINIMA
        v = 0
        while v < _N_LEVELS:
            x = levels[v]
            if x < -12000:
                x = -12000
            x <<= 4
            if heard == 1:
                state[v + _SMOOTH] = x
            low = state[v + _SMOOTH]
            if heard == 1 or heard == _WARM_UP_FRAMES:
                # All that was smaller before is forgotten.
                k = row
                while k < row + 8:
                    state[k] = low >> 4
                    k += 1
                state[v + _OTHERS] = low >> 4
            if is_open:
                state[row + slot] = 32767
                s = 32767
                k = row
                while k < row + 8:
                    if state[k] < s:
                        s = state[k]
                    k += 1
                state[v + _OTHERS] = s
            x = low + ((x - low) >> 2)
            state[v + _SMOOTH] = x
            x >>= 4
            low = state[row + slot]
            if x < low:
                state[row + slot] = x
                low = x
            x = state[v + _OTHERS]
            if low < x:
                x = low
            floor[v] = x + state[v + _BIAS]
            row += 8
            v += 1
        pack = ptr32(uint(pack) + uint(_FLOOR_PACK_BYTES))
