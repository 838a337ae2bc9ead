"""Frames of a call by kind, painted over while they may be corrected, then counted for good.

state: see below. ring: planes of RING_FRAMES bytes: kinds, then of the agent and of the customer
the level of own speech in steps of 50 centi-dB down (255: none) and the threshold of P.56's
envelope.
Called by: timeline.py, once a frame of a call.
"""

import micropython
from micropython import const

_FACT_IS_ACTIVE = const(4)
_FACT_SPURT_START = const(9)
_FACT_SPURT_MS = const(10)
_FACT_OWN_CDB = const(13)
_FACT_THRESHOLD = const(14)
_FACT_INDEX = const(64)
_FACT_CALL_STATE = const(72)
_LINE = const(32)  # where the line's facts begin

_AGENT = const(1)
_CUSTOMER = const(2)
_BOTH = const(3)
_HOLD = const(4)  # bit
_ON_HOLD = const(4)  # of the call's states
_UNHEARD = const(8)  # bit: lost sound; a silence does not go on over it
_NOTHING_CDB = const(-12000)
_N_LEVELS = const(255)
_LEVEL_STEP_CDB = const(50)
_DROWNED_STEPS = const(12)  # 6 dB
_FALL_FRAMES = const(20)  # P.56's envelope and its hangover after a spurt

_NEXT = const(0)  # first frame not counted yet
_LAG = const(1)
_RUN_KIND = const(2)
_RUN = const(3)  # frames of the run that the last counted frame belongs to
_LONGEST = const(4)  # run of silence; of hold in the word after it
_DONE = const(6)  # last frame painted for the agent, for the customer
_REST = const(8)  # frames that still belong to the last spurt's level, likewise
_N = const(10)  # frames of each of five kinds
_LEVELS = const(15)  # the words of activity.add for the agent, for the customer
_LEVEL_WORDS = const(33)
_HIGH = const(1)
_LOW = const(2)
_COUNTS = const(3)
_N_THRESHOLDS = const(30)
_LOW_BITS = const(24)
_UNTIL = const(81)  # first frame that `count` leaves
_RING_FRAMES = const(82)  # in the ring, a power of 2


@micropython.viper
def note(pack: ptr32) -> int:
    """Put one frame into the ring and paint what is known to be speech, back to a spurt's start.

    pack: state, ring, tables.EXP, a frame's facts. 1 when the oldest frame is to be counted,
    up to UNTIL of the state.
    """
    state = ptr32(pack[0])
    ring = ptr8(pack[1])
    facts = ptr32(pack[3])
    index = facts[_FACT_INDEX]
    n_ring = state[_RING_FRAMES]
    at = index & (n_ring - 1)
    ring[at] = 0
    if facts[_FACT_CALL_STATE] == _ON_HOLD:
        ring[at] = _HOLD
    own = 0
    bit = _AGENT
    plane = n_ring
    while bit <= _CUSTOMER:
        x = facts[own + _FACT_OWN_CDB]
        if x == _NOTHING_CDB:
            x = _N_LEVELS
        else:
            x = (0 - x) // _LEVEL_STEP_CDB
            if x < 0:
                x = 0
        ring[at + plane] = x
        ring[at + plane + n_ring] = facts[own + _FACT_THRESHOLD]
        if facts[own + _FACT_IS_ACTIVE] and facts[own + _FACT_SPURT_MS]:
            x = state[_DONE + bit - 1] + 1
            if facts[own + _FACT_SPURT_START] >= x:
                x = facts[own + _FACT_SPURT_START]
            if x < state[_NEXT]:
                x = state[_NEXT]
            while x <= index:
                ring[x & (n_ring - 1)] = ring[x & (n_ring - 1)] | bit
                x += 1
            state[_DONE + bit - 1] = index
        own += _LINE
        bit += 1
        plane += 2 * n_ring
    state[_UNTIL] = index - state[_LAG] + 1
    if index - state[_NEXT] >= state[_LAG]:
        return 1
    return 0


@micropython.viper
def count(pack: ptr32):
    """Count the frames before UNTIL of the state: their kinds, runs of a kind, levels of voices.

    pack: state, ring, tables.EXP. Only what turned out to be a voice, and how its envelope
    fell, has a level. Under an agent who is much louder the customer's frame would hold too much of
    his leak.
    """
    state = ptr32(pack[0])
    ring = ptr8(pack[1])
    table = ptr32(pack[2])
    end = state[_UNTIL]
    n_ring = state[_RING_FRAMES]
    while state[_NEXT] < end:
        at = state[_NEXT] & (n_ring - 1)
        kind = ring[at]
        is_run_over = 0
        if kind == _UNHEARD:
            is_run_over = 1
        kind &= _UNHEARD - 1
        if kind >= _HOLD:
            kind = _HOLD
        if is_run_over or kind != state[_RUN_KIND]:
            x = state[_RUN]
            if state[_RUN_KIND] == 0:
                if x > state[_LONGEST]:
                    state[_LONGEST] = x
            elif state[_RUN_KIND] == _HOLD:
                if x > state[_LONGEST + 1]:
                    state[_LONGEST + 1] = x
            state[_RUN] = 0
            state[_RUN_KIND] = kind
        state[_RUN] += 1
        state[_N + kind] += 1
        state[_NEXT] += 1
        who = 0
        if kind == _HOLD:
            who = 2
        plane = at + n_ring
        level = _LEVELS
        while who < 2:
            own = ring[plane]
            is_counted = 1
            if kind & (who + 1):
                state[_REST + who] = _FALL_FRAMES
            elif state[_REST + who]:
                state[_REST + who] -= 1
                own = _N_LEVELS
            else:
                is_counted = 0
            # As activity.add.
            if is_counted:
                x = ring[plane + n_ring]
                if x < _N_THRESHOLDS:
                    state[level + x + _COUNTS] += 1
                if own < _N_LEVELS:
                    state[level] += 1
                    power = 1
                    x = 8700 - own * _LEVEL_STEP_CDB - (_LEVEL_STEP_CDB >> 1)  # middle of a step
                    if x >= 0:
                        x = (x * 13933) >> 16
                        power = table[x & 63]
                        x = (x >> 6) - 14
                        if x < 0:
                            power >>= 0 - x
                        else:
                            power <<= x
                    power += state[level + _LOW]
                    state[level + _HIGH] += power >> _LOW_BITS
                    state[level + _LOW] = power & ((1 << _LOW_BITS) - 1)
            plane += 2 * n_ring
            level += _LEVEL_WORDS
            who += 1
            if who == 1 and kind == _BOTH:
                if ring[at + n_ring] + _DROWNED_STEPS < ring[plane]:
                    who = 2
