"""Speech as it looks half a second later: what statistics and `--frames` should show.

The net's late opinion, with hysteresis; pauses that turned out to be no longer than a spurt's gap
are filled, sounds shorter than LEAST_FRAMES are dropped.
In: logit in Q8 about the frame LATE_FRAMES ago. Out: Channel.is_settled_speech, about the frame
SETTLED_FRAMES ago. Called by: hearing.py. Ref: ITU-T P.56 (200 ms hangover) for the gap.
"""

from callclip.core.frame import SPURT_GAP_FRAMES

LEAST_FRAMES = 2
_TOP = SPURT_GAP_FRAMES + 1  # the bit of the frame SETTLED_FRAMES ago
_MASK = (1 << (_TOP + 1)) - 1


class Hindsight:
    """Bit k of _bits: speech in the frame k frames before the net's late one."""

    def __init__(self, levels_q8):
        """levels_q8: a row of tuning.py, AGENT_SPEECH or LINE_SPEECH."""
        self._on_q8, self._off_q8 = levels_q8[2:]
        self._bits = 0
        self._is_active = False
        self._n_active = 0  # frames of the present sound, up to LEAST_FRAMES
        self._n_silent = _TOP  # frames since the last one, up to _TOP

    def update(self, channel, logit_q8, is_other_sound=0):
        bits = self._bits << 1 & _MASK
        on_q8 = self._off_q8 if self._is_active else self._on_q8
        self._is_active = logit_q8 >= on_q8 and not is_other_sound
        if self._is_active:
            if self._n_active < LEAST_FRAMES:
                self._n_active += 1
            if self._n_active == LEAST_FRAMES:
                n_new = LEAST_FRAMES + (self._n_silent if self._n_silent < _TOP else 0)
                bits |= (1 << n_new) - 1
                self._n_silent = 0
        elif self._n_silent < _TOP:
            self._n_silent += 1 + (self._n_active if self._n_active < LEAST_FRAMES else 0)
            self._n_active = 0
        else:
            self._n_active = 0
        self._bits = bits
        channel.is_settled_speech = bits >> _TOP & 1
