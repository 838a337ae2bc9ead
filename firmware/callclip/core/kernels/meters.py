"""Meters: what rules count in every frame of a call, and when there is something to judge.

Each takes a pack of a frame's facts (frame.py), a rule's state, whose head is rules/rule.py's, and
tables.EXP, and returns what is to be judged, 0 for nothing.
Called by: call.py, in the order of its rules.
"""

import micropython
from micropython import const

_FACT_LEVEL_CDB = const(0)
_FACT_IS_ACTIVE = const(4)
_FACT_STATE = const(5)
_FACT_IS_IN_SPURT = const(8)
_FACT_SPURT_MS = const(10)
_FACT_OWN_CDB = const(13)
_FACT_THRESHOLD = const(14)
_FACT_N_SYLLABLES = const(15)
_FACT_N_CLIPPED = const(17)
_FACT_IS_STILL = const(18)
_FACT_INDEX = const(64)
_FACT_CALL_STATE = const(72)
_FACT_WAKES = const(74)
_LINE = const(32)  # where the line's facts begin

_MUSIC = const(5)
_HOLD = const(4)

_RULE_STATES = const(0)
_RULE_WAKES = const(1)

# stretch: where the speaker's facts begin and the other's; frames of spurts, and how many it takes;
# then the words of activity.add.
_OWN = const(3)
_OTHER = const(4)
_N_FRAMES = const(5)
_LIMIT_FRAMES = const(6)
_N_SPOKEN = const(7)
_HIGH = const(8)
_LOW = const(9)
_COUNTS = const(10)
_N_THRESHOLDS = const(30)
_NOTHING_CDB = const(-12000)
_LOW_BITS = const(24)

# part: frames and sum of the present second.
_PART_FRAMES = const(3)
_PART_SUM = const(4)
_SECOND_FRAMES = const(50)
_PART_SHIFT = const(6)

# pace: frames of a part, its length, its syllables, the count before, and the frame before.
_PACE_FRAMES = const(3)
_PACE_LENGTH = const(4)
_PACE_SYLLABLES = const(5)
_PACE_HEARD = const(6)
_PACE_INDEX = const(7)

# health: frames; then for each channel what it takes to be alive, and counts of frames.
_HEALTH_FRAMES = const(3)
_HEALTH = const(4)
_HEALTH_ROW = const(7)
_ALIVE_CDB = const(0)
_N_MOVING = const(1)
_N_ALIVE = const(2)
_N_VOICES = const(3)
_N_SOUNDS = const(4)
_N_LOUD = const(5)
_N_CLIPPED = const(6)
_HEARD_OVER_CDB = const(4500)
_CLIPPED_SAMPLES = const(8)
_LOUD_CDB = const(-1000)
_SOUND_CDB = const(-3000)

# voice: frames of speech, how many are enough, whether a sequence runs.
_VOICE_FRAMES = const(3)
_VOICE_ENOUGH = const(4)
_IS_RUNNING = const(5)


@micropython.viper
def stretch(pack: ptr32) -> int:
    """Own speech of one side, while the other is silent; 1 when there is enough of it."""
    facts = ptr32(pack[0])
    rule = ptr32(pack[1])
    table = ptr32(pack[2])
    if rule[_RULE_STATES] >> facts[_FACT_CALL_STATE] & 1 == 0:
        return 0
    own = rule[_OWN]
    if facts[own + _FACT_SPURT_MS] == 0 or facts[rule[_OTHER] + _FACT_IS_IN_SPURT]:
        return 0
    if facts[own + _FACT_STATE] == _MUSIC:
        return 0
    # As activity.add.
    x = facts[own + _FACT_THRESHOLD]
    if x < _N_THRESHOLDS:
        rule[x + _COUNTS] += 1
    x = facts[own + _FACT_OWN_CDB]
    if x > _NOTHING_CDB:
        rule[_N_SPOKEN] += 1
        power = 1
        x += 8700
        if x >= 0:
            if x > 8700:
                x = 8700
            x = (x * 13933) >> 16
            power = table[x & 63]
            x = (x >> 6) - 14
            if x < 0:
                power >>= 0 - x
            else:
                power <<= x
        power += rule[_LOW]
        rule[_HIGH] += power >> _LOW_BITS
        rule[_LOW] = power & ((1 << _LOW_BITS) - 1)
    rule[_N_FRAMES] += facts[own + _FACT_IS_IN_SPURT]
    if rule[_N_FRAMES] >= rule[_LIMIT_FRAMES]:
        return 1
    return 0


@micropython.viper
def part(pack: ptr32) -> int:
    """Power of the customer's spurts, while he speaks alone; 1 when a second of it is whole."""
    facts = ptr32(pack[0])
    rule = ptr32(pack[1])
    table = ptr32(pack[2])
    if rule[_RULE_STATES] >> facts[_FACT_CALL_STATE] & 1 == 0:
        return 0
    if facts[_LINE + _FACT_IS_IN_SPURT] == 0 or facts[_LINE + _FACT_SPURT_MS] == 0:
        return 0
    if facts[_FACT_IS_IN_SPURT] or facts[_LINE + _FACT_STATE] == _MUSIC:
        return 0
    # As levels.power_of.
    power = 1
    x = facts[_LINE + _FACT_LEVEL_CDB] + 8700
    if x >= 0:
        if x > 8700:
            x = 8700
        x = (x * 13933) >> 16
        power = table[x & 63]
        x = (x >> 6) - 14
        if x < 0:
            power >>= 0 - x
        else:
            power <<= x
    rule[_PART_SUM] += power >> _PART_SHIFT
    rule[_PART_FRAMES] += 1
    if rule[_PART_FRAMES] >= _SECOND_FRAMES:
        return 1
    return 0


@micropython.viper
def pace(pack: ptr32) -> int:
    """Syllables of the agent's own speech, but on hold; 1 when a part of it is whole."""
    facts = ptr32(pack[0])
    rule = ptr32(pack[1])
    if rule[_RULE_STATES] >> facts[_FACT_CALL_STATE] & 1 == 0:
        return 0
    n_new = facts[_FACT_N_SYLLABLES] - rule[_PACE_HEARD]
    if facts[_FACT_INDEX] != rule[_PACE_INDEX] + 1:
        n_new = 0
    rule[_PACE_HEARD] = facts[_FACT_N_SYLLABLES]
    rule[_PACE_INDEX] = facts[_FACT_INDEX]
    if facts[_FACT_IS_IN_SPURT] == 0 or facts[_FACT_SPURT_MS] == 0:
        return 0
    rule[_PACE_SYLLABLES] += n_new
    rule[_PACE_FRAMES] += 1
    if rule[_PACE_FRAMES] >= rule[_PACE_LENGTH]:
        return 1
    return 0


@micropython.viper
def health(pack: ptr32) -> int:
    """Frames in which each microphone works, and in which it cannot but hear; never due."""
    facts = ptr32(pack[0])
    rule = ptr32(pack[1])
    if rule[_RULE_STATES] >> facts[_FACT_CALL_STATE] & 1 == 0:
        return 0
    rule[_HEALTH_FRAMES] += 1
    own = 0
    row = _HEALTH
    while own <= _LINE:
        if facts[own + _FACT_IS_STILL] == 0:
            rule[row + _N_MOVING] += 1
        level_cdb = facts[own + _FACT_LEVEL_CDB]
        if level_cdb >= rule[row + _ALIVE_CDB]:
            rule[row + _N_ALIVE] += 1
            if facts[_FACT_CALL_STATE] != _HOLD and level_cdb >= _SOUND_CDB:
                rule[row + _N_SOUNDS] += 1
                if level_cdb >= rule[row + _ALIVE_CDB] + _HEARD_OVER_CDB:
                    rule[row + _N_VOICES] += 1
                if level_cdb >= _LOUD_CDB:
                    rule[row + _N_LOUD] += 1
                    if facts[own + _FACT_N_CLIPPED] >= _CLIPPED_SAMPLES:
                        rule[row + _N_CLIPPED] += 1
        own += _LINE
        row += _HEALTH_ROW
    return 0


@micropython.viper
def voice(pack: ptr32) -> int:
    """Frames of the agent's own speech; what is not 0 while a sequence runs, or has just begun."""
    facts = ptr32(pack[0])
    rule = ptr32(pack[1])
    if rule[_RULE_STATES] >> facts[_FACT_CALL_STATE] & 1 == 0:
        return 0
    if facts[_FACT_IS_ACTIVE] and facts[_FACT_SPURT_MS]:
        if rule[_VOICE_FRAMES] < rule[_VOICE_ENOUGH]:
            rule[_VOICE_FRAMES] += 1
    return rule[_IS_RUNNING] | facts[_FACT_WAKES] & rule[_RULE_WAKES]
