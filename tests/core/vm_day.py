"""Runs in the MicroPython VM: the summary of a call of 24 h, made under heap_lock.

A day has 4,320,000 frames. The accumulators are set to what all but the last ten seconds of them
leave behind, the rest is played; a number that outgrows a small int would have to be allocated and
so raise MemoryError. Arguments: folder of the firmware, folder of frame_script.py. Output: the
values of CALL_ENDED as a JSON list. Started by: test_summary.py.
"""

import json
import sys

import micropython

sys.path[:0] = sys.argv[1:3]

DAY_FRAMES = 24 * 3600 * 50
PLAYED = 500
SYLLABLES = 8 * 24 * 3600


def main():
    from callclip.core.config import Config
    from callclip.core.kernels import timeline as kernels
    from callclip.core.summary import Summary
    from frame_script import Sound

    sound = Sound()
    summary = Summary(Config(), sound.frame.facts)
    summary.begin(0, sound.frame, 0, 0)
    sound.next_frame(1, 1, 1)
    before = DAY_FRAMES - PLAYED
    timeline = summary.timeline
    timeline.facts[10 + 3] = before  # frames in which both spoke
    timeline.next_frame = before
    timeline.run_kind = 3
    timeline.run = before
    for level in (timeline.agent_level, timeline.customer_level):
        # 10^6.075, the power at -26.25 dB, `before` times.
        level.state[0] = level.state[3 + 10] = before
        level.state[1] = before * 1188502 >> 24
    summary._noise_levels._counts[60] = before
    summary._noise_levels.n = before
    frame = sound.frame
    frame.index = before - 1
    frame.agent.last_active = frame.line.last_active = before - 1
    for _ in range(PLAYED):
        sound.next_frame(1, 1, 1)
        micropython.heap_lock()
        if kernels.note(timeline.pack):
            kernels.count(timeline.pack)
        micropython.heap_unlock()
    frame.agent.n_syllables = SYLLABLES
    micropython.heap_lock()
    summary.finish(DAY_FRAMES, 0, frame, -1, 0)
    micropython.heap_unlock()
    print(json.dumps(list(summary.values)))


main()
