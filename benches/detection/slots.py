"""Samples in memory in the form that simulator.runner and simulator.ringer take.

Called by: hear.py, taught.py.
"""

FRAME_SAMPLES = 320
BLOCK_FRAMES = 100


class Samples:
    """int16 samples [n, 2]; what is left of a frame at the end is dropped."""

    def __init__(self, samples):
        self._samples = samples[: len(samples) // FRAME_SAMPLES * FRAME_SAMPLES]

    def blocks(self):
        step = BLOCK_FRAMES * FRAME_SAMPLES
        for at in range(0, len(self._samples), step):
            # 16-bit samples stand in the upper half of a 32-bit slot.
            yield (self._samples[at : at + step].astype("<i4") << 16).tobytes()
