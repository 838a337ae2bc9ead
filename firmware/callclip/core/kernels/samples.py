"""From slots to samples: the arithmetic at sample rate, both channels of a 20 ms frame.

In: 320 stereo slots, 32-bit, 24-bit samples left-aligned, left = agent, right = line.
Out: DC-free 24-bit samples, peaks, energies, an 8 kHz copy. Samples stand in pairs as the slots do,
after the last six pairs of the frame before. scales, values, offsets: a row a channel, frontend.py.
Called by: frontend.py. A kernel's first two arguments, passed as 0, are its busiest numbers: only
they live in registers, every other local in memory. Loops are unrolled, since a turn costs more
than what is done in it.
Ref: INMP441 data sheet (slots).
"""

import micropython
from micropython import const

_BEFORE = const(12)  # words of the frame before
_N_SLOTS = const(640)
_FOUR_PAIRS_BYTES = const(32)
_EIGHT_PAIRS_BYTES = const(64)
_DC_SHIFT = const(7)  # 16 kHz / (2 pi 2^7) = 20 Hz

_DC = const(0)
_PEAK = const(1)
_TAIL_PEAK = const(2)
_PEAK_8K = const(3)
_SCALES = const(8)  # words of a row

_FULL = const(17)
_FIRST_HALF = const(18)
_SECOND_HALF = const(19)
_PEAK_VALUE = const(20)
_VALUES = const(23)  # words of a row

# A full-scale square wave (|x| = 2^23) over 320 samples: 10 log10(320 * 2^46) = 163.53 dB.
_ENERGY_OFFSET_CDB = const(-16353)
_BIT_CDB = const(602)


@micropython.viper
def unpack(x: int, dc: int, slots_in, pack_in):
    """Slots to DC-free samples, |y| <= 2^24, and their peaks.

    |x| <= 2^23, so |dc| <= 2^23 * 2^7 = 2^30: dc is a leaky mean of x, scaled by 2^7.
    """
    pack = ptr32(pack_in)
    slots = ptr32(slots_in)
    out = ptr32(pack[0])
    scales = ptr32(pack[1])
    i = 0
    while i < _BEFORE:
        out[i] = out[i + _N_SLOTS]
        i += 1
    k = 0
    while k < 2:
        dc = scales[k * _SCALES + _DC]
        low = 0
        high = 0
        place = ptr32(uint(slots) + uint(4 * k))
        put = ptr32(uint(out) + uint(4 * (k + _BEFORE)))
        i = 0
        while i < _N_SLOTS:
            x = (place[0] >> 8) - (dc >> _DC_SHIFT)
            dc += x
            put[0] = x
            if x > high:
                high = x
            elif x < low:
                low = x
            x = (place[2] >> 8) - (dc >> _DC_SHIFT)
            dc += x
            put[2] = x
            if x > high:
                high = x
            elif x < low:
                low = x
            x = (place[4] >> 8) - (dc >> _DC_SHIFT)
            dc += x
            put[4] = x
            if x > high:
                high = x
            elif x < low:
                low = x
            x = (place[6] >> 8) - (dc >> _DC_SHIFT)
            dc += x
            put[6] = x
            if x > high:
                high = x
            elif x < low:
                low = x
            place = ptr32(uint(place) + uint(_FOUR_PAIRS_BYTES))
            put = ptr32(uint(put) + uint(_FOUR_PAIRS_BYTES))
            i += 8
        low = 0 - low
        if low > high:
            high = low
        scales[k * _SCALES + _DC] = dc
        scales[k * _SCALES + _PEAK] = high
        k += 1


@micropython.viper
def energy(x: int, total: int, pack_in):
    """Sums of squares of 320 samples and of each half of them, and their offsets; the peaks.

    Each sample is rounded to sample / 2^shift first, so that the sums are at most
    320 * (2^10 + 1)^2 < 2^29.
    """
    pack = ptr32(pack_in)
    samples = ptr32(pack[0])
    scales = ptr32(pack[1])
    values = ptr32(pack[2])
    offsets = ptr32(pack[3])
    k = 0
    while k < 2:
        x = scales[k * _SCALES + _PEAK]
        row = k * _VALUES
        values[row + _PEAK_VALUE] = x
        shift = 0
        while x >= 1024:
            x >>= 1
            shift += 1
        half = (1 << shift) >> 1
        total = 0
        first = 0
        place = ptr32(uint(samples) + uint(4 * (k + _BEFORE)))
        n = 0
        while n < 2:
            first = total
            i = 0
            while i < _N_SLOTS >> 1:
                x = (place[0] + half) >> shift
                total += x * x
                x = (place[2] + half) >> shift
                total += x * x
                x = (place[4] + half) >> shift
                total += x * x
                x = (place[6] + half) >> shift
                total += x * x
                x = (place[8] + half) >> shift
                total += x * x
                x = (place[10] + half) >> shift
                total += x * x
                x = (place[12] + half) >> shift
                total += x * x
                x = (place[14] + half) >> shift
                total += x * x
                place = ptr32(uint(place) + uint(_EIGHT_PAIRS_BYTES))
                i += 16
            n += 1
        values[row + _FULL] = total
        values[row + _FIRST_HALF] = first
        values[row + _SECOND_HALF] = total - first
        x = _ENERGY_OFFSET_CDB + shift * _BIT_CDB
        offsets[row + _FULL] = x
        offsets[row + _FIRST_HALF] = x
        offsets[row + _SECOND_HALF] = x
        k += 1


@micropython.viper
def decimate(x: int, i: int, pack_in):
    """Half-band filter to 8 kHz: appends 160 samples to a 256-sample window, and its peak.

    Old outputs move down by 160; the peak of the 96 that will be left of them is kept. Taps
    (-1 0 9 16 9 0 -1)/32: |y| <= 36/32 * 2^24 < 2^25, the sum before the shift < 2^30.
    """
    pack = ptr32(pack_in)
    samples = ptr32(pack[0])
    scales = ptr32(pack[1])
    hist = ptr32(pack[2])
    k = 0
    while k < 2:
        i = 0
        while i < 96:
            hist[i] = hist[i + 160]
            i += 1
            hist[i] = hist[i + 160]
            i += 1
            hist[i] = hist[i + 160]
            i += 1
            hist[i] = hist[i + 160]
            i += 1
        peak = scales[k * _SCALES + _TAIL_PEAK]
        high = 0
        m = 96
        end = 160
        i = k + _BEFORE
        # The even inputs before, oldest first.
        a = samples[i - 12]
        b = samples[i - 8]
        c = samples[i - 4]
        while end <= 256:
            low = 0
            high = 0
            while m < end:
                x = samples[i]
                d = x
                x = (((c + b) * 9 - (a + x)) >> 5) + (samples[i - 6] >> 1)
                hist[m] = x
                if x > high:
                    high = x
                elif x < low:
                    low = x
                i += 4
                x = samples[i]
                a = x
                x = (((d + c) * 9 - (b + x)) >> 5) + (samples[i - 6] >> 1)
                hist[m + 1] = x
                if x > high:
                    high = x
                elif x < low:
                    low = x
                i += 4
                x = samples[i]
                b = x
                x = (((a + d) * 9 - (c + x)) >> 5) + (samples[i - 6] >> 1)
                hist[m + 2] = x
                if x > high:
                    high = x
                elif x < low:
                    low = x
                i += 4
                x = samples[i]
                c = x
                x = (((b + a) * 9 - (d + x)) >> 5) + (samples[i - 6] >> 1)
                hist[m + 3] = x
                if x > high:
                    high = x
                elif x < low:
                    low = x
                i += 4
                m += 4
            low = 0 - low
            if low > high:
                high = low
            if high > peak:
                peak = high
            end += 96
        scales[k * _SCALES + _TAIL_PEAK] = high
        scales[k * _SCALES + _PEAK_8K] = peak
        hist = ptr32(pack[3])
        k += 1
