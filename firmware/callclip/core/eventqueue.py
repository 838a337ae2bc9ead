"""A ring of events that the frame loop fills without allocating and the app drains afterwards.

Rows are integers: code, t_frames, call, then up to four values; of the one event that has more, the
end of a call, one can wait, and its values wait beside the ring. When the ring is full the newest
event is refused and counted in `n_lost`; the app drains after every frame, so that only happens if
one frame brings more than N_ROWS events, or ends two calls.
Called by: rules (put), app and engines (drain).
"""

from array import array

from callclip.core import events

N_ROWS = 16
_HEAD = 4  # code, t_frames, call, 1 if its values stand in `_long`
_ROW = _HEAD + 4


class EventQueue:
    """Fixed ring of N_ROWS events; `put` allocates nothing."""

    def __init__(self):
        self._rows = array("i", bytes(4 * _ROW * N_ROWS))
        self._long = array("i", bytes(4 * events.MAX_VALUES))
        self._is_long_free = True
        self._first = 0
        self.n_waiting = 0
        self.n_lost = 0

    def put(self, code, t_frames, call, a=0, b=0, c=0, d=0):
        """Append an event with up to four values. Returns its row offset, or -1 when full."""
        if self.n_waiting == N_ROWS:
            self.n_lost += 1
            return -1
        at = ((self._first + self.n_waiting) % N_ROWS) * _ROW
        rows = self._rows
        rows[at] = code
        rows[at + 1] = t_frames
        rows[at + 2] = call
        rows[at + 3] = 0
        rows[at + 4] = a
        rows[at + 5] = b
        rows[at + 6] = c
        rows[at + 7] = d
        self.n_waiting += 1
        return at

    def put_values(self, code, t_frames, call, values, n_values):
        """Append an event whose values stand in an integer array (n_values <= MAX_VALUES)."""
        if not self._is_long_free:
            self.n_lost += 1
            return -1
        at = self.put(code, t_frames, call)
        if at < 0:
            return at
        self._is_long_free = False
        self._rows[at + 3] = 1
        i = 0
        while i < n_values:
            self._long[i] = values[i]
            i += 1
        return at

    def take(self):
        """Oldest event as (code, t_frames, call, values) and forget it; None when empty.

        Allocates: call it outside the frame's heap lock.
        """
        if self.n_waiting == 0:
            return None
        at = self._first * _ROW
        rows = self._rows
        code = rows[at]
        n_values = events.N_VALUES[code]
        if rows[at + 3]:
            values = tuple(self._long[:n_values])
            self._is_long_free = True
        else:
            values = tuple(rows[at + _HEAD : at + _HEAD + n_values])
        self._first = (self._first + 1) % N_ROWS
        self.n_waiting -= 1
        return code, rows[at + 1], rows[at + 2], values
