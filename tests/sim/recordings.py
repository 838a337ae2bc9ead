"""Small recordings for tests: made here, so that every byte is known.

Called by: tests/sim.
"""

import struct

import numpy as np
import soundfile

RATE_HZ = 16000


def two_voices(n_samples, seed=1):
    """int16 stereo noise in bursts, different on both sides, with every sample value possible."""
    generator = np.random.default_rng(seed)
    bursts = np.repeat(generator.integers(0, 2, (n_samples // 1600 + 1, 2)), 1600, axis=0)
    noise = generator.integers(-32768, 32768, (n_samples, 2))
    return (noise * bursts[:n_samples]).astype(np.int16)


def write(path, samples, rate_hz=RATE_HZ, subtype="PCM_16", **more):
    """Write samples (int16 or float) and return the path."""
    soundfile.write(path, samples, rate_hz, subtype=subtype, **more)
    return path


def patched(path, source, offset, layout, value):
    """A copy of a file with one number in it replaced."""
    data = bytearray(source.read_bytes())
    struct.pack_into(layout, data, offset, value)
    path.write_bytes(data)
    return path


def slots_of(samples):
    """What the microphones would deliver for int16 stereo samples: each shifted up by 16."""
    n_whole = len(samples) // 320 * 320
    return (samples[:n_whole].astype("<i4") << 16).tobytes()
