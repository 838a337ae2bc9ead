"""Which signal the bead shows now: prompts compete by rank, repeat with restraint, and end.

A prompt lasts as long as its row says, ends early when its reason has gone, and is not repeated
within `prompt_min_gap_ms`; each stage of a staged sequence is a prompt of its own. The highest rank
shows; one that is outranked shows when its turn comes, if it still has time. Without a prompt the
bead shows the quiet light of a call or of a hold, or nothing. Times are frame indices.
Called by: call.py (see, over, ambient, step); read by the light and buzzer (`signal`, `since`).
"""

from array import array

from callclip.core.signals import NO_SIGNAL_ROW, SIGNALS, is_staged
from callclip.core.units import frames_from_ms

_FAR = 0x3FFFFFFF  # a frame that never comes
AT_ONCE = 0


class Prompts:
    """`signal`: row of signals.SIGNALS shown now; `since`: frame in which it was (again) lit."""

    def __init__(self, config):
        n = len(SIGNALS)
        self._n_rows = n
        self.signal = NO_SIGNAL_ROW
        self.since = 0
        self.n_shown = 0  # prompts shown in this call. Bound: one a frame, 4,320,000 in 24 h
        self._gap = frames_from_ms(config.prompt_min_gap_ms)
        self._ambient = NO_SIGNAL_ROW
        self._until = array("i", bytes(4 * n))  # first frame in which a prompt is over; 0: not lit
        self._last = array("i", bytes(4 * n))  # frame of the last prompt of the kind + 1; 0: none
        self._is_new = bytearray(n)
        self._duration = array("i", bytes(4 * n))
        self._code = bytearray(n)
        self._rank = bytearray(n)
        self._ends_on = bytearray(n)
        for row in range(n):
            self._duration[row] = frames_from_ms(SIGNALS[row].duration_ms)
            self._code[row] = SIGNALS[row].code
            self._rank[row] = SIGNALS[row].rank
            self._ends_on[row] = SIGNALS[row].ends_on
        self.next_step = AT_ONCE  # frame in which something changes: `step` need not come before
        self._reasons = 0  # union of ends_on of all lit prompts

    def begin_call(self):
        """Count the prompts of a new call from zero; the gap is a matter of one call, too."""
        self.n_shown = 0
        i = 0
        while i < self._n_rows:
            self._last[i] = 0
            i += 1

    def see(self, row, index):
        """An event with signal row `row` has happened in frame `index`."""
        if self._rank[row] == 0:
            return
        if self._last[row] and index + 1 - self._last[row] < self._gap:
            return
        if is_staged(self._code[row]):
            self._darken(self._code[row])
        self._last[row] = index + 1
        self._until[row] = index + 1 + self._duration[row]
        self._is_new[row] = 1
        self.next_step = AT_ONCE

    def over(self, reasons):
        """End the prompts whose reason has gone: a union of signals.AGENT_SPEAKS etc."""
        if not reasons & self._reasons:
            return
        until = self._until
        i = 0
        while i < self._n_rows:
            if until[i] and self._ends_on[i] & reasons:
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
        while i < self._n_rows:
            if self._code[i] == code:
                self._until[i] = 0
            i += 1

    def _choose(self, index):
        best = NO_SIGNAL_ROW
        next_end = _FAR
        reasons = 0
        i = 0
        while i < self._n_rows:
            until = self._until[i]
            if until:
                if until <= index:
                    self._until[i] = 0
                else:
                    if until < next_end:
                        next_end = until
                    reasons |= self._ends_on[i]
                    if self._rank[i] > self._rank[best]:
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
