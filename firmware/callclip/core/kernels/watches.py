"""What is watched in every frame, in a call or not: a shock to the ear, the day's dose, a knock.

Meters as in meters.py, with the same pack -> whether there is something to judge.
Called by: call.py. Levels centi-dB re full scale, running ones in 1/16.
"""

import micropython
from micropython import const

_FACT_LEVEL_CDB = const(0)
_FACT_IS_ACTIVE = const(4)
_FACT_SPURT_MS = const(10)
_FACT_SPEECH_CDB = const(12)
_FACT_PEAK_CDB = const(16)
_FACT_WEIGHTED_CDB = const(19)
_FACT_BAND_CDB = const(20)
_FACT_INDEX = const(64)
_FACT_CALL_NUMBER = const(73)
_LINE = const(32)  # where the line's facts begin

# shock: frames of the present one; running level and peak; the call in which his speech is counted,
# its frames and how many are enough; limits; the peak of the frame before.
_SHOCK_FRAMES = const(3)
_LEVEL_16TH = const(4)
_PEAK_16TH = const(5)
_NUMBER = const(6)
_N_SPEECH = const(7)
_KNOWN = const(8)
_LIMIT_CDB = const(9)
_RISE_CDB = const(10)
_PEAK_BEFORE_CDB = const(11)
_PEAK_RISE_CDB = const(500)
_SOUND_CDB = const(-5000)  # a louder frame carries sound
_FADE_SOUND_16TH = const(32)  # 1 dB a second
_FADE_SILENCE_16TH = const(3)
_ATTACK_SHIFT = const(2)  # a quarter of the way a frame
_LEAST_16TH = const(-96000)

# knock: where what may be one began, its peak, the limit, then the peaks of the last frames.
_KNOCK_BEGIN = const(3)
_KNOCK_PEAK_CDB = const(4)
_KNOCK_LIMIT_CDB = const(5)
_BEFORE = const(6)
_BEFORE_FRAMES = const(3)
_KNOCK_RISE_CDB = const(1500)

# expose: frames of the day, of the hour, since the last call; rest; the energy of the next step, of
# the first; energy below 2^24 and above, smoothed power outside and inside the bands, scratch.
_DAY = const(3)
_HOUR = const(4)
_IDLE = const(5)
_REST = const(6)
_NEXT_STEP = const(7)
_FIRST_STEP = const(8)
_ENERGY = const(9)
_HIGH_ENERGY = const(10)
_OUTSIDE = const(11)
_INSIDE = const(12)
_POWERS = const(13)
_HOUR_FRAMES = const(180000)
_DAY_FRAMES = const(4320000)
_CARRY_BITS = const(24)


@micropython.viper
def shock(pack: ptr32) -> int:
    """Follows level and peak of the line; 1 in a shock, and where one begins.

    The running peak comes a frame late: a shock that begins within a frame must not hide itself,
    nor the next one.
    """
    facts = ptr32(pack[0])
    rule = ptr32(pack[1])
    if rule[_SHOCK_FRAMES]:
        return 1
    peak_cdb = facts[_LINE + _FACT_PEAK_CDB]
    level_cdb = facts[_LINE + _FACT_LEVEL_CDB]
    level = rule[_LEVEL_16TH]
    peak = rule[_PEAK_16TH]
    if peak_cdb >= rule[_LIMIT_CDB] and peak_cdb - (level >> 4) >= rule[_RISE_CDB]:
        if peak_cdb >= (peak >> 4) + _PEAK_RISE_CDB:
            rule[_PEAK_BEFORE_CDB] = _LEAST_16TH >> 4
            return 1
    fade = _FADE_SILENCE_16TH
    if level_cdb > _SOUND_CDB:
        fade = _FADE_SOUND_16TH
    x = (level_cdb << 4) - level
    if x > 0:
        level += x >> _ATTACK_SHIFT
    else:
        level -= fade
    if level < _LEAST_16TH:
        level = _LEAST_16TH
    rule[_LEVEL_16TH] = level
    peak -= fade
    if peak < rule[_PEAK_BEFORE_CDB] << 4:
        peak = rule[_PEAK_BEFORE_CDB] << 4
    rule[_PEAK_BEFORE_CDB] = peak_cdb
    if peak < _LEAST_16TH:
        peak = _LEAST_16TH
    rule[_PEAK_16TH] = peak
    if rule[_NUMBER] != facts[_FACT_CALL_NUMBER]:
        rule[_NUMBER] = facts[_FACT_CALL_NUMBER]
        rule[_N_SPEECH] = 0
    if facts[_LINE + _FACT_IS_ACTIVE] and facts[_LINE + _FACT_SPURT_MS]:
        if rule[_N_SPEECH] < rule[_KNOWN]:
            rule[_N_SPEECH] += 1
    return 0


@micropython.viper
def knock(pack: ptr32) -> int:
    """Notes what may be a knock on the agent's side; 1 from the next frame on."""
    facts = ptr32(pack[0])
    rule = ptr32(pack[1])
    peak_cdb = facts[_FACT_PEAK_CDB]
    index = facts[_FACT_INDEX]
    is_watched = 0
    if rule[_KNOCK_BEGIN] >= 0:
        is_watched = 1
    elif peak_cdb >= rule[_KNOCK_LIMIT_CDB]:
        if peak_cdb >= facts[_FACT_SPEECH_CDB] + _KNOCK_RISE_CDB:
            most_cdb = rule[_BEFORE]
            k = 1
            while k < _BEFORE_FRAMES:
                if rule[k + _BEFORE] > most_cdb:
                    most_cdb = rule[k + _BEFORE]
                k += 1
            if most_cdb <= peak_cdb - _KNOCK_RISE_CDB:
                rule[_KNOCK_BEGIN] = index
                rule[_KNOCK_PEAK_CDB] = peak_cdb
    k = 1
    while k < _BEFORE_FRAMES:
        rule[k + _BEFORE - 1] = rule[k + _BEFORE]
        k += 1
    rule[k + _BEFORE - 1] = peak_cdb
    return is_watched


@micropython.viper
def expose(pack: ptr32) -> int:
    """Add the line's A-weighted power to the day's energy; 1 when the hour or a step is full.

    What lies outside the bands is the difference between everything and the bands without weights.
    They are measured over windows that differ, so it is smoothed over 32 frames, and believed from
    an eighth (0.5 dB) of the bands' power on; up to 8 kHz dB(A) weigh it like 1 kHz, within 1.2 dB.
    A power is 10^((level + 8700) / 1000) as in levels.power_of, below 2^29; a frame adds less than
    2^30, so that `energy >> 24` grows by 65 a frame at the most: 2.9e8 < 2^30 in 24 h.
    """
    facts = ptr32(pack[0])
    rule = ptr32(pack[1])
    table = ptr32(pack[2])
    is_new_day = 0
    if facts[_FACT_CALL_NUMBER]:
        if rule[_IDLE] == rule[_REST]:
            is_new_day = 1
        rule[_IDLE] = 0
    elif rule[_IDLE] < rule[_REST]:
        rule[_IDLE] += 1
    else:
        return 0
    if is_new_day or rule[_DAY] == _DAY_FRAMES:
        rule[_DAY] = 0
        rule[_HOUR] = 0
        rule[_ENERGY] = 0
        rule[_HIGH_ENERGY] = 0
        rule[_NEXT_STEP] = rule[_FIRST_STEP]
    rule[_DAY] += 1
    rule[_HOUR] += 1
    k = 0
    while k < 3:
        x = facts[_LINE + _FACT_WEIGHTED_CDB]
        if k == 1:
            x = facts[_LINE + _FACT_BAND_CDB]
        elif k == 2:
            x = facts[_LINE + _FACT_LEVEL_CDB]
        x += 8700
        if x < 0:
            x = 0
        if x > 8700:
            x = 8700
        x = (x * 13933) >> 16
        power = table[x & 63]
        x = (x >> 6) - 14
        if x < 0:
            power >>= 0 - x
        else:
            power <<= x
        rule[k + _POWERS] = power
        k += 1
    weighted = rule[_POWERS]
    inside = rule[_POWERS + 1]
    outside = rule[_OUTSIDE]
    outside += (rule[_POWERS + 2] - inside - outside) >> 5
    smooth = rule[_INSIDE]
    smooth += (inside - smooth) >> 5
    rule[_OUTSIDE] = outside
    rule[_INSIDE] = smooth
    if outside > smooth >> 3:
        weighted += outside
    weighted += rule[_ENERGY]  # < 2^30 + 2^24
    rule[_HIGH_ENERGY] += weighted >> _CARRY_BITS
    rule[_ENERGY] = weighted & ((1 << _CARRY_BITS) - 1)
    is_due = 0
    if rule[_HOUR] == _HOUR_FRAMES:
        rule[_HOUR] = 0
        is_due = 1
    if rule[_HIGH_ENERGY] >= rule[_NEXT_STEP]:
        is_due = 1
    return is_due
