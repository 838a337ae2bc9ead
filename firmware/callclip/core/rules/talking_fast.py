"""TALKING_FAST: the agent speaks faster than `fast_speech_spm` over `fast_speech_ms` of own speech.

Serves "do not talk too fast, about 120 characters a minute". The rate is taken over the last
N_PARTS parts of own speech, pauses under 200 ms included, and judged afresh with every part. It is
said once until the rate has come down by HYSTERESIS_SPM. Own speech only: what is said on hold is
not for the customer. Syllables a minute; parts in frames.
"""

from array import array

from callclip.core import events
from callclip.core.frame import fact
from callclip.core.kernels import meters
from callclip.core.rules.rule import HEAD_WORDS, Rule
from callclip.core.transitions import IN_CONVERSATION
from callclip.core.units import frames_from_ms

N_PARTS = 5
HYSTERESIS_SPM = 12
MINUTE_FRAMES = 3000


class TalkingFast(Rule):
    STATES = IN_CONVERSATION
    n_heard = fact(HEAD_WORDS)  # of own speech in the present part
    n_spoken = fact(HEAD_WORDS + 2)  # in it

    def __init__(self, call, config):
        self._part = -(-frames_from_ms(config.fast_speech_ms) // N_PARTS)
        # ... and the channel's count in the frame before, and that frame.
        super().__init__(call, (0, self._part, 0, 0, 0))
        self._limit_spm = config.fast_speech_spm
        self._counts = array("i", bytes(4 * N_PARTS))  # syllables of each part
        self._n_parts = 0  # since the start of the call, up to N_PARTS
        self._next = 0
        self._is_fast = 0

    def meter(self):
        return meters.pace

    def begin(self, frame):
        self._n_parts = 0
        self.n_heard = 0
        self.n_spoken = 0
        self._is_fast = 0

    def judge(self, frame):
        self._counts[self._next] = self.n_spoken
        self._next = (self._next + 1) % N_PARTS
        self.n_heard = 0
        self.n_spoken = 0
        if self._n_parts < N_PARTS:
            self._n_parts += 1
        if self._n_parts == N_PARTS:
            self._measure()

    def _measure(self):
        """Bound: 25 syllables a second over 60 s are 1,500, times 3,000 below 2^30."""
        n_syllables = 0
        at = 0
        while at < N_PARTS:
            n_syllables += self._counts[at]
            at += 1
        rate_spm = n_syllables * MINUTE_FRAMES // (self._part * N_PARTS)
        if rate_spm > self._limit_spm:
            if not self._is_fast:
                self._call.emit(events.TALKING_FAST, rate_spm)
            self._is_fast = 1
        elif rate_spm <= self._limit_spm - HYSTERESIS_SPM:
            self._is_fast = 0
