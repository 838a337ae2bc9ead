"""Single lines in a spectrum: what the other microphone does not explain, its lines, and the rest.

In: 128 power bins of 31.25 Hz (transform.power), sums below 2^29. Out: power, places (1/16 bins).
Called by: tonelines.py, once a frame.
"""

import micropython


@micropython.viper
def strip(power_in, other_in, down: int, out_io) -> int:
    """out = power, with 0 in the bins that the other channel's leak may fill; the power left out.

    The leak in a bin is other >> down (other << -down for a negative one), |down| <= 30.
    """
    bins = ptr32(power_in)
    other = ptr32(other_in)
    out = ptr32(out_io)
    up = 0
    if down < 0:
        up = 0 - down
        down = 0
    left_out = 0
    k = 0
    while k < 128:
        x = bins[k]
        if other[k] >> down >= (x >> up) + 1:
            left_out += x
            x = 0
        out[k] = x
        k += 1
    return left_out


@micropython.viper
def take_peak(bins_io, first: int, end: int, out_io, at_out: int):
    """The strongest line of bins first..end-1: out[at] = its power, out[at + 1] = its place.

    Power and centre are of the 7 bins around the peak, which are then 0 in bins_io: a Hann-windowed
    line, or two close ones, leave nothing beyond that. first >= 3, end <= 125. No line: 0 and 0.
    """
    bins = ptr32(bins_io)
    out = ptr32(out_io)
    best = 0
    at = first
    k = first
    while k < end:
        if bins[k] > best:
            best = bins[k]
            at = k
        k += 1
    around = 0
    moment = 0
    k = 0 - 3
    while k <= 3:
        x = bins[at + k]
        around += x
        moment += k * x
        bins[at + k] = 0
        k += 1
    out[at_out] = around
    out[at_out + 1] = 0
    if best > 0:
        out[at_out + 1] = (at << 4) + moment // ((around >> 4) + 1)


@micropython.viper
def beyond(sums_in, levels_in, floor_in, n_bands: int, margin_cdb: int) -> int:
    """Sum of the bands whose level rises more than margin_cdb above their floor."""
    sums = ptr32(sums_in)
    levels = ptr32(levels_in)
    floor = ptr32(floor_in)
    total = 0
    b = 0
    while b < n_bands:
        if levels[b] > floor[b] + margin_cdb:
            total += sums[b]
        b += 1
    return total


@micropython.viper
def near(power_in, place_16th: int) -> int:
    """Power of the 7 bins around a place, which is at least 3 bins from either end."""
    bins = ptr32(power_in)
    k = (place_16th + 8) >> 4
    total = bins[k]
    n = 1
    while n <= 3:
        total += bins[k - n] + bins[k + n]
        n += 1
    return total
