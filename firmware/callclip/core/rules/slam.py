"""SLAM: a short loud knock on the agent's side within `slam_ms` of the end of a call.

Serves "do not bang the phone down". A knock comes out of nowhere (its peak stands 15 dB above
the frames before, and above the agent's voice), reaches `slam_peak_cdb`, is over within SHORT_MS
and nobody speaks on: the peaks up to AFTER_MS stay AFTER_CDB below it, though it may bounce. Speech
and laughter last longer, or go on.
The end of a call is often known only later, and dated back: the last N_KNOCKS knocks are kept until
then. A call has one SLAM at the most. Peaks centi-dB re full scale, times frame indices.
"""

from array import array

from callclip.core import events
from callclip.core.frame import NEVER, fact
from callclip.core.kernels import watches
from callclip.core.rules.rule import HEAD_WORDS, Rule
from callclip.core.units import frames_from_ms

N_KNOCKS = 8
BEFORE_FRAMES = frames_from_ms(60)
SHORT_MS = 140
AFTER_MS = 400
AFTER_CDB = 1000
LEAST_CDB = -12000


class Slam(Rule):
    knock_start = fact(HEAD_WORDS)  # first frame of what may become a knock
    knock_cdb = fact(HEAD_WORDS + 1)

    def __init__(self, call, config):
        before = [LEAST_CDB] * BEFORE_FRAMES
        super().__init__(call, [NEVER, LEAST_CDB, config.slam_peak_cdb] + before)
        self._near = frames_from_ms(config.slam_ms)
        self._short = frames_from_ms(SHORT_MS)
        self._after = frames_from_ms(AFTER_MS)
        self._at = array("i", [NEVER] * N_KNOCKS)  # the last knocks, and their peaks
        self._peaks = array("i", [LEAST_CDB] * N_KNOCKS)
        self._next = 0
        self._end = NEVER  # first frame after the last call, while a knock still counts for it
        self._number = 0

    def meter(self):
        return watches.knock

    def call_over(self, end, number):
        """Call `number` ended before frame `end`: was there a knock already?"""
        self._end = end
        self._number = number
        at = 0
        while at < N_KNOCKS:
            if self._at[at] != NEVER:
                self._weigh(self._at[at], self._peaks[at])
            at += 1

    def judge(self, frame):
        agent = frame.agent
        index = frame.index
        n_frames = index - self.knock_start
        if n_frames < self._short:
            if agent.peak_cdb > self.knock_cdb:
                self.knock_cdb = agent.peak_cdb
            return
        is_voice = agent.is_active and agent.spurt_ms and agent.spurt_start <= index - self._short
        if agent.peak_cdb > self.knock_cdb - AFTER_CDB or is_voice:
            self.knock_start = NEVER
        elif n_frames >= self._after:
            self._keep(self.knock_start, self.knock_cdb)
            self.knock_start = NEVER

    def _keep(self, at, peak_cdb):
        self._at[self._next] = at
        self._peaks[self._next] = peak_cdb
        self._next = (self._next + 1) % N_KNOCKS
        self._weigh(at, peak_cdb)

    def _weigh(self, at, peak_cdb):
        if self._end == NEVER or not -self._near <= at - self._end <= self._near:
            return
        self._end = NEVER
        self._call.emit_for(self._number, events.SLAM, peak_cdb)
