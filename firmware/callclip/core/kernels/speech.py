"""From the net's logits to decisions: talk spurts, speech with hindsight, music.

In: logits in Q8. Out: facts of a channel (frame.py), states that their owners keep.
Called by: speech.py, hindsight.py, music.py, once a frame and channel.
"""

import micropython
from micropython import const

_FACT_FLOOR_CDB = const(1)
_FACT_IS_SPEECH = const(2)
_FACT_IS_SETTLED_SPEECH = const(3)
_FACT_IS_ACTIVE = const(4)
_FACT_IS_MAYBE_MUSIC = const(6)
_FACT_SPURT_START = const(9)
_FACT_SPURT_MS = const(10)
_FACT_LAST_ACTIVE = const(11)
_FACT_N_CLIPPED = const(17)
_FACT_IS_LATE_ACTIVE = const(21)
_FACT_LATE_Q8 = const(24)
_NO_VOICE_Q8 = const(-4096)

# A channel's pack and its moment (ear.py).
_EAR_BYTES = const(44)  # then the next channel's, or 0
_FACTS = const(0)
_MOMENT = const(1)
_LOGITS = const(2)
_LIVE = const(3)
_LATE = const(4)
_HINDSIGHT = const(6)
_SPEECH = const(7)
_MUSIC = const(4)  # in logits
_WEIGHED_Q8 = const(1)  # in chords' state
_NET_LATE_FRAMES = const(12)
_MOMENT_SHOWN = const(0)
_MOMENT_HEARD = const(1)
_MOMENT_IS_SETTLING = const(2)
_IS_FAINT = const(2)  # there: a voice that is doubted for its level alone
_MOMENT_IS_OTHER = const(3)
_MOMENT_IS_BUSY = const(12)

# decide's state: speech from, down to, the sum that makes it sure, frames and sum of this spurt.
_ON_Q8 = const(0)
_OFF_Q8 = const(1)
_SURE_SUM_Q8 = const(2)
_SPURT_FRAMES = const(3)
_SUM_Q8 = const(4)
_SPURT_GAP_FRAMES = const(10)
_HANGOVER_FRAMES = const(2)
_FRAME_MS = const(20)

# settle's state: speech from, down to; bit k of the bits: speech in the frame k frames before the
# net's late one; frames of the present sound and since the last one, up to the most that matter.
_BITS = const(2)
_WAS_ACTIVE = const(3)
_N_ACTIVE = const(4)
_N_SILENT = const(5)
_LEAST_FRAMES = const(3)
_TOP = const(12)  # the bit of the frame SETTLED_FRAMES ago

# add's state: the limits of tuning.MUSIC_Q8, by how much music is recognised late, the sum and
# where it began, since and until.
_STEP_Q8 = const(0)  # only a chord weighs more
_MAYBE_Q8 = const(1)
_MUSIC_ON_Q8 = const(2)
_MUSIC_OFF_Q8 = const(3)
_FULL_Q8 = const(4)
_LATE_FRAMES = const(5)
_MUSIC_SUM_Q8 = const(6)
_BEGAN = const(7)
_SINCE = const(8)
_UNTIL = const(9)
_IS_MUSIC = const(10)
_IS_MAYBE = const(11)
_HINT_Q8 = const(12)  # what may become music begins with frames above this
_FIRST_HINT = const(13)  # of the present ones
_LAST_HINT = const(14)
_HOLE_FRAMES = const(11)  # so far apart they belong together
_EARLIEST_FRAMES = const(200)  # before the sum leaves 0, music may have begun
# A channel is out of order if of late a ninth of its frames clip and it is never silent.
_CLIPPING = const(15)  # each clipped frame counts for _CLIPPED_FRAMES, each other takes 1
_CLIPPED_FRAMES = const(8)
_CLIPPED_SAMPLES = const(8)
_SQUARE_SAMPLES = const(160)  # half of a frame: not even leak is so loud
_OVERDRIVEN_FRAMES = const(200)
_MOST_CLIPPING_FRAMES = const(600)
_CLIPPED_BITS = const(16)  # bit k: half of the frame k frames ago clipped
_N_CLIPPED_BITS = const(10)
_IS_OVERDRIVEN = const(17)
_LAST_SILENCE = const(18)
_SILENT_CDB = const(-2800)  # its floor lies below this now and then: speech, too, has its pauses
_NEVER_SILENT_FRAMES = const(150)
_NO_MUSIC_FRAMES = const(100)  # so soon it may be: no music, but nobody's voice is doubted yet


@micropython.viper
def decide(pack: ptr32):
    """Whether a channel speaks in the shown frame, and what its talk spurt is worth."""
    facts = ptr32(pack[_FACTS])
    moment = ptr32(pack[_MOMENT])
    logits = ptr32(pack[_LOGITS])
    state = ptr32(pack[_SPEECH])
    logit_q8 = logits[pack[_LIVE]]
    index = moment[_MOMENT_SHOWN]
    is_other_sound = moment[_MOMENT_IS_OTHER]
    limit = state[_ON_Q8]
    if facts[_FACT_IS_ACTIVE]:
        limit = state[_OFF_Q8]
    last = facts[_FACT_LAST_ACTIVE]
    if is_other_sound or logit_q8 < limit:
        facts[_FACT_IS_ACTIVE] = 0
        if is_other_sound or index - last > _HANGOVER_FRAMES:
            facts[_FACT_IS_SPEECH] = 0
        return
    if last < 0 or index - last > _SPURT_GAP_FRAMES + 1:
        facts[_FACT_SPURT_START] = index
        facts[_FACT_SPURT_MS] = 0
        state[_SPURT_FRAMES] = 0
        state[_SUM_Q8] = 0
    facts[_FACT_IS_ACTIVE] = 1
    facts[_FACT_IS_SPEECH] = 1
    facts[_FACT_LAST_ACTIVE] = index
    state[_SPURT_FRAMES] += 1
    if state[_SUM_Q8] < state[_SURE_SUM_Q8]:
        state[_SUM_Q8] += logit_q8
    if state[_SUM_Q8] >= state[_SURE_SUM_Q8]:
        facts[_FACT_SPURT_MS] = state[_SPURT_FRAMES] * _FRAME_MS


@micropython.viper
def settle(pack: ptr32):
    """Speech as it looks once short pauses are filled and short sounds dropped; of all channels."""
    while pack[_FACTS]:
        facts = ptr32(pack[_FACTS])
        moment = ptr32(pack[_MOMENT])
        logits = ptr32(pack[_LOGITS])
        state = ptr32(pack[_HINDSIGHT])
        logit_q8 = logits[pack[_LATE]]
        is_other_sound = moment[_MOMENT_IS_SETTLING]
        facts[_FACT_LATE_Q8] = logit_q8
        if is_other_sound & ~_IS_FAINT:
            facts[_FACT_LATE_Q8] = _NO_VOICE_Q8
        bits = (state[_BITS] << 1) & ((1 << (_TOP + 1)) - 1)
        limit = state[_ON_Q8]
        if state[_WAS_ACTIVE]:
            limit = state[_OFF_Q8]
        n_active = state[_N_ACTIVE]
        n_silent = state[_N_SILENT]
        if logit_q8 >= limit and is_other_sound == 0:
            state[_WAS_ACTIVE] = 1
            facts[_FACT_IS_LATE_ACTIVE] = 1
            if n_active < _LEAST_FRAMES:
                n_active += 1
            if n_active == _LEAST_FRAMES:
                n_new = _LEAST_FRAMES
                if n_silent <= _SPURT_GAP_FRAMES:
                    n_new += n_silent
                bits |= (1 << n_new) - 1
                n_silent = 0
        else:
            state[_WAS_ACTIVE] = 0
            facts[_FACT_IS_LATE_ACTIVE] = 0
            if n_silent < _TOP:
                n_silent += 1
                if n_active < _LEAST_FRAMES:
                    n_silent += n_active
            n_active = 0
        state[_N_ACTIVE] = n_active
        state[_N_SILENT] = n_silent
        state[_BITS] = bits
        facts[_FACT_IS_SETTLED_SPEECH] = bits >> _TOP & 1
        pack = ptr32(uint(pack) + uint(_EAR_BYTES))


@micropython.viper
def add(pack: ptr32):
    """Add the opinion about the net's late frame to the sum that makes music; it stays below 2^18.

    pack: the line's facts, moment, logits, state, and what the opinion weighs (chords.weigh). A
    busy tone is no music, nor is what comes through a channel out of order: to the net a loud noise
    behind a voice that clips is music.
    """
    facts = ptr32(pack[_FACTS])
    moment = ptr32(pack[_MOMENT])
    logits = ptr32(pack[_LOGITS])
    state = ptr32(pack[3])
    facts[_FACT_IS_MAYBE_MUSIC] = 0
    clipping = state[_CLIPPING]
    bits = (state[_CLIPPED_BITS] << 1) & ((1 << _N_CLIPPED_BITS) - 1)
    if facts[_FACT_N_CLIPPED] >= _SQUARE_SAMPLES:
        bits |= 1
    if facts[_FACT_N_CLIPPED] >= _CLIPPED_SAMPLES:
        clipping += _CLIPPED_FRAMES
        if clipping > _MOST_CLIPPING_FRAMES:
            clipping = _MOST_CLIPPING_FRAMES
    elif clipping:
        clipping -= 1
    state[_CLIPPING] = clipping
    state[_CLIPPED_BITS] = bits
    index = moment[_MOMENT_HEARD] - _NET_LATE_FRAMES
    if facts[_FACT_FLOOR_CDB] < _SILENT_CDB:
        state[_LAST_SILENCE] = index
    state[_IS_OVERDRIVEN] = 0
    n_loud = 0
    if clipping >= _OVERDRIVEN_FRAMES:
        n_loud = index - state[_LAST_SILENCE]
        if n_loud >= _NEVER_SILENT_FRAMES:
            state[_IS_OVERDRIVEN] = 1
    if moment[_MOMENT_IS_BUSY] or n_loud >= _NO_MUSIC_FRAMES:
        state[_MUSIC_SUM_Q8] = 0
        state[_IS_MUSIC] = 0
        state[_IS_MAYBE] = 0
        return
    weighed_q8 = ptr32(pack[4])[_WEIGHED_Q8]
    if logits[_MUSIC] > state[_HINT_Q8] or weighed_q8 > state[_STEP_Q8]:
        if index - state[_LAST_HINT] > _HOLE_FRAMES:
            state[_FIRST_HINT] = index
        state[_LAST_HINT] = index
    if weighed_q8 > 0:
        state[_UNTIL] = index
        if weighed_q8 > state[_STEP_Q8]:
            state[_UNTIL] = index + _NET_LATE_FRAMES  # a chord is heard at once
    if state[_MUSIC_SUM_Q8] == 0:
        state[_BEGAN] = index
    total = state[_MUSIC_SUM_Q8] + weighed_q8
    if total <= 0:
        state[_MUSIC_SUM_Q8] = 0
        state[_IS_MUSIC] = 0
        state[_IS_MAYBE] = 0
        return
    state[_MUSIC_SUM_Q8] = total
    if total >= state[_FULL_Q8]:
        state[_MUSIC_SUM_Q8] = state[_FULL_Q8]
    state[_IS_MAYBE] = 0
    if total >= state[_MAYBE_Q8]:
        state[_IS_MAYBE] = 1
        facts[_FACT_IS_MAYBE_MUSIC] = 1
    if state[_IS_MUSIC]:
        if total < state[_MUSIC_OFF_Q8]:
            state[_IS_MUSIC] = 0
    elif total >= state[_MUSIC_ON_Q8] and n_loud == 0:  # else it may be out of order
        state[_IS_MUSIC] = 1
        began = state[_BEGAN]
        first = state[_FIRST_HINT]
        if index - state[_LAST_HINT] <= _HOLE_FRAMES and first < began:
            if began - first <= _EARLIEST_FRAMES:
                began = first
        state[_SINCE] = began - state[_LATE_FRAMES]
