"""Who spoke in which frame of a call, kept open for some seconds so that it may be corrected.

A hold is recognised seconds after it began, and a talk spurt includes its short gaps, which are
known only when it goes on. So the youngest frames stay in a ring as bits and are painted over;
what leaves the ring is counted for good as exactly one of: silence, agent, customer, both, hold.
Therefore agent + customer - both + silence + hold is always the length of the call. Speech levels
wait in the ring with them, so that music heard as speech at first does not count as a voice.
In frames; levels centi-dB in, active speech levels out. Called by: summary.py.
"""

from array import array

from callclip.core.activelevel import N_THRESHOLDS, NOTHING_CDB, ActiveLevel
from callclip.core.frame import NEVER

_RING_FRAMES = 1024
_MASK = _RING_FRAMES - 1
MAX_LAG_FRAMES = _RING_FRAMES - 1

_AGENT = 1
_CUSTOMER = 2
_BOTH = 3
_HOLD = 4  # bit, and the kind of a held frame whoever spoke meanwhile
_UNHEARD = 8  # bit: lost sound. It counts like the rest, but a silence does not go on over it
_SILENCE = 0
_LEVEL_STEP_CDB = 50  # of the levels that wait in a byte each
_N_LEVELS = 255  # their number, and the byte that says that there is none
_DROWNED_STEPS = 12  # 6 dB
_FALL_FRAMES = 20  # P.56's envelope and its hangover after a spurt


class Timeline:
    """Frames of the present call by kind. `lag_frames`: how long a frame may be corrected."""

    def __init__(self, lag_frames):
        self._lag = min(lag_frames, MAX_LAG_FRAMES)
        self._bits = bytearray(_RING_FRAMES)
        self._agent_own = bytearray(_RING_FRAMES)
        self._agent_thresholds = bytearray(_RING_FRAMES)
        self._customer_own = bytearray(_RING_FRAMES)
        self._customer_thresholds = bytearray(_RING_FRAMES)
        self.agent_level = ActiveLevel()
        self.customer_level = ActiveLevel()
        self._agent_rest = 0  # frames that still belong to the last spurt's level
        self._customer_rest = 0
        # Frames of each kind. Bound: a call of 24 h has 4,320,000 frames, 24 days reach 2**30 ms
        # (test_summary.py: a day long call).
        self._n = array("i", (0, 0, 0, 0, 0))
        self._next = 0  # first frame not counted yet
        self._run_kind = _SILENCE
        self._run = 0  # frames of the run that the last counted frame belongs to
        self._agent_done = NEVER  # last frame painted for each speaker
        self._customer_done = NEVER
        self.longest_silence = 0
        self.longest_hold = 0

    def begin(self, start, index):
        """A call starts at frame `start`, at most the lag before the present frame `index`."""
        n = self._n
        i = 0
        while i < 5:
            n[i] = 0
            i += 1
        self._next = start
        while start <= index:
            at = start & _MASK
            self._bits[at] = 0
            self._agent_own[at] = _N_LEVELS
            self._agent_thresholds[at] = N_THRESHOLDS
            self._customer_own[at] = _N_LEVELS
            self._customer_thresholds[at] = N_THRESHOLDS
            start += 1
        self.agent_level.clear()
        self.customer_level.clear()
        self._agent_rest = 0
        self._customer_rest = 0
        self._run_kind = _SILENCE
        self._run = 0
        self._agent_done = NEVER
        self._customer_done = NEVER
        self.longest_silence = 0
        self.longest_hold = 0

    def step(self, frame, is_on_hold):
        """Note one frame, and count the one that is too old to be corrected."""
        index = frame.index
        at = index & _MASK
        self._bits[at] = _HOLD if is_on_hold else 0
        agent = frame.agent
        self._agent_own[at] = _byte_of(agent.own_cdb)
        self._agent_thresholds[at] = agent.threshold
        if agent.is_active and agent.spurt_ms:
            self._agent_done = self._spoke(agent.spurt_start, self._agent_done, index, _AGENT)
        line = frame.line
        self._customer_own[at] = _byte_of(line.own_cdb)
        self._customer_thresholds[at] = line.threshold
        if line.is_active and line.spurt_ms:
            self._customer_done = self._spoke(
                line.spurt_start, self._customer_done, index, _CUSTOMER
            )
        if index - self._next >= self._lag:
            self._count_until(index - self._lag + 1)

    def lose(self, index, n_frames, is_on_hold, is_long):
        """The n_frames before frame `index` were lost. A spurt that goes on covers them."""
        bits = _HOLD if is_on_hold else 0
        if is_long:
            bits |= _UNHEARD
        lost = index - n_frames
        while lost < index:
            at = lost & _MASK
            self._bits[at] = bits
            self._agent_own[at] = _N_LEVELS
            self._agent_thresholds[at] = N_THRESHOLDS
            self._customer_own[at] = _N_LEVELS
            self._customer_thresholds[at] = N_THRESHOLDS
            if lost - self._next >= self._lag:
                self._count_until(lost - self._lag + 1)
            lost += 1

    def hold_since(self, since, index):
        """Frames since..index turn out to be on hold."""
        if since < self._next:
            since = self._next
        bits = self._bits
        while since <= index:
            bits[since & _MASK] |= _HOLD
            since += 1

    def no_hold_since(self, since, index):
        """Frames since..index turn out to be off hold again."""
        if since < self._next:
            since = self._next
        bits = self._bits
        while since <= index:
            bits[since & _MASK] &= _BOTH | _UNHEARD
            since += 1

    def finish(self, end):
        """The call ended before frame `end`: count up to there, take back what lies after it.

        Where frames after `end` are counted already, all of them are of one kind: the hold that
        was none, or the silence after the last word.
        """
        if self._next <= end:
            self._count_until(end)
        else:
            back = self._next - end
            if back > self._n[self._run_kind]:
                back = self._n[self._run_kind]
            self._n[self._run_kind] -= back
            self._run = self._run - back if self._run > back else 0
            self._next -= back
        self._close_run()

    def agent_frames(self):
        return self._n[_AGENT] + self._n[_BOTH]

    def customer_frames(self):
        return self._n[_CUSTOMER] + self._n[_BOTH]

    def both_frames(self):
        return self._n[_BOTH]

    def silence_frames(self):
        return self._n[_SILENCE]

    def hold_frames(self):
        return self._n[_HOLD]

    def _spoke(self, spurt_start, done, index, bit):
        """Paint the spurt up to `index` where that has not been done; returns `index`."""
        at = spurt_start if spurt_start > done else done + 1
        if at < self._next:
            at = self._next
        bits = self._bits
        while at <= index:
            bits[at & _MASK] |= bit
            at += 1
        return index

    def _count_until(self, end):
        bits = self._bits
        n = self._n
        at = self._next
        while at < end:
            kind = bits[at & _MASK]
            is_run_over = kind == _UNHEARD
            kind &= _UNHEARD - 1
            if kind >= _HOLD:
                kind = _HOLD
            else:
                self._count_levels(at & _MASK, kind)
            if kind != self._run_kind or is_run_over:
                self._close_run()
                self._run_kind = kind
            self._run += 1
            n[kind] += 1
            at += 1
        self._next = at

    def _count_levels(self, at, kind):
        """Only what turned out to be a voice, and how its envelope fell, has a level.

        Under an agent who is much louder the customer's frame would hold too much of his leak.
        """
        if kind & _AGENT:
            self._agent_rest = _FALL_FRAMES
            self.agent_level.add(_cdb_of(self._agent_own[at]), self._agent_thresholds[at])
        elif self._agent_rest:
            self._agent_rest -= 1
            self.agent_level.add(NOTHING_CDB, self._agent_thresholds[at])
        if kind == _BOTH and self._agent_own[at] + _DROWNED_STEPS < self._customer_own[at]:
            return
        if kind & _CUSTOMER:
            self._customer_rest = _FALL_FRAMES
            self.customer_level.add(_cdb_of(self._customer_own[at]), self._customer_thresholds[at])
        elif self._customer_rest:
            self._customer_rest -= 1
            self.customer_level.add(NOTHING_CDB, self._customer_thresholds[at])

    def _close_run(self):
        if self._run_kind == _SILENCE:
            if self._run > self.longest_silence:
                self.longest_silence = self._run
        elif self._run_kind == _HOLD and self._run > self.longest_hold:
            self.longest_hold = self._run
        self._run = 0


def _byte_of(own_cdb):
    if own_cdb == NOTHING_CDB:
        return _N_LEVELS
    at = -own_cdb // _LEVEL_STEP_CDB
    return 0 if at < 0 else at


def _cdb_of(at):
    """The middle of a step."""
    if at == _N_LEVELS:
        return NOTHING_CDB
    return -at * _LEVEL_STEP_CDB - _LEVEL_STEP_CDB // 2
