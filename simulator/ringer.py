"""Learns a ringer from a recording, as a unit learns it from its microphones.

    template = learn(open_recording("two_rings.wav"))

Called by: `callclip sim ringer`, the bench. Ref: core/ringlearn.py.
"""

from callclip.core import ringstates
from callclip.core.units import FRAME_BYTES

from simulator.shims import install_micropython

_START_FRAMES = 16  # the noise floors have settled


class RingerError(Exception):
    """One sentence: why nothing was learned."""


def learn(recording, on_progress=None):
    """The template of the first two rings of a recording (anything with `blocks()`).

    on_progress is called with the number of frames heard so far and the learner's state.
    """
    install_micropython()
    from callclip.core.floor import NoiseFloor, step_of
    from callclip.core.frontend import FrontEnd
    from callclip.core.ringlearn import RingLearner

    front = FrontEnd()
    floors = NoiseFloor(front.agent), NoiseFloor(front.line)
    follow_floors, words = step_of(*floors)
    learner = RingLearner(front.agent, front.line, *floors)
    for index, slots in enumerate(_frames(recording.blocks())):
        front.analyse(slots)
        follow_floors(0, 0, words)
        if index == _START_FRAMES:
            learner.start()
        learner.update()
        learner.judge()
        if on_progress:
            on_progress(index + 1, learner.state)
        if learner.state == ringstates.LEARNED:
            return learner.template
        if learner.state == ringstates.REFUSED:
            raise RingerError(ringstates.REASONS[learner.reason])
    raise RingerError("the recording ended before two rings were heard")


def _frames(blocks):
    waiting = b""
    for block in blocks:
        waiting += bytes(block)
        n_bytes = len(waiting) - len(waiting) % FRAME_BYTES
        for at in range(0, n_bytes, FRAME_BYTES):
            yield bytearray(waiting[at : at + FRAME_BYTES])
        waiting = waiting[n_bytes:]
