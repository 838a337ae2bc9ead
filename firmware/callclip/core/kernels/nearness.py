"""Is a voice as loud as the person at this microphone is?

In: levels, logits, what was found a frame ago, centi-dB re full scale. Out: both moments.
Called by: nearness.py, once a frame.
"""

import micropython
from micropython import const

_FACT_IS_ACTIVE = const(4)
_FACT_IS_STILL = const(18)
_FACT_CALL_STATE = const(72)
_LINE = const(32)  # where the line's facts begin
_VALUES = const(23)  # words of a row of levels
_FULL = const(17)
_MOMENT_IS_SETTLING = const(2)
_IS_FAINT = const(2)
_MOMENT_IS_OTHER = const(3)

# state: frames in which not one sample of the agent's channel moved, then a row a channel.
_N_STILL = const(0)
_FIRST_ROW = const(1)
_END_ROWS = const(11)
_ROW = const(5)
_HELD_CDB = const(0)  # the level, falling by _FALL_CDB a frame
_LOUD_16TH = const(1)  # how loud the person is, 1/16 centi-dB
_VOICE_Q8 = const(2)  # from this logit on a frame may be a voice
_FALL_CDB = const(3)
_GAP_CDB = const(4)

_BEFORE_16TH = const(-46400)  # -2900 centi-dB: how loud whoever comes next may be, at the most
_RINGING = const(1)  # call states up to here: no call
_STILL_FRAMES = const(50)
_RISE_SHIFT = const(3)  # towards a louder frame, so that a knock is not taken for the person
_FADE_16TH = const(6)  # a frame of voice: 1 dB in 5 s
_FADE_DOUBTED_16TH = const(12)  # and so much more of one that is doubted, as it goes on
_LEAST_16TH = const(-96000)
_MOST_16TH = const(-24000)  # -1500 centi-dB: how loud anybody may be


@micropython.viper
def doubt(pack: ptr32):
    """Keep how loud each person is; what is fainter by the row's gap is none of his words.

    Nobody knows who speaks in the next call, so that between calls it is no more than _BEFORE_16TH.
    pack: levels of both channels, the frame's facts, both moments, the live logits of agent and
    customer, state. On the line only while the agent's microphone gives nothing.
    """
    levels = ptr32(pack[0])
    facts = ptr32(pack[1])
    moment = ptr32(pack[2])
    logits = ptr32(pack[4])
    state = ptr32(pack[5])
    n_still = state[_N_STILL]
    if facts[_FACT_IS_STILL] == 0:
        n_still = 0
    elif n_still < _STILL_FRAMES:
        n_still += 1
    state[_N_STILL] = n_still
    is_on = 1
    at = _FIRST_ROW
    channel = 0
    own = 0
    while at < _END_ROWS:
        level_cdb = levels[own + _FULL]
        held = state[at + _HELD_CDB] - state[at + _FALL_CDB]
        if level_cdb > held:
            held = level_cdb
        state[at + _HELD_CDB] = held
        loud = state[at + _LOUD_16TH]
        if facts[_FACT_CALL_STATE] <= _RINGING and loud > _BEFORE_16TH:
            loud = _BEFORE_16TH
        is_doubted = 0
        if held < (loud >> 4) - state[at + _GAP_CDB]:
            is_doubted = is_on
        if logits[channel] >= state[at + _VOICE_Q8] and loud > _LEAST_16TH:
            loud -= _FADE_16TH
            if is_doubted:
                loud -= _FADE_DOUBTED_16TH
        if facts[channel * _LINE + _FACT_IS_ACTIVE] and level_cdb << 4 > loud:
            loud += ((level_cdb << 4) - loud) >> _RISE_SHIFT
            if loud > _MOST_16TH:
                loud = _MOST_16TH
        state[at + _LOUD_16TH] = loud
        if is_doubted:
            moment[_MOMENT_IS_OTHER] = 1
            moment[_MOMENT_IS_SETTLING] |= _IS_FAINT
        moment = ptr32(pack[3])
        is_on = 0
        if n_still == _STILL_FRAMES:
            is_on = 1
        at += _ROW
        channel += 1
        own += _VALUES
