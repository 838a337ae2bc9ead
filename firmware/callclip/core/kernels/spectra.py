"""What a spectrum tells beside its level: periodicity, notes that stand still.

In: 128 power bins of 31.25 Hz (transform.power). Out: voicing as Q10, counts of frames.
Called by: periodicity.py, music.py.
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
def mean_power(power_in, first: int, end: int) -> int:
    """Mean of bins first..end-1; their sum is below 2^29 (see power)."""
    bins = ptr32(power_in)
    total = 0
    k = first
    while k < end:
        total += bins[k]
        k += 1
    return total // (end - first)
