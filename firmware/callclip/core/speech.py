"""From the net's logit to talk spurts: hysteresis, hangover, and what a spurt is worth.

A frame is active from one logit on and stays so down to another. Talk spurts join pieces up to
SPURT_GAP_FRAMES apart; they count (spurt_ms is not 0) once the logits of their active frames add up
to SURE_SUM_Q8, so that a short loud word counts as well as a longer faint one (tuning.py).
In: logits in Q8. Out: Channel.is_active, is_speech, spurt_start, spurt_ms, last_active.
Called by: hearing.py. Ref: ITU-T P.56 (200 ms hangover) for the spurt gap.
"""

from callclip.core.frame import NEVER, SPURT_GAP_FRAMES
from callclip.core.tuning import SURE_SUM_Q8
from callclip.core.units import FRAME_MS

HANGOVER_FRAMES = 2


class SpeechDetector:
    """Decides for one channel; counters are bounded by the frames of a spurt."""

    def __init__(self, levels_q8):
        """levels_q8: a row of tuning.py, AGENT_SPEECH or LINE_SPEECH."""
        self._on_q8, self._off_q8 = levels_q8[:2]
        self._spurt_frames = 0
        self._sum_q8 = 0

    def decide(self, channel, logit_q8, is_other_sound, index):
        """is_other_sound: a tone or music, whatever the net says."""
        is_active = (
            logit_q8 >= (self._off_q8 if channel.is_active else self._on_q8) and not is_other_sound
        )
        if is_active:
            self._go_on(channel, logit_q8, index)
        else:
            channel.is_active = 0
            if is_other_sound or index - channel.last_active > HANGOVER_FRAMES:
                channel.is_speech = 0

    def _go_on(self, channel, logit_q8, index):
        last = channel.last_active
        if last == NEVER or index - last > SPURT_GAP_FRAMES + 1:
            channel.spurt_start = index
            channel.spurt_ms = 0
            self._spurt_frames = 0
            self._sum_q8 = 0
        channel.is_active = 1
        channel.is_speech = 1
        channel.last_active = index
        self._spurt_frames += 1
        if self._sum_q8 < SURE_SUM_Q8:
            self._sum_q8 += logit_q8
        if self._sum_q8 >= SURE_SUM_Q8:
            channel.spurt_ms = self._spurt_frames * FRAME_MS
