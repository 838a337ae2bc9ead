"""Signalling tones as data: at which places and with which cadence a burst means what.

Times in ms, places in Hz of the lower line; every plan is believed within TOLERANCE_HZ of its own
figures, every time within TOLERANCE_MS.
Called by: tones.py.
Ref: ITU-T E.180 supplement 2 (China, Germany, North America), BT SIN 350 (United Kingdom), ETSI
TR 101 041-2.
"""

TOLERANCE_MS = 80
TOLERANCE_HZ = 30

# Lowest and highest lower line of any plan: ring 400+450 to 450, busy 400 to 480+620.
RING_LOW_HZ = 400 - TOLERANCE_HZ
RING_HIGH_HZ = 480 + TOLERANCE_HZ
BUSY_LOW_HZ = 400 - TOLERANCE_HZ
BUSY_HIGH_HZ = 480 + TOLERANCE_HZ

# A burst of this length is a ring by itself: Germany and China 1.0 s, North America 2.0 s.
RING_MS = 800
# on, off, on: the United Kingdom's ring, once a pair.
DOUBLE_RING_MS = (400, 200)
DOUBLE_RING_HIGH_HZ = 465  # up to its second line, 450; from 480 on it is congestion
# Busy and congestion: a burst, the pause after it, and the burst after that.
CYCLES_MS = (
    (240, 240, 240),  # Germany, congestion; North America 250
    (360, 360, 360),  # China, busy 350; United Kingdom, busy 375
    (490, 490, 490),  # Germany, busy 480; North America 500
    (700, 700, 700),  # China, congestion
    (400, 350, 225),  # United Kingdom, congestion: two bursts take turns
    (225, 525, 400),
)
# Hold beeps: any place, lengths alike.
BEEP_MS = (160, 600)
BEEP_PAUSE_MS = (900, 16000)
