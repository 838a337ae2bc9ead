"""How far the learning of a ringer is, and why it was refused: numbers, and words for people.

Called by: ringlearn.py, host_tools.cmd_ringer, simulator.ringer.
"""

IDLE, WAIT_FIRST, HEAR_FIRST, WAIT_SECOND, HEAR_SECOND, LEARNED, REFUSED = range(7)
NO_REASON, NO_RING, TOO_SHORT, TOO_LONG, TOO_MANY_BURSTS, NO_RINGER, UNLIKE, STOPPED = range(8)
STATE_NAMES = (
    "not learning",
    "waiting for ring 1",
    "hearing ring 1",
    "waiting for ring 2",
    "hearing ring 2",
    "learned",
    "refused",
)
REASONS = (
    "",
    "no ring was heard in time; ring the phone, or turn it louder",
    "what was heard was too short for a ring",
    "what was heard went on for more than 5 s without a pause",
    "a ring of more than four bursts",
    "what was heard was no ringer: too many sounds at once, like speech",
    "the second ring was not like the first; learn while nobody speaks",
    "stopped",
)
