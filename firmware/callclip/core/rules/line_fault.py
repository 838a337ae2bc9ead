"""LINE_FAULT: a microphone was stuck, clipped or dead across a whole call; told at its end.

Serves "equipment out of order": somebody should look at it before the next hundred calls.
Stuck: its samples do not change at all, which no working microphone's do. Clipped: three quarters
of its loud frames, and a quarter of all that are not quiet, stand at full scale, for CLIPPED_MS
together: a voice 14 dB too loud clips less, and whoever says little is not told apart. Dead:
it never rose above the microphone's own floor, while the other side spoke so loudly for HEARD_MS
that air and sidetone alone had carried it there (nominal -20 dB to the line, -35 dB to the agent).
A silent customer, a muted agent and a line without a signal are no fault therefore: a working
microphone hears the voice on its other side. On the line, which may be silent in samples too, a
ring heard since the call before says that the channel works, and nothing but clipping counts.
Levels centi-dB re full scale, counts in frames.
"""

from callclip.core import events
from callclip.core.frame import fact
from callclip.core.kernels import meters
from callclip.core.rules.rule import HEAD_WORDS, Rule
from callclip.core.transitions import IN_CALL
from callclip.core.units import frames_from_ms

AGENT, LINE = range(2)  # as in events.CHANNELS
LEAST_CALL_MS = 5000
MOST_LIFE_MS = 300  # clicks do not make a dead channel live
HEARD_MS = 5000
CLIPPED_MS = 2000
# Counts of a channel, behind what it takes to be alive. Bound: one a frame, 4,320,000 in 24 h.
# Frames with samples that differ; above the microphone's own floor; so loud that the other side
# must hear it; with sound; loud; clipped.
N_MOVING, N_ALIVE, N_VOICES, N_SOUNDS, N_LOUD, N_CLIPPED = range(1, 7)
_ROW_WORDS = 7


class LineFault(Rule):
    STATES = IN_CALL
    n_heard = fact(HEAD_WORDS)

    def __init__(self, call, config):
        row = [config.no_signal_cdb] + (_ROW_WORDS - 1) * [0]
        super().__init__(call, [0] + row + row)
        self._most_life = frames_from_ms(MOST_LIFE_MS)
        self._least_call = frames_from_ms(LEAST_CALL_MS)
        self._heard = frames_from_ms(HEARD_MS)
        self._clipped = frames_from_ms(CLIPPED_MS)
        self._n_rings = 0  # at the end of the last call

    def meter(self):
        return meters.health

    def begin(self, frame):
        self.n_heard = 0
        facts = self.facts
        at = HEAD_WORDS + 2
        while at < HEAD_WORDS + 1 + 2 * _ROW_WORDS:
            if at != HEAD_WORDS + 1 + _ROW_WORDS:  # what it takes to be alive
                facts[at] = 0
            at += 1

    def call_over(self, frame):
        """The call has ended: was there anything wrong with a channel in all of it?"""
        has_rung = frame.n_rings != self._n_rings
        self._n_rings = frame.n_rings
        if self._is_faulty(AGENT, False):
            self._call.emit(events.LINE_FAULT, AGENT)
        if self._is_faulty(LINE, has_rung):
            self._call.emit(events.LINE_FAULT, LINE)

    def _count(self, side, what):
        return self.facts[HEAD_WORDS + 1 + side * _ROW_WORDS + what]

    def _is_faulty(self, side, has_rung):
        if self.n_heard < self._least_call:
            return False
        n_clipped = self._count(side, N_CLIPPED)
        if (
            n_clipped >= self._clipped
            and 4 * n_clipped >= 3 * self._count(side, N_LOUD)
            and 4 * n_clipped >= self._count(side, N_SOUNDS)
        ):
            return True
        if has_rung:
            return False
        if self._count(side, N_MOVING) <= self._most_life:
            return True
        is_dead = self._count(side, N_ALIVE) <= self._most_life
        return is_dead and self._count(1 - side, N_VOICES) >= self._heard
