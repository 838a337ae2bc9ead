"""Meter of rules/turns.py: who speaks, who pauses, and when both speak at once.

A pack as in meters.py. Called by: call.py, in every frame of a call.
"""

import micropython
from micropython import const

_FACT_LEVEL_CDB = const(0)
_FACT_IS_ACTIVE = const(4)
_FACT_IS_IN_SPURT = const(8)
_FACT_SPURT_MS = const(10)
_FACT_SPEECH_CDB = const(12)
_FACT_IS_LATE_ACTIVE = const(21)
_FACT_LEAK_CDB = const(23)
_FACT_INDEX = const(64)
_FACT_CALL_STATE = const(72)
_LINE = const(32)  # where the line's facts begin

_HOLD = const(4)

_RULE_STATES = const(0)

# Pause, overlap going on; the last frame and the start of the talk of each side; how many
# talk; frames of the overlap that hindsight has told of, and with each side's voice.
_PAUSE_FRAMES = const(3)
_BEGAN = const(4)
_LASTS = const(5)
_STARTS = const(7)
_N_TALKING = const(9)
_N_KNOWN = const(10)
_N_LATE_AGENT = const(11)
_N_LATE_LINE = const(12)
_PAUSES = const(13)  # before each side's present talk, frames
_DIPS = const(15)  # frame in which each side's last dip within a talk ended
_DIP_FRAMES = const(6)
_HINDSIGHT_FRAMES = const(9)
_TOGETHER_FRAMES = const(5)  # once both have gone on for that long, a pause may be a frame longer
_ACTIVE_RANGE_CDB = const(2000)  # sound so far below his active level is no word
_LOUD_RANGE_CDB = const(1000)  # nor is what is so far below it, and the other's leak explains it
_LEAK_MARGIN_CDB = const(300)


@micropython.viper
def follow(pack: ptr32) -> int:
    """Follows the talk of both sides; 1 when they talk at once, or have done so up to now."""
    facts = ptr32(pack[0])
    rule = ptr32(pack[1])
    if rule[_RULE_STATES] >> facts[_FACT_CALL_STATE] & 1 == 0:
        return 0
    index = facts[_FACT_INDEX]
    n_talking = 0
    side = 0
    own = 0
    while side < 2:
        last = rule[side + _LASTS]
        pause = rule[_PAUSE_FRAMES]
        if rule[_BEGAN] >= 0 and last + 1 - rule[_BEGAN] >= _TOGETHER_FRAMES:
            pause += 1
        least_cdb = facts[own + _FACT_SPEECH_CDB] - _ACTIVE_RANGE_CDB
        leak_cdb = facts[_LINE - own + _FACT_LEVEL_CDB] + facts[own + _FACT_LEAK_CDB]
        leak_cdb += _LEAK_MARGIN_CDB
        if leak_cdb > least_cdb:
            least_cdb += _ACTIVE_RANGE_CDB - _LOUD_RANGE_CDB
            if leak_cdb < least_cdb:
                least_cdb = leak_cdb
        if facts[own + _FACT_IS_ACTIVE] and facts[own + _FACT_LEVEL_CDB] >= least_cdb:
            if last < 0 or index - last > pause + 1:
                rule[side + _STARTS] = index
                rule[side + _PAUSES] = index - last
            if index - last > _DIP_FRAMES:
                rule[side + _DIPS] = index
            last = index
            rule[side + _LASTS] = last
        if facts[own + _FACT_IS_IN_SPURT] and facts[own + _FACT_SPURT_MS] and last >= 0:
            if index - last <= pause:
                n_talking += 1
        own += _LINE
        side += 1
    rule[_N_TALKING] = n_talking
    if rule[_BEGAN] >= 0 and index - _HINDSIGHT_FRAMES >= rule[_BEGAN]:
        rule[_N_KNOWN] += 1
        rule[_N_LATE_AGENT] += facts[_FACT_IS_LATE_ACTIVE]
        rule[_N_LATE_LINE] += facts[_LINE + _FACT_IS_LATE_ACTIVE]
    if facts[_FACT_CALL_STATE] == _HOLD:
        rule[_BEGAN] = 0 - 1
        return 0
    if n_talking == 2 or rule[_BEGAN] >= 0:
        return 1
    return 0
