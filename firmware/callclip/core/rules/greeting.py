"""GREETING_MISSING: the call has started and the agent has not said a word for `greeting_ms`.

Serves "opening greeting". Time runs from the true start of the call, so that a late decision on its
first speech does not lengthen it. Once a call. Times are frame indices.
"""

from callclip.core import events
from callclip.core.frame import NEVER
from callclip.core.rules.rule import NEVER_DUE, Rule
from callclip.core.transitions import GREETING
from callclip.core.units import frames_from_ms


class GreetingMissing(Rule):
    STATES = 1 << GREETING

    def __init__(self, call, config):
        super().__init__(call)
        self._wait = frames_from_ms(config.greeting_ms)
        self._is_said = 0

    def begin(self, frame):
        self._is_said = 0

    def unheard(self):
        """The greeting may have been spoken while nothing was heard."""
        self._is_said = 1

    def judge(self, frame):
        talk = self._call.talk
        if self._is_said or talk.agent_last != NEVER:
            self.sleep_until(NEVER_DUE)
            return
        self.sleep_until(talk.start + self._wait - 1)
        if frame.index + 1 - talk.start >= self._wait and not frame.agent.is_in_spurt:
            self._is_said = 1
            self._call.emit(events.GREETING_MISSING)
