"""Whose voice is on the line while the agent's microphone gives nothing?

In: levels, logits, what was found a frame ago, centi-dB re full scale. Out: the line's moment.
Called by: onesided.py, once a frame.
"""

import micropython
from micropython import const

_FACT_IS_ACTIVE = const(4)
_FACT_IS_STILL = const(18)
_LINE = const(32)  # where the line's facts begin
_VALUES = const(23)  # words of a row of levels
_FULL = const(17)
_CUSTOMER_LIVE = const(1)  # in logits
_MOMENT_IS_SETTLING = const(2)
_MOMENT_IS_OTHER = const(3)

_N_STILL = const(0)
_HELD_CDB = const(1)
_LOUD_16TH = const(2)
_VOICE_Q8 = const(3)

_STILL_FRAMES = const(50)
_FALL_CDB = const(20)  # a frame: 10 dB a second, the pace of syllables
_FADE_16TH = const(6)  # a frame of voice: 1 dB in 5 s
_LEAST_16TH = const(-96000)
_GAP_CDB = const(1400)


@micropython.viper
def doubt(pack: ptr32):
    """Keep how loud the customer is; behind a dead microphone, what is fainter by _GAP_CDB is leak.

    pack: levels of both channels, the frame's facts, the line's moment, logits, state: frames in
    which not one sample of the agent's channel moved; the line's level, held and falling slowly;
    the customer's in 1/16 centi-dB; from which logit on a frame may be a voice.
    """
    levels = ptr32(pack[0])
    facts = ptr32(pack[1])
    moment = ptr32(pack[2])
    logits = ptr32(pack[3])
    state = ptr32(pack[4])
    held = state[_HELD_CDB] - _FALL_CDB
    if levels[_VALUES + _FULL] > held:
        held = levels[_VALUES + _FULL]
    state[_HELD_CDB] = held
    loud = state[_LOUD_16TH]
    if logits[_CUSTOMER_LIVE] >= state[_VOICE_Q8] and loud > _LEAST_16TH:
        loud -= _FADE_16TH
    if facts[_LINE + _FACT_IS_ACTIVE] and held << 4 > loud:
        loud = held << 4
    state[_LOUD_16TH] = loud
    if facts[_FACT_IS_STILL] == 0:
        state[_N_STILL] = 0
    elif state[_N_STILL] < _STILL_FRAMES:
        state[_N_STILL] += 1
    elif held < (loud >> 4) - _GAP_CDB:
        moment[_MOMENT_IS_OTHER] = 1
        moment[_MOMENT_IS_SETTLING] = 1
