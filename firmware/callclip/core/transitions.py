"""The life of a call as a table: which happening leads from which state to which.

Pure data and one pure function; no time, no sound, no events. What a happening takes (how long a
silence, how many cycles of a tone) is decided in `rules/`; what follows from a change is done in
`call.py`. Each pair of state and happening is either a row of TRANSITIONS or named in IGNORED
with the reason, and a test holds that.
Called by: call.py (next_state), rules (state numbers), simulator (STATE_NAMES).
"""

IDLE, RINGING, GREETING, TALKING, HOLD, CLOSING = range(6)
STATE_NAMES = ("IDLE", "RINGING", "GREETING", "TALKING", "HOLD", "CLOSING")

# Sets of states, one bit each, for the rules to say where they apply.
IN_CALL = 1 << GREETING | 1 << TALKING | 1 << HOLD | 1 << CLOSING
IN_CONVERSATION = 1 << GREETING | 1 << TALKING | 1 << CLOSING

(
    RING_HEARD,
    RING_GONE,
    CALL_BUTTON,
    AGENT_SPEECH,
    CUSTOMER_SPEECH,
    BOTH_SILENT,
    HOLD_BEGINS,
    HOLD_OVER,
    HOLD_OVER_UNGREETED,
    CALL_OVER,
    CALL_OVER_BY_RING,
) = range(11)
HAPPENING_NAMES = (
    "RING_HEARD",
    "RING_GONE",
    "CALL_BUTTON",
    "AGENT_SPEECH",
    "CUSTOMER_SPEECH",
    "BOTH_SILENT",
    "HOLD_BEGINS",
    "HOLD_OVER",
    "HOLD_OVER_UNGREETED",
    "CALL_OVER",
    "CALL_OVER_BY_RING",
)

# (state, happening, next state)
TRANSITIONS = (
    (IDLE, RING_HEARD, RINGING),
    (IDLE, CALL_BUTTON, GREETING),
    (IDLE, AGENT_SPEECH, TALKING),
    (IDLE, CUSTOMER_SPEECH, GREETING),
    (RINGING, RING_HEARD, RINGING),
    (RINGING, RING_GONE, IDLE),
    (RINGING, CALL_BUTTON, GREETING),
    (RINGING, AGENT_SPEECH, TALKING),
    (RINGING, CUSTOMER_SPEECH, GREETING),
    (GREETING, AGENT_SPEECH, TALKING),
    (GREETING, CUSTOMER_SPEECH, GREETING),
    (GREETING, HOLD_BEGINS, HOLD),
    (GREETING, CALL_OVER, IDLE),
    (GREETING, CALL_OVER_BY_RING, RINGING),
    (TALKING, AGENT_SPEECH, TALKING),
    (TALKING, CUSTOMER_SPEECH, TALKING),
    (TALKING, BOTH_SILENT, CLOSING),
    (TALKING, HOLD_BEGINS, HOLD),
    (TALKING, CALL_OVER, IDLE),
    (TALKING, CALL_OVER_BY_RING, RINGING),
    (HOLD, HOLD_OVER, TALKING),
    (HOLD, HOLD_OVER_UNGREETED, GREETING),
    (HOLD, CALL_OVER, IDLE),
    (HOLD, CALL_OVER_BY_RING, RINGING),
    (CLOSING, AGENT_SPEECH, TALKING),
    (CLOSING, CUSTOMER_SPEECH, TALKING),
    (CLOSING, HOLD_BEGINS, HOLD),
    (CLOSING, CALL_OVER, IDLE),
    (CLOSING, CALL_OVER_BY_RING, RINGING),
)

# (states, happenings, why nothing follows)
IGNORED = (
    (
        (IDLE, RINGING),
        (BOTH_SILENT, HOLD_BEGINS, HOLD_OVER, HOLD_OVER_UNGREETED, CALL_OVER, CALL_OVER_BY_RING),
        "these are about a call, and there is none",
    ),
    ((IDLE,), (RING_GONE,), "nothing rang"),
    (
        (GREETING, TALKING, HOLD, CLOSING),
        (RING_HEARD,),
        "a second call knocks: logged, and the present call goes on",
    ),
    (
        (GREETING, TALKING, HOLD, CLOSING),
        (RING_GONE, CALL_BUTTON),
        "answered already; in a call the button means hold",
    ),
    (
        (GREETING, TALKING, CLOSING),
        (HOLD_OVER, HOLD_OVER_UNGREETED),
        "there is no hold to end",
    ),
    ((GREETING,), (BOTH_SILENT,), "the agent cannot have spoken last: he has not spoken"),
    ((CLOSING,), (BOTH_SILENT,), "closing already"),
    (
        (HOLD,),
        (AGENT_SPEECH, CUSTOMER_SPEECH),
        "talk beside a held line, or the hold music; what ends a hold is said by HOLD_OVER",
    ),
    ((HOLD,), (BOTH_SILENT, HOLD_BEGINS), "silence on hold is what hold is; held already"),
)

_N_HAPPENINGS = len(HAPPENING_NAMES)


def _compiled():
    """TRANSITIONS as bytes, so that a look-up on the frame path allocates nothing."""
    table = bytearray(len(STATE_NAMES) * _N_HAPPENINGS)
    for state in range(len(STATE_NAMES)):
        for happening in range(_N_HAPPENINGS):
            table[state * _N_HAPPENINGS + happening] = state
    for state, happening, after in TRANSITIONS:
        table[state * _N_HAPPENINGS + happening] = after
    return bytes(table)


_NEXT = _compiled()


def next_state(state, happening):
    """The state after `happening`; the same state when the pair is ignored."""
    return _NEXT[state * _N_HAPPENINGS + happening]
