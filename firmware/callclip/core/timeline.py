"""Who spoke in which frame of a call, kept open for some seconds so that it may be corrected.

A hold is recognised seconds after it began, and a talk spurt includes its short gaps, which are
known only when it goes on. So the youngest frames stay in a ring as bits and are painted over;
what leaves the ring is counted for good as exactly one of: silence, agent, customer, both, hold.
Therefore agent + customer - both + silence + hold is always the length of the call. Speech levels
wait in the ring with them, so that music heard as speech at first does not count as a voice.
In frames; levels centi-dB in, active speech levels out. Each frame goes in by kernels/timeline.py,
which call.py calls with `pack`. Called by: call.py, summary.py.
"""

from array import array

from callclip.core import tables
from callclip.core.activelevel import N_THRESHOLDS, N_WORDS, ActiveLevel
from callclip.core.frame import NEVER, fact
from callclip.core.kernels import timeline as kernels
from callclip.core.pack import pack

_RING_FRAMES = 512  # enough for what is configured by default
_LARGE_RING_FRAMES = 1024
MAX_LAG_FRAMES = _LARGE_RING_FRAMES - 1
_N_PLANES = 5  # kinds; level and threshold of each speaker

_SILENCE = 0
_AGENT = 1
_CUSTOMER = 2
_BOTH = 3
_HOLD = 4  # bit, and the kind of a held frame whoever spoke meanwhile
_UNHEARD = 8  # bit: lost sound. It counts like the rest, but a silence does not go on over it
_N_LEVELS = 255  # no level
_N = 10  # frames of each of five kinds
_LEVELS = 15


class Timeline:
    """Frames of the present call by kind. `lag_frames`: how long a frame may be corrected."""

    # Bound of counts: a call of 24 h has 4,320,000 frames, 24 days reach 2**30 ms
    # (test_summary.py: a day long call).
    next_frame = fact(0)  # first frame not counted yet
    lag = fact(1)
    run_kind = fact(2)
    run = fact(3)  # frames of the run that the last counted frame belongs to
    longest_silence = fact(4)
    longest_hold = fact(5)
    agent_done = fact(6)  # last frame painted for each speaker
    customer_done = fact(7)
    until = fact(81)  # first frame that the kernel does not count
    n_ring = fact(82)  # frames that the ring holds

    def __init__(self, lag_frames, frame_facts):
        """frame_facts: of the frames that `step` will take in."""
        n_words = _LEVELS + 2 * N_WORDS
        self.facts = array("i", bytes(4 * (n_words + 2)))
        self.n_ring = _RING_FRAMES if lag_frames < _RING_FRAMES else _LARGE_RING_FRAMES
        self._ring = bytearray(_N_PLANES * self.n_ring)
        self.pack = pack(self.facts, self._ring, tables.EXP, frame_facts)
        self.lag = min(lag_frames, MAX_LAG_FRAMES)
        levels = memoryview(self.facts)[_LEVELS:n_words]
        self.agent_level = ActiveLevel(levels[:N_WORDS])
        self.customer_level = ActiveLevel(levels[N_WORDS:])

    def begin(self, start, index):
        """A call starts at frame `start`, at most the lag before the present frame `index`."""
        facts = self.facts
        lag = self.lag
        i = 0
        while i < _LEVELS + 2 * N_WORDS:
            facts[i] = 0
            i += 1
        self.lag = lag
        self.next_frame = start
        self.agent_done = NEVER
        self.customer_done = NEVER
        while start <= index:
            self._put(start & (self.n_ring - 1), _SILENCE)
            start += 1

    def _put(self, at, bits):
        """A frame without a level."""
        ring = self._ring
        n_ring = self.n_ring
        ring[at] = bits
        ring[at + n_ring] = _N_LEVELS
        ring[at + 2 * n_ring] = N_THRESHOLDS
        ring[at + 3 * n_ring] = _N_LEVELS
        ring[at + 4 * n_ring] = N_THRESHOLDS

    def _count(self, end):
        """Count the frames before this one."""
        self.until = end
        kernels.count(self.pack)

    def lose(self, index, n_frames, is_on_hold, is_long):
        """The n_frames before frame `index` were lost. A spurt that goes on covers them."""
        bits = _HOLD if is_on_hold else 0
        if is_long:
            bits |= _UNHEARD
        lost = index - n_frames
        while lost < index:
            at = lost & (self.n_ring - 1)
            self._put(at, bits)
            if lost - self.next_frame >= self.lag:
                self._count(lost - self.lag + 1)
            lost += 1

    def hold_since(self, since, index):
        """Frames since..index turn out to be on hold."""
        if since < self.next_frame:
            since = self.next_frame
        ring = self._ring
        while since <= index:
            ring[since & (self.n_ring - 1)] |= _HOLD
            since += 1

    def no_hold_since(self, since, index):
        """Frames since..index turn out to be off hold again."""
        if since < self.next_frame:
            since = self.next_frame
        ring = self._ring
        while since <= index:
            ring[since & (self.n_ring - 1)] &= _BOTH | _UNHEARD
            since += 1

    def finish(self, end):
        """The call ended before frame `end`: count up to there, take back what lies after it.

        Where frames after `end` are counted already, all of them are of one kind: the hold that
        was none, or the silence after the last word.
        """
        if self.next_frame <= end:
            self._count(end)
        else:
            back = self.next_frame - end
            at = _N + self.run_kind
            if back > self.facts[at]:
                back = self.facts[at]
            self.facts[at] -= back
            self.run = self.run - back if self.run > back else 0
            self.next_frame -= back
        if self.run_kind == _SILENCE:
            if self.run > self.longest_silence:
                self.longest_silence = self.run
        elif self.run_kind == _HOLD and self.run > self.longest_hold:
            self.longest_hold = self.run
        self.run = 0

    def agent_frames(self):
        return self.facts[_N + _AGENT] + self.facts[_N + _BOTH]

    def customer_frames(self):
        return self.facts[_N + _CUSTOMER] + self.facts[_N + _BOTH]

    def both_frames(self):
        return self.facts[_N + _BOTH]

    def silence_frames(self):
        return self.facts[_N + _SILENCE]

    def hold_frames(self):
        return self.facts[_N + _HOLD]
