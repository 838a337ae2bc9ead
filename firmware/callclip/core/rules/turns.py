"""INTERRUPTION and BACKCHANNEL: both speak at once; by whom, and for how long.

Whoever starts while the other has been speaking for `interruption_ms` interrupts, as soon as both
have gone on together for that long. An overlap that ends before is a backchannel ("I see"). An
overlap shorter than MIN_OVERLAP_MS is within the precision of hearing and counts as neither, and
so does a collision, where both set out at nearly the same time.
Times are frame indices, event values milliseconds.
"""

from callclip.core import events
from callclip.core.frame import NEVER
from callclip.core.transitions import HOLD, IN_CALL
from callclip.core.units import FRAME_MS, frames_from_ms

MIN_OVERLAP_MS = 100


class Turns:
    STATES = IN_CALL

    def __init__(self, call, config):
        self._call = call
        self._limit = frames_from_ms(config.interruption_ms)
        self._shortest = frames_from_ms(MIN_OVERLAP_MS)
        self._began = NEVER  # first frame of the overlap, where the second speaker set in
        self._together = 0  # its length so far
        self._by = events.BY_AGENT
        self._is_told = 0  # an interruption already, or nobody's fault

    def begin(self, frame):
        self._began = NEVER

    def step(self, frame):
        if self._call.state == HOLD:
            self._began = NEVER
            return
        agent = frame.agent
        line = frame.line
        if not (agent.is_in_spurt and line.is_in_spurt and agent.spurt_ms and line.spurt_ms):
            if self._began != NEVER:
                self._finish()
            return
        if self._began == NEVER:
            self._begin_overlap(agent, line)
        last = agent.last_active
        if line.last_active < last:
            last = line.last_active
        self._together = last + 1 - self._began
        if self._together >= self._limit and not self._is_told:
            self._is_told = 1
            if self._by == events.BY_AGENT:
                self._call.summary.interruptions_agent += 1
            else:
                self._call.summary.interruptions_customer += 1
            self._call.emit(events.INTERRUPTION, self._by, self._together * FRAME_MS)

    def _begin_overlap(self, agent, line):
        lead = agent.spurt_start - line.spurt_start  # how long the first one has been speaking
        if lead > 0:
            self._by = events.BY_AGENT
            self._began = agent.spurt_start
        else:
            self._by = events.BY_CUSTOMER
            self._began = line.spurt_start
            lead = -lead
        self._is_told = 1 if lead < self._limit else 0

    def _finish(self):
        if not self._is_told and self._together >= self._shortest:
            self._call.summary.backchannels += 1
            self._call.emit(events.BACKCHANNEL, self._by)
        self._began = NEVER
