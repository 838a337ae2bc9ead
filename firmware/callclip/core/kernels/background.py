"""What is behind the voices: a dead line, noise; and the state to show.

In: levels and floors (levels.py), facts of a channel (frame.py), centi-dB re full scale.
Called by: hearing.py, once a frame and channel.
"""

import micropython
from micropython import const

_FACT_IS_SPEECH = const(2)
_FACT_STATE = const(5)
_FACT_STATE_SINCE = const(7)
_FACT_SPURT_START = const(9)
_FACT_LAST_ACTIVE = const(11)
_FACT_NOISE_CDB = const(22)

_NO_SIGNAL = const(0)
_COMFORT_NOISE = const(1)
_NOISE = const(2)
_SPEECH = const(3)
_MUSIC = const(5)

# A channel's pack and its moment (ear.py).
_FACTS = const(0)
_MOMENT = const(1)
_LOGITS = const(2)
_NOISE_LEVEL = const(5)
_BACKGROUND = const(8)
_MOMENT_HEARD = const(1)
_MOMENT_SOUND = const(4)
_MOMENT_SINCE = const(5)
_MOMENT_UNTIL = const(6)
_MOMENT_IS_FOREIGN = const(7)
_MOMENT_IS_HIDDEN = const(8)
_MOMENT_LEVEL_CDB = const(9)
_MOMENT_GROUND_CDB = const(10)

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
_BEHIND_LEAK_CDB = const(500)  # of a loud room's leak the net leaves so much over
_STEP_CDB = const(600)  # a rise of the noise by this is followed at once
_LEAK_MOST_FRAMES = const(125)  # the net is not later than that to tell that only leak is left
_LEAK_LATE_FRAMES = const(50)  # and late by this where no frame tells when it was
_HYSTERESIS_CDB = const(200)
_FROM_CDB = const(175)  # noise from so far above its limit: a steady one is heard 1 dB too loud
_DOWN_TO_CDB = const(25)  # and down to this
_SMOOTH_SHIFT = const(4)  # 2^4 frames
_SLOW_SHIFT = const(6)
_UP_SHIFT = const(2)
_CDB_A_STEP = const(4)  # of the net's word on a floor, in Q8


@micropython.viper
def listen(pack: ptr32):
    """Is there a signal in frame `index`, and is it noise? The noise, and the state to show.

    is_foreign: what is heard may be leak or a tone; 2 or more while the other side speaks, when the
    net is less sure of what lies behind. The net says how far the noise lies above its floor;
    is_hidden: music or a tone hides it.
    Shown is a sound since that frame, else speech, else the background. The background's own
    `since` counts where no other is given, but not within a word, and not within music: until is
    the last frame of that.
    """
    facts = ptr32(pack[_FACTS])
    moment = ptr32(pack[_MOMENT])
    logits = ptr32(pack[_LOGITS])
    state = ptr32(pack[_BACKGROUND])
    index = moment[_MOMENT_HEARD]
    is_foreign = moment[_MOMENT_IS_FOREIGN]
    is_hidden = moment[_MOMENT_IS_HIDDEN]
    noise_cdb = moment[_MOMENT_GROUND_CDB] + logits[pack[_NOISE_LEVEL]] * _CDB_A_STEP
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
    if moment[_MOMENT_LEVEL_CDB] >= limit_cdb:
        is_high = 1
        if is_foreign == 0:
            is_silent = 0
            state[_N_OWN] += 1
            if state[_N_OWN] >= _OWN_FRAMES:
                state[_LEAK_SINCE] = index + 1
            if noise_cdb < state[_OWN_CDB]:
                n_frames = _UNTOLD_FRAMES
        else:
            state[_N_OWN] = 0
            if noise_cdb < state[_OWN_CDB] + _BEHIND_LEAK_CDB:
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
    if is_hidden == 0:
        above_cdb = (state[_SLOW] >> _SLOW_SHIFT) - state[_NOISE_LIMIT_CDB]
        if state[_STATE] == _NOISE:
            if above_cdb < _DOWN_TO_CDB:
                state[_STATE] = _COMFORT_NOISE
        elif state[_STATE] == _COMFORT_NOISE:
            if above_cdb >= _FROM_CDB:
                state[_STATE] = _NOISE
    # What is shown: a sound, else speech, else that background.
    sound = moment[_MOMENT_SOUND]
    since = moment[_MOMENT_SINCE]
    until = moment[_MOMENT_UNTIL]
    if sound == 0:
        if facts[_FACT_IS_SPEECH]:
            sound = _SPEECH
            since = facts[_FACT_SPURT_START]
        else:
            sound = state[_STATE]
            if since < 0:
                since = state[_SINCE]
            if facts[_FACT_STATE] == _SPEECH:
                until = facts[_FACT_LAST_ACTIVE]
            if facts[_FACT_STATE] == _SPEECH or facts[_FACT_STATE] == _MUSIC:
                if until >= since:
                    since = until + 1
    if sound != facts[_FACT_STATE]:
        facts[_FACT_STATE] = sound
        facts[_FACT_STATE_SINCE] = since
