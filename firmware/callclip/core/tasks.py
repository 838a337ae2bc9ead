"""The tasks of the unit's loop, by number and in words: what a hang is blamed on.

Called by: unit (where it is), ports/watchdog.py (who is alive, what to say after a restart).
"""

NOTHING, START, LISTEN, HEAR, RECORD, SHOW, PRESS, SERVE, STORE = range(9)
NAMES = (
    "nothing",
    "starting",
    "reading the microphones",
    "hearing a frame",
    "recording events",
    "showing the light",
    "reading the button",
    "serving the cable",
    "storing",
)
OF_FRAMES = (HEAR, RECORD, SHOW)  # come only with a frame
IN_TURN = (LISTEN, HEAR, RECORD, SHOW, PRESS, SERVE, STORE)
