"""A progress bar on stderr for a person who waits; nothing at all when nobody looks.

Called by: commands that may take longer than a second.
"""

import sys
import time

_WIDTH = 30
_SILENT_S = 0.5  # what ends sooner needs no bar
_STEP_S = 0.1


class Progress:
    """Use as a context manager; call `at(n)` as often as you like, 0 <= n <= n_total."""

    def __init__(self, title, n_total, stream=None):
        self._title = title
        self._n_total = max(1, n_total)
        self._stream = stream or sys.stderr
        self._is_seen = self._stream.isatty()
        self._next_s = time.monotonic() + _SILENT_S
        self._is_drawn = False

    def __enter__(self):
        return self

    def at(self, n_done):
        """Draw the bar if it is time for it."""
        now_s = time.monotonic()
        if not self._is_seen or now_s < self._next_s:
            return
        self._next_s = now_s + _STEP_S
        share = min(1.0, n_done / self._n_total)
        bar = "#" * round(share * _WIDTH)
        self._stream.write(f"\r{self._title} [{bar:<{_WIDTH}}] {share:4.0%}")
        self._stream.flush()
        self._is_drawn = True

    def __exit__(self, *_exception):
        if self._is_drawn:
            self._stream.write("\r\x1b[K")
            self._stream.flush()
