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

# Sound that is d to d + 1 dB above its noise: centi-dB by which the speech in it is below it.
LESS_CDB = (963, 535, 359, 256, 190, 143, 110, 85, 66, 52, 41, 32, 25, 20, 16, 12)

_WORD_BYTES = 4
_HANN = 65 * _WORD_BYTES
_SINES = _HANN + 256 * _WORD_BYTES
_COSINES = _SINES + 64 * _WORD_BYTES  # the same from a quarter of the wave on
_ZEROS = _SINES + 192 * _WORD_BYTES
_EXP = _ZEROS + N_BINS * _WORD_BYTES
_LESS = _EXP + 64 * _WORD_BYTES
_BIASES = _LESS + 16 * _WORD_BYTES


def _hann():
    """round(2^13 * (1 - cos(2 pi i / 256)))"""
    return [8192 - units.sine_q14(i + 64) // 2 for i in range(256)]


def _sines():
    """round(2^12 * sin(2 pi i / 256))"""
    return [(units.sine_q14(i) + 2) >> 2 for i in range(192)]


def _all():
    words = list(units.LOG_WORDS) + _hann() + _sines() + [0] * N_BINS
    words += list(units.EXP_WORDS) + list(LESS_CDB)
    return bytes(array("i", words)) + weights.BIASES


def _readable(data):
    return data if addressof(data) % _WORD_BYTES == 0 else bytearray(data)


WORDS = _all()
_PLACE = memoryview(_readable(WORDS))
LOG = _PLACE[:_HANN]
HANN = _PLACE[_HANN:_SINES]
SINES = _PLACE[_SINES:_ZEROS]
COSINES = _PLACE[_COSINES:_ZEROS]
ZEROS = _PLACE[_ZEROS:_EXP]  # of a spectrum in which nothing is
EXP = _PLACE[_EXP:_LESS]
EXP_AND_LESS = _PLACE[_EXP:_BIASES]
BIASES = _PLACE[_BIASES:]
