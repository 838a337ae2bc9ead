"""Sample-rate arithmetic in viper: both channels of a 20 ms frame, integers only.

In: 320 stereo slots, 32-bit, 24-bit samples left-aligned, left = agent, right = line.
Out: DC-free 24-bit samples, peaks, energies, an 8 kHz copy, and power spectra of both channels
from one complex 256-point FFT (agent in the real part, line in the imaginary part).

A viper int is the machine's word: 32 bits on the ESP32 and in the 32-bit VM, and it wraps in
silence. Every accumulator therefore states its bound; tests/core/test_extremes.py proves them by
running the same source on CPython with integers that refuse to leave 32 bits.
Called by: hearing.py, once a frame. Hot locals come first: viper keeps the first ones in registers.
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
    state, the caller's: dc_agent, dc_line, peak_agent, peak_line, clipped_agent, clipped_line.
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
    clip_a = 0
    clip_l = 0
    i = 0
    while i < _FRAME:
        x = slots[2 * i] >> 8
        if x >= 8388352 or x <= -8388608:
            clip_a += 1
        x -= dc_a >> _DC_SHIFT
        dc_a += x
        agent[i] = x
        if x < 0:
            x = 0 - x
        if x > peak_a:
            peak_a = x
        x = slots[2 * i + 1] >> 8
        if x >= 8388352 or x <= -8388608:
            clip_l += 1
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
    state[4] = clip_a
    state[5] = clip_l


@micropython.viper
def energy(samples_in, shift: int) -> int:
    """Sum of squares of 320 samples, each rounded to sample / 2^shift first.

    The caller picks shift so that |sample / 2^shift| <= 2^10: the sum is at most
    320 * (2^10 + 1)^2 < 2^29.
    """
    samples = ptr32(samples_in)
    total = 0
    half = (1 << shift) >> 1
    i = 0
    while i < _FRAME:
        x = (samples[i] + half) >> shift
        total += x * x
        i += 1
    return total


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
    a0 = hist[256]
    a1 = hist[257]
    a2 = hist[258]
    a3 = hist[259]
    a4 = hist[260]
    a5 = hist[261]
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
    hist[256] = a0
    hist[257] = a1
    hist[258] = a2
    hist[259] = a3
    hist[260] = a4
    hist[261] = a5
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


@micropython.viper
def centidb(values_in, n_values: int, table_in, offset: int, out_io, out_at: int):
    """out[out_at + i] = 100 * 10 log10(values[i]) + offset; values below 1 count as 1.

    table: 65 words, round(64 * 301.03 * log2(1 + i/64)) (units.LOG_TABLE). Error: 1 centi-dB.
    """
    values = ptr32(values_in)
    table = ptr32(table_in)
    out = ptr32(out_io)
    k = 0
    while k < n_values:
        value = values[k]
        if value < 1:
            value = 1
        n = 14
        while value >= 32768:
            value >>= 1
            n += 1
        while value < 16384:
            value <<= 1
            n -= 1
        # value = 2^14 (1 + f): the upper 6 bits of f index the table, the lower 8 interpolate.
        f = value - 16384
        i = f >> 8
        a = table[i]
        a += ((table[i + 1] - a) * (f & 255)) >> 8
        out[out_at + k] = ((n * 19266 + a + 32) >> 6) + offset
        k += 1


@micropython.viper
def band_sums(power_in, edges_in, n_bands: int, out_io):
    """Sums of power bins between consecutive edges; sums stay below 2^29 (see power)."""
    bins = ptr32(power_in)
    edges = ptr32(edges_in)
    out = ptr32(out_io)
    b = 0
    k = edges[0]
    while b < n_bands:
        end = edges[b + 1]
        total = 0
        while k < end:
            total += bins[k]
            k += 1
        out[b] = total
        b += 1


@micropython.viper
def open_window(minima_io, n_values: int, slot: int):
    """Forget the oldest window: column `slot` of every row of 8 takes any next value."""
    minima = ptr32(minima_io)
    v = 0
    while v < n_values:
        minima[(v << 3) + slot] = 32767
        v += 1


@micropython.viper
def seed_floor(levels_in, n_values: int, smooth_io, minima_io, is_smooth_kept: int):
    """Start the floor anew at the smoothed levels; all that was smaller before is forgotten.

    is_smooth_kept: 0 to start the smoothing anew at the present levels, too.
    """
    levels = ptr32(levels_in)
    smooth = ptr32(smooth_io)
    minima = ptr32(minima_io)
    v = 0
    while v < n_values:
        if is_smooth_kept == 0:
            s = levels[v]
            if s < -12000:
                s = -12000
            smooth[v] = s << 4
        s = smooth[v] >> 4
        k = v << 3
        end = k + 8
        while k < end:
            minima[k] = s
            k += 1
        v += 1


@micropython.viper
def track_floor(levels_in, n_values: int, smooth_io, minima_io, slot: int, bias_in, floor_out):
    """Minimum statistics: smooth each level, keep its minimum of 8 windows, add the bias.

    levels: centi-dB, clamped to -12000; smooth: the same times 16, one pole over 4 frames;
    minima: a row of 8 window minima for each value, `slot` the column in use. Magnitudes < 2^18.
    """
    levels = ptr32(levels_in)
    smooth = ptr32(smooth_io)
    minima = ptr32(minima_io)
    bias = ptr32(bias_in)
    floor = ptr32(floor_out)
    v = 0
    while v < n_values:
        s = levels[v]
        if s < -12000:
            s = -12000
        s = smooth[v] + (((s << 4) - smooth[v]) >> 2)
        smooth[v] = s
        s >>= 4
        row = v << 3
        if s < minima[row + slot]:
            minima[row + slot] = s
        low = minima[row]
        k = 1
        while k < 8:
            if minima[row + k] < low:
                low = minima[row + k]
            k += 1
        floor[v] = low + bias[v]
        v += 1


@micropython.viper
def excess(levels_in, floor_in, n_bands: int, other_in, hold_io, leak_cdb: int, above_out) -> int:
    """How far the bands rise above noise floor and leak: mean over 16 bands, centi-dB, 0..2000.

    floor: noise floor of each band; other: the other channel's bands; hold: their decaying peaks
    (the leak arrives late and rings on); leak_cdb: level of the leak with its margin. A band counts
    from 300 above the louder of floor and leak, up to 2000. above: each band's rise over that.
    """
    levels = ptr32(levels_in)
    floor = ptr32(floor_in)
    other = ptr32(other_in)
    hold = ptr32(hold_io)
    above = ptr32(above_out)
    total = 0
    b = 0
    while b < n_bands:
        h = hold[b] - 400
        if other[b] > h:
            h = other[b]
        hold[b] = h
        ref = h + leak_cdb
        if floor[b] > ref:
            ref = floor[b]
        x = levels[b] - ref
        above[b] = x
        x -= 300
        if x > 0:
            if x > 2000:
                x = 2000
            total += x
        b += 1
    return total >> 4


@micropython.viper
def spread(
    power_in, edges_in, first_band: int, n_bands: int, above_in, least_cdb: int, out_io
) -> int:
    """Even spectrum of the bands that stand out, for an autocorrelation; 0 elsewhere.

    Bins of bands first_band..n_bands-1 with above >= least_cdb go to out[k] and out[256 - k],
    scaled so that the whole sums to less than 2^18 (fft256 needs that). Returns 0 if no band does.
    """
    bins = ptr32(power_in)
    edges = ptr32(edges_in)
    above = ptr32(above_in)
    out = ptr32(out_io)
    total = 0
    b = first_band
    while b < n_bands:
        if above[b] >= least_cdb:
            k = edges[b]
            end = edges[b + 1]
            while k < end:
                total += bins[k]
                k += 1
        b += 1
    k = 0
    while k < 256:
        out[k] = 0
        k += 1
    if total == 0:
        return 0
    down = 0
    while total >= 131072:
        total >>= 1
        down += 1
    up = 0
    while total < 65536 and up < 12:
        total <<= 1
        up += 1
    b = first_band
    while b < n_bands:
        if above[b] >= least_cdb:
            k = edges[b]
            end = edges[b + 1]
            while k < end:
                x = (bins[k] << up) >> down
                out[k] = x
                out[256 - k] = x
                k += 1
        b += 1
    return 1


@micropython.viper
def voicing(acf_in, reversed_in, taper_in, first: int, last: int) -> int:
    """How periodic: the highest rise of the autocorrelation after its dip, 0..1024 of its zero lag.

    acf: 256 words in bit-reversed order, zero lag at most 2^14; taper: what the Hann window takes
    from each lag, as its inverse times 2^8 (at most 2^11); lags first..last at 8 kHz.
    """
    acf = ptr32(acf_in)
    at = ptr32(reversed_in)
    taper = ptr32(taper_in)
    zero = acf[0]
    if zero < 16:
        return 0
    low = zero << 8
    best = 0
    lag = 4
    while lag <= last:
        r = acf[at[lag]] * taper[lag]
        if r < low:
            low = r
            if low < 0:
                low = 0
        if lag >= first and r - low > best:
            best = r - low
        lag += 1
    best = (best << 2) // zero
    if best > 1024:
        best = 1024
    return best


@micropython.viper
def steady_peaks(power_in, first: int, end: int, floor: int, run_io, least_run: int) -> int:
    """How many peaks have stayed in their bin for least_run frames: notes do, voices glide.

    A peak is a bin above both neighbours and above floor; run: one counter a bin, < 2^30 frames.
    """
    bins = ptr32(power_in)
    run = ptr32(run_io)
    n_steady = 0
    k = first
    below = bins[k - 1]
    here = bins[k]
    while k < end:
        above = bins[k + 1]
        if here > below and here >= above and here > floor:
            run[k] += 1
            if run[k] >= least_run:
                n_steady += 1
        else:
            run[k] = 0
        below = here
        here = above
        k += 1
    return n_steady


@micropython.viper
def two_peaks(power_in, first: int, end: int, out_io):
    """The two strongest lines of a spectrum: how pure the sound is and where.

    out: [share of the first peak, its place, share of the second, its place]; a share is the power
    within 2 bins of the peak, 0..1024 of all bins first..end-1; a place is the centre of that power
    in 1/16 bins. Bin sums < 2^29 (see power).
    """
    bins = ptr32(power_in)
    out = ptr32(out_io)
    total = 0
    k = first
    while k < end:
        total += bins[k]
        k += 1
    total = (total >> 10) + 1
    skip = 0 - 100
    n = 0
    while n < 4:
        best = 0
        at = first + 2
        k = first + 2
        while k < end - 2:
            if bins[k] > best and (k > skip + 4 or k < skip - 4):
                best = bins[k]
                at = k
            k += 1
        a = bins[at - 2]
        b = bins[at - 1]
        c = bins[at + 1]
        d = bins[at + 2]
        around = a + b + best + c + d
        out[n] = around // total
        out[n + 1] = (at << 4) + ((d + d + c - b - a - a) // ((around >> 4) + 1))
        skip = at
        n += 2


@micropython.viper
def mean_power(power_in, first: int, end: int) -> int:
    """Mean of bins first..end-1; their sum is below 2^29 (see power)."""
    bins = ptr32(power_in)
    total = 0
    k = first
    while k < end:
        total += bins[k]
        k += 1
    return total // (end - first)


@micropython.viper
def power_of(level_cdb: int, table_in) -> int:
    """10^((level_cdb + 8700) / 1000), 1 at -87 dB and below, less than 2^29 up to 0 dB.

    table: 64 words, round(2^14 * 2^(i/64)) (units.EXP_TABLE); error below 1.1 %, 5 centi-dB.
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
