"""From the first ring to the start of a call: RING, LATE_ANSWER, CALL_STARTED.

Serves "answer within three rings". A call starts with the first speech while the line shows life,
or with the button. Speech counts from START_SPEECH_MS on, so that a click on the line or a breath
is no call; the start is dated back to where that speech began. Speech that goes on from before the
last call's end, or from before the first ring, starts nothing: it was meant for somebody else. Nor
does a voice at the agent's microphone whose envelope stays 19 dB below nominal while the phone may
go on ringing: it is his neighbour's. Life is a ring or answer beep within `life_ms`, or a line
above NO_SIGNAL; a busy tone is the end of a call, not the life of a new one. Called by: call.py,
`count` each frame, `step` while there is no call. Times are frame indices.
"""

from callclip.core import events
from callclip.core.frame import NEVER, NO_SIGNAL, TONE
from callclip.core.transitions import (
    AGENT_SPEECH,
    CALL_BUTTON,
    CUSTOMER_SPEECH,
    RING_GONE,
    RING_HEARD,
    RINGING,
)
from callclip.core.units import frames_from_ms

START_SPEECH_MS = 200
MAX_BACKDATE_MS = 1000
FARTHEST = 15  # of P.56's thresholds, -45 dBFS: no less is the envelope of a near voice


class Answering:
    """Counts rings and finds the start of a call."""

    def __init__(self, call, config):
        self._call = call
        self._life = frames_from_ms(config.life_ms)
        self._max_backdate = frames_from_ms(MAX_BACKDATE_MS)
        self._late_rings = config.late_answer_rings
        self._n_rings_heard = 0  # frame.n_rings up to which bursts are counted
        self._rings = 0  # bursts before this call, or within the present one
        self._answered_rings = 0  # bursts before the present call
        self._first_ring = NEVER
        self._deaf_until = NEVER  # last frame of the last call, or of its busy tone

    def has_rung(self, frame):
        """Whether a ring burst begins in this frame."""
        return frame.n_rings != self._n_rings_heard

    def count(self, frame):
        """Note a ring burst that begins in this frame."""
        if frame.n_rings == self._n_rings_heard:
            return
        self._n_rings_heard = frame.n_rings
        call = self._call
        self._rings += 1
        if self._rings == 1 and call.number == 0:
            line = frame.line
            self._first_ring = line.state_since if line.state == TONE else frame.index
        call.emit(events.RING, self._rings)
        call.happen(RING_HEARD)

    def step(self, frame):
        """Look for the start of a call while there is none."""
        call = self._call
        index = frame.index
        if call.state == RINGING and index - frame.last_ring > self._life:
            self._rings = 0
            call.happen(RING_GONE)
        if frame.n_busy_cycles:
            self._deaf_until = index
        if frame.button_short:
            self._start(frame, CALL_BUTTON, index)
            return
        agent = frame.agent
        line = frame.line
        if line.is_speech and self._is_first(line):
            self._start(frame, CUSTOMER_SPEECH, line.spurt_start)
        elif agent.is_speech and self._is_first(agent) and self._is_answer(frame):
            self._start(frame, AGENT_SPEECH, agent.spurt_start)

    def call_over(self, index, has_talked):
        """The present call is over; rings count anew, unless it had never been answered."""
        self._deaf_until = index
        self._rings = 0 if has_talked else self._answered_rings + self._rings

    def _is_first(self, channel):
        if channel.spurt_ms < START_SPEECH_MS:
            return False
        start = channel.spurt_start
        return start > self._deaf_until and (self._rings == 0 or start >= self._first_ring)

    def _is_answer(self, frame):
        """Whether what is said at the agent's microphone may start a call."""
        state = frame.line.state
        if self._rings and (state == NO_SIGNAL or state == TONE):
            if frame.agent.threshold > FARTHEST:
                return False
        return self._is_alive(frame)

    def _is_alive(self, frame):
        if frame.line.state != NO_SIGNAL:
            return True
        last = frame.last_ring
        return last > self._deaf_until and frame.index - last <= self._life

    def _start(self, frame, happening, start):
        call = self._call
        start = max(start, frame.index - self._max_backdate, 0)
        rings = self._rings
        answer_frames = 0
        if rings and start > self._first_ring:
            answer_frames = start - self._first_ring
        self._rings = 0
        self._answered_rings = rings
        call.begin(frame, happening, start, rings, answer_frames)
        call.emit(events.CALL_STARTED, rings)
        if rings > self._late_rings:
            call.emit(events.LATE_ANSWER, rings)
