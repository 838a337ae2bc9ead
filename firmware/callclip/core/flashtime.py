"""When flash may be written: an erase keeps the microphones deaf for about a tenth of a second.

Outside a call, or on hold, nobody misses that while the line is quiet. In a call it is done between
two turns, when nobody has spoken for PAUSE_FRAMES, and at most once in CALL_EVERY_MS; one who talks
without a pause is interrupted after CALL_FORCED_MS. A buffer that would overflow goes before all.
The store has its own reasons to wait (it collects records); this only says when it may not write.
Times in ms of a clock that does not wrap. Called by: unit.
"""

from callclip.core.transitions import HOLD, IDLE, RINGING

CALL_EVERY_MS = 60000
CALL_FORCED_MS = 120000
PAUSE_FRAMES = 25  # 500 ms: longer than a breath in a sentence


class FlashTime:
    def __init__(self):
        self._written_ms = -CALL_FORCED_MS
        self._n_pause = 0  # frames since somebody spoke, up to PAUSE_FRAMES

    def hear(self, view):
        """Take in one frame."""
        if view.agent.is_in_spurt or view.line.is_in_spurt:
            self._n_pause = 0
        elif self._n_pause < PAUSE_FRAMES:
            self._n_pause += 1

    def written(self, now_ms):
        """Flash has been written, whoever asked for it."""
        self._written_ms = now_ms

    def is_quiet(self, call_state, view):
        """Nobody would miss a tenth of a second of sound."""
        if call_state == RINGING:
            return False
        if call_state == IDLE or call_state == HOLD:
            return not (view.agent.is_speech or view.line.is_speech)
        return self._n_pause == PAUSE_FRAMES

    def is_allowed(self, call_state, is_quiet, is_full, now_ms):
        """May the store write now? is_full: records will be lost if it does not."""
        if is_full or call_state == IDLE:
            return True
        wait_ms = CALL_EVERY_MS if is_quiet else CALL_FORCED_MS
        return now_ms - self._written_ms >= wait_ms
