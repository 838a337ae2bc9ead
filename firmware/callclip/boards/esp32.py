"""Pins of the ESP32 (WROOM-32E and boards with it).

hardware/pinmap.toml is the source of the numbers; tests/hardware holds this file against it.
Called by: board.py. Ref: hardware/wiring.md; Espressif, ESP32 Series Datasheet.
"""

PINS = {
    "i2s_sck": 26,
    "i2s_ws": 25,
    "i2s_sd": 33,
    "led_red": 21,
    "led_green": 22,
    "led_blue": 23,
    "buzzer": 19,
    "button": 27,
}
