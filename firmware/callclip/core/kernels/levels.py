"""Levels and their floors: sums of bins, logarithm and power, minimum statistics.

In: power bins (samples.py) and centi-dB re full scale. Out: centi-dB.
Called by: frontend.py, floor.py, speechlevel.py, once a frame and channel.
Ref: R. Martin 2001 for the minimum statistics, see floor.py.
"""

import micropython


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
