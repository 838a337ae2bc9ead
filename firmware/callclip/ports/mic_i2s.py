"""Both microphones on one I2S bus: 20 ms frames of stereo slots, without waiting for them.

There is one frame buffer: while a frame is heard the driver keeps what comes in its DMA buffers,
and `go_on` lets it fill the frame again. Out: 2560 bytes, 320 pairs of 32-bit slots, left = agent,
right = line, good until `go_on`, or else the next `poll`.
The driver loses DMA buffers (16 ms) in silence: the oldest when the reader is late, most of them
while an erase of flash keeps the interrupts off. `poll` finds each loss by the clock, see
core/gapclock.py.
Times in ms. Called by: unit. Ref: MicroPython, ports/esp32/machine_i2s.c; INMP441 data sheet.
"""

from machine import I2S, Pin

from callclip.core.gapclock import GapClock
from callclip.core.units import FRAME_BYTES, FRAME_SAMPLES, SAMPLE_RATE_HZ

_STALL_MS = 1000
_PAIR_BYTES = 8


class Microphones:
    def __init__(self, i2s_id, sck_pin, ws_pin, sd_pin, buffer_bytes, warm_up_samples, now_ms):
        self._i2s_id = i2s_id
        self._pins = (sck_pin, ws_pin, sd_pin)
        self._buffer_bytes = buffer_bytes
        self._warm_up_samples = warm_up_samples
        self._frame = bytearray(FRAME_BYTES)
        self._is_given = False  # the frame is being heard
        self._is_full = False
        self._n_warm_up = 0  # buffers still to be thrown away
        self._full_ms = 0  # last poll that found a buffer
        self._lost_ms = 0
        self._clock = GapClock(buffer_bytes)
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
        self._is_full = self._is_given = False
        self._full_ms = now_ms
        n_odd = self._warm_up_samples % FRAME_SAMPLES
        self._n_warm_up = self._warm_up_samples // FRAME_SAMPLES + (1 if n_odd else 0)
        n_first = n_odd if n_odd else FRAME_SAMPLES
        self._clock.begin(now_ms, n_first)
        self._i2s.readinto(memoryview(self._frame)[: n_first * _PAIR_BYTES])

    def restart(self, now_ms):
        """Close and open again a bus that gives nothing any more."""
        self._lost_ms += now_ms - self._full_ms
        self._lost_ms += self._warm_up_samples * 1000 // SAMPLE_RATE_HZ
        self._i2s.deinit()
        self._i2s = self._open()
        self._begin(now_ms)

    def is_stalled(self, now_ms):
        return now_ms - self._full_ms > _STALL_MS

    def poll(self, now_ms):
        """The next frame's slots, or None while there is none."""
        clock = self._clock
        self.go_on()
        if not self._is_full:
            clock.missed(now_ms)
            return None
        self._is_full = False
        self._is_given = True
        self._full_ms = now_ms
        lost_ms = clock.arrived(now_ms)
        if self._n_warm_up:
            self._n_warm_up -= 1
            if self._n_warm_up == 0:
                clock.settle()
            self.go_on()
            return None
        self._lost_ms += lost_ms
        return self._frame

    def go_on(self):
        """The frame that `poll` gave has been heard: fill it again."""
        if self._is_given:
            self._is_given = False
            self._i2s.readinto(self._frame)

    def take_lost_ms(self):
        """Sound that was lost unheard since the last call, in ms; 0 nearly always, and rarely
        negative: so much of what was told before was not lost."""
        lost_ms = self._lost_ms
        self._lost_ms = 0
        return lost_ms

    def _on_full(self, _i2s):
        # May run in the middle of a frame, under the heap lock: a flag and nothing else.
        self._is_full = True
