"""DEAD_AIR and TAIL_SILENCE: nobody speaks while the line is up, and it matters who spoke last.

Serves "ask for anything else, then hang up after 5 s". After the customer's last word an answer is
due (DEAD_AIR, again every `dead_air_ms`); after the agent's, the talk may be over (TAIL_SILENCE,
once each time; the call is CLOSING from then on). Both need a customer who has spoken. A hold is no
silence: time runs anew from its end. Times are frame indices, event values milliseconds.
"""

from callclip.core import events
from callclip.core.frame import COMFORT_NOISE, NO_SIGNAL, NOISE, SPEECH
from callclip.core.rules.rule import LATE_WORD_FRAMES, Rule
from callclip.core.transitions import BOTH_SILENT, GREETING, TALKING
from callclip.core.units import FRAME_MS, frames_from_ms


class DeadAir(Rule):
    STATES = 1 << GREETING | 1 << TALKING

    def __init__(self, call, config):
        super().__init__(call)
        self._wait = frames_from_ms(config.dead_air_ms)
        self._last = 0  # the customer's last word the present count belongs to
        self._n_said = 0

    def begin(self, frame):
        self._last = 0
        self._n_said = 0

    def judge(self, frame):
        talk = self._call.talk
        index = frame.index
        last = talk.customer_last
        if not talk.is_customer_heard or last <= talk.agent_last:
            self.sleep_until(index + self._wait - LATE_WORD_FRAMES)
            return
        if talk.resumed > last:
            last = talk.resumed
        if last != self._last:
            self._last = last
            self._n_said = 0
        silent = index - last
        if silent >= self._wait * (self._n_said + 1) and frame.line.state != NO_SIGNAL:
            self._n_said += 1
            self._call.emit(events.DEAD_AIR, silent * FRAME_MS)
        due = last + self._wait * (self._n_said + 1)
        word = index + self._wait - LATE_WORD_FRAMES
        self.sleep_until(due if due < word else word)


class TailSilence(Rule):
    STATES = 1 << TALKING

    def __init__(self, call, config):
        super().__init__(call)
        self._wait = frames_from_ms(config.tail_silence_ms)

    def judge(self, frame):
        talk = self._call.talk
        index = frame.index
        last = talk.agent_last
        if not talk.is_customer_heard or last <= talk.customer_last:
            self.sleep_until(index + self._wait - LATE_WORD_FRAMES)
            return
        if talk.resumed > last:
            last = talk.resumed
        self.sleep_until(last + self._wait)
        if index - last < self._wait or frame.line.is_maybe_music:
            return
        state = frame.line.state
        if state == COMFORT_NOISE or state == NOISE or state == SPEECH:
            self._call.emit(events.TAIL_SILENCE)
            self._call.happen(BOTH_SILENT)
