"""Hills in a level that goes up and down: where syllables are.

In: centi-dB, one value a frame, and whether the channel speaks. Out: a count of syllables.
Called by: syllables.py, once a frame.
"""

import micropython
from micropython import const

_FACT_IS_ACTIVE = const(4)
_FACT_SPEECH_CDB = const(12)
_FACT_N_SYLLABLES = const(15)
_FIRST_BAND = const(2)  # 280 Hz
_END_BAND = const(11)  # 1880 Hz

# state: the last four levels, the last four smoothed once, own speech of the last frames (newest in
# bit 0), credit, then the hill: is the level rising, the last valley, the top and its age; then how
# far it must rise and fall, how far below his speech a band counts, and in 1/1024 what a hill
# counts and what a frame takes away.
_SMOOTHED = const(8)
_HISTORY = const(8)
_CREDIT = const(9)
_RISING = const(10)
_VALLEY = const(11)
_TOP = const(12)
_AGE = const(13)
_RISE_CDB = const(14)
_DEPTH_CDB = const(15)
_GAIN_Q10 = const(16)
_DRIFT_Q10 = const(17)

_MIDDLE = const(4)  # age of the frame in the middle of nine
_N_HISTORY = const(24)
_LEAST_Q10 = const(-1024)  # a long hum is no debt
_ONE_Q10 = const(1024)


@micropython.viper
def count(pack: ptr32):
    """Count the hill that ends in this frame into a channel's facts, if its top was speech.

    pack: levels, lag, state, facts. The channel's facts are about the frame `lag` frames ago, at
    most _MIDDLE. The level is the sum of the bands that vowels are made of, none of them taken for
    deeper below the voice than the state says, smoothed twice over five frames (1 4 6 4 1).
    |level| < 2^14.
    """
    levels = ptr32(pack[0])
    lag = pack[1]
    state = ptr32(pack[2])
    facts = ptr32(pack[3])
    least = facts[_FACT_SPEECH_CDB] - state[_DEPTH_CDB]
    x = 0
    at = _FIRST_BAND
    while at < _END_BAND:
        n = levels[at]
        if n < least:
            n = least
        x += n
        at += 1
    at = 0
    while at < _SMOOTHED:
        total = state[at]
        n = state[at + 1]
        state[at] = n
        total += n << 2
        n = state[at + 2]
        state[at + 1] = n
        total += n * 6
        n = state[at + 3]
        state[at + 2] = n
        total += n << 2
        state[at + 3] = x
        x = (total + x) >> 4
        at += 4
    history = (state[_HISTORY] << 1 | facts[_FACT_IS_ACTIVE]) & ((1 << _N_HISTORY) - 1)
    state[_HISTORY] = history
    credit = state[_CREDIT]
    rise = state[_RISE_CDB]
    age = state[_AGE] + 1
    if state[_RISING] == 0:
        if x < state[_VALLEY]:
            state[_VALLEY] = x
        if x >= state[_VALLEY] + rise:
            state[_RISING] = 1
            state[_TOP] = x - 1
    if state[_RISING]:
        if x > state[_TOP]:
            state[_TOP] = x
            age = _MIDDLE
        elif x <= state[_TOP] - rise:
            state[_RISING] = 0
            state[_VALLEY] = x
            if age - lag < _N_HISTORY and history >> (age - lag) & 1:
                credit += state[_GAIN_Q10]
    state[_AGE] = age
    if history == 0:
        return
    if facts[_FACT_IS_ACTIVE]:
        credit -= state[_DRIFT_Q10]
    while credit >= _ONE_Q10:
        credit -= _ONE_Q10
        facts[_FACT_N_SYLLABLES] += 1
    if credit < _LEAST_Q10:
        credit = _LEAST_Q10
    state[_CREDIT] = credit
