"""The net's arithmetic: 8-bit weights, 32-bit sums, activations that are never negative.

Activations are Q8 (256 = 1.0) up to 32767, weights bytes with 128 added. A sum is of at most 72
products below 2^15 * 2^8 and stays below 2^30 (test_net.py).
Of the inputs of all layers 46 % are 0 in talk and in hold music, so a dense layer goes column by
column, two at a time, and passes over the columns of inputs that are 0: what is spared is more than
what the sums cost that lie in memory for it.
Called by: net.py, once a frame. The twelvefold lines are not for beauty: viper keeps only the first
two arguments in registers, and a constant index costs least (docs/esp32.md).
"""

import micropython
from micropython import const

_N_UNITS = const(36)

# Where things lie in `words`, as net.py has it.
_INPUTS = const(12)
_FIRST_SUM = const(48)
_FIRST_POOL = const(156)
_FIRST_PEAK = const(192)
_FIRST_CONTEXT = const(228)
_SUMS_BYTES = const(192)

# A plan begins with the number of its rows, where its weights and biases stand, its units and what
# it puts out. A row is a dense layer, or as much of one as 36 inputs allow, and what makes its
# inputs: the next features, the pools of the last frames, the units of the layer before, or these
# after their taps.
_N_PLAN_ROWS = const(0)
_WEIGHT = const(1)
_BIAS = const(2)
_UNITS = const(3)
_OUT = const(4)
_HEAD = const(5)
_ROW = const(9)
_KIND = const(0)
_N_OUT = const(1)  # a dozen or three; of what is put out the rest is 0
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
_OF_UNITS = const(3)
_LEAST_Q8 = const(-32768)
_POOL_SHIFT = const(3)  # log2 of the frames in a pool
_FAST_PLAN = const(7)  # in the pack
_SLOW_PLANS = const(8)
_DOZEN = const(12)
_DOZEN_WORDS_BYTES = const(48)
_FOUR_WORDS_BYTES = const(16)


@micropython.viper
def step(y: ptr32, w: ptr8, pack_in):
    """The layers of the fast plan, features in, logits out; and of the slow plan that is due, pools
    in, context out.

    pack: words as above, whose sums are 0, as they are left; weights of all layers, one after the
    other: of a dense layer a column for each of its 36 inputs, of taps 36 triples: now, one and two
    dilations before; features; biases; past: half-words, rows of 36 units; the clock: frames of the
    present pool, and how many slow plans may run, none before the first pool is full; how many
    there are; the fast plan; the slow ones, each of which is due so many frames after its pool.
    """
    pack = ptr32(pack_in)
    words = ptr32(pack[0])
    weights = ptr8(pack[1])
    features = ptr32(pack[2])
    biases = ptr32(pack[3])
    past = ptr16(pack[4])
    clock = ptr32(pack[5])
    plan = clock
    inputs = features
    units = 0
    at = 0
    offset = 0
    i = 0
    b = 0
    p = 0
    end = 0
    due = _FAST_PLAN
    while p < end or due:
        if p == end:
            plan = ptr32(pack[due])
            units = plan[_UNITS]
            at = 0
            i = plan[_WEIGHT]
            b = plan[_BIAS]
            p = _HEAD
            end = plan[_N_PLAN_ROWS] * _ROW + _HEAD
            if due == _FAST_PLAN:
                n = clock[0] + 1
                if n == 1 << _POOL_SHIFT:
                    n = 0
                    clock[1] = pack[6]
                clock[0] = n
                due = 0
                if n < clock[1]:
                    due = n + _SLOW_PLANS
            else:
                due = 0
        kind = plan[p + _KIND]
        k = 0
        if kind == _OF_FEATURES:
            inputs = ptr32(uint(features) + uint(at))
            at += 4 * _N_UNITS
        elif kind == _OF_POOLS:
            inputs = ptr32(uint(words) + uint(4 * _INPUTS))
            while k < _N_UNITS:
                a = words[at + k + _FIRST_POOL]
                inputs[k] = a if at else a >> _POOL_SHIFT
                words[at + k + _FIRST_POOL] = 0
                k += 1
            k = 0
            at = _N_UNITS
        elif kind == _OF_TAPS:
            inputs = ptr32(uint(words) + uint(4 * _INPUTS))
            if plan[p + _IS_CONTEXT_ADDED]:
                while k < _N_UNITS:
                    a = words[units + k] + words[k + _FIRST_CONTEXT]
                    if a < 0:
                        a = 0
                    elif a > 32767:
                        a = 32767
                    words[units + k] = a
                    k += 1
                k = 0
            shift = plan[p + _TAPS_SHIFT]
            n = plan[p + _NOW]
            a = n - plan[p + _DILATION]
            if a < 0:
                a += plan[p + _N_ROWS]
            before = ptr16(uint(past) + uint(2 * (plan[p + _FIRST] + a * _N_UNITS)))
            now = ptr16(uint(past) + uint(2 * (plan[p + _FIRST] + n * _N_UNITS)))
            n += 1
            if n == plan[p + _N_ROWS]:
                n = 0
            plan[p + _NOW] = n
            long_before = ptr16(uint(past) + uint(2 * (plan[p + _FIRST] + n * _N_UNITS)))
            y = ptr32(uint(words) + uint(4 * units))
            w = ptr8(uint(weights) + uint(i))
            i += 3 * _N_UNITS
            bias = ptr32(uint(biases) + uint(4 * b))
            b += _N_UNITS
            out = ptr32(uint(inputs) + uint(0))
            while k < _N_UNITS:
                a = y[0]
                now[0] = a
                a = (
                    (w[0] - 128) * a
                    + (w[1] - 128) * before[0]
                    + (w[2] - 128) * long_before[0]
                    + bias[0]
                ) >> shift
                if a < 0:
                    a = 0
                elif a > 32767:
                    a = 32767
                out[0] = a
                a = y[1]
                now[1] = a
                a = (
                    (w[3] - 128) * a
                    + (w[4] - 128) * before[1]
                    + (w[5] - 128) * long_before[1]
                    + bias[1]
                ) >> shift
                if a < 0:
                    a = 0
                elif a > 32767:
                    a = 32767
                out[1] = a
                a = y[2]
                now[2] = a
                a = (
                    (w[6] - 128) * a
                    + (w[7] - 128) * before[2]
                    + (w[8] - 128) * long_before[2]
                    + bias[2]
                ) >> shift
                if a < 0:
                    a = 0
                elif a > 32767:
                    a = 32767
                out[2] = a
                a = y[3]
                now[3] = a
                a = (
                    (w[9] - 128) * a
                    + (w[10] - 128) * before[3]
                    + (w[11] - 128) * long_before[3]
                    + bias[3]
                ) >> shift
                if a < 0:
                    a = 0
                elif a > 32767:
                    a = 32767
                out[3] = a
                y = ptr32(uint(y) + uint(_FOUR_WORDS_BYTES))
                w = ptr8(uint(w) + uint(12))
                now = ptr16(uint(now) + uint(8))
                before = ptr16(uint(before) + uint(8))
                long_before = ptr16(uint(long_before) + uint(8))
                bias = ptr32(uint(bias) + uint(_FOUR_WORDS_BYTES))
                out = ptr32(uint(out) + uint(_FOUR_WORDS_BYTES))
                k += 4
            k = 0
        else:
            inputs = ptr32(uint(words) + uint(4 * units))
        width = plan[p + _N_OUT]
        waiting = 0  # an input whose column waits for another one
        column = ptr8(uint(weights) + uint(i))
        while k < _N_UNITS:
            a = inputs[k]
            if a:
                offset += a
                if waiting:
                    y = ptr32(uint(words) + uint(_SUMS_BYTES))
                    other = ptr8(uint(weights) + uint(i))
                    w = ptr8(uint(column) + uint(0))
                    n = 0
                    while n < width:
                        y[0] = y[0] + w[0] * waiting + other[0] * a
                        y[1] = y[1] + w[1] * waiting + other[1] * a
                        y[2] = y[2] + w[2] * waiting + other[2] * a
                        y[3] = y[3] + w[3] * waiting + other[3] * a
                        y[4] = y[4] + w[4] * waiting + other[4] * a
                        y[5] = y[5] + w[5] * waiting + other[5] * a
                        y[6] = y[6] + w[6] * waiting + other[6] * a
                        y[7] = y[7] + w[7] * waiting + other[7] * a
                        y[8] = y[8] + w[8] * waiting + other[8] * a
                        y[9] = y[9] + w[9] * waiting + other[9] * a
                        y[10] = y[10] + w[10] * waiting + other[10] * a
                        y[11] = y[11] + w[11] * waiting + other[11] * a
                        y = ptr32(uint(y) + uint(_DOZEN_WORDS_BYTES))
                        w = ptr8(uint(w) + uint(_DOZEN))
                        other = ptr8(uint(other) + uint(_DOZEN))
                        n += _DOZEN
                    waiting = 0
                else:
                    waiting = a
                    column = ptr8(uint(weights) + uint(i))
            i += width
            k += 1
        if waiting:
            y = ptr32(uint(words) + uint(_SUMS_BYTES))
            w = ptr8(uint(column) + uint(0))
            n = 0
            while n < width:
                y[0] = y[0] + w[0] * waiting
                y[1] = y[1] + w[1] * waiting
                y[2] = y[2] + w[2] * waiting
                y[3] = y[3] + w[3] * waiting
                y = ptr32(uint(y) + uint(_FOUR_WORDS_BYTES))
                w = ptr8(uint(w) + uint(4))
                n += 4
        shift = plan[p + _SHIFT]
        if shift:
            k = 0
            y = ptr32(uint(words) + uint(_SUMS_BYTES))
            bias = ptr32(uint(biases) + uint(4 * b))
            out = ptr32(uint(words) + uint(4 * units))
            b += width
            offset <<= 7
            if kind == _OF_TAPS:
                while k < _N_UNITS:
                    a = ((y[0] - offset + bias[0]) >> shift) + out[0]
                    if a < 0:
                        a = 0
                    elif a > 32767:
                        a = 32767
                    out[0] = a
                    y[0] = 0
                    a = ((y[1] - offset + bias[1]) >> shift) + out[1]
                    if a < 0:
                        a = 0
                    elif a > 32767:
                        a = 32767
                    out[1] = a
                    y[1] = 0
                    a = ((y[2] - offset + bias[2]) >> shift) + out[2]
                    if a < 0:
                        a = 0
                    elif a > 32767:
                        a = 32767
                    out[2] = a
                    y[2] = 0
                    a = ((y[3] - offset + bias[3]) >> shift) + out[3]
                    if a < 0:
                        a = 0
                    elif a > 32767:
                        a = 32767
                    out[3] = a
                    y[3] = 0
                    y = ptr32(uint(y) + uint(_FOUR_WORDS_BYTES))
                    bias = ptr32(uint(bias) + uint(_FOUR_WORDS_BYTES))
                    out = ptr32(uint(out) + uint(_FOUR_WORDS_BYTES))
                    k += 4
            elif kind == _OF_UNITS:
                out = ptr32(uint(words) + uint(4 * plan[_OUT]))
                while k < width:
                    a = (y[k] - offset + bias[k]) >> shift
                    y[k] = 0
                    if a < _LEAST_Q8:
                        a = _LEAST_Q8
                    elif a > 32767:
                        a = 32767
                    out[k] = a
                    k += 1
            else:
                while k < _N_UNITS:
                    a = (y[k] - offset + bias[k]) >> shift
                    y[k] = 0
                    if a < 0:
                        a = 0
                    elif a > 32767:
                        a = 32767
                    out[k] = a
                    if kind == _OF_FEATURES:
                        words[k + _FIRST_POOL] += a
                        if a > words[k + _FIRST_PEAK]:
                            words[k + _FIRST_PEAK] = a
                    k += 1
            offset = 0
        p += _ROW
