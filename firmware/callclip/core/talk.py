"""Who has spoken in the present call, who spoke last, and since when the line is up or down.

The facts that several rules share, worked out once a frame. A spurt counts once hearing has found a
voice in it (spurt_ms is not 0), and then from its beginning; until then it may be a keyboard.
All times are frame indices; NEVER where it has not happened in this call. A line that is up carries
comfort noise, noise or speech; tones are neither up nor down, and music takes a dropped line back
but is no conversation.
Called by: call.py (begin, step); read by the rules.
"""

from callclip.core.frame import COMFORT_NOISE, MUSIC, NEVER, NO_SIGNAL, NOISE, SPEECH

AGENT_BEGAN = 1
CUSTOMER_BEGAN = 2

# In noise hearing loses the soft ends of a word: of 300 ms said, 180 ms are heard at the least.
HEARD_TENTHS = 6


class Talk:
    """Facts about the talk in one call; `begin` forgets the call before."""

    def __init__(self, config):
        self.min_speech_ms = config.min_customer_speech_ms * HEARD_TENTHS // 10  # as heard
        self.start = 0
        self.agent_last = NEVER  # last frame with the agent's speech, hangover not counted
        self.customer_last = NEVER  # last frame with speech on the line outside a hold
        self.is_customer_heard = 0  # 1 once he has spoken for min_customer_speech_ms at a stretch
        self.resumed = NEVER  # silence counts from here: the last hold's end, or a gap's
        self.is_line_seen = 0  # 1 once the line has carried anything but tones in this call
        self.drop = NEVER  # frame in which the line, seen before, lost its signal
        self.up_since = NEVER  # frame since which the line is up without a break
        self._line_state = NO_SIGNAL
        self._is_agent_talking = 0
        self._is_customer_talking = 0

    def begin(self, start):
        """A call starts; `start` is the first frame of the speech that started it."""
        self.start = start
        self.agent_last = NEVER
        self.customer_last = NEVER
        self.is_customer_heard = 0
        self.resumed = NEVER
        self.is_line_seen = 0
        self.drop = NEVER
        self.up_since = NEVER
        self._line_state = NO_SIGNAL
        self._is_agent_talking = 0
        self._is_customer_talking = 0

    def step(self, frame, is_on_hold):
        """Take in one frame; returns AGENT_BEGAN | CUSTOMER_BEGAN for talk that sets in now."""
        began = 0
        agent = frame.agent
        line = frame.line
        if agent.is_in_spurt:
            if agent.spurt_ms and agent.last_active >= self.start:
                self.agent_last = agent.last_active
                if not self._is_agent_talking:
                    self._is_agent_talking = 1
                    began = AGENT_BEGAN
        else:
            self._is_agent_talking = 0
        if line.state != self._line_state:
            self._line_changed(line)
        if line.is_in_spurt:
            if not is_on_hold and line.spurt_ms and line.last_active >= self.start:
                self.customer_last = line.last_active
                if not self.is_customer_heard:
                    self._hear_customer(line)
                if not self._is_customer_talking:
                    self._is_customer_talking = 1
                    began |= CUSTOMER_BEGAN
        else:
            self._is_customer_talking = 0
        return began

    def unheard(self, index):
        """So much was lost before frame `index` that somebody may have spoken: what waits for
        silence, or for a line to stay as it is, waits anew."""
        self.resumed = index
        if self.drop != NEVER:
            self.drop = index
        if self.up_since != NEVER:
            self.up_since = index

    def last_speech(self):
        """Last frame in which anybody spoke in this call, or the last end of a hold; or NEVER."""
        last = self.agent_last
        if self.customer_last > last:
            last = self.customer_last
        if self.resumed > last:
            last = self.resumed
        return last

    def forget_drop(self):
        """The agent has said by the button that a dropped line is no hold: do not ask again."""
        self.drop = NEVER

    def _hear_customer(self, line):
        if line.spurt_start >= self.start and line.spurt_ms >= self.min_speech_ms:
            self.is_customer_heard = 1

    def _line_changed(self, line):
        state = line.state
        self._line_state = state
        if state == COMFORT_NOISE or state == NOISE or state == SPEECH:
            self.is_line_seen = 1
            self.drop = NEVER
            if self.up_since == NEVER:
                self.up_since = line.state_since
            return
        self.up_since = NEVER
        if state == MUSIC:
            self.is_line_seen = 1
            self.drop = NEVER
        elif state == NO_SIGNAL and self.is_line_seen and self.drop == NEVER:
            self.drop = line.state_since
            if self.drop < self.start:
                self.drop = self.start
