"""Words that never change, for kernels to read where they lie in the unit's flash.

All stand in one piece of bytes, which the linker makes. Words may be read at a multiple of four,
and there host_tools/romfs.py puts it; elsewhere, as where the sources themselves run, it is copied
once. Places in it are in bytes.
Called by: the owners of packs (core/pack.py).
"""

from array import array

from uctypes import addressof

from callclip.core import units, weights
from callclip.core.bands import N_BINS

_WORD_BYTES = 4
_HANN = 65 * _WORD_BYTES
_SINES = _HANN + 256 * _WORD_BYTES
_COSINES = _SINES + 64 * _WORD_BYTES  # the same from a quarter of the wave on
_ZEROS = _SINES + 192 * _WORD_BYTES
_BIASES = _ZEROS + N_BINS * _WORD_BYTES


def _hann():
    """round(2^13 * (1 - cos(2 pi i / 256)))"""
    return [8192 - units.sine_q14(i + 64) // 2 for i in range(256)]


def _sines():
    """round(2^12 * sin(2 pi i / 256))"""
    return [(units.sine_q14(i) + 2) >> 2 for i in range(192)]


def _all():
    words = list(units.LOG_WORDS) + _hann() + _sines() + [0] * N_BINS
    return bytes(array("i", words)) + weights.BIASES


def _readable(data):
    return data if addressof(data) % _WORD_BYTES == 0 else bytearray(data)


WORDS = _all()
_PLACE = memoryview(_readable(WORDS))
LOG = _PLACE[:_HANN]
HANN = _PLACE[_HANN:_SINES]
SINES = _PLACE[_SINES:_ZEROS]
COSINES = _PLACE[_COSINES:_ZEROS]
ZEROS = _PLACE[_ZEROS:_BIASES]  # of a spectrum in which nothing is
BIASES = _PLACE[_BIASES:]
