"""Runs in the 32-bit VM: heap taken by the core, and by its frames.

Argument: folder of the compiled firmware. Input: slots. Output: one JSON line, bytes.
Started by: memory.py.
"""

import gc
import json
import sys

sys.path.insert(0, sys.argv[1])


def main():
    start = gc.mem_alloc()
    from callclip.core.bead import Bead
    from callclip.core.config import Config
    from callclip.core.units import FRAME_BYTES

    bead = Bead(Config({}))
    slots = bytearray(FRAME_BYTES)
    peak = gc.mem_alloc()  # with what loading left behind
    gc.collect()
    held = gc.mem_alloc()
    gc.disable()
    source = sys.stdin.buffer
    n_frames = 0
    grown = 0
    while source.readinto(slots) == FRAME_BYTES:
        before = gc.mem_alloc()
        bead.frame(slots)
        grown += gc.mem_alloc() - before
        n_frames += 1
        while bead.events.n_waiting:
            bead.events.take()
    figures = {"n_frames": n_frames, "grown": grown, "held": held - start, "peak": peak - start}
    print(json.dumps(figures))


main()
