"""Stands in for machine.I2S with two microphones on it: slots from a raw file, as they would come.

Data arrives by DMA in buffers of 256 sample pairs (16 ms at 16 kHz); max(2, ibuf // 2048) of them
form the queue, one of which is always being written. A reader that is late loses the oldest in
silence, as on the ESP32; while an erase of the flash keeps the interrupts off, all buffers but the
last are lost, however long the queue. The first 4096 pairs after each start are the microphone's
start-up thump. Behind the recording's end comes the microphone's own noise, for ever.
Units: positions in sample pairs of 8 bytes (left int32 LE, right int32 LE).
Called by: the firmware's mic port, through machine.I2S.
Ref: MicroPython, ports/esp32/machine_i2s.c; INMP441 data sheet (2^18 clocks until data is good).
"""

import micropython
import virtual_world

_RATE_HZ = 16000
_PAIR_BYTES = 8
_DMA_PAIRS = 256
_DMA_MS = 16
_WARM_UP_PAIRS = 4096
_WARM_UP_MS = 256
_MAX_REQUESTS = 20  # what the ESP32 port queues
_THUMP = 0x3C


class Sound:
    """The recording, `n_repeats` times, then endless microphone noise; by position."""

    def __init__(self, slots, n_pairs, floor, n_floor_pairs, n_repeats=1):
        self._slots = slots  # None: no recording
        self._n_once = n_pairs
        self._n_pairs = n_pairs * n_repeats
        self._floor = floor
        self._n_floor_pairs = n_floor_pairs

    def read(self, at, out):
        """Fill `out` (a memoryview) with the pairs from position `at` on."""
        done = 0
        n_pairs = len(out) // _PAIR_BYTES
        while done < n_pairs:
            if at < self._n_pairs:
                place = at % self._n_once
                n = min(n_pairs - done, self._n_once - place)
                self._copy(self._slots, place, n, out, done)
            else:
                place = (at - self._n_pairs) % self._n_floor_pairs
                n = min(n_pairs - done, self._n_floor_pairs - place)
                self._copy(self._floor, place, n, out, done)
            at += n
            done += n

    @staticmethod
    def _copy(file, at, n_pairs, out, done):
        file.seek(at * _PAIR_BYTES)
        wanted = n_pairs * _PAIR_BYTES
        begin = done * _PAIR_BYTES
        if file.readinto(out[begin : begin + wanted]) != wanted:
            raise OSError("the slot file of the virtual unit was cut short")


class I2S:
    """RX, stereo, 32 bits: what the firmware uses and nothing else."""

    RX = 8193  # the ESP32 port's values
    TX = 8194
    MONO = 0
    STEREO = 1
    sound = None  # set by bootstrap

    def __init__(self, id, *, sck, ws, sd, mode, bits, format, rate, ibuf):
        if (mode, bits, format, rate) != (I2S.RX, 32, I2S.STEREO, _RATE_HZ):
            raise ValueError("the virtual microphones give 32-bit stereo at 16 kHz, RX only")
        world = virtual_world.the
        self._world = world
        self._start_ms = world.now_ms
        if world.origin_ms is None:
            world.origin_ms = world.now_ms + _WARM_UP_MS
        world.tell("listens", world.now_ms + _WARM_UP_MS - world.boot_ms)
        # Where the recording stands at this start; negative: the warm-up runs before it begins.
        self._base = (self._start_ms - world.origin_ms) * (_RATE_HZ // 1000)
        self._n_queue = max(2, ibuf // (_DMA_PAIRS * _PAIR_BYTES)) - 1
        self._at = 0  # next pair to be handed out, counted from this start
        self._missing = []  # [first pair, pairs] still to come that the queue never got
        self._requests = []
        self._handler = None
        self.n_dropped = 0  # DMA buffers lost; a real unit cannot see this number
        world.sources.append(self)

    def irq(self, handler):
        self._handler = handler

    def readinto(self, buf):
        """Non-blocking once `irq` was called; else time passes until the buffer is full."""
        self._drop_late()
        if len(self._requests) >= _MAX_REQUESTS:
            raise OSError("I2S request queue is full")
        self._requests.append(memoryview(buf))
        if self._handler is None:
            while self._requests:
                self._world.wait_for_next()
        elif self.due_ms() <= self._world.now_ms:
            self.happen()
        return len(buf)

    def deinit(self):
        if self in self._world.sources:
            self._world.sources.remove(self)
        self._requests = []

    # World's side

    def due_ms(self):
        """When the request at the head can be filled: once its last DMA buffer is complete."""
        if not self._requests:
            return None
        last = self._at + len(self._requests[0]) // _PAIR_BYTES
        for first, n_pairs in self._missing:
            if first < last:
                last += n_pairs
        n_buffers = (last + _DMA_PAIRS - 1) // _DMA_PAIRS
        return self._start_ms + n_buffers * _DMA_MS

    def happen(self):
        out = self._requests.pop(0)
        self._fill(out)
        if self._handler is not None:
            # The ESP32 may run it in the middle of a frame, under the heap lock.
            micropython.heap_lock()
            try:
                self._handler(self)
            finally:
                micropython.heap_unlock()

    def stand_still(self, until_ms):
        """No interrupts until then: of the buffers completed meanwhile only the last arrives."""
        first = (self._world.now_ms - self._start_ms) // _DMA_MS
        n_lost = (until_ms - self._start_ms) // _DMA_MS - first - 1
        if n_lost > 0:
            self.n_dropped += n_lost
            self._missing.append([first * _DMA_PAIRS, n_lost * _DMA_PAIRS])

    def leap(self, n_ms):
        """As if interrupts stood still for days, while the recording waited."""
        n_before = sum(row[1] for row in self._missing)
        self.stand_still(self._world.now_ms + n_ms)
        self._base -= sum(row[1] for row in self._missing) - n_before

    def _fill(self, out):
        begin = 0
        for at, n_pairs in self._take(len(out) // _PAIR_BYTES):
            end = begin + n_pairs * _PAIR_BYTES
            n_thump = min(n_pairs, max(0, _WARM_UP_PAIRS - at))
            good = begin + n_thump * _PAIR_BYTES
            for i in range(begin, good):
                out[i] = _THUMP
            if good < end:
                I2S.sound.read(self._base + at + n_thump, out[good:end])
            begin = end

    def _take(self, n_pairs):
        """The next n_pairs that the queue holds, as (position, pairs); they are gone then."""
        spans = []
        while n_pairs:
            if self._missing and self._missing[0][0] <= self._at:
                self._at += self._missing.pop(0)[1]
                continue
            n = min(n_pairs, self._missing[0][0] - self._at) if self._missing else n_pairs
            spans.append((self._at, n))
            self._at += n
            n_pairs -= n
        return spans

    def _drop_late(self):
        """Forget the oldest whole buffers that the queue could not keep, in silence."""
        if self._requests:
            return  # the background task has been reading all along
        n_complete = (self._world.now_ms - self._start_ms) // _DMA_MS
        next_buffer = (self._at + _DMA_PAIRS - 1) // _DMA_PAIRS
        n_held = n_complete - next_buffer - sum(row[1] for row in self._missing) // _DMA_PAIRS
        n_late = n_held - self._n_queue
        if n_late > 0:
            self.n_dropped += n_late
            self._lose(next_buffer * _DMA_PAIRS, n_late * _DMA_PAIRS)

    def _lose(self, first, n_pairs):
        """A hole that takes n_pairs out of what the queue holds from `first` on; what is left of
        the buffer in hand comes before it."""
        end = first
        while self._missing and self._missing[0][0] - end <= n_pairs:
            hole = self._missing.pop(0)
            n_pairs -= hole[0] - end
            end = hole[0] + hole[1]
        self._missing.insert(0, [first, end + n_pairs - first])
