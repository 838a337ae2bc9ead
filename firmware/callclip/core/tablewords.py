"""What stands in core/tables.py, as one piece of bytes, and where in it each table begins.

The linker makes the bytes when it builds the unit's image. Places are in bytes; a word has four.
Called by: tables.py, host_tools/romfs.py (which sees to it that they lie at a multiple of four).
"""

from array import array

from callclip.core import units, weights
from callclip.core.bands import N_BINS

WORD_BYTES = 4
LOG = 0
HANN = LOG + 65 * WORD_BYTES
SINES = HANN + 256 * WORD_BYTES
COSINES = SINES + 64 * WORD_BYTES  # the same from a quarter of the wave on
ZEROS = SINES + 192 * WORD_BYTES
BIASES = ZEROS + N_BINS * WORD_BYTES


def _hann():
    """round(2^13 * (1 - cos(2 pi i / 256)))"""
    return [8192 - units.sine_q14(i + 64) // 2 for i in range(256)]


def _sines():
    """round(2^12 * sin(2 pi i / 256))"""
    return [(units.sine_q14(i) + 2) >> 2 for i in range(192)]


def _all():
    words = list(units.LOG_WORDS) + _hann() + _sines() + [0] * N_BINS
    return bytes(array("i", words)) + weights.BIASES


WORDS = _all()
