"""AGENT_RAISED_VOICE: the agent has become louder because the customer is hard to hear.

Serves "keep your own volume unchanged". While a QUIET_CUSTOMER or NOISY_LINE sequence runs, from
its first stage until the voice or the line is good again, the agent's active speech level must not
rise by more than `raised_voice_cdb` above what it was when the sequence began; if the agent had
hardly spoken by then, above the first OWN_MS of speech in it. Once a sequence. Centi-dB.
"""

from callclip.core import events
from callclip.core.frame import fact
from callclip.core.kernels import meters
from callclip.core.rules.rule import HEAD_WORDS, Rule
from callclip.core.talk import STATE_CHANGED
from callclip.core.transitions import IN_CONVERSATION
from callclip.core.units import frames_from_ms

OWN_MS = 1000


class RaisedVoice(Rule):
    STATES = IN_CONVERSATION
    WAKES = STATE_CHANGED
    n_speech = fact(HEAD_WORDS)  # agent's frames of speech in this call, up to OWN_MS
    is_running = fact(HEAD_WORDS + 2)  # a sequence

    def __init__(self, call, config, sequences):
        """sequences: the rules whose `stage` is not 0 while their sequence runs."""
        self._own = frames_from_ms(OWN_MS)
        super().__init__(call, (0, self._own, 0))
        self._rise_cdb = config.raised_voice_cdb
        self._sequences = sequences
        self._is_known = 0  # the level at its beginning
        self._start_cdb = 0
        self._is_said = 0

    def meter(self):
        return meters.voice

    def begin(self, frame):
        self.n_speech = 0
        self.is_running = 0

    def judge(self, frame):
        if not self._has_begun():
            self.is_running = 0
            return
        if not self.is_running:
            self.is_running = 1
            self._is_known = 0
            self._is_said = 0
        if self._is_said or self.n_speech < self._own:
            return
        agent = frame.agent
        if not self._is_known:
            self._is_known = 1
            self._start_cdb = agent.speech_cdb
        rise_cdb = agent.speech_cdb - self._start_cdb
        if rise_cdb > self._rise_cdb:
            self._is_said = 1
            self._call.emit(events.AGENT_RAISED_VOICE, rise_cdb)

    def _has_begun(self):
        for rule in self._sequences:
            if rule.stage:
                return True
        return False
