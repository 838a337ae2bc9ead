"""INTERRUPTION and BACKCHANNEL: both speak at once; by whom, and for how long.

Serves "do not interrupt". Whoever starts while the other has been speaking for `interruption_ms`
interrupts, as soon as both have gone on together for that long. An overlap that ends before is a
backchannel ("I see"). An overlap shorter than MIN_OVERLAP_MS is within the precision of hearing and
counts as neither, and so does a collision, where both set out at nearly the same time.
Hearing bridges pauses: it learned from talk spurts whose pauses are filled. But who pauses for more
than the contract's 200 ms has ended, and whoever sets in then interrupts nobody. As frames lie
anywhere in a pause, ten that are silent throughout show one of 200 to 240 ms: the end of a talk,
unless both have gone on together for MIN_OVERLAP_MS before. So a frame counts only if it is not far
below its speaker's own active level (kernels/turns.py): in a pause the level
falls, whatever the net expects, and a voice in the room stays below that, too. In a pause of the
customer's the agent's leak is heard instead, and the other way round: what a leak explains must be
nearer to that level.
An agent who takes breath while both speak, up to BREATH_MS, and goes on has not set in: it would
be a prompt for nothing. Nor has he up to AGAIN_MS if he was told in this turn of the customer's:
half of what is heard as a second cut-in is the first one. Of a customer who does so it is noted.
Most pauses just above 200 ms are heard shorter. So where the customer was silent for more
than 100 ms from `interruption_ms` before the agent set in, it is counted, but lights nothing: the
agent may well have answered.
What is known of the overlap with hindsight, more than its first half by then, must bear out that
two voices spoke: a leak or a late end that passes for a voice at first is nobody's fault.
Times are frame indices, event values milliseconds.
"""

from callclip.core import events
from callclip.core.frame import NEVER, fact
from callclip.core.kernels import turns
from callclip.core.rules.rule import HEAD_WORDS, Rule
from callclip.core.transitions import IN_CALL
from callclip.core.units import FRAME_MS, frames_from_ms

MIN_OVERLAP_MS = 100
PAUSE_MS = 200
BREATH_MS = 260  # from his last frame to the next one: 240 ms of silence
AGAIN_MS = 340
BORNE_OUT_8THS = 4  # of the frames that are known with hindsight


class Turns(Rule):
    STATES = IN_CALL
    began = fact(HEAD_WORDS + 1)  # first frame of the overlap, where the second speaker set in
    agent_spoke = fact(HEAD_WORDS + 2)  # last frame so far of each side's present talk
    line_last = fact(HEAD_WORDS + 3)
    agent_start = fact(HEAD_WORDS + 4)  # and its start
    line_start = fact(HEAD_WORDS + 5)
    n_talking = fact(HEAD_WORDS + 6)  # sides that speak, or pause within their talk
    n_known = fact(HEAD_WORDS + 7)  # frames of the overlap that hindsight has told of
    n_late_agent = fact(HEAD_WORDS + 8)  # and those with each side's voice
    n_late_line = fact(HEAD_WORDS + 9)
    agent_pause = fact(HEAD_WORDS + 10)  # frames from the agent's last one to his present talk
    line_dip = fact(HEAD_WORDS + 13)  # frame in which the customer's last short silence ended

    def __init__(self, call, config):
        pause = frames_from_ms(PAUSE_MS) - 1  # the longest, in silent frames, within a talk
        super().__init__(call, (pause, NEVER, NEVER, NEVER, NEVER, NEVER) + 8 * (0,))
        self._limit = frames_from_ms(config.interruption_ms)
        self._shortest = frames_from_ms(MIN_OVERLAP_MS)
        self._breath = frames_from_ms(BREATH_MS)
        self._again = frames_from_ms(AGAIN_MS)
        self._told_start = NEVER  # of the customer's talk that the agent was last told of
        self._together = 0  # the overlap's length so far
        self._by = events.BY_AGENT
        self._is_told = 0  # an interruption already, or nobody's fault

    def meter(self):
        return turns.follow

    def begin(self, frame):
        self.began = NEVER
        self.agent_spoke = NEVER
        self.line_last = NEVER

    def judge(self, frame):
        if self.n_talking < 2:
            self._finish()
            return
        if self.began == NEVER:
            self._begin_overlap()
        last = self.line_last if self.line_last < self.agent_spoke else self.agent_spoke
        self._together = last + 1 - self.began
        if self._together >= self._limit and not self._is_told:
            self._is_told = 1
            if self._is_borne_out():
                self._tell()

    def _tell(self):
        summary = self._call.summary
        ms = self._together * FRAME_MS
        is_doubtful = False
        if self._by == events.BY_AGENT:
            summary.interruptions_agent += 1
            self._told_start = self.line_start
            is_doubtful = self.line_dip > self.began - self._limit
        else:
            summary.interruptions_customer += 1
        if is_doubtful:
            self._call.log(events.INTERRUPTION, self._by, ms)
        else:
            self._call.emit(events.INTERRUPTION, self._by, ms)

    def _begin_overlap(self):
        lead = self.agent_start - self.line_start  # how long the first one has been speaking
        if lead > 0:
            self._by = events.BY_AGENT
            self.began = self.agent_start
        else:
            self._by = events.BY_CUSTOMER
            self.began = self.line_start
            lead = -lead
        breath = self._again if self.line_start == self._told_start else self._breath
        is_breath = self._by == events.BY_AGENT and self.agent_pause <= breath
        self._is_told = 1 if lead < self._limit or is_breath else 0
        self.n_known = 0
        self.n_late_agent = 0
        self.n_late_line = 0

    def _is_borne_out(self):
        least = self.n_known * BORNE_OUT_8THS
        return self.n_late_agent << 3 >= least and self.n_late_line << 3 >= least

    def _finish(self):
        if not self._is_told and self._together >= self._shortest and self._is_borne_out():
            self._call.summary.backchannels += 1
            self._call.emit(events.BACKCHANNEL, self._by)
        self.began = NEVER
