"""Stands in for the ESP32's `machine` in the virtual unit's VM: what the firmware uses, no more.

Values and behaviour follow the ESP32 port; what is driven goes to the world (virtual_world.py),
which shows it on the side channel.
Called by: firmware/callclip/ports. Ref: MicroPython documentation, module machine; ports/esp32.
"""

import binascii

import virtual_world
from virtual_mics import I2S  # noqa: F401  part of this module's interface

PWRON_RESET, HARD_RESET, WDT_RESET, DEEPSLEEP_RESET, SOFT_RESET = 1, 2, 3, 4, 5

_UNIX_2000_MS = 946684800000
_N_PINS = 40
_INPUT_ONLY = (34, 35, 36, 39)
_RTC_BYTES = 2048


class Pin:
    IN = 1
    OUT = 3
    PULL_UP = 2
    PULL_DOWN = 1

    def __init__(self, id, mode=-1, pull=-1, value=None):
        if not 0 <= id < _N_PINS:
            raise ValueError("invalid pin")
        if mode == Pin.OUT and id in _INPUT_ONLY:
            raise ValueError("pin can only be input")
        self.number = id
        self._mode = mode
        self._value = 1 if pull == Pin.PULL_UP else 0
        if value is not None:
            self.value(value)

    def value(self, level=None):
        world = virtual_world.the
        if level is not None:
            self._value = 1 if level else 0
            if self._mode == Pin.OUT:
                world.drive(self.number, 0, 65535 if level else 0)
            return None
        if self.number == world.params["button_pin"] and world.pressed():
            return 0
        return self._value


class PWM:
    def __init__(self, pin, freq=5000, duty_u16=0):
        self._pin = pin.number
        self._frequency_hz = freq
        self._duty_u16 = duty_u16
        self._drive()

    def freq(self, frequency_hz=None):
        if frequency_hz is None:
            return self._frequency_hz
        if not 1 <= frequency_hz <= 40000000:
            raise ValueError("frequency out of range")
        self._frequency_hz = frequency_hz
        return self._drive()

    def duty_u16(self, duty=None):
        if duty is None:
            return self._duty_u16
        if not 0 <= duty <= 65535:
            raise ValueError("duty_u16 must be from 0 to 65535")
        self._duty_u16 = duty
        return self._drive()

    def deinit(self):
        self._duty_u16 = 0
        self._drive()

    def _drive(self):
        virtual_world.the.drive(self._pin, self._frequency_hz, self._duty_u16)


class WDT:
    """Cannot be stopped once started; when it is not fed in time the unit restarts."""

    def __init__(self, id=0, timeout=5000):
        if timeout < 1:
            raise ValueError("WDT timeout too short")
        virtual_world.the.watchdog_ms = timeout
        self.feed()

    def feed(self):
        virtual_world.the.fed_ms = virtual_world.the.now_ms


class RTC:
    """Calendar and memory that survive a reset, not a power cut."""

    def datetime(self, parts=None):
        import time

        if parts is None:
            t = time.gmtime(time.time())
            return (t[0], t[1], t[2], t[6], t[3], t[4], t[5], 0)
        year, month, day, _weekday, hour, minute, second, us = parts
        seconds = time.mktime((year, month, day, hour, minute, second, 0, 0))
        world = virtual_world.the
        world.unix_offset_ms = _UNIX_2000_MS + seconds * 1000 + us // 1000 - world.now_ms
        return None

    def memory(self, data=None):
        world = virtual_world.the
        if data is None:
            return bytes(world.rtc_memory)
        if len(data) > _RTC_BYTES:
            raise ValueError("buffer too long")
        world.rtc_memory[:] = data
        return None


def reset():
    virtual_world.the.restart(virtual_world.SOFTWARE)


def reset_cause():
    return virtual_world.the.params["reset_cause"]


def unique_id():
    return binascii.unhexlify(virtual_world.the.params["unique_id"])


def idle():
    virtual_world.the.wait_for_next()


def freq():
    return 240000000
