"""Runs in the MicroPython VM: scripted calls with each step under heap_lock; prints their events.

Arguments: folder of the firmware, folder of frame_script.py, scripts. Output: JSON lines, events
and after each script a line with the number of frames and the microseconds they took.
Started by: test_call_vm.py.
"""

import json
import sys
import time
from array import array

import micropython

LONGEST_US = 1000

sys.path[:0] = sys.argv[1:3]


def main(texts):
    from callclip.core.call import Call
    from callclip.core.config import Config
    from callclip.core.eventqueue import EventQueue
    from frame_script import Sound, drain

    for text in texts:
        queue = EventQueue()
        sound = Sound()
        call = Call(Config(), queue, sound.frame)
        events = []
        # Frames by their microseconds: a list of all of them would not fit the VM's heap.
        n_by_us = array("i", bytes(4 * LONGEST_US))
        n = 0
        for _frame in sound.play(text):
            start = time.ticks_us()
            micropython.heap_lock()
            call.step()
            micropython.heap_unlock()
            spent_us = time.ticks_diff(time.ticks_us(), start)
            n_by_us[min(spent_us, LONGEST_US - 1)] += 1
            n += 1
            drain(queue, events)
        for event in events:
            print(json.dumps(event))
        print(json.dumps({"n_frames": n, "median_us": median(n_by_us, n)}))


def median(n_by_us, n):
    below = 0
    for us in range(LONGEST_US):
        below += n_by_us[us]
        if 2 * below >= n:
            return us
    return LONGEST_US


main(sys.argv[3:])
