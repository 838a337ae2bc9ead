"""What a spectrum tells beside its level: periodicity, single lines, notes that stand still.

In: 128 power bins of 31.25 Hz (samples.power). Out: shares and voicing as Q10 (1024 = all), places
in 1/16 bins, counts of frames.
Called by: periodicity.py, tones.py, music.py.
"""

import micropython


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
