"""Runs in the 32-bit VM: the compiled core over slots, for memory.py and bytecode.py to look at.

Arguments: folder of the compiled firmware; "memory" to follow the heap frame by frame, or "run".
Input: slots. Output: one JSON line, frames and bytes of heap.
Started by: firmware.py.
"""

import gc
import json
import sys

sys.path.insert(0, sys.argv[1])
_FRAME_BYTES = 2560


def main(task):
    from callclip import heard

    hear, take = heard.made()
    slots = bytearray(_FRAME_BYTES)
    gc.collect()
    gc.disable()
    source = sys.stdin.buffer
    n_frames = 0
    n_grown = 0
    while source.readinto(slots) == _FRAME_BYTES:
        before = gc.mem_alloc() if task == "memory" else 0
        hear(slots)
        n_grown += gc.mem_alloc() - before if task == "memory" else 0
        n_frames += 1
        while take() is not None:
            pass
    print(json.dumps({"n_frames": n_frames, "grown": n_grown}))


main(sys.argv[2])
