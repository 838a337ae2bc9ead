"""How active a voice is in the sense of ITU-T P.56: its envelope, how far that reached, its energy.

In: level, floor and speech of one channel's frame, centi-dB re full scale.
Out: own speech, the highest of N_THRESHOLDS thresholds reached in the last 200 ms, 3 dB apart from
the top, and sums from which active speech levels follow.
Called by: speechlevel.py, activelevel.py, once a frame and channel.
Ref: ITU-T P.56, method B: two exponential averages of 30 ms in a row, hangover 0.2 s.
"""

import micropython
from micropython import const

_FACT_LEVEL_CDB = const(0)
_FACT_FLOOR_CDB = const(1)
_FACT_IS_ACTIVE = const(4)
_FACT_IS_IN_SPURT = const(8)
_FACT_LAST_ACTIVE = const(11)
_FACT_SPEECH_CDB = const(12)
_FACT_OWN_CDB = const(13)
_FACT_THRESHOLD = const(14)

# A channel's pack and its moment (ear.py).
_EAR_BYTES = const(44)  # then the next channel's, or 0
_FACTS = const(0)
_MOMENT = const(1)
_TABLES = const(9)
_LEVEL = const(10)
_MOMENT_SHOWN = const(0)

_NOTHING_CDB = const(-12000)
_N_THRESHOLDS = const(30)
_STEP_CDB = const(301)
_MARGIN_CDB = const(1590)
_HANGOVER_FRAMES = const(10)
# tables: 64 words, round(2^14 * 2^(i/64)) (tables.EXP), then by how much the speech in a sound
# is below it, for each dB above the noise.
_LESS = const(64)
_N_LESS = const(16)
# An amplitude is 10^((level / 2 + 6100) / 1000). Thresholds are of the mean of |x|, which in speech
# is 2.85 dB below the rms: half of that is 143.
_MOST_CDB = const(6100)
_MEAN_CDB = const(5957)
_DOWN_Q10 = const(724)  # 2^10 / sqrt 2: one threshold down
# A frame's level held for 20 ms drives both averages: with r = 20 ms / 30 ms these are e^-r and
# r e^-r, times 2^10.
_STAY_Q10 = const(526)
_PASS_Q10 = const(350)

# follow's state: two averages, place in the ring, the ring, then the mean power and its frames.
_RING = const(2)
_FIRST = const(3)
_END = const(13)
_MEAN = const(13)
_N_FRAMES = const(14)
_MEMORY_SHIFT = const(7)  # 2^7 frames = 2.56 s

# add's state: frames with speech, two words of the sum, then frames by their highest threshold.
_N_SPOKEN = const(0)
_HIGH = const(1)
_LOW = const(2)
_COUNTS = const(3)
_LOW_BITS = const(24)


@micropython.viper
def follow(x: int, at: int, pack_in) -> int:
    """Own speech, threshold and spurt of the shown frame; bit k: k's mean power has changed.

    Threshold number 0..29 counted from full scale down, 30 when none was reached in 200 ms.
    Amplitudes are at most 1.01 * 10^6.1 < 2^20.3, so that the sum of two products is below
    2^20.3 * 876 < 2^30.1, a word, but no small int. The mean power is below 2^29.
    """
    pack = ptr32(pack_in)
    changed = 0
    bit = 1
    while pack[_FACTS]:
        is_new = 1
        facts = ptr32(pack[_FACTS])
        moment = ptr32(pack[_MOMENT])
        tables = ptr32(pack[_TABLES])
        state = ptr32(pack[_LEVEL])
        own_cdb = _NOTHING_CDB
        if facts[_FACT_IS_ACTIVE]:
            own_cdb = facts[_FACT_LEVEL_CDB]
            x = own_cdb - facts[_FACT_FLOOR_CDB]
            if x < _N_LESS * 100:
                at = 0
                while x >= 100:
                    x -= 100
                    at += 1
                own_cdb -= tables[at + _LESS]
            if own_cdb < _NOTHING_CDB:
                own_cdb = _NOTHING_CDB
        facts[_FACT_OWN_CDB] = own_cdb
        amplitude = 0
        x = (own_cdb >> 1) + _MEAN_CDB
        if x > 0:
            if x > _MOST_CDB:
                x = _MOST_CDB
            x = (x * 13933) >> 16  # 64ths of a doubling, as in levels.power_of
            amplitude = tables[x & 63]
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
        facts[_FACT_THRESHOLD] = highest
        facts[_FACT_IS_IN_SPURT] = 0
        if facts[_FACT_LAST_ACTIVE] >= 0:
            if moment[_MOMENT_SHOWN] - facts[_FACT_LAST_ACTIVE] <= _HANGOVER_FRAMES:
                facts[_FACT_IS_IN_SPURT] = 1
        power = 0
        if own_cdb > _NOTHING_CDB:
            # As levels.power_of.
            power = 1
            x = own_cdb + 8700
            if x >= 0:
                if x > 8700:
                    x = 8700
                x = (x * 13933) >> 16
                power = tables[x & 63]
                x = (x >> 6) - 14
                if x < 0:
                    power >>= 0 - x
                else:
                    power <<= x
        elif facts[_FACT_SPEECH_CDB] - _MARGIN_CDB > 0 - highest * _STEP_CDB:
            is_new = 0
        if is_new:
            power -= state[_MEAN]
            if state[_N_FRAMES] < 1 << _MEMORY_SHIFT:
                state[_N_FRAMES] += 1
                power = power // state[_N_FRAMES]
            else:
                power >>= _MEMORY_SHIFT
            state[_MEAN] += power
            changed |= bit
        bit <<= 1
        pack = ptr32(uint(pack) + uint(_EAR_BYTES))
    return changed


@micropython.viper
def add(own_cdb: int, threshold: int, tables_in, state_io):
    """Count one frame: its own speech, -12000 without, and the threshold reached lately.

    The low word of the sum is below 2^24 before a power below 2^29 is added.
    """
    tables = ptr32(tables_in)
    state = ptr32(state_io)
    if threshold < _N_THRESHOLDS:
        state[threshold + _COUNTS] += 1
    if own_cdb <= _NOTHING_CDB:
        return
    state[_N_SPOKEN] += 1
    # As levels.power_of.
    power = 1
    x = own_cdb + 8700
    if x >= 0:
        if x > 8700:
            x = 8700
        x = (x * 13933) >> 16
        power = tables[x & 63]
        x = (x >> 6) - 14
        if x < 0:
            power >>= 0 - x
        else:
            power <<= x
    power += state[_LOW]
    state[_HIGH] += power >> _LOW_BITS
    state[_LOW] = power & ((1 << _LOW_BITS) - 1)
