"""Which signal the bead shows now: prompts compete by rank, repeat with restraint, and end.

A prompt lasts as long as its row says, ends early when its reason has gone, and is not repeated
within `prompt_min_gap_ms`; each stage of a staged sequence is a prompt of its own. The highest rank
shows; one that is outranked shows when its turn comes, if it still has time. Without a prompt the
bead shows the quiet light of a call or of a hold, or nothing. Times are frame indices.
Called by: call.py (see, over, ambient, step); read by the light and buzzer (`signal`, `since`).
"""

from array import array

from callclip.core.signals import (
    N_ROWS,
    NO_SIGNAL_ROW,
    code_of,
    duration_ms,
    ends_on,
    is_staged,
    rank_of,
)
from callclip.core.units import frames_from_ms

_FAR = 0x3FFFFFFF  # a frame that never comes
AT_ONCE = 0


class Prompts:
    """`signal`: row of signals.SIGNALS shown now; `since`: frame in which it was (again) lit."""

    def __init__(self, config):
        self.signal = NO_SIGNAL_ROW
        self.since = 0
        self.n_shown = 0  # prompts shown in this call. Bound: one a frame, 4,320,000 in 24 h
        self._gap = frames_from_ms(config.prompt_min_gap_ms)
        self._ambient = NO_SIGNAL_ROW
        # First frame in which a prompt is over, 0: not lit. Frame of the last one of the kind + 1.
        self._until = array("i", bytes(4 * N_ROWS))
        self._last = array("i", bytes(4 * N_ROWS))
        self._is_new = bytearray(N_ROWS)
        self.next_step = AT_ONCE  # frame in which something changes: `step` need not come before
        self._reasons = 0  # union of ends_on of all lit prompts

    def begin_call(self):
        """Count the prompts of a new call from zero; the gap is a matter of one call, too."""
        self.n_shown = 0
        i = 0
        while i < N_ROWS:
            self._last[i] = 0
            i += 1

    def see(self, row, index):
        """An event with signal row `row` has happened in frame `index`."""
        if rank_of(row) == 0:
            return
        if self._last[row] and index + 1 - self._last[row] < self._gap:
            return
        if is_staged(code_of(row)):
            self._darken(code_of(row))
        self._last[row] = index + 1
        self._until[row] = index + 1 + frames_from_ms(duration_ms(row))
        self._is_new[row] = 1
        self.next_step = AT_ONCE

    def over(self, reasons):
        """End the prompts whose reason has gone: a union of signals.AGENT_SPEAKS etc."""
        if not reasons & self._reasons:
            return
        until = self._until
        i = 0
        while i < N_ROWS:
            if until[i] and ends_on(i) & reasons:
                until[i] = 0
            i += 1
        self.next_step = AT_ONCE

    def ambient(self, row):
        """The light without a prompt from now on."""
        if row != self._ambient:
            self._ambient = row
            self.next_step = AT_ONCE

    def step(self, index):
        """Once a frame, after all events of the frame, from `next_step` on."""
        if index >= self.next_step:
            self._choose(index)

    def _darken(self, code):
        """A new stage takes the place of the one before."""
        i = 0
        while i < N_ROWS:
            if code_of(i) == code:
                self._until[i] = 0
            i += 1

    def _choose(self, index):
        best = NO_SIGNAL_ROW
        next_end = _FAR
        reasons = 0
        i = 0
        while i < N_ROWS:
            until = self._until[i]
            if until:
                if until <= index:
                    self._until[i] = 0
                else:
                    if until < next_end:
                        next_end = until
                    reasons |= ends_on(i)
                    if rank_of(i) > rank_of(best):
                        best = i
            i += 1
        self.next_step = next_end
        self._reasons = reasons
        is_new = best != NO_SIGNAL_ROW and self._is_new[best]
        if is_new:
            self._is_new[best] = 0
            self.n_shown += 1
        shown = best if best != NO_SIGNAL_ROW else self._ambient
        if shown != self.signal or is_new:
            self.signal = shown
            self.since = index
