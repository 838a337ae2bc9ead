"""Runs in the MicroPython VM: whole calls through the bead, a second at a time under heap_lock.

Arguments: folder of the firmware; "hear", "press" (with the button, too) or "allocate" (one list a
frame, to show that the lock catches it). VALUES in the environment: the configuration as JSON.
Input: slots. Output: one JSON line with the frames heard, the events' codes and the bytes by which
the heap grew while locked.
Started by: test_heap_lock.py.
"""

import gc
import json
import os
import sys

import micropython

sys.path.insert(0, sys.argv[1])

FRAMES_A_LOCK = 50


def hear(bead, frames, task):
    k = 0
    while k < FRAMES_A_LOCK:
        if task == "allocate":
            bead.spare = [k]
        elif task == "press" and k % 25 == 0:
            bead.press(k == 25)
        bead.frame(frames[k])
        k += 1


def main(task, values):
    from callclip.core.bead import Bead
    from callclip.core.config import Config
    from callclip.core.units import FRAME_BYTES

    bead = Bead(Config(values))
    source = sys.stdin.buffer
    slots = bytearray(FRAME_BYTES * FRAMES_A_LOCK)
    frames = [
        memoryview(slots)[k * FRAME_BYTES : (k + 1) * FRAME_BYTES] for k in range(FRAMES_A_LOCK)
    ]
    codes = set()
    n_grown_bytes = 0
    while source.readinto(slots) == len(slots):
        gc.collect()
        micropython.heap_lock()
        try:
            before = gc.mem_alloc()
            hear(bead, frames, task)
            after = gc.mem_alloc()
        finally:
            micropython.heap_unlock()
        n_grown_bytes += after - before
        while bead.events.n_waiting:
            codes.add(bead.events.take()[0])
    print(
        json.dumps(
            {
                "n_frames": bead.n_frames,
                "codes": sorted(codes),
                "n_grown_bytes": n_grown_bytes,
                "n_lost": bead.events.n_lost,
            }
        )
    )


main(sys.argv[2], json.loads(os.getenv("VALUES")))
