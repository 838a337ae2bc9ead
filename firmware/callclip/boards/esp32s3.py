"""Pins of the ESP32-S3 (WROOM-1 and boards with it).

hardware/pinmap.toml is the source of the numbers; tests/hardware holds this file against it.
Called by: board.py. Ref: hardware/wiring.md; Espressif, ESP32-S3 Series Datasheet.
"""

PINS = {
    "i2s_sck": 4,
    "i2s_ws": 5,
    "i2s_sd": 6,
    "led_red": 15,
    "led_green": 16,
    "led_blue": 17,
    "buzzer": 18,
    "button": 7,
}
