"""From slots to spectra: the arithmetic at sample rate, both channels of a 20 ms frame.

In: 320 stereo slots, 32-bit, 24-bit samples left-aligned, left = agent, right = line.
Out: DC-free 24-bit samples, peaks, energies, an 8 kHz copy, and power spectra of both channels
from one complex 256-point FFT (agent in the real part, line in the imaginary part).
Called by: frontend.py, and periodicity.py for the transform. Hot locals come first: viper keeps
the first ones in registers.
Ref: INMP441 data sheet (slots); Cooley-Tukey decimation in frequency; two real FFTs in one complex.
"""

import micropython
from micropython import const

_FRAME = const(320)
_DC_SHIFT = const(7)  # 16 kHz / (2 pi 2^7) = 20 Hz


@micropython.viper
def unpack(slots_in, agent_out, line_out, state_in):
    """Slots to DC-free samples, and their peaks.

    slots: 640 words; agent, line: 320 words each, |y| <= 2^24;
    state, the caller's: dc_agent, dc_line, peak_agent, peak_line.
    """
    slots = ptr32(slots_in)
    agent = ptr32(agent_out)
    line = ptr32(line_out)
    state = ptr32(state_in)
    # |x| <= 2^23, so |dc| <= 2^23 * 2^7 = 2^30: dc is a leaky mean of x, scaled by 2^7.
    dc_a = state[0]
    dc_l = state[1]
    peak_a = 0
    peak_l = 0
    i = 0
    while i < _FRAME:
        x = slots[2 * i] >> 8
        x -= dc_a >> _DC_SHIFT
        dc_a += x
        agent[i] = x
        if x < 0:
            x = 0 - x
        if x > peak_a:
            peak_a = x
        x = slots[2 * i + 1] >> 8
        x -= dc_l >> _DC_SHIFT
        dc_l += x
        line[i] = x
        if x < 0:
            x = 0 - x
        if x > peak_l:
            peak_l = x
        i += 1
    state[0] = dc_a
    state[1] = dc_l
    state[2] = peak_a
    state[3] = peak_l


@micropython.viper
def energy(samples_in, shift: int, out_io):
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
        out[0] = out[2]
        out[2] = total
        end += _FRAME >> 1
    out[1] = total - out[0]


@micropython.viper
def decimate(samples_in, history_io) -> int:
    """Half-band filter to 8 kHz: appends 160 samples to a 256-sample window; returns its peak.

    history: 256 output samples followed by the filter's last 6 inputs. Old outputs move down by
    160. Taps (-1 0 9 16 9 0 -1)/32: |y| <= 36/32 * 2^24 < 2^25, the sum before the shift < 2^30.
    """
    samples = ptr32(samples_in)
    hist = ptr32(history_io)
    i = 0
    while i < 96:
        hist[i] = hist[i + 160]
        i += 1
    # The newest input of output n is sample 2n; six older ones come from the previous frame.
    i = 256  # a constant index of 256 or more goes wrong in the ESP32's machine code
    a0 = hist[i]
    a1 = hist[i + 1]
    a2 = hist[i + 2]
    a3 = hist[i + 3]
    a4 = hist[i + 4]
    a5 = hist[i + 5]
    i = 0
    while i < 160:
        x = samples[2 * i]
        # a0..a5 are the six inputs before x, oldest first.
        hist[96 + i] = (((a2 + a4) * 9 - (a0 + x)) >> 5) + (a3 >> 1)
        a0 = a2
        a1 = a3
        a2 = a4
        a3 = a5
        a4 = x
        a5 = samples[2 * i + 1]
        i += 1
    i = 256
    hist[i] = a0
    hist[i + 1] = a1
    hist[i + 2] = a2
    hist[i + 3] = a3
    hist[i + 4] = a4
    hist[i + 5] = a5
    peak = 0
    i = 0
    while i < 256:
        x = hist[i]
        if x < 0:
            x = 0 - x
        if x > peak:
            peak = x
        i += 1
    return peak


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


@micropython.viper
def window(hist_in, hann_in, out_io, shift: int):
    """Hann-windowed copy of 256 samples scaled so that |out| <= 2^14.

    shift: how far right the samples move (negative: left); the caller picks it from the peak so
    that |sample * 2^-shift| < 2^14. hann: 256 words, 0..2^14. Product < 2^28.
    """
    hist = ptr32(hist_in)
    hann = ptr32(hann_in)
    out = ptr32(out_io)
    up = 0
    if shift < 0:
        up = 0 - shift
        shift = 0
    i = 0
    while i < 256:
        out[i] = (((hist[i] << up) >> shift) * hann[i]) >> 14
        i += 1


@micropython.viper
def fft256(re_io, im_io, cos_in, sin_in):
    """In-place complex FFT of 256 points, output in bit-reversed order, scaled by 1/16.

    Twiddles: 128 words, 2^12 = 1. A component starts at <= 2^14, a modulus at <= 2^14.5. Each
    stage doubles it at the most, and every second stage halves it again: the modulus stays below
    2^18.6, a product of it with a twiddle below 2^30.6.
    """
    re = ptr32(re_io)
    im = ptr32(im_io)
    cos = ptr32(cos_in)
    sin = ptr32(sin_in)
    half = 128
    step = 1
    halve = 0
    while half > 0:
        k = 0
        while k < half:
            wr = cos[k * step]
            wi = sin[k * step]
            i = k
            while i < 256:
                j = i + half
                dr = re[i] - re[j]
                di = im[i] - im[j]
                re[i] = (re[i] + re[j]) >> halve
                im[i] = (im[i] + im[j]) >> halve
                re[j] = ((dr * wr + di * wi) >> 12) >> halve
                im[j] = ((di * wr - dr * wi) >> 12) >> halve
                i = j + half
            k += 1
        half >>= 1
        step <<= 1
        halve = 1 - halve


@micropython.viper
def power(re_in, im_in, reversed_in, agent_out, line_out):
    """Power spectra of both channels, bins 0..127, from the transform of agent + j line.

    By Parseval the sum over a channel's bins is below 2^29, so band sums need no guard.
    reversed: 256 words, the bit-reversed index.
    """
    re = ptr32(re_in)
    im = ptr32(im_in)
    at = ptr32(reversed_in)
    agent = ptr32(agent_out)
    line = ptr32(line_out)
    agent[0] = 0
    line[0] = 0
    k = 1
    while k < 128:
        p = at[k]
        q = at[256 - k]
        x = (re[p] + re[q]) >> 4
        y = (im[p] - im[q]) >> 4
        agent[k] = x * x + y * y
        x = (im[p] + im[q]) >> 4
        y = (re[q] - re[p]) >> 4
        line[k] = x * x + y * y
        k += 1
