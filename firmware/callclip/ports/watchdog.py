"""Restarts a unit that hangs or fails, and keeps in RTC memory what it was doing.

The loop is a row of tasks. Each shows a sign of life by coming back; the supervisor here alone
feeds the chip's watchdog, and only when all of them have shown theirs since the last time.
So a task that hangs, and one that is never reached any more, both end in a restart.
RTC memory survives a restart, not a power cut. Layout: mark, task, number of text bytes, text. In
place of all that, one byte asks the next start to leave the application out and the prompt open.
Times in ms. Called by: app (restart_with, is_prompt_asked_for), unit (everything else).
Ref: MicroPython documentation, machine.WDT and machine.RTC.memory; on the ESP32 a watchdog once
started cannot be stopped.
"""

import machine

from callclip.core import tasks

_MARK = 0xCB
_PROMPT = b"\xcd"
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
    if machine.reset_cause() == machine.WDT_RESET and note[1] < len(tasks.NAMES):
        return "hung while {}".format(tasks.NAMES[note[1]])
    return ""


def restart_with(text):
    """Note the reason and restart."""
    data = bytes(ord(c) if ord(c) < 128 else 63 for c in text[:_MAX_TEXT_BYTES])
    machine.RTC().memory(bytes((_MARK, tasks.NOTHING, len(data))) + data)
    machine.reset()


def restart():
    """Restart in good order."""
    machine.RTC().memory(b"")
    machine.reset()


def restart_into_prompt():
    """Restart, and let the prompt be open instead, once."""
    machine.RTC().memory(_PROMPT)
    machine.reset()


def is_prompt_asked_for():
    """Whether this start is for the prompt; the next one, by whatever reset, is not."""
    rtc = machine.RTC()
    if rtc.memory() != _PROMPT:
        return False
    rtc.memory(b"")
    return True


class Watchdog:
    """Starts at once, with the task START; all tasks within timeout_ms for ever after."""

    def __init__(self, timeout_ms):
        self._rtc = machine.RTC()
        self._note = bytearray((_MARK, tasks.NOTHING, 0))
        self._signs = 0  # a bit for each task that has come back
        self._of_frames = sum(1 << task for task in tasks.OF_FRAMES)
        self._all = sum(1 << task for task in tasks.IN_TURN)
        self._wdt = machine.WDT(timeout=timeout_ms)
        self.enter(tasks.START)

    def enter(self, task):
        """The task before has come back; from now on a hang is blamed on this one."""
        self._signs |= 1 << self._note[1]
        self._note[1] = task
        self._rtc.memory(self._note)

    def excuse_frames(self):
        """The microphones give nothing and were opened anew: no frame is due."""
        self._signs |= self._of_frames

    def supervise(self):
        """The end of a turn: feed the chip's watchdog if every task is alive."""
        self.enter(tasks.NOTHING)
        if self._signs & self._all == self._all:
            self._signs = 0
            self._wdt.feed()
