"""Restarts a unit that hangs or fails, and keeps in RTC memory what it was doing.

RTC memory survives a restart, not a power cut. Layout: mark, task, number of text bytes, text.
Times in ms. Called by: app (restart_with), unit (everything else).
Ref: MicroPython documentation, machine.WDT and machine.RTC.memory; on the ESP32 a watchdog once
started cannot be stopped.
"""

import machine

NOTHING, HEAR, RECORD, SERVE, STORE = range(5)
TASK_NAMES = ("nothing", "hearing a frame", "recording events", "serving the cable", "storing")

_MARK = 0xCB
_HEAD_BYTES = 3
_MAX_TEXT_BYTES = 80


def last_words():
    """Why the unit restarted, as far as it could say; "" after a power-on or an orderly reboot.

    Forgets it, too: each restart is told once.
    """
    rtc = machine.RTC()
    note = rtc.memory()
    rtc.memory(b"")
    if len(note) < _HEAD_BYTES or note[0] != _MARK:
        return ""
    text = note[_HEAD_BYTES : _HEAD_BYTES + note[2]].decode()
    if text:
        return text
    if machine.reset_cause() == machine.WDT_RESET and note[1] < len(TASK_NAMES):
        return "hung while {}".format(TASK_NAMES[note[1]])
    return ""


def restart_with(text):
    """Note the reason and restart."""
    data = bytes(ord(c) if ord(c) < 128 else 63 for c in text[:_MAX_TEXT_BYTES])
    machine.RTC().memory(bytes((_MARK, NOTHING, len(data))) + data)
    machine.reset()


def restart():
    """Restart in good order."""
    machine.RTC().memory(b"")
    machine.reset()


class Watchdog:
    """Starts at once; `feed` within timeout_ms for ever after."""

    def __init__(self, timeout_ms):
        self._rtc = machine.RTC()
        self._note = bytearray((_MARK, NOTHING, 0))
        self._wdt = machine.WDT(timeout=timeout_ms)

    def feed(self):
        self._wdt.feed()

    def enter(self, task):
        """From now on the unit is at this task: what a hang will be blamed on."""
        self._note[1] = task
        self._rtc.memory(self._note)
