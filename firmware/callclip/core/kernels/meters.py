"""Meters: what rules count in every frame of a call, and when there is something to judge.

Each takes a pack of a frame's facts (frame.py), a rule's state, whose head is rules/rule.py's, and
tables.EXP, and returns what is to be judged, 0 for nothing.
Called by: call.py, in the order of its rules.
"""

import micropython
from micropython import const

_FACT_LEVEL_CDB = const(0)
_FACT_FLOOR_CDB = const(1)
_FACT_IS_ACTIVE = const(4)
_FACT_STATE = const(5)
_FACT_IS_IN_SPURT = const(8)
_FACT_SPURT_START = const(9)
_FACT_SPURT_MS = const(10)
_FACT_LAST_ACTIVE = const(11)
_FACT_SPEECH_CDB = const(12)
_FACT_OWN_CDB = const(13)
_FACT_THRESHOLD = const(14)
_FACT_N_SYLLABLES = const(15)
_FACT_N_CLIPPED = const(17)
_FACT_IS_STILL = const(18)
_FACT_IS_LATE_ACTIVE = const(21)
_FACT_NOISE_CDB = const(22)
_FACT_LEAK_CDB = const(23)
_FACT_INDEX = const(64)
_FACT_CALL_STATE = const(72)
_FACT_WAKES = const(74)
_LINE = const(32)  # where the line's facts begin

_SPEECH = const(3)
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

# turns: pause, overlap going on; the last frame and the start of the talk of each side; how many
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
_HINDSIGHT_FRAMES = const(9)
_TOGETHER_FRAMES = const(5)  # once both have gone on for that long, a pause may be a frame longer
_ACTIVE_RANGE_CDB = const(2000)  # sound so far below his active level is no word
_LOUD_RANGE_CDB = const(1000)  # nor is what is so far below it, and the other's leak explains it
_LEAK_MARGIN_CDB = const(300)

# noise: since when the line is noisy, since when clean, stage; speech so far, times and limits; the
# customer's level over some 5 s of speech, 1/256 centi-dB: the running level wanders by some dB.
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
_N_PAUSE = const(16)  # frames of late in which nobody speaks, and those with the noise in them
_N_NOISY_PAUSE = const(17)
_MOST_PAUSE = const(16)
_LEAST_PAUSE = const(8)
_LAST_PAUSE = const(18)
_PAUSE_FRAMES_OLD = const(300)  # what lies further back tells nothing
_BELOW_DUE_CDB = const(50)
_FLOOR_LATE_FRAMES = const(112)  # a floor has risen after 7 of its 8 windows of 16 at the soonest
_NOISE_HYSTERESIS_CDB = const(200)
_DUE_HYSTERESIS_CDB = const(50)
_UNBORNE_CDB = const(150)  # so much more without the floor
_LAST_STAGE = const(2)

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
def turns(pack: ptr32) -> int:
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


@micropython.viper
def noise(pack: ptr32) -> int:
    """How long the line has been noisy; 1 when a stage is due or the noise has gone."""
    facts = ptr32(pack[0])
    rule = ptr32(pack[1])
    if rule[_RULE_STATES] >> facts[_FACT_CALL_STATE] & 1 == 0:
        return 0
    index = facts[_FACT_INDEX]
    if facts[_FACT_CALL_STATE] == _HOLD:
        rule[_NOISY_SINCE] = 0 - 1
        rule[_EARLIEST] = index + 1
        return 0
    if facts[_LINE + _FACT_IS_ACTIVE] and facts[_LINE + _FACT_SPURT_MS]:
        if rule[_N_SPEECH] < rule[_MIN_SPEECH]:
            rule[_N_SPEECH] += 1
            rule[_SPEECH_256TH] = facts[_LINE + _FACT_SPEECH_CDB] << 8
        else:
            rule[_SPEECH_256TH] += facts[_LINE + _FACT_SPEECH_CDB] - (rule[_SPEECH_256TH] >> 8)
    # From where on it is noisy: the limit, or what leaves too little of the customer's voice.
    limit_cdb = rule[_NOISE_LIMIT_CDB]
    if rule[_N_SPEECH] == rule[_MIN_SPEECH]:
        snr_limit_cdb = (rule[_SPEECH_256TH] >> 8) - rule[_SNR_LIMIT_CDB]
        if snr_limit_cdb < limit_cdb:
            limit_cdb = snr_limit_cdb
    due_cdb = limit_cdb - _DUE_HYSTERESIS_CDB
    if rule[_NOISY_SINCE] >= 0:
        limit_cdb -= _NOISE_HYSTERESIS_CDB
    is_floor_noisy = 0
    is_noise_noisy = 0
    is_pause_noisy = 0  # -1: no
    state = facts[_LINE + _FACT_STATE]
    if state > 0 and state <= _SPEECH:
        if facts[_LINE + _FACT_FLOOR_CDB] > limit_cdb:
            is_floor_noisy = 1
        if facts[_LINE + _FACT_NOISE_CDB] > limit_cdb:
            is_noise_noisy = 1
        if facts[_LINE + _FACT_IS_IN_SPURT] | facts[_FACT_IS_IN_SPURT] == 0:
            if rule[_N_PAUSE] >= _MOST_PAUSE:
                rule[_N_PAUSE] >>= 1
                rule[_N_NOISY_PAUSE] >>= 1
            rule[_LAST_PAUSE] = index
            rule[_N_PAUSE] += 1
            if facts[_LINE + _FACT_LEVEL_CDB] >= due_cdb - _BELOW_DUE_CDB:
                rule[_N_NOISY_PAUSE] += 1
        if rule[_N_PAUSE] >= _LEAST_PAUSE and index - rule[_LAST_PAUSE] < _PAUSE_FRAMES_OLD:
            n_noisy = rule[_N_NOISY_PAUSE] << 2
            if n_noisy < rule[_N_PAUSE]:
                is_pause_noisy = 0 - 1
            elif n_noisy >= rule[_N_PAUSE] * 3:
                is_pause_noisy = 1
                is_noise_noisy = 1
    else:
        rule[_EARLIEST] = index + 1
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
        if is_pause_noisy < 0 or facts[_LINE + _FACT_NOISE_CDB] <= due_cdb and is_pause_noisy == 0:
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
