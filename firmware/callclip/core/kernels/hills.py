"""Hills in a level that goes up and down: where syllables are.

In: centi-dB, one value a frame. Out: the age of a hill's top once the level has fallen from it.
Called by: syllables.py.
"""

import micropython
from micropython import const

# state: 0..4 the last five levels, newest last; then what was followed so far.
_VOWELS = const(5)  # which of the five frames were vowels, newest in bit 0
_RISING = const(6)
_VALLEY = const(7)
_TOP = const(8)
_AGE = const(9)  # of the top, frames
_TOP_VOWEL = const(10)
_MIDDLE = const(2)  # age of the frame in the middle of five


@micropython.viper
def hill_age(level_cdb: int, is_vowel: int, rise_cdb: int, state_io) -> int:
    """Age in frames of the top of the hill that ends in this frame; 0 when none does.

    The level, smoothed over five frames (1 4 6 4 1), must have climbed rise_cdb out of a valley and
    fallen as far again, over a frame that was a vowel. state: 11 words; |level_cdb| < 2^20.
    """
    state = ptr32(state_io)
    smooth = state[1]
    x = state[2]
    state[0] = smooth
    state[1] = x
    smooth += x << 2
    x = state[3]
    state[2] = x
    smooth += x * 6
    x = state[4]
    state[3] = x
    smooth += x << 2
    state[4] = level_cdb
    smooth = (smooth + level_cdb) >> 4
    vowels = (state[_VOWELS] << 1 | is_vowel) & 7
    state[_VOWELS] = vowels
    age = state[_AGE] + 1
    state[_AGE] = age
    if state[_RISING] == 0:
        if smooth < state[_VALLEY]:
            state[_VALLEY] = smooth
        if smooth < state[_VALLEY] + rise_cdb:
            return 0
        state[_RISING] = 1
        state[_TOP] = smooth - 1
    if smooth > state[_TOP]:
        state[_TOP] = smooth
        state[_AGE] = _MIDDLE
        state[_TOP_VOWEL] = vowels >> _MIDDLE
    elif smooth <= state[_TOP] - rise_cdb:
        state[_RISING] = 0
        state[_VALLEY] = smooth
        if state[_TOP_VOWEL]:
            return age
    return 0
