"""The bead's buzzer: a passive piezo on one PWM pin that plays a row of tones once.

A pattern is ((tone_hz, on_ms, off_ms), ...); age_ms is how long ago it began.
Called by: unit, once a frame.
"""

from machine import PWM, Pin

_QUIET_HZ = 2400  # the PWM needs some frequency while it is silent
_HALF_DUTY = 32768  # a square wave: loudest


class Buzzer:
    def __init__(self, pin):
        self._pwm = PWM(Pin(pin), freq=_QUIET_HZ, duty_u16=0)
        self._tone_hz = 0

    def play(self, pattern, age_ms):
        """What the pattern says for this moment; silence behind its end."""
        at_ms = age_ms
        for step in pattern:
            if at_ms < step[1]:
                return self._set(step[0])
            at_ms -= step[1] + step[2]
            if at_ms < 0:
                break
        return self._set(0)

    def silent(self):
        self._set(0)

    def test(self):
        """Whether the output takes a duty and gives it back; inaudibly low. That it can be heard,
        only an ear can tell."""
        was = self._pwm.duty_u16()
        self._pwm.duty_u16(1024)
        is_ok = abs(self._pwm.duty_u16() - 1024) <= 64
        self._pwm.duty_u16(was)
        return is_ok

    def _set(self, tone_hz):
        if tone_hz == self._tone_hz:
            return
        self._tone_hz = tone_hz
        if tone_hz:
            self._pwm.freq(tone_hz)
        self._pwm.duty_u16(_HALF_DUTY if tone_hz else 0)
