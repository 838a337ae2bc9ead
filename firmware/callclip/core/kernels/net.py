"""The net's arithmetic: 8-bit weights, 32-bit sums, activations that are never negative.

Activations are Q8 (256 = 1.0) up to 32767, weights bytes with 128 added. A sum is of at most 72
products below 2^15 * 2^8 and stays below 2^30 (test_net.py).
Called by: net.py, once a frame. The long expressions are not for beauty: viper keeps only the first
two arguments in registers, and a constant index costs least (docs/esp32.md).
"""

import micropython


@micropython.viper
def dense36(x: ptr32, i: int, weights_in, sums_io, n_out: int):
    """sums[o] += the product of 36 inputs with row o of 36 weights, rows from weights[i] on."""
    weights = ptr8(weights_in)
    sums = ptr32(sums_io)
    offset = (
        x[0] + x[1] + x[2] + x[3] + x[4] + x[5] + x[6] + x[7] + x[8] + x[9] + x[10]
        + x[11] + x[12] + x[13] + x[14] + x[15] + x[16] + x[17] + x[18] + x[19] + x[20] + x[21]
        + x[22] + x[23] + x[24] + x[25] + x[26] + x[27] + x[28] + x[29] + x[30] + x[31] + x[32]
        + x[33] + x[34] + x[35]
    ) << 7  # fmt: skip
    o = 0
    while o < n_out:
        sums[o] = (
            sums[o] - offset
            + weights[i] * x[0] + weights[i + 1] * x[1]
            + weights[i + 2] * x[2] + weights[i + 3] * x[3]
            + weights[i + 4] * x[4] + weights[i + 5] * x[5]
            + weights[i + 6] * x[6] + weights[i + 7] * x[7]
            + weights[i + 8] * x[8] + weights[i + 9] * x[9]
            + weights[i + 10] * x[10] + weights[i + 11] * x[11]
            + weights[i + 12] * x[12] + weights[i + 13] * x[13]
            + weights[i + 14] * x[14] + weights[i + 15] * x[15]
            + weights[i + 16] * x[16] + weights[i + 17] * x[17]
            + weights[i + 18] * x[18] + weights[i + 19] * x[19]
            + weights[i + 20] * x[20] + weights[i + 21] * x[21]
            + weights[i + 22] * x[22] + weights[i + 23] * x[23]
            + weights[i + 24] * x[24] + weights[i + 25] * x[25]
            + weights[i + 26] * x[26] + weights[i + 27] * x[27]
            + weights[i + 28] * x[28] + weights[i + 29] * x[29]
            + weights[i + 30] * x[30] + weights[i + 31] * x[31]
            + weights[i + 32] * x[32] + weights[i + 33] * x[33]
            + weights[i + 34] * x[34] + weights[i + 35] * x[35]
        )  # fmt: skip
        i += 36
        o += 1


@micropython.viper
def finish(x: int, o: int, sums_io, biases_in, shift: int, base_in, least: int, n: int, out_io):
    """out[o] = (sums[o] + biases[o]) / 2^shift + base[o], kept within least..32767.

    The sums are 0 afterwards; base and out may be the same words.
    """
    sums = ptr32(sums_io)
    biases = ptr32(biases_in)
    base = ptr32(base_in)
    out = ptr32(out_io)
    o = 0
    while o < n:
        x = ((sums[o] + biases[o]) >> shift) + base[o]
        if x < least:
            x = least
        elif x > 32767:
            x = 32767
        out[o] = x
        sums[o] = 0
        o += 1


@micropython.viper
def taps(x: int, c: int, x_in, n: int, past_io, rows_in, weights_in, biases_in, shift: int, out_io):
    """Three taps in time for each of n channels: now, one step and two steps before.

    past: rows of n half-words; rows: where the present row begins, the one before and the one
    before that; x is stored in the present one. weights: n triples of bytes with 128 added.
    out[c] is kept within 0..32767.
    """
    xs = ptr32(x_in)
    past = ptr16(past_io)
    rows = ptr32(rows_in)
    weights = ptr8(weights_in)
    biases = ptr32(biases_in)
    out = ptr32(out_io)
    now = rows[0]
    before = rows[1]
    long_before = rows[2]
    k = 0
    c = 0
    while c < n:
        x = xs[c]
        past[now + c] = x
        a = (weights[k] - 128) * x
        x = past[before + c]
        a += (weights[k + 1] - 128) * x
        x = past[long_before + c]
        x = ((weights[k + 2] - 128) * x + biases[c] + a) >> shift
        if x < 0:
            x = 0
        elif x > 32767:
            x = 32767
        out[c] = x
        k += 3
        c += 1
