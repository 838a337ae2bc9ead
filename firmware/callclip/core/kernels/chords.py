"""Lines that stand in a spectrum, and what they are worth where the net is asked about music.

In: 128 power bins of 31.25 Hz (transform.power), sums below 2^29; the net's logits in Q8, its
opinion on music as the piece has it. Out: how many lines stand, what the opinion weighs.
Called by: hearing.py, once a frame; see chords.py.
"""

import micropython
from micropython import const

_FACT_STATE = const(5)
_MOMENT_HEARD = const(1)
_MOMENT_IS_FOREIGN = const(7)
_MOMENT_LEVEL_CDB = const(9)
_MOMENT_IS_HIGH = const(11)
_TONE = const(4)  # a state
_CUSTOMER_LATE = const(3)  # in logits
_MUSIC = const(4)
_STEP_Q8 = const(0)  # in music's state (speech.py)
_IS_MUSIC = const(10)
_OPINION_Q8 = const(22)

# state: what `follow` and `weigh` find, then what `weigh` keeps.
_N_STANDING = const(0)
_WEIGHED_Q8 = const(1)
_LAST_CHORD = const(2)  # frame
_SILENCE = const(3)  # frames up to now in which nothing may be music
_LAST_REST = const(4)  # how many they were last, since a chord began
_LONGEST_REST = const(5)  # of this piece, and a little more; 0 after its first chord
_N_WEIGHED = const(6)  # frames of this chord that have counted
_N_NEW = const(7)  # lines that stand and that the chord before had not
_N_APART = const(8)  # frames since a chord stood
_N_VOICE = const(9)  # frames with a voice that the net is sure of, less those without
_N_RINGING = const(10)  # frames with a sound since the last chord
_AGE = const(11)  # frames in which this chord has stood

_N_BINS = const(128)
_FIRST_BIN = const(13)  # 406 Hz: below, the lines of a low voice stand, too
_END_BIN = const(126)
_LOUDEST_SHIFT = const(8)  # a peak is no fainter than a 256th of the frame, 24 dB down
_VALLEY_SHIFT = const(2)  # and 6 dB above the deeper of the bins two away
_STANDING_FRAMES = const(15)
_MOST_FRAMES = const(100)

_NO_MUSIC_Q8 = const(-128)
_CHORD_LINES = const(3)
_NEW_LINES = const(2)  # a machine that beeps has none
_LEAST_CDB = const(-6000)  # what is fainter may be lines of a converter
_CHORD_Q8 = const(4096)
_WEIGHED_FRAMES = const(12)  # one alone, be it a voice that holds a note, is no piece
_GAP_FRAMES = const(50)  # so far apart they are two, and not a voice that wanders
_CHORDS_FRAMES = const(200)  # and up to there of one piece
_PIECE_FRAMES = const(300)  # of one that is known for its rests
_RINGING_FRAMES = const(60)
_PIECE_RINGING_FRAMES = const(150)  # a chord may pass unnoticed
_FIRST_REST_FRAMES = const(100)  # the longest that is one
_UNKNOWN_REST_FRAMES = const(60)  # of one that is known by its first chord
_LEAST_REST_FRAMES = const(25)
_REST_MARGIN_FRAMES = const(10)
_REST_Q8 = const(-32)
_SURE_VOICE_Q8 = const(900)
_VOICE_Q8 = const(800)  # a voice, if the net hears no music beside it
_VOICE_FRAMES = const(16)


@micropython.viper
def follow(x: int, k: int, pack_in):
    """Count the frames for which each bin has been a peak, and the bins that stand.

    pack: bins, runs, marks (bytes, one a bin), state. marks: bit 0, of the present chord, which may
    be over; bit 1, of the one before.
    """
    pack = ptr32(pack_in)
    bins = ptr32(pack[0])
    runs = ptr8(pack[1])
    least = 0
    k = 3
    while k < _N_BINS:
        least += bins[k]
        k += 1
    least >>= _LOUDEST_SHIFT
    n = 0
    k = _FIRST_BIN
    while k < _END_BIN:
        x = bins[k]
        run = 0
        if x > least and x > bins[k - 1] and x >= bins[k + 1]:
            valley = bins[k - 2]
            if bins[k + 2] < valley:
                valley = bins[k + 2]
            if x >> _VALLEY_SHIFT > valley:
                run = runs[k] + 1
                if run > _MOST_FRAMES:
                    run = _MOST_FRAMES
                if run >= _STANDING_FRAMES:
                    n += 1
        runs[k] = run
        k += 1
    state = ptr32(pack[3])
    state[_N_STANDING] = n
    state[_N_NEW] = 0
    if n < _CHORD_LINES:
        state[_N_APART] += 1
        return
    marks = ptr8(pack[2])
    n = 0  # lines that the present chord has not had yet
    k = _FIRST_BIN
    while k < _END_BIN:
        if runs[k] >= _STANDING_FRAMES:
            if (marks[k - 1] | marks[k] | marks[k + 1]) & 1 == 0:
                n += 1
        k += 1
    state[_AGE] += 1
    if state[_N_APART] >= _GAP_FRAMES or n >= _NEW_LINES and state[_AGE] >= _GAP_FRAMES:
        state[_AGE] = 0
        state[_N_WEIGHED] = 0
        k = 0
        while k < _N_BINS:
            marks[k] = (marks[k] & 1) << 1
            k += 1
    state[_N_APART] = 0
    n = 0
    k = _FIRST_BIN
    while k < _END_BIN:
        if runs[k] >= _STANDING_FRAMES:
            if (marks[k - 1] | marks[k] | marks[k + 1]) & 2 == 0:
                n += 1
            marks[k] |= 1
        k += 1
    state[_N_NEW] = n


@micropython.viper
def weigh(pack: ptr32):
    """What the net's late opinion about music counts for: at most a step, but for a chord's.

    pack: the line's facts, moment, logits, music's state, chords' state. What may be no music says
    so: hum sounds like a chord, and noise through a codec sings. Beside a voice no music is none,
    but in a piece of chords.
    """
    moment = ptr32(pack[1])
    logits = ptr32(pack[2])
    music = ptr32(pack[3])
    state = ptr32(pack[4])
    logit_q8 = music[_OPINION_Q8]
    index = moment[_MOMENT_HEARD]
    is_foreign = moment[_MOMENT_IS_FOREIGN]
    silence = state[_SILENCE]
    is_chord = 0
    if moment[_MOMENT_IS_HIGH]:
        if silence:
            state[_LAST_REST] = silence
        silence = 0
        state[_N_RINGING] += 1
        if is_foreign == 0 and moment[_MOMENT_LEVEL_CDB] >= _LEAST_CDB:
            if state[_N_STANDING] >= _CHORD_LINES and ptr32(pack[0])[_FACT_STATE] != _TONE:
                is_chord = 1
    else:
        silence += 1
        if logit_q8 > _NO_MUSIC_Q8:
            logit_q8 = _NO_MUSIC_Q8
    state[_SILENCE] = silence
    step = music[_STEP_Q8]
    if logit_q8 > step:
        logit_q8 = step
    elif logit_q8 < 0 - step:
        logit_q8 = 0 - step
    n_voice = state[_N_VOICE]
    if logits[_CUSTOMER_LATE] < _SURE_VOICE_Q8 or state[_N_RINGING] < _RINGING_FRAMES:
        if n_voice:
            n_voice -= 1
    elif n_voice < _VOICE_FRAMES:
        n_voice += 1
    state[_N_VOICE] = n_voice
    if n_voice >= _VOICE_FRAMES:  # that is no chord's: somebody is back
        state[_LAST_CHORD] = index - _PIECE_FRAMES
    since_chord = index - state[_LAST_CHORD]
    if logits[_CUSTOMER_LATE] > _VOICE_Q8 and music[_IS_MUSIC] and logits[_MUSIC] < 0:
        if since_chord >= _PIECE_FRAMES or state[_LONGEST_REST] == _REST_MARGIN_FRAMES:
            logit_q8 = 0 - _VOICE_Q8  # struck chords may pass for a voice; this piece has none
    if is_chord:
        if since_chord >= _GAP_FRAMES:
            if since_chord >= _PIECE_FRAMES:
                state[_LONGEST_REST] = 0
                if music[_IS_MUSIC]:
                    state[_LONGEST_REST] = _REST_MARGIN_FRAMES  # the net heard it without chords
            elif state[_LAST_REST] <= _FIRST_REST_FRAMES:
                if state[_LAST_REST] + _REST_MARGIN_FRAMES > state[_LONGEST_REST]:
                    state[_LONGEST_REST] = state[_LAST_REST] + _REST_MARGIN_FRAMES
            state[_LAST_REST] = 0
        state[_LAST_CHORD] = index
        state[_N_RINGING] = 0
        if state[_N_NEW] >= _NEW_LINES and state[_N_WEIGHED] < _WEIGHED_FRAMES:
            state[_N_WEIGHED] += 1
            logit_q8 = _CHORD_Q8
        elif logit_q8 < _REST_Q8:
            logit_q8 = _REST_Q8
    elif logit_q8 < _REST_Q8:
        # Chords that ring out, and the rests between them, are no reason to doubt a piece.
        near = _CHORDS_FRAMES
        ringing = _RINGING_FRAMES
        rest = _FIRST_REST_FRAMES
        if music[_IS_MUSIC]:
            rest = state[_LONGEST_REST]
            if rest == 0:
                rest = _UNKNOWN_REST_FRAMES
            elif rest > _LEAST_REST_FRAMES:
                near = _PIECE_FRAMES
                ringing = _PIECE_RINGING_FRAMES
            else:
                near = 0  # the net knows it, and when it ends
        if since_chord < near:
            if silence:
                if silence <= rest:
                    logit_q8 = _REST_Q8
            elif is_foreign == 0 and state[_N_RINGING] < ringing:
                logit_q8 = _REST_Q8
    state[_WEIGHED_Q8] = logit_q8
