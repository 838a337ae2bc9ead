"""How a ringer's sound is shared among bands, and how a rhythm agrees with a learned one.

In: sums of power bins below 2^29 (transform.power), flags 0/1. Out: shares as Q10 (1024 = all).
Called by: ringsound.py, ringer.py, once a frame.
"""

import micropython


@micropython.viper
def shares(sums_in, first: int, n_bands: int, out_io) -> int:
    """out[b] = what part of bands first..n_bands-1 lies in band b, 0..1024; 0 below first.

    Returns a 1024th of the whole, and 1.
    """
    sums = ptr32(sums_in)
    out = ptr32(out_io)
    total = 0
    b = first
    while b < n_bands:
        total += sums[b]
        b += 1
    total = (total >> 10) + 1
    b = 0
    while b < first:
        out[b] = 0
        b += 1
    while b < n_bands:
        out[b] = sums[b] // total
        b += 1
    return total


@micropython.viper
def beyond_most(shares_in, most_in, n_bands: int) -> int:
    """Sum of what the shares have more than the most ever heard in their bands."""
    shares = ptr32(shares_in)
    most = ptr32(most_in)
    total = 0
    b = 0
    while b < n_bands:
        x = shares[b] - most[b]
        if x > 0:
            total += x
        b += 1
    return total


@micropython.viper
def distance(a_in, b_in, n_bands: int) -> int:
    """Sum of the differences of two rows of shares, 0..2048."""
    a = ptr32(a_in)
    b = ptr32(b_in)
    total = 0
    k = 0
    while k < n_bands:
        x = a[k] - b[k]
        if x < 0:
            x = 0 - x
        total += x
        k += 1
    return total


@micropython.viper
def follow(shares_in, n_bands: int, shift: int, mean_io):
    """mean += (share - mean) / 2^shift; the means are in 1/16, below 2^14."""
    shares = ptr32(shares_in)
    mean = ptr32(mean_io)
    b = 0
    while b < n_bands:
        mean[b] += ((shares[b] << 4) - mean[b]) >> shift
        b += 1


@micropython.viper
def agreement(past_in, at: int, pattern_in, n_frames: int) -> int:
    """Frames of the pattern that were heard, less those heard in its pauses, twice.

    past: a ring of 64 flags, `at` the newest; pattern: n_frames of 1 sound,
    0 pause, 2 either; at most 64, oldest first.
    """
    past = ptr32(past_in)
    pattern = ptr32(pattern_in)
    score = 0
    k = 0
    at = at - n_frames + 65
    while k < n_frames:
        if past[(at + k) & 63]:
            x = pattern[k]
            if x == 1:
                score += 1
            elif x == 0:
                score -= 2
        k += 1
    return score
