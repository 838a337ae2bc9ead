"""The bead's light: one RGB LED (common cathode) on three PWM pins.

Colours are 0..255 a component before the brightness setting; on_ms and off_ms make it blink,
off_ms 0 is steady; age_ms is how long the pattern has been shown. The pins are touched only when
the colour changes. Called by: unit, once a frame.
"""

from machine import PWM, Pin

_DUTY_OF_COMPONENT = 257  # 255 -> 65535


class Led:
    def __init__(self, red_pin, green_pin, blue_pin, pwm_hz, brightness_pct):
        self._red = PWM(Pin(red_pin), freq=pwm_hz, duty_u16=0)
        self._green = PWM(Pin(green_pin), freq=pwm_hz, duty_u16=0)
        self._blue = PWM(Pin(blue_pin), freq=pwm_hz, duty_u16=0)
        self._brightness_pct = brightness_pct
        self._rgb = 0

    def show(self, rgb, on_ms, off_ms, age_ms):
        if off_ms and age_ms % (on_ms + off_ms) >= on_ms:
            self._set(0, 0, 0)
        else:
            self._set(rgb[0], rgb[1], rgb[2])

    def dark(self):
        self._set(0, 0, 0)

    def test(self):
        """Whether the three outputs take a duty and give it back. That light comes out, only an
        eye can tell."""
        is_ok = True
        for pwm in (self._red, self._green, self._blue):
            was = pwm.duty_u16()
            pwm.duty_u16(32768)
            is_ok = is_ok and abs(pwm.duty_u16() - 32768) <= 64
            pwm.duty_u16(was)
        return is_ok

    def _set(self, red, green, blue):
        rgb = red << 16 | green << 8 | blue
        if rgb != self._rgb:
            self._rgb = rgb
            self._red.duty_u16(self._duty(red))
            self._green.duty_u16(self._duty(green))
            self._blue.duty_u16(self._duty(blue))

    def _duty(self, component):
        return component * _DUTY_OF_COMPONENT * self._brightness_pct // 100
