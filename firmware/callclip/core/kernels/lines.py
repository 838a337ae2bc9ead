"""Single lines in a spectrum: what the other microphone does not explain, its lines, and the rest.

In: 128 power bins of 31.25 Hz (transform.power), sums below 2^29. Out: power, places (1/16 bins).
Called by: tonelines.py, once a frame; ringsound.py.
"""

import micropython
from micropython import const

_N_BANDS = const(16)
_FIRST = const(17)  # in the plan, after the bands' edges
_END = const(18)
_SHIFT = const(4)  # in a row of scales
_MOST_SHIFT = const(30)
_LEAK_BITS = const(3)  # the loudest leak, 10 dB down with a margin of 3: rounded up to bits

# found: what `find` sees, then what `judge` makes of it; from _VALUES on the powers of the bands,
# of the lines, and around a place; then scratch.
_PLACE = const(0)
_LINE = const(1)
_SECOND = const(2)
_HIDDEN = const(3)
_LINE_CDB = const(4)
_NEAR_CDB = const(5)
_SHARE_Q10 = const(6)
_WAS_PLACE = const(7)
_WAS_CDB = const(8)
_END_CDB = const(9)  # level of the last tone
_N_OTHER = const(10)  # loud frames without a tone since then
_RUN = const(11)  # frames of the present burst
_PLACE_128TH = const(12)  # where it stands
_IS_TONAL = const(13)
_IS_NARROW = const(14)
_VALUES = const(16)
_KIND = const(34)
_REST = const(40)  # 129 words
# What judge tells, as bits.
_IS_PURE = const(1)
_IS_MASKED = const(2)
_IS_STEADY = const(4)
_IS_SIGNALLED = const(8)

_SECOND_SHARE = const(10)  # a second line counts from a tenth of the first
_TOGETHER_16TH = const(102)  # and up to 200 Hz away: two far apart are a voice that holds a note
_PURE_Q10 = const(800)  # share of the lines in a pure frame: 78 %, 5.5 dB above the rest
_NOISE_MARGIN_CDB = const(400)
_LEAST_CDB = const(-5500)
_LEAST_PLACE_16TH = const(176)  # 345 Hz: below, a hummed voice may hold still
_PLACE_16TH = const(3)  # a tone stays within 6 Hz from frame to frame; a vowel glides
_OTHER_CDB = const(1000)  # sound this little below the last tone is other sound
_STEADY_CDB = const(350)  # and within this from frame to frame (two close lines beat)

_FACT_N_BUSY_CYCLES = const(67)
_FACT_HOLD_BEEP_SINCE = const(69)


@micropython.viper
def find(x: int, k: int, pack_in):
    """The two strongest lines, what is left by bands, and all around the place of a burst.

    pack: bins, the other channel's bins, scales, the other's, plan, found. Bins that the other
    channel's leak may fill are left out. A line is the 7 bins around a peak: a Hann-windowed one,
    or two close ones, leave nothing beyond that. plan: edges of the bands, then the first and the
    end bin of peaks, 3 and 125 at the most. A burst's place is at least 3 bins from either end.
    """
    pack = ptr32(pack_in)
    bins = ptr32(pack[0])
    other = ptr32(pack[1])
    plan = ptr32(pack[4])
    found = ptr32(pack[5])
    scales = ptr32(pack[2])
    down = scales[_SHIFT]
    scales = ptr32(pack[3])
    down = (down - scales[_SHIFT]) * 2 + _LEAK_BITS
    up = 0
    if down > _MOST_SHIFT:
        down = _MOST_SHIFT
    elif down < 0:
        up = 0 - down
        down = 0
        if up > _MOST_SHIFT:
            up = _MOST_SHIFT
    first = plan[_FIRST]
    end = plan[_END]
    hidden = 0
    best = 0
    at = first
    k = 0
    while k < 128:
        x = bins[k]
        if other[k] >> down > x >> up:
            hidden += x
            x = 0
        elif x > best:
            if k >= first and k < end:
                best = x
                at = k
        found[k + _REST] = x
        k += 1
    found[_HIDDEN] = hidden
    total = 0
    n = 0
    while n < 2:
        total = 0
        moment = 0
        k = 0 - 3
        at += _REST
        while k <= 3:
            x = found[at + k]
            total += x
            moment += k * x
            found[at + k] = 0
            k += 1
        x = 0
        if best > 0:
            x = ((at - _REST) << 4) + moment // ((total >> 4) + 1)
        if n == 0:
            found[_LINE] = total
            found[_PLACE] = x
            best = 0
            at = first
            k = first
            while k < end:
                x = found[k + _REST]
                if x > best:
                    best = x
                    at = k
                k += 1
        n += 1
    k = x - found[_PLACE]
    if k < 0:
        k = 0 - k
    if total >= (found[_LINE] + _SECOND_SHARE - 1) // _SECOND_SHARE and k <= _TOGETHER_16TH:
        found[_LINE] += total
        if x < found[_PLACE]:
            found[_PLACE] = x  # the lower line, so that beating lines do not swap
        total = 0
    found[_SECOND] = total
    total = 0
    k = 0
    while k < 128:
        x = found[k + _REST]
        found[k + _REST] = total
        total += x
        k += 1
    found[k + _REST] = total
    k = 0
    while k < _N_BANDS:
        found[k + _VALUES] = found[plan[k + 1] + _REST] - found[plan[k] + _REST]
        k += 1
    found[_N_BANDS + _VALUES] = found[_LINE]
    total = 0
    if found[_RUN]:
        k = (((found[_PLACE_128TH] >> 3) + 8) >> 4) - 3
        end = k + 7
        while k < end:
            total += bins[k]
            k += 1
    found[_N_BANDS + _VALUES + 1] = total


@micropython.viper
def judge(pack: ptr32) -> int:
    """What kind of frame it is: a union of the bits above. 1 when a burst may begin, go on or end.

    pack: levels, floor: centi-dB of the values that `find` gave, and of the bands' noise; found;
    the frame's facts. A band that is no louder than its noise needs no explanation.
    """
    levels = ptr32(pack[0])
    floor = ptr32(pack[1])
    found = ptr32(pack[2])
    facts = ptr32(pack[3])
    other = found[_SECOND]
    k = 0
    while k < _N_BANDS:
        if levels[k] > floor[k] + _NOISE_MARGIN_CDB:
            other += found[k + _VALUES]
        k += 1
    line_cdb = levels[_N_BANDS]
    found[_LINE_CDB] = line_cdb
    found[_NEAR_CDB] = levels[_N_BANDS + 1]
    whole = found[_LINE] + other
    share_q10 = found[_LINE] // ((whole >> 10) + 1)
    found[_SHARE_Q10] = share_q10
    place = found[_PLACE]
    kind = 0
    if share_q10 >= _PURE_Q10:
        if line_cdb >= _LEAST_CDB and place >= _LEAST_PLACE_16TH:
            kind = _IS_PURE
    if found[_HIDDEN] >= whole >> 2:
        kind |= _IS_MASKED
    x = place - found[_WAS_PLACE]
    if x >= 0 - _PLACE_16TH and x <= _PLACE_16TH:
        x = line_cdb - found[_WAS_CDB]
        if x >= 0 - _STEADY_CDB and x <= _STEADY_CDB:
            kind |= _IS_STEADY
    found[_WAS_PLACE] = place
    found[_WAS_CDB] = line_cdb
    is_due = found[_RUN]
    if is_due == 0 and kind & (_IS_PURE | _IS_MASKED) == 0:
        if line_cdb > found[_END_CDB] - _OTHER_CDB:
            found[_N_OTHER] += 1
    if is_due == 0 and kind & _IS_PURE == 0:
        found[_IS_NARROW] = 0
        found[_IS_TONAL] = 0
    else:
        is_due = 1
    if facts[_FACT_N_BUSY_CYCLES] or facts[_FACT_HOLD_BEEP_SINCE] >= 0:
        kind |= _IS_SIGNALLED
        is_due = 1
    found[_KIND] = kind
    return is_due
