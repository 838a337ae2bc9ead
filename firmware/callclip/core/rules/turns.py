"""INTERRUPTION and BACKCHANNEL: both speak at once; by whom, and for how long.

Whoever starts while the other has been speaking for `interruption_ms` interrupts, as soon as both
have gone on together for that long. An overlap that ends before is a backchannel ("I see"). An
overlap shorter than MIN_OVERLAP_MS is within the precision of hearing and counts as neither, and
so does a collision, where both set out at nearly the same time.
Hearing keeps a voice for a frame or two after its soft end, most of all while the other one speaks:
so a pause of the contract's 200 ms is heard as PAUSE_MS, and the last LATE_MS of an overlap may be
one voice alone. Without both, short words of attention would be told as interruptions.
Times are frame indices, event values milliseconds.
"""

from array import array

from callclip.core import events
from callclip.core.frame import NEVER
from callclip.core.transitions import HOLD, IN_CALL
from callclip.core.units import FRAME_MS, frames_from_ms

MIN_OVERLAP_MS = 100
PAUSE_MS = 160
LATE_MS = 20
AGENT, LINE = range(2)


class Turns:
    STATES = IN_CALL

    def __init__(self, call, config):
        self._call = call
        self._limit = frames_from_ms(config.interruption_ms)
        self._shortest = frames_from_ms(MIN_OVERLAP_MS)
        self._pause = frames_from_ms(PAUSE_MS)
        self._late = frames_from_ms(LATE_MS)
        self._starts = array("i", [NEVER, NEVER])  # of the agent's and the line's present talk
        self._lasts = array("i", [NEVER, NEVER])  # and its last frame so far
        self._began = NEVER  # first frame of the overlap, where the second speaker set in
        self._together = 0  # its length so far
        self._by = events.BY_AGENT
        self._is_told = 0  # an interruption already, or nobody's fault

    def begin(self, frame):
        self._began = NEVER
        self._lasts[AGENT] = NEVER
        self._lasts[LINE] = NEVER

    def step(self, frame):
        is_agent = self._follow(frame.agent, AGENT, frame.index)
        is_line = self._follow(frame.line, LINE, frame.index)
        if self._call.state == HOLD:
            self._began = NEVER
            return
        if not (is_agent and is_line):
            if self._began != NEVER:
                self._finish()
            return
        if self._began == NEVER:
            self._begin_overlap()
        lasts = self._lasts
        last = lasts[LINE] if lasts[LINE] < lasts[AGENT] else lasts[AGENT]
        self._together = last + 1 - self._late - self._began
        if self._together >= self._limit and not self._is_told:
            self._is_told = 1
            if self._by == events.BY_AGENT:
                self._call.summary.interruptions_agent += 1
            else:
                self._call.summary.interruptions_customer += 1
            self._call.emit(events.INTERRUPTION, self._by, self._together * FRAME_MS)

    def _follow(self, channel, side, index):
        """Whether this side speaks, or pauses within its talk."""
        last = channel.last_active
        if not channel.is_in_spurt or last == NEVER:
            return False
        was = self._lasts[side]
        if was == NEVER or last - was > self._pause + 1 or was < channel.spurt_start:
            self._starts[side] = last if was >= channel.spurt_start else channel.spurt_start
        self._lasts[side] = last
        return channel.spurt_ms and index - last <= self._pause

    def _begin_overlap(self):
        starts = self._starts
        lead = starts[AGENT] - starts[LINE]  # how long the first one has been speaking
        if lead > 0:
            self._by = events.BY_AGENT
            self._began = starts[AGENT]
        else:
            self._by = events.BY_CUSTOMER
            self._began = starts[LINE]
            lead = -lead
        self._is_told = 1 if lead < self._limit else 0

    def _finish(self):
        if not self._is_told and self._together >= self._shortest:
            self._call.summary.backchannels += 1
            self._call.emit(events.BACKCHANNEL, self._by)
        self._began = NEVER
