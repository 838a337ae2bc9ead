"""From slots to samples: the arithmetic at sample rate, both channels of a 20 ms frame.

In: 320 stereo slots, 32-bit, 24-bit samples left-aligned, left = agent, right = line.
Out: DC-free 24-bit samples, peaks, energies, an 8 kHz copy.
Called by: frontend.py. A kernel's first two arguments, passed as 0, are its busiest numbers: only
they live in registers, every other local in memory. Loops are unrolled, since a turn costs more
than what is done in it.
Ref: INMP441 data sheet (slots).
"""

import micropython
from micropython import const

_FRAME = const(320)
_DC_SHIFT = const(7)  # 16 kHz / (2 pi 2^7) = 20 Hz


@micropython.viper
def unpack(x: int, i: int, slots_in, agent_out, line_out, state_in):
    """Slots to DC-free samples, and their peaks.

    slots: 640 words; agent, line: 320 words each, |y| <= 2^24;
    state, the caller's: dc_agent, dc_line, peak_agent, peak_line.
    """
    slots = ptr32(slots_in)
    out = ptr32(agent_out)
    state = ptr32(state_in)
    k = 0
    while k < 2:
        # |x| <= 2^23, so |dc| <= 2^23 * 2^7 = 2^30: dc is a leaky mean of x, scaled by 2^7.
        dc = state[k]
        low = 0
        high = 0
        i = 0
        j = k
        while i < _FRAME:
            x = (slots[j] >> 8) - (dc >> _DC_SHIFT)
            dc += x
            out[i] = x
            if x > high:
                high = x
            elif x < low:
                low = x
            i += 1
            j += 2
        state[k] = dc
        low = 0 - low
        if low > high:
            high = low
        state[k + 2] = high
        out = ptr32(line_out)
        k += 1


@micropython.viper
def energy(x: int, i: int, samples_in, shift: int, out_io):
    """Sums of squares of 320 samples, each rounded to sample / 2^shift first.

    out: the sum of the first half, of the second, of both. The caller picks shift so that
    |sample / 2^shift| <= 2^10: they are at most 320 * (2^10 + 1)^2 < 2^29.
    """
    samples = ptr32(samples_in)
    total = 0
    half = (1 << shift) >> 1
    out = ptr32(out_io)
    i = 0
    end = _FRAME >> 1
    while end <= _FRAME:
        while i < end:
            x = (samples[i] + half) >> shift
            total += x * x
            i += 1
            x = (samples[i] + half) >> shift
            total += x * x
            i += 1
            x = (samples[i] + half) >> shift
            total += x * x
            i += 1
            x = (samples[i] + half) >> shift
            total += x * x
            i += 1
        out[0] = out[2]
        out[2] = total
        end += _FRAME >> 1
    out[1] = total - out[0]


@micropython.viper
def decimate(x: int, i: int, samples_in, history_io) -> int:
    """Half-band filter to 8 kHz: appends 160 samples to a 256-sample window; returns its peak.

    history: 256 output samples followed by the filter's last 6 inputs. Old outputs move down by
    160. Taps (-1 0 9 16 9 0 -1)/32: |y| <= 36/32 * 2^24 < 2^25, the sum before the shift < 2^30.
    """
    samples = ptr32(samples_in)
    hist = ptr32(history_io)
    low = 0
    high = 0
    i = 0
    while i < 96:
        x = hist[i + 160]
        hist[i] = x
        if x > high:
            high = x
        elif x < low:
            low = x
        i += 1
    # a0..a5 are the six inputs before x, oldest first; at first those of the frame before.
    i = 256  # a constant index of 256 or more goes wrong in the ESP32's machine code
    a0 = hist[i]
    a1 = hist[i + 1]
    a2 = hist[i + 2]
    a3 = hist[i + 3]
    a4 = hist[i + 4]
    a5 = hist[i + 5]
    k = 0
    i = 96
    while i < 256:
        x = samples[k]
        x = (((a4 + a2) * 9 - (a0 + x)) >> 5) + (a3 >> 1)
        hist[i] = x
        if x > high:
            high = x
        elif x < low:
            low = x
        a0 = a2
        a1 = a3
        a2 = a4
        a3 = a5
        a4 = samples[k]
        a5 = samples[k + 1]
        k += 2
        i += 1
    hist[i] = a0
    hist[i + 1] = a1
    hist[i + 2] = a2
    hist[i + 3] = a3
    hist[i + 4] = a4
    hist[i + 5] = a5
    low = 0 - low
    if low > high:
        high = low
    return high


@micropython.viper
def shift_for(peak: int, n_bits: int, least: int) -> int:
    """Right shift that brings peak below 2^n_bits; negative (left, to least) for a small one."""
    shift = 0
    while peak >= (1 << n_bits):
        peak >>= 1
        shift += 1
    if shift == 0:
        while shift > least and peak < (1 << (n_bits - 1)):
            peak <<= 1
            shift -= 1
    return shift
