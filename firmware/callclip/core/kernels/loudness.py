"""What is loud or broken about a sound: levels, peaks, clipped samples, as facts of each channel.

In: slots and scales (samples.py), levels (levels.py). Called by: loudness.py, once a frame.
"""

import micropython
from micropython import const

_FACT_LEVEL_CDB = const(0)
_FACT_FLOOR_CDB = const(1)
_FACT_PEAK_CDB = const(16)
_FACT_N_CLIPPED = const(17)
_FACT_IS_STILL = const(18)
_FACT_WEIGHTED_CDB = const(19)
_FACT_BAND_CDB = const(20)
_FACT_RISE_CDB = const(25)
_CHANNEL_WORDS = const(32)  # words of facts of a channel

_PEAK = const(1)  # in a row of scales
_SCALES = const(8)
_TELEPHONE = const(16)  # in a row of levels
_FULL = const(17)
_PEAK_VALUE = const(20)
_WEIGHTED = const(21)
_FLAT = const(22)
_VALUES = const(23)

_N_SLOTS = const(640)
_N_STEPS = const(32766)  # of 16 bits: a sample at an end of the scale lies beyond, on each side
_FULL_PEAK_CDB = const(-13847)  # 20 log10 of 2^-23: a peak of 1 in 24 bits
_LOUD_PEAK = const(4194304)  # half of full scale: below it nothing can be clipped
_STILL_PEAK = const(1)  # what the DC block may leave of a constant
_LEAST_CDB = const(-12000)
_ROW = const(8)  # facts of a channel that wait


@micropython.viper
def tell(x: int, i: int, slots_in, pack_in):
    """What the present frame sounded like waits in `late`; facts get what is due now.

    late: number of rows, the present row, then the rows: level, floor, peak, clipped, still,
    weighted and flat level, rise of the agent, then of the line.
    """
    pack = ptr32(pack_in)
    slots = ptr32(slots_in)
    scales = ptr32(pack[0])
    levels = ptr32(pack[1])
    floor = ptr32(pack[2])
    late = ptr32(pack[4])
    facts = ptr32(pack[5])
    at = late[1] * (2 * _ROW) + 2
    k = 0
    while k < 2:
        row = k * _VALUES
        x = levels[row + _FULL]
        if x < _LEAST_CDB:
            x = _LEAST_CDB
        late[at] = x
        late[at + 1] = floor[_FULL]
        x = 2 * levels[row + _PEAK_VALUE] + _FULL_PEAK_CDB
        if x > 0:
            x = 0  # the DC block may overshoot
        late[at + 2] = x
        peak = scales[k * _SCALES + _PEAK]
        n = 0
        if peak >= _LOUD_PEAK:
            i = k
            while i < _N_SLOTS:
                x = slots[i] >> 16
                if x > _N_STEPS:
                    n += 1
                elif x < 0 - _N_STEPS:
                    n += 1
                i += 2
        late[at + 3] = n
        late[at + 4] = 0
        if peak <= _STILL_PEAK:
            late[at + 4] = 1
        late[at + 5] = levels[row + _WEIGHTED]
        late[at + 6] = levels[row + _FLAT]
        late[at + 7] = levels[row + _TELEPHONE] - floor[_TELEPHONE]
        floor = ptr32(pack[3])
        at += _ROW
        k += 1
    i = late[1] + 1
    if i == late[0]:
        i = 0
    late[1] = i
    at = i * (2 * _ROW) + 2
    i = 0
    while i < 2 * _CHANNEL_WORDS:
        facts[i + _FACT_LEVEL_CDB] = late[at]
        facts[i + _FACT_FLOOR_CDB] = late[at + 1]
        facts[i + _FACT_PEAK_CDB] = late[at + 2]
        facts[i + _FACT_N_CLIPPED] = late[at + 3]
        facts[i + _FACT_IS_STILL] = late[at + 4]
        facts[i + _FACT_WEIGHTED_CDB] = late[at + 5]
        facts[i + _FACT_BAND_CDB] = late[at + 6]
        facts[i + _FACT_RISE_CDB] = late[at + 7]
        at += _ROW
        i += _CHANNEL_WORDS
