"""The board: GPIO numbers and what the parts need. Constants only.

hardware/pinmap.toml is the source of the numbers; tests/hardware holds this file against it.
Called by: unit (hands them to the ports), the virtual unit (which pins are the light).
Ref: hardware/wiring.md.
"""

from collections import namedtuple

Pins = namedtuple(
    "Pins",
    ("i2s_sck", "i2s_ws", "i2s_sd", "led_red", "led_green", "led_blue", "buzzer", "button"),
)

ESP32_PINS = Pins(
    i2s_sck=26,
    i2s_ws=25,
    i2s_sd=33,
    led_red=21,
    led_green=22,
    led_blue=23,
    buzzer=19,
    button=27,
)
ESP32S3_PINS = Pins(
    i2s_sck=4,
    i2s_ws=5,
    i2s_sd=6,
    led_red=15,
    led_green=16,
    led_blue=17,
    buzzer=18,
    button=7,
)
ESP32S3_NAME = "ESP32S3"  # stands in sys.implementation._machine on that chip

I2S_ID = 0
I2S_BUFFER_BYTES = 16384  # 8 DMA buffers of 16 ms, 7 of them ahead of a late reader: 112 ms
WARM_UP_SAMPLES = 4096  # INMP441: 2^18 clocks of 64 a sample pair until its output is good

LED_PWM_HZ = 1000  # no flicker for the eye

WATCHDOG_MS = 8000  # longer than the slowest write of the log, shorter than an agent's patience
