"""What is dangerous or broken about a sound: clipped samples, A-weighted power, a day's energy.

In: slots (samples.py), sums of power bins and levels (levels.py). Out: counts and powers.
Called by: loudness.py and rules/dose.py, once a frame.
Ref: IEC 61672-1 (A-weighting), see loudness.py for the table.
"""

import micropython
from micropython import const

_FRAME = const(320)
_N_STEPS = const(32766)  # of 16 bits: a sample at an end of the scale lies beyond, on each side
_CARRY_BITS = const(24)


@micropython.viper
def clipped(slots_in, channel: int) -> int:
    """How many of a channel's 320 samples stand at full scale; channel: 0 agent, 1 line."""
    slots = ptr32(slots_in)
    i = channel
    n = 0
    while i < 2 * _FRAME:
        x = slots[i] >> 16
        if x > _N_STEPS:
            n += 1
        elif x < 0 - _N_STEPS:
            n += 1
        i += 2
    return n


@micropython.viper
def weigh(sums_in, weights_in, n_bands: int, low: int, out_io):
    """out[0] = sum of the bands' powers by the first n_bands weights, out[1] = by the next, + low.

    Weights are in 1/1024, up to 4100, and the sums come out halved: all bands together are below
    2^29 (see transform.power), so the products together stay below 2^18 * 4100 < 2^31.
    """
    sums = ptr32(sums_in)
    weights = ptr32(weights_in)
    out = ptr32(out_io)
    first = 0
    second = low >> 1
    b = 0
    while b < n_bands:
        x = sums[b] >> 11
        rest = sums[b] & 2047
        w = weights[b]
        first += x * w + ((rest * w) >> 11)
        w = weights[b + n_bands]
        second += x * w + ((rest * w) >> 11)
        b += 1
    out[0] = first
    out[1] = second


@micropython.viper
def expose(levels_in, table_in, state_io):
    """Add one frame's A-weighted power to a day's energy.

    levels: centi-dB re full scale of the weighted bands, of the same bands without weights, and of
    everything. What lies outside the bands is the difference of the last two. They are measured
    over windows that differ, so it is smoothed over 32 frames, and believed from an eighth
    (0.5 dB) of the bands' power on; up to 8 kHz dB(A) weigh it like 1 kHz, within 1.2 dB.
    state, the caller's: energy below 2^24, energy >> 24, smoothed power outside and inside, and
    three words of scratch.
    A power is 10^((level + 8700) / 1000) as in levels.power_of, below 2^29; a frame adds less than
    2^30, so that `energy >> 24` grows by 65 a frame at the most: 2.9e8 < 2^30 in 24 h.
    """
    levels = ptr32(levels_in)
    table = ptr32(table_in)
    state = ptr32(state_io)
    k = 0
    while k < 3:
        x = levels[k] + 8700
        if x < 0:
            x = 0
        if x > 8700:
            x = 8700
        q = (x * 13933) >> 16
        n = q >> 6
        power = table[q & 63]
        if n < 14:
            power >>= 14 - n
        else:
            power <<= n - 14
        state[4 + k] = power
        k += 1
    inside = state[5]
    outside = state[2] + ((state[6] - inside - state[2]) >> 5)
    smooth = state[3] + ((inside - state[3]) >> 5)
    state[2] = outside
    state[3] = smooth
    weighted = state[4]
    if outside > (smooth >> 3):
        weighted += outside
    weighted += state[0]  # < 2^30 + 2^24
    state[1] += weighted >> _CARRY_BITS
    state[0] = weighted & ((1 << _CARRY_BITS) - 1)
