"""The bead's button: debounced, told apart into short and long presses.

Pressed pulls the pin to ground. A long press is told while the button is still down, so that the
agent feels it; a short one when it is let go. Times in ms.
Called by: unit, every turn of the loop.
"""

from machine import Pin

NONE, SHORT, LONG = range(3)

_DEBOUNCE_MS = 30  # small tactile switches bounce for 5 to 20 ms
_LONG_MS = 800


class Button:
    def __init__(self, pin):
        self._pin = Pin(pin, Pin.IN, Pin.PULL_UP)
        self._is_down = False
        self._is_told = False  # this press has been told as long
        self._changed_ms = -1  # when the pin began to differ from `_is_down`; -1: it does not
        self._down_ms = 0

    def poll(self, now_ms):
        """What became known since the last poll: NONE, SHORT or LONG."""
        is_low = self._pin.value() == 0
        if is_low == self._is_down:
            self._changed_ms = -1
        elif self._changed_ms < 0:
            self._changed_ms = now_ms
        elif now_ms - self._changed_ms >= _DEBOUNCE_MS:
            return self._turn(is_low)
        is_held = is_low and self._is_down and not self._is_told
        if is_held and now_ms - self._down_ms >= _LONG_MS:
            self._is_told = True
            return LONG
        return NONE

    def _turn(self, is_low):
        """The button has really gone down or up."""
        self._is_down = is_low
        if is_low:
            self._down_ms = self._changed_ms
            self._is_told = False
        self._changed_ms = -1
        return NONE if is_low or self._is_told else SHORT
