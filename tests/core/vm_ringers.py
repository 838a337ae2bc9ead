"""Runs in the MicroPython VM: the learner, or ringers with templates, hear slots.

Arguments: folder of the firmware, file of slots (32-bit pairs, as the microphones give them), and
for counting a file of templates, a JSON list. Output, JSON: [state, reason, template] of a learner
that was started in frame 16, or how many rings each template counts. Started by: test_ringer.py.
"""

import json
import sys

sys.path.insert(0, sys.argv[1])

from callclip.core import ringstates  # noqa: E402
from callclip.core.floor import NoiseFloor, step_of  # noqa: E402
from callclip.core.frame import Frame  # noqa: E402
from callclip.core.frontend import FrontEnd  # noqa: E402
from callclip.core.ringer import Ringer  # noqa: E402
from callclip.core.ringlearn import RingLearner  # noqa: E402

FRAME_BYTES = 2560
START = 16


def frames(path):
    data = bytearray(FRAME_BYTES)
    index = 0
    with open(path, "rb") as file:
        while file.readinto(data) == FRAME_BYTES:
            yield index, data
            index += 1


def learn(path):
    front = FrontEnd()
    floors = NoiseFloor(front.agent), NoiseFloor(front.line)
    follow_floors, words = step_of(*floors)
    learner = RingLearner(front.agent, front.line, *floors)
    for index, data in frames(path):
        front.analyse(data)
        follow_floors(0, 0, words)
        if index == START:
            learner.start()
        learner.update()
        learner.judge()
        if learner.state in (ringstates.LEARNED, ringstates.REFUSED):
            break
    return [learner.state, learner.reason, learner.template]


def count(path, templates):
    front = FrontEnd()
    parts = []
    for template in templates:
        ringer = Ringer(front.agent, front.line)
        ringer.use(template)
        parts.append((ringer, Frame()))
    for index, data in frames(path):
        front.analyse(data)
        for ringer, frame in parts:
            ringer.update(frame, False, index)
    return [frame.n_rings for _ringer, frame in parts]


def main(path, templates_path=None):
    if templates_path is None:
        print(json.dumps(learn(path)))
    else:
        with open(templates_path) as file:
            print(json.dumps(count(path, json.load(file))))


main(*sys.argv[2:])
