"""What is behind the voices: leak of the other side, a dead line, noise; and the state to show.

In: levels and floors (levels.py), facts of a channel (frame.py), centi-dB re full scale.
Called by: background.py and hearing.py, once a frame and channel.
"""

import micropython
from micropython import const

_FACT_FLOOR_CDB = const(1)
_FACT_IS_SPEECH = const(2)
_FACT_STATE = const(5)
_FACT_STATE_SINCE = const(7)
_FACT_IS_IN_SPURT = const(8)
_FACT_SPURT_START = const(9)
_FACT_LAST_ACTIVE = const(11)
_FACT_NOISE_CDB = const(22)
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
_IS_AGENT_TALKING = const(8)

# What is kept of a channel.
_STATE = const(0)
_SINCE = const(1)
_NO_SIGNAL_CDB = const(2)  # limits
_NOISE_LIMIT_CDB = const(3)
_RUN = const(4)  # frames that contradict the present state
_RUN_START = const(5)
_SMOOTH = const(6)  # level of the noise in 2^-_SMOOTH_SHIFT centi-dB, within 23 bits
_IS_SMOOTH = const(7)  # 0: the next level counts in full
_SLOW = const(8)  # the same, smoothed for longer, in 2^-_SLOW_SHIFT centi-dB
_OWN_CDB = const(9)  # noise of its own below this is none: all that is heard is leak
_N_OWN = const(10)  # frames in a row that no leak explains
_LEAK_SINCE = const(11)  # the first frame after the last ones of these

_LOW_FRAMES = const(10)
_HIGH_FRAMES = const(5)
_UNTOLD_FRAMES = const(50)  # to be up against the net's word on the noise
_LEAK_FRAMES = const(40)  # to be down by the net's word
_OWN_FRAMES = const(3)
_STEP_CDB = const(600)  # a rise of the noise by this is followed at once
_LEAK_MOST_FRAMES = const(125)  # the net is not later than that to tell that only leak is left
_LEAK_LATE_FRAMES = const(50)  # and late by this where no frame tells when it was
_HYSTERESIS_CDB = const(200)
_MARGIN_CDB = const(75)  # the noise must pass its limit by this, up and down
_SMOOTH_SHIFT = const(4)  # 2^4 frames
_SLOW_SHIFT = const(6)
_UP_SHIFT = const(2)
_CDB_A_STEP = const(4)  # of the net's word on a floor, in Q8


@micropython.viper
def compare(levels_in, agent_leak_in, line_leak_in, line_floor_in, facts_in) -> int:
    """Whose frame the other's leak explains, whether the line stands above its noise floor, and
    whether the agent talks.

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
    if is_other_speech:
        found |= _IS_AGENT_TALKING
    return found


@micropython.viper
def listen(
    level_cdb: int,
    index: int,
    floor_cdb: int,
    above_q8: int,
    is_foreign: int,
    is_hidden: int,
    state_io,
    facts_io,
):
    """Is there a signal in frame `index`, and is it noise? And the noise of the shown frame.

    is_foreign: what is heard may be leak or a tone; 2 or more while the other side speaks, when the
    net is less sure of what lies behind. above_q8: how far the net puts the noise above its floor;
    is_hidden: music or a tone hides it.
    """
    state = ptr32(state_io)
    facts = ptr32(facts_io)
    noise_cdb = floor_cdb + above_q8 * _CDB_A_STEP
    if is_hidden == 0:
        if state[_IS_SMOOTH] == 0:
            state[_SMOOTH] = noise_cdb << _SMOOTH_SHIFT
            state[_SLOW] = noise_cdb << _SLOW_SHIFT
        state[_IS_SMOOTH] = 1
        change_cdb = noise_cdb - (state[_SMOOTH] >> _SMOOTH_SHIFT)
        if state[_STATE] == _NO_SIGNAL:
            change_cdb <<= _UP_SHIFT  # a line that comes up is waited for
        state[_SMOOTH] += change_cdb
        state[_SLOW] += noise_cdb - (state[_SLOW] >> _SLOW_SHIFT)
        if (state[_SMOOTH] >> _SMOOTH_SHIFT) - (state[_SLOW] >> _SLOW_SHIFT) > _STEP_CDB:
            state[_SLOW] = state[_SMOOTH] << (_SLOW_SHIFT - _SMOOTH_SHIFT)
        facts[_FACT_NOISE_CDB] = state[_SLOW] >> _SLOW_SHIFT
    noise_cdb = state[_SMOOTH] >> _SMOOTH_SHIFT
    is_dead = 0
    limit_cdb = state[_NO_SIGNAL_CDB]
    n_frames = _LOW_FRAMES
    if state[_STATE] == _NO_SIGNAL:
        is_dead = 1
        limit_cdb += _HYSTERESIS_CDB
        n_frames = _HIGH_FRAMES
    start = index
    is_high = 0
    is_silent = 1
    if level_cdb >= limit_cdb:
        is_high = 1
        is_own = 0
        if noise_cdb >= state[_OWN_CDB]:
            is_own = 1
        if is_foreign == 0:
            is_silent = 0
            state[_N_OWN] += 1
            if state[_N_OWN] >= _OWN_FRAMES:
                state[_LEAK_SINCE] = index + 1
            if is_own == 0:
                n_frames = _UNTOLD_FRAMES
        else:
            state[_N_OWN] = 0
            if is_own == 0:
                is_high = 0
                if is_foreign < 2:
                    is_silent = 0
                n_frames = _LEAK_FRAMES
                start = state[_LEAK_SINCE]
                if index - start > _LEAK_MOST_FRAMES:
                    start = index - _LEAK_LATE_FRAMES
    else:
        is_silent = 0
        state[_N_OWN] = 0
    if is_silent == 0:
        if is_high == is_dead:
            if state[_RUN] == 0:
                state[_RUN_START] = start
            state[_RUN] += 1
            if state[_RUN] >= n_frames:
                state[_RUN] = 0
                state[_IS_SMOOTH] = 0
                state[_STATE] = is_dead  # comfort noise, or no signal
                state[_SINCE] = state[_RUN_START]
        else:
            state[_RUN] = 0
    if is_hidden:
        return
    if state[_STATE] == _NOISE:
        if noise_cdb < state[_NOISE_LIMIT_CDB] - _MARGIN_CDB:
            state[_STATE] = _COMFORT_NOISE
    elif state[_STATE] == _COMFORT_NOISE:
        if noise_cdb >= state[_NOISE_LIMIT_CDB] + _MARGIN_CDB:
            state[_STATE] = _NOISE


@micropython.viper
def show(sound: int, since: int, background_in, until: int, facts_io):
    """The state of a channel: a sound since that frame, else speech, else the background.

    The background's own `since` counts where no other is given, but not within a word, and not
    within music: until is the last frame of that.
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
            if facts[_FACT_STATE] == _SPEECH:
                until = facts[_FACT_LAST_ACTIVE]
            if facts[_FACT_STATE] == _SPEECH or facts[_FACT_STATE] == _MUSIC:
                if until >= since:
                    since = until + 1
    if sound != facts[_FACT_STATE]:
        facts[_FACT_STATE] = sound
        facts[_FACT_STATE_SINCE] = since
