"""What is behind the voices: leak of the other side, a dead line, noise; and the state to show.

In: levels and floors (levels.py), facts of a channel (frame.py), centi-dB re full scale.
Called by: background.py and hearing.py, once a frame and channel.
"""

import micropython
from micropython import const

_FACT_LEVEL_CDB = const(0)
_FACT_FLOOR_CDB = const(1)
_FACT_IS_SPEECH = const(2)
_FACT_STATE = const(5)
_FACT_STATE_SINCE = const(7)
_FACT_IS_IN_SPURT = const(8)
_FACT_SPURT_START = const(9)
_LINE = const(32)  # where the line's facts begin

_NO_SIGNAL = const(0)
_COMFORT_NOISE = const(1)
_NOISE = const(2)
_SPEECH = const(3)
_MUSIC = const(5)

_TELEPHONE = const(16)  # in a row of levels
_FULL = const(17)
_VALUES = const(24)
_LEAK_MARGIN_CDB = const(600)
_ROOM_MARGIN_CDB = const(200)  # the other side's room noise is steadier than its speech
_MUSIC_RISE_CDB = const(300)
_IS_AGENT_LEAK = const(1)
_IS_LINE_LEAK = const(2)
_IS_LINE_HIGH = const(4)

# What is kept of a channel.
_STATE = const(0)
_SINCE = const(1)
_NO_SIGNAL_CDB = const(2)  # limits
_NOISE_CDB = const(3)
_ECHO_CDB = const(4)
_RUN = const(5)  # frames that contradict the present state
_RUN_START = const(6)
_MEAN = const(7)  # power of the pauses, below 2^29; 0 before the first one
_MEAN_CDB = const(8)

_LOW_FRAMES = const(10)
_HIGH_FRAMES = const(5)
_HYSTERESIS_CDB = const(200)
_MARGIN_CDB = const(75)  # the mean or floor must pass the limit of noise by this, up and down
_MEAN_SHIFT = const(7)  # 2^7 frames
_MOST_ABOVE_CDB = const(2000)


@micropython.viper
def compare(levels_in, agent_leak_in, line_leak_in, line_floor_in, facts_in) -> int:
    """Whose frame the other's leak explains, and whether the line stands above its noise floor.

    levels: the agent's row, the line's. leaks: of each band and the telephone band, 1/16 centi-dB.
    """
    levels = ptr32(levels_in)
    leak = ptr32(agent_leak_in)
    facts = ptr32(facts_in)
    own = 0
    other = _VALUES
    is_other_speech = facts[_LINE + _FACT_IS_IN_SPURT]
    found = 0
    bit = _IS_AGENT_LEAK
    while bit <= _IS_LINE_LEAK:
        leak_cdb = (leak[_TELEPHONE] >> 4) + _ROOM_MARGIN_CDB
        if is_other_speech:
            leak_cdb += _LEAK_MARGIN_CDB - _ROOM_MARGIN_CDB
        if levels[other + _TELEPHONE] + leak_cdb >= levels[own + _TELEPHONE]:
            found |= bit
        elif is_other_speech:
            # The hiss of an S leaks above the telephone's band.
            if levels[other + _FULL] + leak_cdb >= levels[own + _FULL]:
                found |= bit
        leak = ptr32(line_leak_in)
        own = _VALUES
        other = 0
        is_other_speech = facts[_FACT_IS_IN_SPURT]
        bit <<= 1
    floor = ptr32(line_floor_in)
    if levels[_VALUES + _TELEPHONE] - floor[_TELEPHONE] >= _MUSIC_RISE_CDB:
        found |= _IS_LINE_HIGH
    return found


@micropython.viper
def listen(
    level_cdb: int, index: int, is_foreign: int, is_other_sound: int, table_in, state_io, facts_in
) -> int:
    """Is there a signal in frame `index`? In a pause: its mean power; then 1, and grade is due.

    is_foreign: what is heard may be leak or a tone. table: units.EXP_TABLE. facts: of the channel.
    """
    table = ptr32(table_in)
    state = ptr32(state_io)
    facts = ptr32(facts_in)
    is_dead = 0
    limit_cdb = state[_NO_SIGNAL_CDB]
    n_frames = _LOW_FRAMES
    if state[_STATE] == _NO_SIGNAL:
        is_dead = 1
        limit_cdb += _HYSTERESIS_CDB
        n_frames = _HIGH_FRAMES
    is_high = 0
    if level_cdb >= limit_cdb:
        is_high = 1
    if is_high == 0 or is_foreign == 0:
        if is_high == is_dead:
            if state[_RUN] == 0:
                state[_RUN_START] = index
            state[_RUN] += 1
            if state[_RUN] >= n_frames:
                state[_RUN] = 0
                state[_MEAN] = 0
                state[_STATE] = is_dead  # comfort noise, or no signal
                state[_SINCE] = state[_RUN_START]
        else:
            state[_RUN] = 0
    if state[_STATE] == _NO_SIGNAL or is_other_sound:
        return 0
    if facts[_FACT_IS_IN_SPURT] or facts[_FACT_IS_SPEECH]:
        return 0
    mean = state[_MEAN]
    level_cdb = facts[_FACT_LEVEL_CDB]
    if mean:
        base_cdb = state[_MEAN_CDB]
        if facts[_FACT_FLOOR_CDB] > base_cdb:
            base_cdb = facts[_FACT_FLOOR_CDB]
        if level_cdb > base_cdb + _MOST_ABOVE_CDB:
            level_cdb = base_cdb + _MOST_ABOVE_CDB
    # As levels.power_of.
    x = level_cdb + 8700
    power = 1
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
    if mean:
        power = mean + ((power - mean) >> _MEAN_SHIFT)
    state[_MEAN] = power
    return 1


@micropython.viper
def grade(state_io, facts_in):
    """Comfort noise or noise, by the mean of the pauses or the floor."""
    state = ptr32(state_io)
    facts = ptr32(facts_in)
    noise_cdb = state[_MEAN_CDB] - state[_ECHO_CDB]
    if facts[_FACT_FLOOR_CDB] > noise_cdb:
        noise_cdb = facts[_FACT_FLOOR_CDB]
    if state[_STATE] == _NOISE:
        if noise_cdb < state[_NOISE_CDB] - _MARGIN_CDB:
            state[_STATE] = _COMFORT_NOISE
    elif noise_cdb >= state[_NOISE_CDB] + _MARGIN_CDB:
        state[_STATE] = _NOISE


@micropython.viper
def show(sound: int, since: int, background_in, until: int, facts_io):
    """The state of a channel: a sound since that frame, else speech, else the background.

    The background's own `since` counts where no other is given, but not within music: until is the
    last frame of it.
    """
    background = ptr32(background_in)
    facts = ptr32(facts_io)
    if sound == 0:
        if facts[_FACT_IS_SPEECH]:
            sound = _SPEECH
            since = facts[_FACT_SPURT_START]
        else:
            sound = background[_STATE]
            if since < 0:
                since = background[_SINCE]
            if facts[_FACT_STATE] == _MUSIC:
                if until >= since:
                    since = until + 1
    if sound != facts[_FACT_STATE]:
        facts[_FACT_STATE] = sound
        facts[_FACT_STATE_SINCE] = since
