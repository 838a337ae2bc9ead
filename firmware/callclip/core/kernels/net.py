"""The net's arithmetic: 8-bit weights, 32-bit sums, activations that are never negative.

Activations are Q8 (256 = 1.0) up to 32767, weights bytes with 128 added. A sum is of at most 72
products below 2^15 * 2^8 and stays below 2^30 (test_net.py).
Called by: net.py, once a frame. The long expressions are not for beauty: viper keeps only the first
two arguments in registers, and a constant index costs least (docs/esp32.md).
"""

import micropython
from micropython import const

_N_UNITS = const(36)

# A plan begins with the number of its rows and where its weights and biases stand. A row is a dense
# layer, or as much of one as 36 inputs allow, and what makes its inputs: the next features, the
# pools of the last frames, the units of the layer before, or these after their taps.
_N_PLAN_ROWS = const(0)
_WEIGHT = const(1)
_BIAS = const(2)
_HEAD = const(3)
_ROW = const(9)
_KIND = const(0)
_N_OUT = const(1)
_SHIFT = const(2)  # of the dense layer; 0: its next 36 inputs follow
_TAPS_SHIFT = const(3)
_DILATION = const(4)
_FIRST = const(5)  # where the block's past begins
_N_ROWS = const(6)  # of its past
_NOW = const(7)  # the row of the past that this frame fills
_IS_CONTEXT_ADDED = const(8)  # to the units, before the taps
_OF_FEATURES = const(0)
_OF_POOLS = const(1)
_OF_TAPS = const(2)
_LEAST_Q8 = const(-32768)
# Pools: sums and peaks of the units that the features made, then what the slow blocks have to say
# to the fast ones; sums and peaks are emptied when read.
_FIRST_PEAK = const(36)
_FIRST_CONTEXT = const(72)
_POOL_SHIFT = const(3)  # log2 of the frames in a pool


@micropython.viper
def step(
    x: ptr32, i: int, features_in, plan_io, weights_in, biases_in, past_io, units_io, pools_io, out
):
    """The layers of a plan: features, or pools, in; logits, or context, out.

    x: 36 words of scratch, a layer's inputs. weights, biases: of all layers, one after the other;
    taps are 36 triples: now, one and two dilations before. past: half-words, rows of 36 units.
    units: 36 words, and 36 of scratch that are 0. pools: 108 words as above.
    """
    plan = ptr32(plan_io)
    weights = ptr8(weights_in)
    biases = ptr32(biases_in)
    units = ptr32(units_io)
    pools = ptr32(pools_io)
    features = ptr32(features_in)
    past = ptr16(past_io)
    logits = ptr32(out)
    at = 0
    b = plan[_BIAS]
    p = _HEAD
    end = plan[_N_PLAN_ROWS] * _ROW + _HEAD
    i = plan[_WEIGHT]
    while p < end:
        kind = plan[p + _KIND]
        k = 0
        if kind == _OF_FEATURES:
            while k < _N_UNITS:
                x[k] = features[at]
                units[k] = 0
                at += 1
                k += 1
        elif kind == _OF_POOLS:
            while k < _N_UNITS:
                a = pools[at + k]
                x[k] = a if at else a >> _POOL_SHIFT
                pools[at + k] = 0
                units[k] = 0
                k += 1
            at = _N_UNITS
        elif kind == _OF_TAPS:
            if plan[p + _IS_CONTEXT_ADDED]:
                while k < _N_UNITS:
                    a = units[k] + pools[k + _FIRST_CONTEXT]
                    if a < 0:
                        a = 0
                    elif a > 32767:
                        a = 32767
                    units[k] = a
                    k += 1
                k = 0
            shift = plan[p + _TAPS_SHIFT]
            now = plan[p + _NOW]
            before = now - plan[p + _DILATION]
            if before < 0:
                before += plan[p + _N_ROWS]
            long_before = now + 1
            if long_before == plan[p + _N_ROWS]:
                long_before = 0
            plan[p + _NOW] = long_before
            now = plan[p + _FIRST] + now * _N_UNITS
            before = plan[p + _FIRST] + before * _N_UNITS
            long_before = plan[p + _FIRST] + long_before * _N_UNITS
            while k < _N_UNITS:
                a = units[k]
                past[now + k] = a
                a = (
                    (weights[i] - 128) * a
                    + (weights[i + 1] - 128) * past[before + k]
                    + (weights[i + 2] - 128) * past[long_before + k]
                    + biases[b]
                ) >> shift
                if a < 0:
                    a = 0
                elif a > 32767:
                    a = 32767
                x[k] = a
                i += 3
                b += 1
                k += 1
        else:
            while k < _N_UNITS:
                x[k] = units[k]
                k += 1
        offset = (
            x[0] + x[1] + x[2] + x[3] + x[4] + x[5] + x[6] + x[7] + x[8] + x[9] + x[10]
            + x[11] + x[12] + x[13] + x[14] + x[15] + x[16] + x[17] + x[18] + x[19] + x[20] + x[21]
            + x[22] + x[23] + x[24] + x[25] + x[26] + x[27] + x[28] + x[29] + x[30] + x[31] + x[32]
            + x[33] + x[34] + x[35]
        ) << 7  # fmt: skip
        shift = plan[p + _SHIFT]
        n_out = plan[p + _N_OUT]
        k = 0
        while k < n_out:
            a = (
                units[k + _N_UNITS] - offset
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
            i += _N_UNITS
            if shift == 0:
                units[k + _N_UNITS] = a
            else:
                units[k + _N_UNITS] = 0
                a = (a + biases[b]) >> shift
                b += 1
                if kind <= _OF_TAPS:
                    a += units[k]
                    if a < 0:
                        a = 0
                    elif a > 32767:
                        a = 32767
                    units[k] = a
                    if kind == _OF_FEATURES:
                        pools[k] += a
                        if a > pools[k + _FIRST_PEAK]:
                            pools[k + _FIRST_PEAK] = a
                else:
                    if a < _LEAST_Q8:
                        a = _LEAST_Q8
                    elif a > 32767:
                        a = 32767
                    logits[k] = a
            k += 1
        p += _ROW
