"""HOLD_RETURN_UNSPOKEN: the hold is over and the agent has said nothing for `hold_return_ms`.

Serves "thank for waiting". Words spoken since the customer was truly back count, even where they
came before the hold was known to be over; while music plays, it may not be over at all. Once a
hold. Times in frame indices.
"""

from callclip.core import events
from callclip.core.frame import MUSIC, NEVER
from callclip.core.rules.rule import AT_ONCE, NEVER_DUE, Rule
from callclip.core.transitions import IN_CONVERSATION
from callclip.core.units import frames_from_ms


class HoldReturn(Rule):
    STATES = IN_CONVERSATION

    def __init__(self, call, config):
        super().__init__(call)
        self._wait = frames_from_ms(config.hold_return_ms)
        self._ended = NEVER  # frame in which the hold was found to be over
        self._back = NEVER  # frame in which it truly was

    def begin(self, frame):
        self._ended = NEVER

    def expect(self, ended, back):
        """A hold is over: from now on a word of the agent is due."""
        self._ended = ended
        self._back = back
        self.sleep_until(AT_ONCE)

    def unheard(self):
        """The word may have been spoken while nothing was heard."""
        self._ended = NEVER

    def judge(self, frame):
        if self._ended == NEVER:
            self.sleep_until(NEVER_DUE)
        elif self._call.talk.agent_last >= self._back:
            self._ended = NEVER
        elif frame.index - self._ended < self._wait:
            self.sleep_until(self._ended + self._wait)
        elif frame.line.state != MUSIC:
            self._ended = NEVER
            self._call.emit(events.HOLD_RETURN_UNSPOKEN)
