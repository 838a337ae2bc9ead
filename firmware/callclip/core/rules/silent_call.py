"""SILENT_CALL 1, 2, 3: the customer has not spoken in this call; greet, say farewell, hang up.

Serves "greet, wait five seconds, greet again, wait five, say farewell, wait five, hang up". Each
stage comes `silent_call_ms` after the later of the stage before and the agent's last word. An agent
who never speaks has no last word: GREETING_MISSING is for him. Speech of the customer of
`min_customer_speech_ms` ends the sequence for the whole call; while he may be about to say it, the
last stage waits. It never comes once he may have said something, if only in hindsight (talk.py): to
hang up on somebody is worse than to wait. Times are frame indices.
"""

from callclip.core import events
from callclip.core.frame import NEVER
from callclip.core.rules.rule import LATE_WORD_FRAMES, NEVER_DUE, Rule
from callclip.core.transitions import IN_CONVERSATION
from callclip.core.units import frames_from_ms

LAST_STAGE = 3


class SilentCall(Rule):
    STATES = IN_CONVERSATION

    def __init__(self, call, config):
        super().__init__(call)
        self._wait = frames_from_ms(config.silent_call_ms)
        self.stage = 0
        self.prompted = NEVER  # frame of the last stage

    def begin(self, frame):
        self.stage = 0
        self.prompted = NEVER

    def judge(self, frame):
        talk = self._call.talk
        index = frame.index
        if talk.is_customer_heard or self.stage == LAST_STAGE:
            self.sleep_until(NEVER_DUE)
            return
        if talk.agent_last == NEVER:
            self.sleep_until(index + self._wait - LATE_WORD_FRAMES)
            return
        since = talk.agent_last
        if self.prompted > since:
            since = self.prompted
        if talk.resumed > since:
            since = talk.resumed
        self.sleep_until(since + self._wait)
        if index - since < self._wait:
            return
        if self.stage == LAST_STAGE - 1:
            if talk.is_customer_maybe():
                self.sleep_until(NEVER_DUE)
                return
            if frame.line.is_in_spurt:
                return
        self.stage += 1
        self.prompted = index
        self._call.emit(events.SILENT_CALL, self.stage)
        self.sleep_until(index + self._wait)
