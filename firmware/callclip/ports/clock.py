"""Time since boot that does not wrap, and the calendar once a host has set it.

The chip counts milliseconds in 30 bits, a wrap every 12.4 days; here they are added up, so look at
the clock at least every six days (the loop does, every turn). The calendar is the chip's own and
lives through a restart, not through a power cut. Times in ms.
Called by: unit, journal, service. Ref: MicroPython documentation, module time; machine.RTC.
"""

import time

import machine

_UNIX_2000_S = 946684800
_KNOWN_SINCE_S = 1577836800  # 2020-01-01: an earlier calendar was never set


class Clock:
    def __init__(self):
        self._ticks_ms = time.ticks_ms()
        self._uptime_ms = 0
        # The calendar's epoch is a build option of MicroPython: 2000 on the ESP32, else 1970.
        self._epoch_s = _UNIX_2000_S if time.gmtime(0)[0] == 2000 else 0

    def uptime_ms(self):
        """Milliseconds since this object was made. Does not wrap."""
        ticks_ms = time.ticks_ms()
        self._uptime_ms += time.ticks_diff(ticks_ms, self._ticks_ms)
        self._ticks_ms = ticks_ms
        return self._uptime_ms

    def unix_ms(self):
        """Unix time, or 0 while no host has set it."""
        unix_ms = time.time_ns() // 1000000 + self._epoch_s * 1000
        return unix_ms if unix_ms >= _KNOWN_SINCE_S * 1000 else 0

    def set_unix_ms(self, unix_ms):
        t = time.gmtime(unix_ms // 1000 - self._epoch_s)
        us = unix_ms % 1000 * 1000
        machine.RTC().datetime((t[0], t[1], t[2], t[6], t[3], t[4], t[5], us))
