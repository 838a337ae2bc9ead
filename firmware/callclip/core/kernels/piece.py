"""The opinion on music in the light of the piece that plays: see core/music.py.

In: the line's levels in centi-dB, its moment, the net's logits in Q8. Out: the opinion in Q8, not
limited; is_high. Called by: hearing.py, once a frame.
"""

import micropython
from micropython import const

_TELEPHONE = const(16)  # in a row of levels
_MOMENT_IS_FOREIGN = const(7)
_MOMENT_LEVEL_CDB = const(9)
_MOMENT_GROUND_CDB = const(10)
_MOMENT_IS_HIGH = const(11)
_CUSTOMER_LIVE = const(1)  # in logits
_MUSIC = const(4)
_MUSIC_SUM_Q8 = const(6)  # in music's state
_IS_MUSIC = const(10)
_OPINION_Q8 = const(22)
_LEVEL_64TH_CDB = const(23)  # of the piece's loud frames, over a second; 0: none is known
_N_FAR = const(24)  # frames in a row that are far below it
_N_AFTER = const(25)  # after a rest, frames that are asked for a voice
_BEFORE_CDB = const(26)  # the floor as it was before anything sounded of music; 0: not known yet
_N_SURE = const(27)  # frames that are sure of music, less others
_FULL_64TH_CDB = const(28)  # the level in the full band

_LONG_SURE_FRAMES = const(100)  # after so many it need not stand out
_SURE_LOSS_FRAMES = const(3)
_RISE_CDB = const(6)  # so slowly does it follow: 3 dB a second
_OUT_CDB = const(800)
_SHIFT = const(6)
_FAR_CDB = const(1500)  # hardly a frame of a piece is that faint
_FAR_Q8 = const(1500)
_NOISE_CDB = const(1000)  # what stands no further out of the floor of before may be its noise
_NOISE_FAR_CDB = const(600)  # and is no music if it is so much fainter
_SOFT_CDB = const(1000)  # in the full band: what is louder sounds, if below the telephone's band
_REST_FRAMES = const(15)
_AFTER_FRAMES = const(50)
_SURE_Q8 = const(1000)
_VOICE_Q8 = const(0)  # a voice, live
_NO_VOICE_Q8 = const(-400)
_NO_MUSIC_Q8 = const(-128)
_LONG_REST_FRAMES = const(25)


@micropython.viper
def judge(pack: ptr32):
    """pack: the line's row of levels, its moment, the logits, music's state."""
    moment = ptr32(pack[1])
    logits = ptr32(pack[2])
    state = ptr32(pack[3])
    opinion_q8 = logits[_MUSIC]
    state[_OPINION_Q8] = opinion_q8
    is_music = state[_IS_MUSIC]
    level_cdb = ptr32(pack[0])[_TELEPHONE]
    if state[_MUSIC_SUM_Q8] == 0:
        state[_LEVEL_64TH_CDB] = 0
        rise_cdb = moment[_MOMENT_GROUND_CDB] - state[_BEFORE_CDB]
        if rise_cdb > _RISE_CDB and state[_BEFORE_CDB] != 0:
            rise_cdb = _RISE_CDB
        state[_BEFORE_CDB] += rise_cdb
    n_sure = state[_N_SURE] - _SURE_LOSS_FRAMES
    if opinion_q8 > _SURE_Q8:
        n_sure = state[_N_SURE] + 1
    if n_sure < 0:
        n_sure = 0
    elif n_sure > _LONG_SURE_FRAMES:
        n_sure = _LONG_SURE_FRAMES
    state[_N_SURE] = n_sure
    if is_music == 0 and opinion_q8 > 0 and n_sure < _LONG_SURE_FRAMES:
        if moment[_MOMENT_LEVEL_CDB] < state[_BEFORE_CDB] + _OUT_CDB:
            state[_OPINION_Q8] = 0
    level_64th_cdb = state[_LEVEL_64TH_CDB]
    if level_64th_cdb == 0:
        state[_N_FAR] = 0
        state[_N_AFTER] = 0
        if is_music and moment[_MOMENT_IS_HIGH]:
            state[_LEVEL_64TH_CDB] = level_cdb << _SHIFT
            state[_FULL_64TH_CDB] = moment[_MOMENT_LEVEL_CDB] << _SHIFT
        return
    below_cdb = (level_64th_cdb >> _SHIFT) - level_cdb
    full_cdb = moment[_MOMENT_LEVEL_CDB]
    full_below_cdb = (state[_FULL_64TH_CDB] >> _SHIFT) - full_cdb
    far_cdb = _FAR_CDB
    if full_cdb - state[_BEFORE_CDB] < _NOISE_CDB:
        far_cdb = _NOISE_FAR_CDB
    elif full_below_cdb < _SOFT_CDB:
        far_cdb = below_cdb
    n_far = state[_N_FAR]
    if below_cdb > far_cdb:
        n_far += 1
        doubted_q8 = opinion_q8 - _FAR_Q8
        if doubted_q8 < _NO_MUSIC_Q8 and n_far < _LONG_REST_FRAMES:
            doubted_q8 = _NO_MUSIC_Q8
            if opinion_q8 < doubted_q8:
                doubted_q8 = opinion_q8
        state[_OPINION_Q8] = doubted_q8
    else:
        if n_far >= _REST_FRAMES:
            state[_N_AFTER] = _AFTER_FRAMES
        n_far = 0
        if is_music and moment[_MOMENT_IS_HIGH]:
            state[_LEVEL_64TH_CDB] = level_64th_cdb - below_cdb
            state[_FULL_64TH_CDB] -= full_below_cdb
        n_after = state[_N_AFTER]
        live_q8 = logits[_CUSTOMER_LIVE]
        if n_after:
            state[_N_AFTER] = n_after - 1
        if n_after and (moment[_MOMENT_IS_FOREIGN] or live_q8 > _VOICE_Q8):
            state[_OPINION_Q8] = opinion_q8 - _FAR_Q8
        elif opinion_q8 > _SURE_Q8:
            moment[_MOMENT_IS_HIGH] = 1
        elif n_after and live_q8 > _NO_VOICE_Q8:
            state[_OPINION_Q8] = opinion_q8 - _SURE_Q8
    state[_N_FAR] = n_far
