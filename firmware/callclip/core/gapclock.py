"""Finds sound that the driver lost in silence, from the times at which its frames arrive.

The driver hands out DMA buffers of BUFFER_MS. A frame is complete with the buffer that holds its
last sample, so without a loss its time is known to the buffer; one that comes n buffers late has n
others missing before it. Asked too late, the driver has thrown away what its queue does not hold,
which is known at once; everything else as soon as a frame arrives shortly after a look in vain.
Time in ms from any clock that does not wrap. Slow drift between that clock and the microphones' is
followed: DRIFT_FRAMES frames may move it by 1 ms, 780 parts in a million.
Called by: ports/mic_i2s.py. Ref: MicroPython, ports/esp32/machine_i2s.c (256 pairs a buffer,
max(2, ibuf // 2048) of them, one of which is being written).
"""

from callclip.core.units import FRAME_SAMPLES

BUFFER_SAMPLES = 256
BUFFER_MS = 16
_BUFFER_BYTES = 2048
_NARROW_MS = 8  # half a buffer: a frame's time is known so well that its lateness is unambiguous
_SURE_MS = 8  # of lateness is the driver's and the loop's own
DRIFT_FRAMES = 64


class GapClock:
    def __init__(self, buffer_bytes):
        self._queue_ms = (max(2, buffer_bytes // _BUFFER_BYTES) - 1) * BUFFER_MS
        self._due_ms = 0  # when the frame that is asked for is complete if nothing is lost
        self._n_used = BUFFER_SAMPLES  # pairs of its last buffer that it takes
        self._missed_ms = 0  # last look in vain
        self._least_ms = 0  # lateness since the drift was last looked at
        self._n_looked = 0

    def begin(self, now_ms, n_pairs):
        """The driver starts, and a first frame of n_pairs is asked for."""
        self._due_ms = now_ms
        self._missed_ms = now_ms
        self._n_used = BUFFER_SAMPLES
        self._n_looked = 0
        self._ask(n_pairs)

    def missed(self, now_ms):
        """The frame that was asked for is not there yet."""
        self._missed_ms = now_ms

    def arrived(self, now_ms):
        """It is there, and the next whole frame is asked for: ms found to be lost.

        Rarely negative: what was taken for a loss was a delay.
        """
        n_lost = self._lost_before(now_ms)
        self._due_ms += n_lost * BUFFER_MS
        # Of what the next frame needs, no more is left than the queue holds and is being written.
        n_gone = (now_ms - self._due_ms - self._queue_ms - BUFFER_MS - _SURE_MS) // BUFFER_MS + 1
        if n_gone > 0:
            n_lost += n_gone
            self._due_ms += n_gone * BUFFER_MS
        self._ask(FRAME_SAMPLES)
        return n_lost * BUFFER_MS

    def settle(self):
        """The warm-up is over: as late as frames came at the best, they always come."""
        if self._n_looked:
            self._due_ms += self._least_ms
        self._n_looked = 0

    def _ask(self, n_pairs):
        used = self._n_used + n_pairs
        n_buffers = (used - 1) // BUFFER_SAMPLES
        self._n_used = used - n_buffers * BUFFER_SAMPLES
        self._due_ms += n_buffers * BUFFER_MS

    def _lost_before(self, now_ms):
        """Buffers missing before the frame that has just arrived."""
        if now_ms - self._missed_ms > _NARROW_MS:
            n_lost = (self._missed_ms - self._due_ms - _SURE_MS) // BUFFER_MS + 1
            return n_lost if n_lost > 0 else 0
        late_ms = now_ms - self._due_ms
        n_lost = (late_ms + BUFFER_MS // 2) // BUFFER_MS
        self._follow_drift(late_ms - n_lost * BUFFER_MS)
        return n_lost

    def _follow_drift(self, late_ms):
        if self._n_looked == 0 or late_ms < self._least_ms:
            self._least_ms = late_ms
        self._n_looked += 1
        if late_ms < 0:
            self._due_ms += late_ms
            self._n_looked = 0
        elif self._n_looked == DRIFT_FRAMES:
            self._n_looked = 0
            if self._least_ms:
                self._due_ms += 1
