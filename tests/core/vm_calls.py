"""Runs in the MicroPython VM: scripted calls with each step under heap_lock; prints their events.

Arguments: folder of the firmware, folder of frame_script.py, scripts. Output: JSON lines, events
and after each script a line with the number of frames and the microseconds they took.
Started by: test_call_vm.py.
"""

import json
import sys
import time

import micropython

sys.path[:0] = sys.argv[1:3]


def main(texts):
    from callclip.core.call import Call
    from callclip.core.config import Config
    from callclip.core.eventqueue import EventQueue
    from frame_script import Sound, drain

    for text in texts:
        queue = EventQueue()
        call = Call(Config(), queue)
        events = []
        spent_us = []
        for frame in Sound().play(text):
            start = time.ticks_us()
            micropython.heap_lock()
            call.step(frame)
            micropython.heap_unlock()
            spent_us.append(time.ticks_diff(time.ticks_us(), start))
            drain(queue, events)
        for event in events:
            print(json.dumps(event))
        n = len(spent_us)
        spent_us.sort()
        print(
            json.dumps({"n_frames": n, "median_us": spent_us[n // 2], "longest_us": spent_us[-1]})
        )


main(sys.argv[3:])
