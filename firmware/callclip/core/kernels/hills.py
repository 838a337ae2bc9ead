"""Hills in a level that goes up and down: where syllables are.

In: centi-dB, one value a frame. Out: a count of syllables, and the age of a hill's top once the
level has fallen from it.
Called by: syllables.py, once a frame.
"""

import micropython
from micropython import const

_FACT_IS_ACTIVE = const(4)
_FACT_N_SYLLABLES = const(15)
_IS_VOWEL = const(5)  # in a row of scales
_VOWELS = const(23)  # in a row of levels

# state: 0..4 the last five levels, newest last; which of the last three were vowels, newest in
# bit 0; own speech of the last frames likewise; credit; then a row for low hills, one for high.
_LEVEL = const(4)
_WERE_VOWELS = const(5)
_HISTORY = const(6)
_CREDIT = const(7)
_LOW = const(8)
_HIGH = const(17)
_ROW = const(9)
_RISING = const(0)
_VALLEY = const(1)
_TOP = const(2)
_AGE = const(3)  # of the top, frames
_TOP_VOWEL = const(4)
_WAITING = const(5)  # hills whose frame is not judged yet, by the frames still to go
_ENDED = const(6)  # age of the top of the hill that ended in this frame, or 0
_RISE_CDB = const(7)
_GAIN_Q10 = const(8)

_MIDDLE = const(2)  # age of the frame in the middle of five
_N_HISTORY = const(24)
_DRIFT_Q10 = const(16)
_LEAST_Q10 = const(-1024)  # a long hum is no debt
_ONE_Q10 = const(1024)


@micropython.viper
def count(pack: ptr32):
    """Count the syllables that turn out to be speech in this frame into a channel's facts.

    The level, smoothed over five frames (1 4 6 4 1), must have climbed a row's rise out of a valley
    and fallen as far again, over a frame that was a vowel and, as the channel tells `lag` frames
    later, own speech. |level| < 2^20.
    """
    lag = pack[2]
    levels = ptr32(pack[0])
    scales = ptr32(pack[1])
    state = ptr32(pack[3])
    facts = ptr32(pack[4])
    smooth = state[1]
    x = state[2]
    state[0] = smooth
    state[1] = x
    smooth += x << 2
    x = state[3]
    state[2] = x
    smooth += x * 6
    x = state[_LEVEL]
    state[3] = x
    smooth += x << 2
    x = levels[_VOWELS]
    state[_LEVEL] = x
    smooth = (smooth + x) >> 4
    vowels = (state[_WERE_VOWELS] << 1 | scales[_IS_VOWEL]) & 7
    state[_WERE_VOWELS] = vowels
    history = (state[_HISTORY] << 1 | facts[_FACT_IS_ACTIVE]) & ((1 << _N_HISTORY) - 1)
    state[_HISTORY] = history
    credit = state[_CREDIT]
    row = _LOW
    while row <= _HIGH:
        rise = state[row + _RISE_CDB]
        age = state[row + _AGE] + 1
        state[row + _AGE] = age
        ended = 0
        if state[row + _RISING] == 0:
            if smooth < state[row + _VALLEY]:
                state[row + _VALLEY] = smooth
            if smooth >= state[row + _VALLEY] + rise:
                state[row + _RISING] = 1
                state[row + _TOP] = smooth - 1
        if state[row + _RISING]:
            if smooth > state[row + _TOP]:
                state[row + _TOP] = smooth
                state[row + _AGE] = _MIDDLE
                state[row + _TOP_VOWEL] = vowels >> _MIDDLE
            elif smooth <= state[row + _TOP] - rise:
                state[row + _RISING] = 0
                state[row + _VALLEY] = smooth
                if state[row + _TOP_VOWEL]:
                    ended = age
        state[row + _ENDED] = ended
        waiting = state[row + _WAITING] >> 1
        n = waiting & history & 1
        if ended:
            if ended < lag:
                waiting |= 1 << (lag - ended)
            elif ended - lag < _N_HISTORY:
                n += history >> (ended - lag) & 1
        state[row + _WAITING] = waiting
        credit += n * state[row + _GAIN_Q10]
        row += _ROW
    if history == 0:
        return
    if facts[_FACT_IS_ACTIVE]:
        credit -= _DRIFT_Q10
    while credit >= _ONE_Q10:
        credit -= _ONE_Q10
        facts[_FACT_N_SYLLABLES] += 1
    if credit < _LEAST_Q10:
        credit = _LEAST_Q10
    state[_CREDIT] = credit
