"""What all boards have in common, and which one this is; their GPIO numbers are in boards/.

Called by: unit (hands them to the ports), the virtual unit (which pins are the light).
Ref: hardware/wiring.md.
"""

from collections import namedtuple

Pins = namedtuple(
    "Pins",
    ("i2s_sck", "i2s_ws", "i2s_sd", "led_red", "led_green", "led_blue", "buzzer", "button"),
)

_S3_NAME = "ESP32S3"  # stands in sys.implementation._machine on that chip

I2S_ID = 0
I2S_BUFFER_BYTES = 16384  # 8 DMA buffers of 16 ms, 7 of them ahead of a late reader: 112 ms
WARM_UP_SAMPLES = 4096  # INMP441: 2^18 clocks of 64 a sample pair until its output is good

LED_PWM_HZ = 1000  # no flicker for the eye

WATCHDOG_MS = 8000  # longer than the slowest write of the log, shorter than an agent's patience


def pins_of(machine):
    """Pins of the board that runs MicroPython's `machine`, as sys.implementation._machine says."""
    if _S3_NAME in machine.replace("-", ""):  # newer ones write ESP32-S3
        from callclip.boards import esp32s3 as board
    else:
        from callclip.boards import esp32 as board
    return Pins(**board.PINS)
