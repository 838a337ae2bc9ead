"""Units and the conversions everybody shares.

Levels: integer centi-dB re full scale (`_cdb`); a full-scale square wave is 0, a sine -301.
Time: frames of 20 ms in the core, milliseconds at the edges.
"""

FRAME_MS = 20
SAMPLE_RATE_HZ = 16000
FRAME_SAMPLES = 320
FRAME_BYTES = FRAME_SAMPLES * 8  # two 32-bit slots a sample pair


def frames_from_ms(ms):
    """Frames that cover ms, rounded up: a threshold is never reached early."""
    return -(-ms // FRAME_MS)


def ms_from_frames(n_frames):
    return n_frames * FRAME_MS
