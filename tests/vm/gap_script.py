"""Runs in the MicroPython VM: a recording through the bead, with frames left out.

Arguments: folder of the firmware; frames in a hole; first frames of the holes as JSON.
Input: slots. Output: one JSON line, the events as [code, t_frames, call, values].
Started by: test_gaps.py.
"""

import json
import sys

sys.path.insert(0, sys.argv[1])


def main(n_hole, holes):
    from callclip.core.bead import Bead
    from callclip.core.config import Config
    from callclip.core.frame import SETTLED_FRAMES
    from callclip.core.units import FRAME_BYTES

    bead = Bead(Config({}))
    slots = bytearray(FRAME_BYTES)
    told = []
    n_lost = 0
    n_after = 0
    at = 0  # frames of the recording
    while n_after < SETTLED_FRAMES:
        if sys.stdin.buffer.readinto(slots) != FRAME_BYTES:
            slots = bytearray(FRAME_BYTES)
            n_after += 1
        if at in holes:
            n_lost = n_hole
        at += 1
        if n_lost:
            n_lost -= 1
            if n_lost == 0:
                bead.lose(n_hole)
            continue
        bead.frame(slots)
        while bead.events.n_waiting:
            told.append(bead.events.take())
    assert bead.n_frames == at
    print(json.dumps(told))


main(int(sys.argv[2]), set(json.loads(sys.argv[3])))
