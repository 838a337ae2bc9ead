"""Meter of rules/noisy_line.py: how long the line has been noisy.

A pack as in meters.py. Called by: call.py, in every frame of a call.
"""

import micropython
from micropython import const

_FACT_LEVEL_CDB = const(0)
_FACT_FLOOR_CDB = const(1)
_FACT_IS_ACTIVE = const(4)
_FACT_IS_MAYBE_MUSIC = const(6)
_FACT_STATE = const(5)
_FACT_IS_IN_SPURT = const(8)
_FACT_SPURT_MS = const(10)
_FACT_SPEECH_CDB = const(12)
_FACT_NOISE_CDB = const(22)
_FACT_INDEX = const(64)
_FACT_CALL_STATE = const(72)
_FACT_WAKES = const(74)
_LINE = const(32)  # where the line's facts begin

_SPEECH = const(3)
_HOLD = const(4)
_CUSTOMER_HEARD = const(1 << 7)  # as talk.py says

_RULE_STATES = const(0)

# Since when the line is noisy, since when clean, stage; speech so far (below 0 until the customer
# is heard), times and limits; his level over some 5 s of speech, 1/256 centi-dB: the running level
# wanders by some dB.
_NOISY_SINCE = const(3)
_CLEAN_SINCE = const(4)
_STAGE = const(5)
_N_SPEECH = const(6)
_MIN_SPEECH = const(7)
_WAIT = const(8)
_CALM = const(9)
_RESET = const(10)
_NOISE_LIMIT_CDB = const(11)
_SNR_LIMIT_CDB = const(12)
_SPEECH_256TH = const(13)
_IS_FLOOR_NOISY = const(14)  # the floor has said so since then, too
_EARLIEST = const(15)  # the line is up, and what is heard counts, since this frame
# Frames of late in which nobody speaks, or that are softer than the limit between the sounds of a
# word; those of them that may be noisy, the last one.
_N_QUIET = const(16)
_N_NOISY = const(17)
_LAST_QUIET = const(18)
# A level that stays the same while nobody speaks: its mean, for how many frames up to now; until
# when and since when it was noisy (0: not, or less of late).
_STEADY_CDB = const(19)
_N_STEADY = const(20)
_LAST_STEADY = const(21)
_STEADY_SINCE = const(22)
_N_LOW = const(23)  # frames in a row that would be a hole if they were few
_LOW_FRAMES = const(5)
_STEADY_SHIFT = const(2)
_STEADY_RANGE_CDB = const(150)
_STEADY_FRAMES = const(25)
_STEADY_ABOVE_CDB = const(100)  # above what a witness against it must reach: the limit
_MOST_QUIET_FRAMES = const(16)
_LEAST_QUIET_FRAMES = const(8)
_OLD_QUIET_FRAMES = const(300)  # what lies further back tells nothing
_HOLE_CDB = const(600)  # a frame that far below the limit is none of the line's noise
_BELOW_DUE_CDB = const(50)  # a steady noise wavers by so much
_FLOOR_LATE_FRAMES = const(112)  # a floor has risen after 7 of its 8 windows of 16 at the soonest
_NOISE_HYSTERESIS_CDB = const(200)
_DUE_HYSTERESIS_CDB = const(50)
_UNBORNE_CDB = const(150)  # so much more without the floor
_LAST_STAGE = const(2)


@micropython.viper
def follow(pack: ptr32) -> int:
    """How long the line has been noisy; 1 when a stage is due or the noise has gone."""
    facts = ptr32(pack[0])
    rule = ptr32(pack[1])
    if rule[_RULE_STATES] >> facts[_FACT_CALL_STATE] & 1 == 0:
        return 0
    index = facts[_FACT_INDEX]
    if facts[_FACT_WAKES] & _CUSTOMER_HEARD:
        rule[_N_SPEECH] = 0
    if facts[_FACT_CALL_STATE] == _HOLD:
        rule[_N_STEADY] = 0
        rule[_NOISY_SINCE] = 0 - 1
        rule[_EARLIEST] = index + 1
        return 0
    n_speech = rule[_N_SPEECH]
    if n_speech >= 0 and facts[_LINE + _FACT_IS_ACTIVE] and facts[_LINE + _FACT_SPURT_MS]:
        if n_speech < rule[_MIN_SPEECH]:
            n_speech += 1
            rule[_SPEECH_256TH] = facts[_LINE + _FACT_SPEECH_CDB] << 8
        else:
            rule[_SPEECH_256TH] += facts[_LINE + _FACT_SPEECH_CDB] - (rule[_SPEECH_256TH] >> 8)
    rule[_N_SPEECH] = n_speech
    # From where on it is noisy: the limit, or what leaves too little of the customer's voice.
    limit_cdb = rule[_NOISE_LIMIT_CDB]
    if n_speech == rule[_MIN_SPEECH]:
        snr_limit_cdb = (rule[_SPEECH_256TH] >> 8) - rule[_SNR_LIMIT_CDB]
        if snr_limit_cdb < limit_cdb:
            limit_cdb = snr_limit_cdb
    due_cdb = limit_cdb - _DUE_HYSTERESIS_CDB
    if rule[_NOISY_SINCE] >= 0:
        limit_cdb -= _NOISE_HYSTERESIS_CDB
    is_floor_noisy = 0
    is_noise_noisy = 0
    is_steady = 0
    state = facts[_LINE + _FACT_STATE]
    if state > 0 and state <= _SPEECH:
        if facts[_LINE + _FACT_FLOOR_CDB] > limit_cdb:
            is_floor_noisy = 1
        if facts[_LINE + _FACT_NOISE_CDB] > limit_cdb:
            is_noise_noisy = 1
        below_cdb = due_cdb - _BELOW_DUE_CDB - facts[_LINE + _FACT_LEVEL_CDB]
        is_spoken = facts[_LINE + _FACT_IS_IN_SPURT] | facts[_FACT_IS_IN_SPURT]
        if is_spoken == 0 or below_cdb > 0 and below_cdb < _HOLE_CDB:
            if rule[_N_QUIET] >= _MOST_QUIET_FRAMES:
                rule[_N_QUIET] >>= 1
                rule[_N_NOISY] >>= 1
            rule[_LAST_QUIET] = index
            rule[_N_QUIET] += 1
            if below_cdb <= 0:
                rule[_N_NOISY] += 1
            elif below_cdb < _HOLE_CDB:
                rule[_LAST_STEADY] = 0
        n_low = rule[_N_LOW] + 1
        if below_cdb < _HOLE_CDB:
            n_low = 0
        elif n_low >= _LOW_FRAMES:
            rule[_LAST_STEADY] = 0
        rule[_N_LOW] = n_low
        change_cdb = facts[_LINE + _FACT_LEVEL_CDB] - rule[_STEADY_CDB]
        n_steady = rule[_N_STEADY] + 1
        if is_spoken or change_cdb > _STEADY_RANGE_CDB or change_cdb < 0 - _STEADY_RANGE_CDB:
            n_steady = 0
        else:
            change_cdb >>= _STEADY_SHIFT
        rule[_STEADY_CDB] += change_cdb
        if n_steady >= _STEADY_FRAMES and facts[_LINE + _FACT_IS_MAYBE_MUSIC] == 0:
            if below_cdb >= 0 - _STEADY_ABOVE_CDB:
                rule[_LAST_STEADY] = 0
            else:
                last = rule[_LAST_STEADY]
                if last == 0 or index - last >= _OLD_QUIET_FRAMES:
                    rule[_STEADY_SINCE] = index - n_steady
                rule[_LAST_STEADY] = index
        rule[_N_STEADY] = n_steady
        if is_spoken or below_cdb <= 0:
            last = rule[_LAST_STEADY]
            if last > rule[_EARLIEST] and index - last < _OLD_QUIET_FRAMES:
                is_steady = 1
                is_floor_noisy = 1
    else:
        rule[_EARLIEST] = index + 1
        rule[_N_STEADY] = 0
    if is_floor_noisy or is_noise_noisy:
        rule[_CLEAN_SINCE] = 0 - 1
        if rule[_NOISY_SINCE] < 0:
            rule[_NOISY_SINCE] = index
            rule[_IS_FLOOR_NOISY] = 0
        if is_floor_noisy > rule[_IS_FLOOR_NOISY]:
            rule[_IS_FLOOR_NOISY] = 1
            began = index - _FLOOR_LATE_FRAMES
            if began < rule[_EARLIEST]:
                began = rule[_EARLIEST]
            if facts[_LINE + _FACT_FLOOR_CDB] > rule[_NOISE_LIMIT_CDB]:
                if began < rule[_NOISY_SINCE]:
                    rule[_NOISY_SINCE] = began
        if is_floor_noisy == 0:
            due_cdb += _UNBORNE_CDB
        if is_steady:
            if rule[_STEADY_SINCE] < rule[_NOISY_SINCE] and rule[_STEADY_SINCE] >= rule[_EARLIEST]:
                rule[_NOISY_SINCE] = rule[_STEADY_SINCE]
        elif facts[_LINE + _FACT_NOISE_CDB] <= due_cdb:
            return 0
        if rule[_N_QUIET] >= _LEAST_QUIET_FRAMES and rule[_N_NOISY] << 2 < rule[_N_QUIET]:
            if index - rule[_LAST_QUIET] < _OLD_QUIET_FRAMES:
                return 0
        if rule[_IS_FLOOR_NOISY] and rule[_STAGE] < _LAST_STAGE:
            if index + 1 - rule[_NOISY_SINCE] >= rule[_WAIT]:
                return 1
        return 0
    if rule[_NOISY_SINCE] < 0 and rule[_STAGE] == 0:
        return 0
    if rule[_CLEAN_SINCE] < 0:
        rule[_CLEAN_SINCE] = index
    clean = index + 1 - rule[_CLEAN_SINCE]
    if clean >= rule[_RESET]:
        rule[_STAGE] = 0
    if clean == rule[_CALM]:
        rule[_NOISY_SINCE] = 0 - 1
        return 1
    return 0
