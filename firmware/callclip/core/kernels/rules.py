"""Who talks, and which rules have something to look at: what runs in every frame of a call.

In: packs of a frame's facts (frame.py) and the talk's facts (talk.py), or a rule's state
(rules/rule.py).
Called by: call.py, talk.py; `is_due` is the meter of rules that only wait.
"""

import micropython
from micropython import const

_FACT_LEVEL_CDB = const(0)
_FACT_FLOOR_CDB = const(1)
_FACT_IS_SPEECH = const(2)
_FACT_IS_ACTIVE = const(4)
_FACT_STATE = const(5)
_FACT_STATE_SINCE = const(7)
_FACT_IS_IN_SPURT = const(8)
_FACT_SPURT_START = const(9)
_FACT_SPURT_MS = const(10)
_FACT_LAST_ACTIVE = const(11)
_FACT_NOISE_CDB = const(22)
_FACT_RISE_CDB = const(25)
_FACT_LATE_Q8 = const(24)
_FACT_INDEX = const(64)
_FACT_N_RINGS = const(65)
_FACT_N_BUSY_CYCLES = const(67)
_FACT_HOLD_BEEP_SINCE = const(69)
_FACT_BUTTON_SHORT = const(70)
_FACT_BUTTON_LONG = const(71)
_FACT_CALL_STATE = const(72)
_FACT_WAKES = const(74)
_LINE = const(32)  # where the line's facts begin

_NO_SIGNAL = const(0)
_SPEECH = const(3)
_MUSIC = const(5)
_RINGING = const(1)
_HOLD = const(4)

_TALK_START = const(0)
_TALK_AGENT_LAST = const(1)
_TALK_CUSTOMER_LAST = const(2)
_TALK_IS_CUSTOMER_HEARD = const(3)
_TALK_RESUMED = const(4)
_TALK_IS_LINE_SEEN = const(5)
_TALK_DROP = const(6)
_TALK_UP_SINCE = const(7)
_TALK_LINE_STATE = const(8)
_TALK_IS_AGENT_TALKING = const(9)
_TALK_IS_CUSTOMER_TALKING = const(10)
_TALK_MIN_SPEECH_MS = const(11)
_TALK_RINGS_BEFORE = const(12)
_TALK_BEEPS_BEFORE = const(13)
_TALK_VOICE_512TH = const(14)
_TALK_VOICED_SPURT = const(15)
_TALK_MAYBE = const(16)
_TALK_LEAST_MAYBE = const(17)
_TALK_N_OVER_NOTHING = const(18)
_TALK_NO_SIGNAL_CDB = const(19)
_TALK_RISEN_BITS = const(20)
_TALK_SOUND_START = const(21)
_TALK_SOUND_LAST = const(22)
_TALK_OUT_BITS = const(23)
_TALK_N_OUT = const(24)
_TALK_N_CLEAR = const(25)
_TALK_CLEAR_SPEECH_MS = const(26)
_TALK_N_NEAR = const(27)
_RISEN_CDB = const(600)
_OUT_CDB = const(300)
_OUT_FRAMES = const(5)  # of a spurt stand out, and it is his
_NEAR_FRAMES = const(75)  # or as many that stand less far out
_CLEAR_CDB = const(2000)  # so far out nothing of a word is lost
_UNLIKELY_Q8 = const(-1000)
_SOUND_FRAMES = const(14)  # to the last of 300 ms
_SOUND_GAP_FRAMES = const(4)
_HINDSIGHT_FRAMES = const(9)
_SILENT_FRAMES = const(100)  # as talk.py says
_FLOOR_FRAMES = const(100)  # of a spurt: then his voice raises the floor
_HIDDEN_FRAMES = const(150)  # by words no longer than that
_MOST_OVER_NOTHING_FRAMES = const(500)  # so that noise which begins is soon believed in
_DOUBT_Q8 = const(200)  # from so far below even odds on a frame may be of a voice
_MAYBE_STEP_Q8 = const(200)  # the most that one frame adds or takes
_VOICE_SHIFT = const(9)  # it falls within some 10 s of speech
_VOICE_RISE_SHIFT = const(6)
# A word's loudest frame is no further below his others; on a noisy line 12 dB above the noise, if
# that is nearer, but who speaks softer than before is still he.
_VOICE_RANGE_CDB = const(1200)
_LEAST_RANGE_CDB = const(800)

# What is new in a frame, as bits.
_AGENT_BEGAN = const(1)
_CUSTOMER_BEGAN = const(2)
_RING = const(4)
_BUTTON = const(8)
_BUSY = const(16)
_BEEPS = const(1 << 5)
_LINE_CHANGED = const(1 << 6)
_CUSTOMER_HEARD = const(1 << 7)
_MAYBE_CALL = const(1 << 8)

_RULE_STATES = const(0)
_RULE_WAKES = const(1)
_RULE_DUE = const(2)
_RULE_WORDS = const(3)


@micropython.viper
def look(pack: ptr32) -> int:
    """What is new in any frame, in a call or not: RING, BUTTON, BUSY, BEEPS, MAYBE_CALL."""
    facts = ptr32(pack[0])
    talk = ptr32(pack[1])
    new = 0
    x = facts[_FACT_N_RINGS]
    if x != talk[_TALK_RINGS_BEFORE]:
        talk[_TALK_RINGS_BEFORE] = x
        new = _RING | _MAYBE_CALL
    if facts[_FACT_BUTTON_SHORT] or facts[_FACT_BUTTON_LONG]:
        new |= _BUTTON | _MAYBE_CALL
    if facts[_FACT_N_BUSY_CYCLES]:
        new |= _BUSY | _MAYBE_CALL
    x = facts[_FACT_HOLD_BEEP_SINCE]
    if x != talk[_TALK_BEEPS_BEFORE]:
        talk[_TALK_BEEPS_BEFORE] = x
        new |= _BEEPS
    if facts[_FACT_IS_SPEECH] or facts[_LINE + _FACT_IS_SPEECH]:
        new |= _MAYBE_CALL
    if facts[_FACT_CALL_STATE] == _RINGING:
        new |= _MAYBE_CALL
    return new


@micropython.viper
def follow(pack: ptr32) -> int:
    """Who talks within a call, and how its line is: what has begun in this frame."""
    facts = ptr32(pack[0])
    talk = ptr32(pack[1])
    new = 0
    start = talk[_TALK_START]
    last = facts[_FACT_LAST_ACTIVE]
    if facts[_FACT_IS_IN_SPURT] == 0:
        talk[_TALK_IS_AGENT_TALKING] = 0
    elif facts[_FACT_SPURT_MS] and last >= start:
        talk[_TALK_AGENT_LAST] = last
        if talk[_TALK_IS_AGENT_TALKING] == 0:
            talk[_TALK_IS_AGENT_TALKING] = 1
            new |= _AGENT_BEGAN
    state = facts[_LINE + _FACT_STATE]
    if state != talk[_TALK_LINE_STATE]:
        talk[_TALK_LINE_STATE] = state
        new |= _LINE_CHANGED
        since = facts[_LINE + _FACT_STATE_SINCE]
        if state > _NO_SIGNAL and state <= _SPEECH:
            talk[_TALK_IS_LINE_SEEN] = 1
            talk[_TALK_DROP] = 0 - 1
            if talk[_TALK_UP_SINCE] < 0:
                talk[_TALK_UP_SINCE] = since
        else:
            talk[_TALK_UP_SINCE] = 0 - 1
            if state == _MUSIC:
                talk[_TALK_IS_LINE_SEEN] = 1
                talk[_TALK_DROP] = 0 - 1
            elif state == _NO_SIGNAL and talk[_TALK_IS_LINE_SEEN]:
                if talk[_TALK_DROP] < 0:
                    if talk[_TALK_N_OVER_NOTHING] >= _SILENT_FRAMES:
                        x = talk[_TALK_CUSTOMER_LAST]
                        if x < talk[_TALK_RESUMED]:
                            x = talk[_TALK_RESUMED]
                        if x >= 0 and x < since and since - x <= _HIDDEN_FRAMES:
                            since = x + 1  # the agent's words have hidden where it began
                    if since < start:
                        since = start
                    talk[_TALK_DROP] = since
    # How far it stands out of the line's noise, over all and in some band, until he is heard.
    full_cdb = 0
    out_cdb = 0
    if talk[_TALK_IS_CUSTOMER_HEARD] == 0:
        last = facts[_LINE + _FACT_NOISE_CDB] - facts[_LINE + _FACT_FLOOR_CDB]
        if last < 0:
            last = 0  # but the floor falls into each hole
        full_cdb = facts[_LINE + _FACT_LEVEL_CDB] - facts[_LINE + _FACT_FLOOR_CDB] - last
        out_cdb = facts[_LINE + _FACT_RISE_CDB] - last  # hum lies below the telephone band
        if out_cdb < full_cdb:
            out_cdb = full_cdb
    x = talk[_TALK_MAYBE]
    if talk[_TALK_IS_CUSTOMER_HEARD] == 0 and x < talk[_TALK_LEAST_MAYBE]:
        if facts[_FACT_CALL_STATE] != _HOLD:
            bits = talk[_TALK_OUT_BITS] << 1 & (1 << _HINDSIGHT_FRAMES + 1) - 1
            if full_cdb >= _OUT_CDB:
                bits |= 1
            talk[_TALK_OUT_BITS] = bits
            last = facts[_LINE + _FACT_LATE_Q8] + _DOUBT_Q8
            if last > _MAYBE_STEP_Q8:
                last = _MAYBE_STEP_Q8
            elif last < 0 - _MAYBE_STEP_Q8:
                last = 0 - _MAYBE_STEP_Q8
            if last < 0 or bits >> _HINDSIGHT_FRAMES:
                x += last
            if x < 0:
                x = 0
            bits = talk[_TALK_RISEN_BITS] << 1 & (1 << _HINDSIGHT_FRAMES + 1) - 1
            if full_cdb >= _RISEN_CDB and facts[_FACT_IS_IN_SPURT] == 0 and state <= _SPEECH:
                bits |= 1
            talk[_TALK_RISEN_BITS] = bits
            if bits >> _HINDSIGHT_FRAMES and facts[_LINE + _FACT_LATE_Q8] > _UNLIKELY_Q8:
                index = facts[_FACT_INDEX]
                if index - talk[_TALK_SOUND_LAST] > _SOUND_GAP_FRAMES:
                    talk[_TALK_SOUND_START] = index
                talk[_TALK_SOUND_LAST] = index
                if index - talk[_TALK_SOUND_START] >= _SOUND_FRAMES:
                    x = talk[_TALK_LEAST_MAYBE]
            talk[_TALK_MAYBE] = x
    last = facts[_LINE + _FACT_LAST_ACTIVE]
    if facts[_LINE + _FACT_IS_IN_SPURT] == 0:
        talk[_TALK_IS_CUSTOMER_TALKING] = 0
        talk[_TALK_N_OUT] = 0
        talk[_TALK_N_CLEAR] = 0
        talk[_TALK_N_NEAR] = 0
    elif facts[_FACT_CALL_STATE] != _HOLD and facts[_LINE + _FACT_SPURT_MS] and last >= start:
        if facts[_LINE + _FACT_IS_ACTIVE]:
            voice_cdb = talk[_TALK_VOICE_512TH] >> _VOICE_SHIFT
            rise_cdb = facts[_LINE + _FACT_LEVEL_CDB] - voice_cdb
            if talk[_TALK_IS_CUSTOMER_HEARD]:
                range_cdb = voice_cdb - facts[_LINE + _FACT_NOISE_CDB] - _VOICE_RANGE_CDB
                if range_cdb < _LEAST_RANGE_CDB:
                    range_cdb = _LEAST_RANGE_CDB
                elif range_cdb > _VOICE_RANGE_CDB:
                    range_cdb = _VOICE_RANGE_CDB
                if rise_cdb >= 0 - range_cdb:
                    talk[_TALK_VOICED_SPURT] = facts[_LINE + _FACT_SPURT_START]
            else:
                if out_cdb >= _RISEN_CDB:
                    talk[_TALK_N_OUT] += 1
                if full_cdb >= _CLEAR_CDB:
                    talk[_TALK_N_CLEAR] += 1
                elif out_cdb >= _OUT_CDB:
                    talk[_TALK_N_NEAR] += 1
                    if talk[_TALK_N_NEAR] == _NEAR_FRAMES:
                        talk[_TALK_N_OUT] = _OUT_FRAMES
                if talk[_TALK_N_OUT] < _OUT_FRAMES:
                    rise_cdb = 0
                elif talk[_TALK_VOICED_SPURT] != facts[_LINE + _FACT_SPURT_START]:
                    talk[_TALK_VOICED_SPURT] = facts[_LINE + _FACT_SPURT_START]
                    if rise_cdb > 0:  # he is as loud as in these frames
                        talk[_TALK_VOICE_512TH] = facts[_LINE + _FACT_LEVEL_CDB] << _VOICE_SHIFT
                        rise_cdb = 0
            if rise_cdb > 0:
                rise_cdb <<= _VOICE_RISE_SHIFT
            talk[_TALK_VOICE_512TH] += rise_cdb
            if facts[_FACT_INDEX] - facts[_LINE + _FACT_SPURT_START] < _FLOOR_FRAMES:
                x = talk[_TALK_N_OVER_NOTHING]
                if facts[_LINE + _FACT_NOISE_CDB] >= talk[_TALK_NO_SIGNAL_CDB]:
                    if x > 0:
                        talk[_TALK_N_OVER_NOTHING] = x - 1
                elif x < _MOST_OVER_NOTHING_FRAMES:
                    talk[_TALK_N_OVER_NOTHING] = x + 1
        if talk[_TALK_VOICED_SPURT] != facts[_LINE + _FACT_SPURT_START]:
            return new
        talk[_TALK_CUSTOMER_LAST] = last
        if talk[_TALK_IS_CUSTOMER_HEARD] == 0 and facts[_LINE + _FACT_SPURT_START] >= start:
            x = talk[_TALK_MIN_SPEECH_MS]
            if talk[_TALK_N_CLEAR] >= _OUT_FRAMES:
                x = talk[_TALK_CLEAR_SPEECH_MS]
            if facts[_LINE + _FACT_SPURT_MS] >= x:
                talk[_TALK_IS_CUSTOMER_HEARD] = 1
                new |= _CUSTOMER_HEARD
        if talk[_TALK_IS_CUSTOMER_TALKING] == 0:
            talk[_TALK_IS_CUSTOMER_TALKING] = 1
            new |= _CUSTOMER_BEGAN
    return new


@micropython.viper
def is_any_due(pack: ptr32) -> int:
    """Whether `is_due` would find one of these rules due.

    pack: facts; the rules' heads, one after the other; how many they are.
    """
    facts = ptr32(pack[0])
    rules = ptr32(pack[1])
    n_rules = pack[2]
    index = facts[_FACT_INDEX]
    state = facts[_FACT_CALL_STATE]
    wakes = facts[_FACT_WAKES]
    at = 0
    while n_rules > 0:
        if index >= rules[at + _RULE_DUE] or wakes & rules[at + _RULE_WAKES]:
            if rules[at + _RULE_STATES] >> state & 1:
                return 1
        at += _RULE_WORDS
        n_rules -= 1
    return 0


@micropython.viper
def is_due(pack: ptr32) -> int:
    """The meter of a rule that waits: its time has come, or something that wakes it has."""
    facts = ptr32(pack[0])
    rule = ptr32(pack[1])
    if rule[_RULE_STATES] >> facts[_FACT_CALL_STATE] & 1 == 0:
        return 0
    if facts[_FACT_INDEX] >= rule[_RULE_DUE]:
        return 1
    return facts[_FACT_WAKES] & rule[_RULE_WAKES]
