"""Both microphones on one I2S bus: 20 ms frames of stereo slots, without waiting for them.

Two frame buffers take turns: the driver's background task fills one while the other is heard. Out:
2560 bytes, 320 pairs of 32-bit slots, left = agent, right = line, good until the next `poll`.
The driver loses the oldest DMA buffers (16 ms) in silence when the reader is late, so lost sound is
found by the clock: once the driver has no backlog, a frame that arrives later than the frames
counted so far would make it is late because others are missing.
Times in ms. Called by: unit. Ref: MicroPython, ports/esp32/machine_i2s.c; INMP441 data sheet.
"""

from machine import I2S, Pin

from callclip.core.units import FRAME_BYTES, FRAME_MS, FRAME_SAMPLES, SAMPLE_RATE_HZ

_DMA_MS = 16
_FRESH_MS = 10  # polled in vain this recently: the frame was not lying there for long
_WINDOW_FRAMES = 8  # twice the period of 20 ms frames in 16 ms DMA buffers
_STEADY_MS = 28  # lags differ by up to a DMA buffer, and by when they are polled
_STALL_MS = 1000
_PAIR_BYTES = 8


class Microphones:
    def __init__(self, i2s_id, sck_pin, ws_pin, sd_pin, buffer_bytes, warm_up_samples, now_ms):
        self._i2s_id = i2s_id
        self._pins = (sck_pin, ws_pin, sd_pin)
        self._buffer_bytes = buffer_bytes
        self._warm_up_samples = warm_up_samples
        self._buffers = (bytearray(FRAME_BYTES), bytearray(FRAME_BYTES))
        self._filling = 0
        self._is_full = False
        self._n_warm_up = 0  # buffers still to be thrown away
        self._due_ms = 0  # when the sound heard so far ended, on the clock of now_ms
        self._in_vain_ms = -_STALL_MS  # last poll that found nothing
        self._full_ms = 0  # last poll that found a buffer
        self._n_window = 0
        self._least_lag_ms = 0
        self._most_lag_ms = 0
        self._is_based = False
        self._lost_ms = 0
        self._i2s = self._open()
        self._begin(now_ms)

    def _open(self):
        sck, ws, sd = self._pins
        return I2S(
            self._i2s_id,
            sck=Pin(sck),
            ws=Pin(ws),
            sd=Pin(sd),
            mode=I2S.RX,
            bits=32,
            format=I2S.STEREO,
            rate=SAMPLE_RATE_HZ,
            ibuf=self._buffer_bytes,
        )

    def _begin(self, now_ms):
        """Start to read. The first warm_up_samples pairs will be thrown away, exactly."""
        self._i2s.irq(self._on_full)
        self._is_full = False
        self._is_based = False
        self._n_window = 0
        self._full_ms = now_ms
        n_odd = self._warm_up_samples % FRAME_SAMPLES
        self._n_warm_up = self._warm_up_samples // FRAME_SAMPLES + (1 if n_odd else 0)
        self._due_ms = now_ms + self._warm_up_samples * 1000 // SAMPLE_RATE_HZ
        first = memoryview(self._buffers[self._filling])
        self._i2s.readinto(first[: n_odd * _PAIR_BYTES] if n_odd else first)

    def restart(self, now_ms):
        """Close and open again a bus that gives nothing any more; returns ms without sound."""
        silent_ms = now_ms - self._full_ms
        self._i2s.deinit()
        self._i2s = self._open()
        self._begin(now_ms)
        return silent_ms

    def is_stalled(self, now_ms):
        return now_ms - self._full_ms > _STALL_MS

    def poll(self, now_ms):
        """The next frame's slots, or None while there is none."""
        if not self._is_full:
            self._in_vain_ms = now_ms
            return None
        self._is_full = False
        self._full_ms = now_ms
        slots = self._buffers[self._filling]
        self._filling = 1 - self._filling
        self._i2s.readinto(self._buffers[self._filling])
        if self._n_warm_up:
            self._n_warm_up -= 1
            return None
        self._due_ms += FRAME_MS
        if now_ms - self._in_vain_ms <= _FRESH_MS:
            self._watch_lag(now_ms - self._due_ms)
        return slots

    def take_lost_ms(self):
        """Sound that was lost unheard since the last call, in ms; 0 nearly always."""
        lost_ms = self._lost_ms
        self._lost_ms = 0
        return lost_ms

    def _on_full(self, _i2s):
        # May run in the middle of a frame, under the heap lock: a flag and nothing else.
        self._is_full = True

    def _watch_lag(self, lag_ms):
        if self._n_window == 0 or lag_ms < self._least_lag_ms:
            self._least_lag_ms = lag_ms
        if self._n_window == 0 or lag_ms > self._most_lag_ms:
            self._most_lag_ms = lag_ms
        self._n_window += 1
        if self._n_window < _WINDOW_FRAMES:
            return
        self._n_window = 0
        if self._most_lag_ms - self._least_lag_ms > _STEADY_MS:
            return  # the loss, or a pause, lies within this window: the next one will tell
        if not self._is_based:
            # The first window tells how late frames always are on this board.
            self._is_based = True
            self._due_ms += self._least_lag_ms
            return
        n_lost = (self._least_lag_ms + _DMA_MS // 2) // _DMA_MS
        if n_lost > 0:
            self._lost_ms += n_lost * _DMA_MS
            self._due_ms += n_lost * _DMA_MS
