"""From samples to power spectra: both channels in one complex FFT of 256 points.

In: 256 samples of each channel at 8 kHz. Out: power of bins 0..127 (31.25 Hz) of each channel, the
agent having been the real part, the line the imaginary part.
Called by: frontend.py. A kernel's first two arguments, passed as 0, are its busiest numbers, see
samples.py.
Ref: Cooley-Tukey decimation in frequency; two real FFTs in one complex.
"""

import micropython
from micropython import const

_PEAK_8K = const(3)
_SHIFT = const(4)
_SCALES = const(8)  # words of a row
_LEAST_SHIFT = const(-6)
_EIGHT_WORDS_BYTES = const(32)


@micropython.viper
def window(x: int, i: int, pack_in):
    """Hann-windowed copies of 256 samples of each channel, scaled so that |out| <= 2^14.

    A channel is shifted right until its peak is below 2^14, or left for a small one; scales keep
    how far. hann: 256 words, 0..2^14. Product < 2^28.
    """
    pack = ptr32(pack_in)
    hist = ptr32(pack[0])
    hann = ptr32(pack[2])
    out = ptr32(pack[4])
    scales = ptr32(pack[3])
    k = 0
    while k < 2:
        x = scales[k * _SCALES + _PEAK_8K]
        shift = 0
        while x >= 16384:
            x >>= 1
            shift += 1
        if shift == 0:
            while shift > _LEAST_SHIFT and x < 8192:
                x <<= 1
                shift -= 1
        scales[k * _SCALES + _SHIFT] = shift
        place = ptr32(uint(hist) + uint(0))
        weight = ptr32(uint(hann) + uint(0))
        put = ptr32(uint(out) + uint(0))
        i = 0
        if shift < 0:
            shift = 0 - shift
            while i < 256:
                x = place[0] << shift
                put[0] = (weight[0] * x) >> 14
                x = place[1] << shift
                put[1] = (weight[1] * x) >> 14
                x = place[2] << shift
                put[2] = (weight[2] * x) >> 14
                x = place[3] << shift
                put[3] = (weight[3] * x) >> 14
                x = place[4] << shift
                put[4] = (weight[4] * x) >> 14
                x = place[5] << shift
                put[5] = (weight[5] * x) >> 14
                x = place[6] << shift
                put[6] = (weight[6] * x) >> 14
                x = place[7] << shift
                put[7] = (weight[7] * x) >> 14
                place = ptr32(uint(place) + uint(_EIGHT_WORDS_BYTES))
                weight = ptr32(uint(weight) + uint(_EIGHT_WORDS_BYTES))
                put = ptr32(uint(put) + uint(_EIGHT_WORDS_BYTES))
                i += 8
        else:
            while i < 256:
                x = place[0] >> shift
                put[0] = (weight[0] * x) >> 14
                x = place[1] >> shift
                put[1] = (weight[1] * x) >> 14
                x = place[2] >> shift
                put[2] = (weight[2] * x) >> 14
                x = place[3] >> shift
                put[3] = (weight[3] * x) >> 14
                x = place[4] >> shift
                put[4] = (weight[4] * x) >> 14
                x = place[5] >> shift
                put[5] = (weight[5] * x) >> 14
                x = place[6] >> shift
                put[6] = (weight[6] * x) >> 14
                x = place[7] >> shift
                put[7] = (weight[7] * x) >> 14
                place = ptr32(uint(place) + uint(_EIGHT_WORDS_BYTES))
                weight = ptr32(uint(weight) + uint(_EIGHT_WORDS_BYTES))
                put = ptr32(uint(put) + uint(_EIGHT_WORDS_BYTES))
                i += 8
        hist = ptr32(pack[1])
        out = ptr32(pack[5])
        k += 1


@micropython.viper
def fft256(x: int, y: int, pack_in):
    """In-place complex FFT of 256 points, output in bit-reversed order, scaled by 1/16.

    Twiddles: 128 words, 2^12 = 1. A component starts at <= 2^14, a modulus at <= 2^14.5. Each
    stage doubles it at the most, and every second stage halves it again: the modulus stays below
    2^18.6, a product of it with a twiddle below 2^30.6. Two stages go at once, so that a point is
    loaded and stored half as often; where all twiddles are 1 or -j nothing is multiplied.
    """
    pack = ptr32(pack_in)
    re = ptr32(pack[0])
    im = ptr32(pack[1])
    cos = ptr32(pack[2])
    sin = ptr32(pack[3])
    q = 64
    while q > 0:
        i = 0
        while i < 256:
            j = i + q
            m = j + q
            n = m + q
            x = re[i]
            y = re[m]
            s = x + y
            d = x - y
            x = im[j]
            y = im[n]
            t = x + y
            x -= y
            re[m] = (d + x) >> 1
            y = re[n]
            re[n] = (d - x) >> 1
            x = re[j]
            d = x - y
            x += y
            re[i] = (s + x) >> 1
            re[j] = (s - x) >> 1
            x = im[i]
            y = im[m]
            s = x + y
            x -= y
            y = d
            im[m] = (x - y) >> 1
            im[n] = (x + y) >> 1
            x = s
            y = t
            im[i] = (x + y) >> 1
            im[j] = (x - y) >> 1
            i = n + q
        k = 1
        while k < q:
            i = k * (64 // q)
            ar = cos[i]
            ai = sin[i]
            br = cos[i + 64]
            bi = sin[i + 64]
            cr = cos[i + i]
            ci = sin[i + i]
            i = k
            while i < 256:
                j = i + q
                m = j + q
                n = m + q
                x = re[i]
                y = re[m]
                sr = x + y
                d = x - y
                x = im[i]
                y = im[m]
                si = x + y
                y = x - y
                x = d
                dr = (ar * x + ai * y) >> 12
                di = (ar * y - ai * x) >> 12
                x = re[j]
                y = re[n]
                tr = x + y
                d = x - y
                x = im[j]
                y = im[n]
                ti = x + y
                y = x - y
                x = d
                d = (br * x + bi * y) >> 12
                y = (br * y - bi * x) >> 12
                x = d
                re[m] = (dr + x) >> 1
                im[m] = (di + y) >> 1
                x = dr - x
                y = di - y
                re[n] = (cr * x + ci * y) >> 13
                im[n] = (cr * y - ci * x) >> 13
                x = tr
                y = ti
                re[i] = (sr + x) >> 1
                im[i] = (si + y) >> 1
                x = sr - x
                y = si - y
                re[j] = (cr * x + ci * y) >> 13
                im[j] = (cr * y - ci * x) >> 13
                i = n + q
            k += 1
        q >>= 2


@micropython.viper
def power(x: int, y: int, pack_in):
    """Power spectra of both channels, bins 0..127, from the transform of agent + j line.

    By Parseval the sum over a channel's bins is below 2^29, so band sums need no guard.
    at: 256 bytes, the bit-reversed index.
    """
    pack = ptr32(pack_in)
    re = ptr32(pack[0])
    im = ptr32(pack[1])
    at = ptr8(pack[2])
    agent = ptr32(pack[3])
    line = ptr32(pack[4])
    agent[0] = 0
    line[0] = 0
    k = 1
    while k < 128:
        y = 256 - k
        p = at[k]
        q = at[y]
        x = re[p]
        y = re[q]
        s = y - x
        x = (x + y) >> 4
        t = x * x
        x = im[p]
        y = im[q]
        p = x + y
        x = (x - y) >> 4
        agent[k] = x * x + t
        x = p >> 4
        y = s >> 4
        line[k] = x * x + y * y
        k += 1
