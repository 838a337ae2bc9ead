"""The virtual unit's time and everything that must know it: pacing, pins seen from outside, resets.

Runs in the MicroPython VM only. Time is virtual: it stands still while code runs and passes when
the firmware sleeps or waits for sound, so a run is the same every time and as fast as the computer
allows. `speed` N paces it at N times real time, 0 lets it run free; once the recording is over it
passes at real speed, so that a host on the serial port is served like by a unit on the desk.
Units: ms since power-on (whole numbers), us within the ms.
Called by: the machine and time shims, bootstrap. What comes out: JSON lines on the side channel,
{"t_ms": ms since the recording's first sample, "led": [r, g, b] 0..255 | "buzzer_hz": hz | ...}.
For tests, `look_every_ms` tells how the heap stands, and `leaps` lets days pass in an instant.
"""

import binascii
import json
import select
import sys

import utime  # MicroPython's own name for the time that passes on the wall

SOFTWARE, WATCHDOG = "software", "watchdog"  # why a unit restarts

TICKS_PERIOD = 1 << 30
# The firmware meets the wrap of both tick counters 5 s after it starts, every time.
TICKS_AT_BOOT_MS = TICKS_PERIOD - 5000
TICKS_AT_BOOT_US = TICKS_PERIOD - 5000000

_PACE_STEP_MS = 4  # look at the wall clock no more often than this
_MAX_DEBT_US = 1000000  # a computer that was too slow does not sprint for longer than this
_MAX_WAIT_MS = 1 << 29
_POWER_CHECK_MS = 1000


class World:
    """One unit and its surroundings from power-on; survives resets through `save`."""

    def __init__(self, params):
        kept = params["kept"]
        self.params = params
        self.now_ms = kept.get("now_ms", 0)
        self.us = 0
        self.boot_ms = self.now_ms
        self.origin_ms = kept.get("origin_ms")  # when the recording's first sample is heard
        self.rtc_memory = bytearray(binascii.unhexlify(kept.get("rtc_hex", "")))
        self.unix_offset_ms = kept.get("unix_offset_ms", 0)  # chip's calendar minus now_ms
        self.is_played = kept.get("is_played", False)
        self.led = kept.get("led", [0, 0, 0])
        self.buzzer_hz = kept.get("buzzer_hz", 0)
        self.pwm = {}  # pin number -> (frequency, duty 0..65535) as driven
        self.sources = []  # what happens by itself: due_ms(), happen(), stand_still(until_ms)
        self.watchdog_ms = 0  # 0: none
        self.fed_ms = 0
        self._is_pins_changed = False
        self._side = open(params["side"], "a")
        self._unpaced_ms = 0
        self._debt_us = 0
        self._wall_us = utime.ticks_us()
        self._power_check_ms = 0
        self._look_ms = params.get("look_every_ms")  # at the heap; 0: never
        if self._look_ms:
            import virtual_heap  # a unit that is not looked at has no such thing in its heap

            self._heap = virtual_heap.Heap()
            if params.get("heap_dump"):
                import virtual_heapdump  # noqa: F401  now, while it can be found
        self._power = select.poll()
        self._power.register(sys.stdin, select.POLLHUP)

    # Time

    def read_clock(self):
        """Any look at a clock costs a microsecond, so that waiting for it to change ends."""
        self.us += 1
        if self.us >= 1000:
            self.advance_ms(1)
            self.us = 0

    def advance_us(self, n_us):
        self.us += n_us
        n_ms = self.us // 1000
        self.us -= n_ms * 1000
        self.advance_ms(n_ms)

    def advance_ms(self, n_ms):
        """Let time pass; what falls due on the way happens in its order."""
        if self._is_pins_changed:
            self._tell_pins()
        leaps = self.params.get("leaps")
        if leaps and self.recording_ms() >= leaps[0][0]:
            self._leap()
        end_ms = self.now_ms + n_ms
        while True:
            source, due_ms = self._next_due()
            if source is None or due_ms > end_ms:
                break
            self._pass_until(due_ms)
            source.happen()
        self._pass_until(end_ms)

    def wait_for_next(self):
        """Let time pass until something happens (1 ms when nothing is to come)."""
        source, due_ms = self._next_due()
        self.advance_ms(1 if source is None else max(0, due_ms - self.now_ms))

    def stand_still(self, n_ms):
        """Time passes with the interrupts off, as it does while the chip erases flash."""
        for source in self.sources:
            source.stand_still(self.now_ms + n_ms)
        self.advance_ms(n_ms)

    def _leap(self):
        """Days pass, unheard: clocks and ticks go on, the recording waits."""
        _t_ms, n_ms = self.params["leaps"].pop(0)
        self.fed_ms += n_ms
        self.origin_ms += n_ms
        for source in self.sources:
            source.leap(n_ms)
        self.now_ms += n_ms

    def _next_due(self):
        first = None
        first_ms = _MAX_WAIT_MS
        for source in self.sources:
            due_ms = source.due_ms()
            if due_ms is not None and (first is None or due_ms < first_ms):
                first = source
                first_ms = due_ms
        return first, first_ms

    def _pass_until(self, t_ms):
        n_ms = t_ms - self.now_ms
        if n_ms <= 0:
            return
        if self.watchdog_ms and t_ms - self.fed_ms > self.watchdog_ms:
            self.now_ms = self.fed_ms + self.watchdog_ms
            self.restart(WATCHDOG)
        self.now_ms = t_ms
        if not self.is_played and self.origin_ms is not None:
            self._note_end_of_recording()
        if t_ms >= self._power_check_ms:
            self._power_check_ms = t_ms + _POWER_CHECK_MS
            if self._power.poll(0):
                sys.exit(0)  # the parent is gone, and with it the power
        if self._look_ms and t_ms >= self._look_ms:
            self._look_ms += self.params["look_every_ms"]
            self.look_at_heap()
        speed = 1 if self.is_played else self.params["speed"]
        if speed:
            self._unpaced_ms += n_ms
            if self._unpaced_ms >= _PACE_STEP_MS:
                self._pace(speed)

    def _note_end_of_recording(self):
        if self.now_ms - self.origin_ms > self.params["n_recording_ms"]:
            self.is_played = True
            self._wall_us = utime.ticks_us()
            self._debt_us = 0
            self._unpaced_ms = 0
            self.tell("played", True)

    def _pace(self, speed):
        wall_us = utime.ticks_us()
        self._debt_us += self._unpaced_ms * 1000 // speed
        self._debt_us -= utime.ticks_diff(wall_us, self._wall_us)
        self._unpaced_ms = 0
        self._wall_us = wall_us
        if self._debt_us > 0:
            utime.sleep_us(self._debt_us)
        elif self._debt_us < -_MAX_DEBT_US:
            self._debt_us = -_MAX_DEBT_US

    # What can be seen and heard from outside

    def drive(self, pin, frequency_hz, duty_u16):
        self.pwm[pin] = (frequency_hz, duty_u16)
        self._is_pins_changed = True

    def _tell_pins(self):
        """One line for all that changed in the same instant."""
        self._is_pins_changed = False
        led = [self.pwm.get(pin, (0, 0))[1] >> 8 for pin in self.params["led_pins"]]
        frequency_hz, duty_u16 = self.pwm.get(self.params["buzzer_pin"], (0, 0))
        buzzer_hz = frequency_hz if duty_u16 else 0
        if led != self.led:
            self.led = led
            self.tell("led", led)
        if buzzer_hz != self.buzzer_hz:
            self.buzzer_hz = buzzer_hz
            self.tell("buzzer_hz", buzzer_hz)

    def recording_ms(self):
        """Time on the recording's own clock; 0 until its first sample is heard."""
        if self.origin_ms is None:
            return 0
        return max(0, self.now_ms - self.origin_ms)

    def tell(self, what, value):
        line = {"t_ms": self.recording_ms(), what: value}
        self._side.write(json.dumps(line) + "\n")

    def look_at_heap(self):
        self.tell("heap", self._heap.look())
        if self.params.get("heap_dump"):
            import virtual_heapdump

            virtual_heapdump.write(self.params["heap_dump"], self.params["open_host"])

    def pressed(self):
        """Is the button held down now? Presses are given as [t_ms on the recording, length ms]."""
        t_ms = self.recording_ms()
        for start_ms, n_ms in self.params["presses"]:
            if start_ms <= t_ms < start_ms + n_ms:
                return True
        return False

    # Resets

    def restart(self, cause):
        """End this VM as a chip's reset does; the parent starts the next one on the same flash."""
        self.pwm = {}  # pins float in a reset: everything goes dark and quiet
        self._tell_pins()
        self.tell("reset", cause)
        kept = {
            "now_ms": self.now_ms,
            "origin_ms": self.origin_ms,
            "rtc_hex": binascii.hexlify(self.rtc_memory).decode(),
            "unix_offset_ms": self.unix_offset_ms,
            "is_played": self.is_played,
            "led": self.led,
            "buzzer_hz": self.buzzer_hz,
        }
        self._side.close()
        self.params["keep"](kept)
        sys.exit(self.params["exit_codes"][cause])


the = None  # the one world of this VM, made by `begin`


def begin(params):
    global the
    the = World(params)
    return the
