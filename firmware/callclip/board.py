"""The board: GPIO numbers and what the parts need. Constants only.

hardware/pinmap.toml is the source of the numbers; tests/hardware holds this file against it.
Called by: app (hands them to the ports), the virtual unit (which pins are the light).
Ref: hardware/wiring.md.
"""

I2S_ID = 0
I2S_SCK_PIN = 26
I2S_WS_PIN = 25
I2S_SD_PIN = 33

LED_RED_PIN = 16
LED_GREEN_PIN = 17
LED_BLUE_PIN = 18
LED_PWM_HZ = 1000  # no flicker for the eye, and far from speech harmonics that matter

BUZZER_PIN = 19

BUTTON_PIN = 27

I2S_BUFFER_BYTES = 16384  # 8 DMA buffers of 16 ms, 7 of them ahead of a late reader: 112 ms
WARM_UP_SAMPLES = 4096  # INMP441: 2^18 clocks of 64 a sample pair until its output is good

WATCHDOG_MS = 8000  # longer than the slowest write of the log, shorter than an agent's patience
