"""Speech as it looks half a second later: what statistics and `--frames` should show.

The net's late opinion, with hysteresis; pauses that turned out to be no longer than a spurt's gap
are filled, sounds shorter than LEAST_FRAMES are dropped.
In: logit in Q8 about the frame LATE_FRAMES ago. Out: Channel.is_late_active, about that frame, and
Channel.is_settled_speech, about the frame SETTLED_FRAMES ago.
Followed by kernels/speech.py. Called by: ear.py. Ref: ITU-T P.56 (200 ms hangover) for the gap.
"""

from array import array

from callclip.core.frame import SPURT_GAP_FRAMES

LEAST_FRAMES = 3
_TOP = SPURT_GAP_FRAMES + LEAST_FRAMES - 1  # the bit of the frame SETTLED_FRAMES ago


class Hindsight:
    def __init__(self, levels_q8):
        """levels_q8: a row of tuning.py, AGENT_SPEECH or LINE_SPEECH."""
        self.state = array("i", (levels_q8[2], levels_q8[3], 0, 0, 0, _TOP))
