"""How active a voice is in the sense of ITU-T P.56: its envelope, and how far that reached lately.

In: the level of one channel's own speech in a frame, centi-dB re full scale.
Out: the highest of N_THRESHOLDS thresholds reached in the last 200 ms, 3 dB apart from the top.
Called by: speechlevel.py, once a frame and channel.
Ref: ITU-T P.56, method B: two exponential averages of 30 ms in a row, hangover 0.2 s.
"""

import micropython
from micropython import const

_N_THRESHOLDS = const(30)
# An amplitude is 10^((level / 2 + 6100) / 1000). Thresholds are of the mean of |x|, which in speech
# is 2.85 dB below the rms: half of that is 143.
_MOST_CDB = const(6100)
_MEAN_CDB = const(5957)
_DOWN_Q10 = const(724)  # 2^10 / sqrt 2: one threshold down
# A frame's level held for 20 ms drives both averages: with r = 20 ms / 30 ms these are e^-r and
# r e^-r, times 2^10.
_STAY_Q10 = const(526)
_PASS_Q10 = const(350)
_RING = const(2)  # state[2]: place in the ring, state[3..12]: the ring
_FIRST = const(3)
_END = const(13)


@micropython.viper
def highest_threshold(level_cdb: int, table_in, state_io) -> int:
    """Threshold number 0..29 counted from full scale down, 30 when none was reached in 200 ms.

    table: 64 words, round(2^14 * 2^(i/64)) (units.EXP_TABLE). state: 13 words, two averages, and
    the threshold of each of the last ten frames. Amplitudes are at most 1.01 * 10^6.1 < 2^20.3, so
    that the sum of two products is below 2^20.3 * 876 < 2^30.1, a word, but no small int.
    """
    table = ptr32(table_in)
    state = ptr32(state_io)
    amplitude = 0
    x = (level_cdb >> 1) + _MEAN_CDB
    if x > 0:
        if x > _MOST_CDB:
            x = _MOST_CDB
        x = (x * 13933) >> 16  # 64ths of a doubling, as in levels.power_of
        amplitude = table[x & 63]
        x = (x >> 6) - 14
        if x < 0:
            amplitude >>= 0 - x
        else:
            amplitude <<= x
    first = state[0] - amplitude
    envelope = amplitude + (((state[1] - amplitude) * _STAY_Q10 + first * _PASS_Q10) >> 10)
    state[0] = amplitude + ((first * _STAY_Q10) >> 10)
    state[1] = envelope
    highest = 0
    x = 1258925  # 10^6.1, full scale
    while highest < _N_THRESHOLDS and x > envelope:
        x = (x * _DOWN_Q10) >> 10
        highest += 1
    at = state[_RING]
    state[at] = highest
    at += 1
    if at == _END:
        at = _FIRST
    state[_RING] = at
    at = _FIRST
    while at < _END:
        if state[at] < highest:
            highest = state[at]
        at += 1
    return highest
