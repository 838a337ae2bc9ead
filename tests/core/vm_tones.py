"""Runs in the MicroPython VM: the tone detector hears slots, without the rest of hearing.

Arguments: folder of the firmware, file of slots (32-bit pairs, as the microphones give them).
Output: int32, five words a frame, see `Told` in test_tones.py. Started by: test_tones.py.
"""

import sys
from array import array

sys.path.insert(0, sys.argv[1])

from callclip.core.floor import NoiseFloor, step_of  # noqa: E402
from callclip.core.frame import Frame  # noqa: E402
from callclip.core.frontend import FrontEnd  # noqa: E402
from callclip.core.kernels import lines  # noqa: E402
from callclip.core.tones import ToneDetector  # noqa: E402

FRAME_BYTES = 2560


def main(path, is_doubted):
    front = FrontEnd()
    floor = NoiseFloor(front.line)
    frame = Frame()
    tones = ToneDetector(front.line, frame.facts, front.agent, floor)
    steps = (step_of(floor),) + tuple(tones.lines.steps)
    data = bytearray(FRAME_BYTES)
    index = 0
    with open(path, "rb") as file:
        while file.readinto(data) == FRAME_BYTES:
            front.analyse(data)
            for kernel, words in steps:
                kernel(0, 0, words)
            if lines.judge(tones.lines.judge_pack):
                tones.judge(frame, False, is_doubted and tones.run > 0, index)
            told = (frame.n_rings, frame.n_busy_cycles, frame.hold_beep_since)
            sys.stdout.buffer.write(array("i", told + (tones.is_tonal, tones.start)))
            index += 1


main(sys.argv[2], sys.argv[3:] == ["doubted"])
