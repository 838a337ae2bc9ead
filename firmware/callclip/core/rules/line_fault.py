"""LINE_FAULT: a microphone was stuck, clipped or dead across a whole call; told at its end.

Serves "equipment out of order": somebody should look at it before the next hundred calls.
Stuck: its samples do not change at all, which no working microphone's do. Clipped: half of its loud
frames, and an eighth of all that are not quiet, stand at full scale for CLIPPED_MS together. Dead:
it never rose above the microphone's own floor, while the other side spoke so loudly for HEARD_MS
that air and sidetone alone had carried it there (nominal -20 dB to the line, -35 dB to the agent).
A silent customer, a muted agent and a line without a signal are no fault therefore: a working
microphone hears the voice on its other side. On the line, which may be silent in samples too, a
ring heard since the call before says that the channel works, and nothing but clipping counts.
Levels centi-dB re full scale, counts in frames.
"""

from callclip.core import events
from callclip.core.transitions import HOLD, IN_CALL
from callclip.core.units import frames_from_ms

AGENT, LINE = range(2)  # as in events.CHANNELS
LEAST_CALL_MS = 5000
MOST_LIFE_MS = 300  # clicks do not make a dead channel live
HEARD_MS = 5000
HEARD_OVER_CDB = 4500  # such a voice is heard on the other side: 35 dB of leak and 10 to spare
CLIPPED_MS = 2000
CLIPPED_SAMPLES = 8  # in a frame; single peaks at full scale are no fault
LOUD_CDB = -1000
SOUND_CDB = -3000


class _Health:
    """Counts of one channel in one call. Bound: one a frame, 4,320,000 in 24 h."""

    def __init__(self, dead_cdb):
        self._dead_cdb = dead_cdb
        self.clear()

    def clear(self):
        self.n_moving = 0  # frames with samples that differ
        self.n_alive = 0  # above the microphone's own floor
        self.n_voices = 0  # so loud that the other side must hear it
        self.n_sounds = 0
        self.n_loud = 0
        self.n_clipped = 0

    def count(self, channel, is_on_hold):
        if not channel.is_still:
            self.n_moving += 1
        level_cdb = channel.level_cdb
        if level_cdb < self._dead_cdb:
            return
        self.n_alive += 1
        if is_on_hold or level_cdb < SOUND_CDB:
            return
        self.n_sounds += 1
        if level_cdb >= self._dead_cdb + HEARD_OVER_CDB:
            self.n_voices += 1
        if level_cdb >= LOUD_CDB:
            self.n_loud += 1
            if channel.n_clipped >= CLIPPED_SAMPLES:
                self.n_clipped += 1


class LineFault:
    STATES = IN_CALL

    def __init__(self, call, config):
        self._call = call
        self._agent = _Health(config.no_signal_cdb)
        self._line = _Health(config.no_signal_cdb)
        self._most_life = frames_from_ms(MOST_LIFE_MS)
        self._least_call = frames_from_ms(LEAST_CALL_MS)
        self._heard = frames_from_ms(HEARD_MS)
        self._clipped = frames_from_ms(CLIPPED_MS)
        self._n_frames = 0
        self._n_rings = 0  # at the end of the last call

    def begin(self, frame):
        self._agent.clear()
        self._line.clear()
        self._n_frames = 0

    def step(self, frame):
        is_on_hold = self._call.state == HOLD
        self._n_frames += 1
        self._agent.count(frame.agent, is_on_hold)
        self._line.count(frame.line, is_on_hold)

    def call_over(self, frame):
        """The call has ended: was there anything wrong with a channel in all of it?"""
        has_rung = frame.n_rings != self._n_rings
        self._n_rings = frame.n_rings
        agent = self._agent
        line = self._line
        if self._is_faulty(agent, line, False):
            self._call.emit(events.LINE_FAULT, AGENT)
        if self._is_faulty(line, agent, has_rung):
            self._call.emit(events.LINE_FAULT, LINE)

    def _is_faulty(self, health, other, has_rung):
        if self._n_frames < self._least_call:
            return False
        if (
            health.n_clipped >= self._clipped
            and 2 * health.n_clipped >= health.n_loud
            and 8 * health.n_clipped >= health.n_sounds
        ):
            return True
        if has_rung:
            return False
        if health.n_moving <= self._most_life:
            return True
        return health.n_alive <= self._most_life and other.n_voices >= self._heard
