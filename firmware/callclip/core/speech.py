"""From the net's logit to talk spurts: hysteresis, hangover, and what a spurt is worth.

A frame is active from one logit on and stays so down to another. Talk spurts join pieces up to
SPURT_GAP_FRAMES apart; they count (spurt_ms is not 0) once the logits of their active frames add up
to SURE_SUM_Q8, so that a short loud word counts as well as a longer faint one (tuning.py).
In: logits in Q8. Out: Channel.is_active, is_speech, spurt_start, spurt_ms, last_active.
Followed by kernels/speech.py. Called by: ear.py.
Ref: ITU-T P.56 (200 ms hangover) for the spurt gap.
"""

from array import array

from callclip.core.tuning import SURE_SUM_Q8

HANGOVER_FRAMES = 2


class SpeechDetector:
    """Decides for one channel; counters are bounded by the frames of a spurt."""

    def __init__(self, levels_q8):
        """levels_q8: a row of tuning.py, AGENT_SPEECH or LINE_SPEECH."""
        self.state = array("i", (levels_q8[0], levels_q8[1], SURE_SUM_Q8, 0, 0))
