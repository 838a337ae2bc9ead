"""What a frame's parts tell each other about a channel: leak, level, other sounds than speech.

A moment is made anew for each frame (ear.py has its words). In: levels, floors, leaks, what the
tones and the music were and are. Called by: hearing.py, once a frame.
"""

import micropython
from micropython import const

_FACT_IS_IN_SPURT = const(8)
_FACT_N_CLIPPED = const(17)
_FACT_LEAK_CDB = const(23)
_FACT_INDEX = const(64)
_FACT_N_BUSY_CYCLES = const(67)
_FACT_HEARD = const(75)
_LINE = const(32)  # where the line's facts begin

_TELEPHONE = const(16)  # in a row of levels
_FULL = const(17)
_VALUES = const(23)
_LEAK_MARGIN_CDB = const(600)
_ROOM_MARGIN_CDB = const(200)  # the other side's room noise is steadier than its speech
_MUSIC_RISE_CDB = const(300)
_LEAST_TELEPHONE_CDB = const(200)  # so far below everything lies a line's telephone band, at most

_MOMENT_SHOWN = const(0)
_MOMENT_HEARD = const(1)
_MOMENT_IS_SETTLING = const(2)
_MOMENT_IS_OTHER = const(3)
_MOMENT_SOUND = const(4)
_MOMENT_SINCE = const(5)
_MOMENT_UNTIL = const(6)
_MOMENT_IS_FOREIGN = const(7)
_MOMENT_IS_HIDDEN = const(8)
_MOMENT_LEVEL_CDB = const(9)
_MOMENT_GROUND_CDB = const(10)
_MOMENT_IS_HIGH = const(11)
_MOMENT_IS_BUSY = const(12)
_MOMENT_TONAL_UNTIL = const(13)
_MOMENT_WHILE_AGENT_TALKS = const(14)
_WHILE_AGENT_TALKS = const(2)

_TONE = const(4)
_MUSIC = const(5)
_NEVER = const(-1)
_WARM_UP_FRAMES = const(16)
_NET_LATE_FRAMES = const(12)

_IS_TONAL = const(13)  # in found (lines.py)
_IS_NARROW = const(14)
_START = const(15)
_MUSIC_SINCE = const(8)  # in music's state (speech.py)
_MUSIC_UNTIL = const(9)
_IS_MUSIC = const(10)
_IS_MAYBE = const(11)
_STEADY_32ND_CDB = const(19)  # the level's mean over 32 frames
_N_STEADY = const(20)  # frames near it, less so many for each that is not
_N_OFF = const(21)  # frames in a row that are not near it
_STEP_FRAMES = const(10)
_STEADY_CDB = const(250)
_UNSTEADY_FRAMES = const(6)  # one in seven may be lost
_STEADY_FRAMES = const(75)
_MOST_STEADY_FRAMES = const(100)
_CLIPPED_BITS = const(16)
_IS_OVERDRIVEN = const(17)
_SQUARE_SAMPLES = const(160)
_LATE_BIT = const(8)  # of the frame that hindsight tells of, in bits of the frame before


@micropython.viper
def begin(pack: ptr32):
    """Both channels' moments, as far as they are known before anything is decided.

    pack: levels: the agent's row, the line's; floors and leaks of each: of all bands and of the
    telephone band, leaks in 1/16 centi-dB; the frame's facts; both moments; found; music. A frame
    that the other side's leak explains is foreign. The leaks become facts, too. The line's frame is
    high if it may be music: above the floor, and not of a steady sound.
    """
    levels = ptr32(pack[0])
    floor = ptr32(pack[1])
    leak = ptr32(pack[3])
    facts = ptr32(pack[5])
    moment = ptr32(pack[6])
    row = 0
    own = 0
    other = _VALUES
    is_other_speech = facts[_LINE + _FACT_IS_IN_SPURT]
    shown = facts[_FACT_INDEX]
    heard = facts[_FACT_HEARD]
    while own <= _VALUES:
        moment[_MOMENT_SHOWN] = shown
        moment[_MOMENT_HEARD] = heard
        moment[_MOMENT_IS_SETTLING] = 0
        if heard - _NET_LATE_FRAMES < _WARM_UP_FRAMES:
            moment[_MOMENT_IS_SETTLING] = 1
        moment[_MOMENT_IS_OTHER] = 0
        if shown < _WARM_UP_FRAMES:
            moment[_MOMENT_IS_OTHER] = 1
        moment[_MOMENT_SOUND] = 0
        moment[_MOMENT_SINCE] = shown
        moment[_MOMENT_UNTIL] = 0
        moment[_MOMENT_IS_HIDDEN] = 0
        moment[_MOMENT_LEVEL_CDB] = levels[own + _FULL]
        moment[_MOMENT_GROUND_CDB] = floor[_FULL]
        leak_cdb = leak[_TELEPHONE] >> 4
        facts[row + _FACT_LEAK_CDB] = leak_cdb
        leak_cdb += _ROOM_MARGIN_CDB
        if is_other_speech:
            leak_cdb += _LEAK_MARGIN_CDB - _ROOM_MARGIN_CDB
        moment[_MOMENT_IS_FOREIGN] = 0
        if levels[other + _TELEPHONE] + leak_cdb >= levels[own + _TELEPHONE]:
            moment[_MOMENT_IS_FOREIGN] = 1
        elif is_other_speech:
            # The hiss of an S leaks above the telephone's band.
            if levels[other + _FULL] + leak_cdb >= levels[own + _FULL]:
                moment[_MOMENT_IS_FOREIGN] = 1
        moment[_MOMENT_IS_HIGH] = 0
        if levels[own + _TELEPHONE] - floor[_TELEPHONE] >= _MUSIC_RISE_CDB:
            moment[_MOMENT_IS_HIGH] = 1
        floor = ptr32(pack[2])
        leak = ptr32(pack[4])
        moment = ptr32(pack[7])
        row += _LINE
        own += _VALUES
        other = 0
        is_other_speech = facts[_FACT_IS_IN_SPURT]
    # The loop leaves it with the line's.
    moment[_MOMENT_SINCE] = _NEVER
    moment[_MOMENT_IS_BUSY] = facts[_FACT_N_BUSY_CYCLES]
    moment[_MOMENT_WHILE_AGENT_TALKS] = 0
    if facts[_FACT_IS_IN_SPURT]:
        moment[_MOMENT_WHILE_AGENT_TALKS] = _WHILE_AGENT_TALKS
        if moment[_MOMENT_IS_FOREIGN]:
            moment[_MOMENT_IS_FOREIGN] |= _WHILE_AGENT_TALKS
    found = ptr32(pack[8])
    if found[_IS_TONAL]:
        moment[_MOMENT_TONAL_UNTIL] = heard + _NET_LATE_FRAMES
    # What is settled is about a frame that lies so far back: a tone's end, too.
    music = ptr32(pack[9])
    if heard <= moment[_MOMENT_TONAL_UNTIL] or music[_IS_MUSIC]:
        moment[_MOMENT_IS_SETTLING] = 1
    # What keeps its level is no music: noise through GSM's codec sings.
    level_cdb = levels[_VALUES + _TELEPHONE]
    change_cdb = level_cdb - (music[_STEADY_32ND_CDB] >> 5)
    x = music[_N_STEADY]
    if 0 - _STEADY_CDB < change_cdb < _STEADY_CDB:
        music[_N_OFF] = 0
        if x < _MOST_STEADY_FRAMES:
            x += 1
    else:
        x -= _UNSTEADY_FRAMES
        if x < 0:
            x = 0
        music[_N_OFF] += 1
        if music[_N_OFF] >= _STEP_FRAMES:  # another level
            music[_STEADY_32ND_CDB] = level_cdb << 5
            music[_N_OFF] = 0
            change_cdb = 0
        elif change_cdb > 0:
            change_cdb = _STEADY_CDB
        else:
            change_cdb = 0 - _STEADY_CDB
    music[_STEADY_32ND_CDB] += change_cdb
    music[_N_STEADY] = x
    if x >= _STEADY_FRAMES and music[_IS_MUSIC] == 0:
        moment[_MOMENT_IS_HIGH] = 0
    # Out of order, the leak is loud and clips, too: while the agent talks, only what is next to a
    # square wave is the customer.
    if music[_IS_OVERDRIVEN] and facts[_FACT_IS_IN_SPURT]:
        if facts[_LINE + _FACT_N_CLIPPED] < _SQUARE_SAMPLES:
            moment[_MOMENT_IS_OTHER] = 1
        if music[_CLIPPED_BITS] >> _LATE_BIT & 1 == 0:
            moment[_MOMENT_IS_SETTLING] = 1


@micropython.viper
def choose(pack: ptr32):
    """What the line's other sounds are, if any: a ring that is known already stays, else music or
    a tone.

    pack: the line's levels, its moment, found, music.
    """
    levels = ptr32(pack[0])
    moment = ptr32(pack[1])
    found = ptr32(pack[2])
    music = ptr32(pack[3])
    if music[_IS_MUSIC]:
        moment[_MOMENT_SOUND] = _MUSIC
        moment[_MOMENT_SINCE] = music[_MUSIC_SINCE]
    elif found[_IS_TONAL]:
        moment[_MOMENT_SOUND] = _TONE
        moment[_MOMENT_SINCE] = found[_START]
    sound = moment[_MOMENT_SOUND]
    if sound:
        moment[_MOMENT_IS_OTHER] = 1
    moment[_MOMENT_IS_HIDDEN] = music[_IS_MAYBE] | sound
    moment[_MOMENT_UNTIL] = music[_MUSIC_UNTIL]
    if found[_IS_NARROW] or found[_IS_TONAL]:
        moment[_MOMENT_IS_FOREIGN] = 1 | moment[_MOMENT_WHILE_AGENT_TALKS]
    # Wind at the mouth leaks below the telephone band; no connected line is only that.
    most_cdb = levels[_TELEPHONE] + _LEAST_TELEPHONE_CDB
    if moment[_MOMENT_LEVEL_CDB] > most_cdb:
        moment[_MOMENT_LEVEL_CDB] = most_cdb
