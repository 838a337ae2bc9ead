"""Stands in for `time` in the virtual unit's VM: the same functions on virtual time.

Calendar functions count from 2000-01-01 as on the ESP32; tick counters wrap at 2^30 and begin 5 s
before their wrap. Called by: the firmware. Ref: MicroPython documentation, module time.
"""

import utime
import virtual_world

_UNIX_2000_S = 946684800
_MASK = virtual_world.TICKS_PERIOD - 1
_HALF = virtual_world.TICKS_PERIOD // 2


def ticks_ms():
    world = virtual_world.the
    world.read_clock()
    return (virtual_world.TICKS_AT_BOOT_MS + world.now_ms - world.boot_ms) & _MASK


def ticks_us():
    world = virtual_world.the
    world.read_clock()
    since_boot_us = (world.now_ms - world.boot_ms) * 1000 + world.us
    return (virtual_world.TICKS_AT_BOOT_US + since_boot_us) & _MASK


def ticks_cpu():
    return ticks_us()


def ticks_add(ticks, delta):
    return (ticks + delta) & _MASK


def ticks_diff(end, start):
    return ((end - start + _HALF) & _MASK) - _HALF


def sleep_ms(n_ms):
    virtual_world.the.advance_ms(max(0, n_ms))


def sleep_us(n_us):
    virtual_world.the.advance_us(max(0, n_us))


def sleep(seconds):
    sleep_us(int(seconds * 1000000))


def time_ns():
    """ns since 2000-01-01 on the chip's calendar, which starts there at power-on."""
    world = virtual_world.the
    world.read_clock()
    offset_ms = world.unix_offset_ms or _UNIX_2000_S * 1000
    return (offset_ms + world.now_ms) * 1000000 + world.us * 1000 - _UNIX_2000_S * 1000000000


def time():
    return time_ns() // 1000000000


def gmtime(seconds=None):
    return utime.gmtime(_UNIX_2000_S + (time() if seconds is None else seconds))


localtime = gmtime


def mktime(parts):
    return utime.mktime(parts) - _UNIX_2000_S
